#!/usr/bin/env python3
"""patience.py URL KEY:SECRET: clients that send drop by drop, and a crowd from one address, against a server with
--patience 2 --connections 64. The key may see the team. Ends with "N passed, M failed".
"""
import base64
import http.client
import os
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from told import finish, ok  # noqa: E402

url = urllib.parse.urlparse(sys.argv[1])
WHO = "Basic " + base64.b64encode(sys.argv[2].encode()).decode()
PATIENCE, CONNECTIONS = 2, 64


def connect(source="127.0.0.1"):
    s = socket.socket()
    s.bind((source, 0))
    s.settimeout(20)
    s.connect((url.hostname, url.port))
    return s


def lives(s, send, most, every=0.2):
    """Seconds until the other side closes, while it is sent something again and again; None: it did not."""
    began = time.monotonic()
    s.settimeout(every)
    while time.monotonic() - began < most:
        try:
            if send:
                s.send(send)
            if s.recv(65536) == b"":
                return time.monotonic() - began
        except socket.timeout:
            continue
        except OSError:
            return time.monotonic() - began
    return None


HEAD = "Host: x\r\nAuthorization: %s\r\nX-Experience-API-Version: 1.0.3\r\n" % WHO
POST = ("POST /xapi/statements HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %%d\r\n\r\n" % HEAD)
STATEMENT = '{"actor":{"mbox":"mailto:a@example.com"},"verb":{"id":"http://example.com/v"},"object":{"id":"http://example.com/o"}}'

# ---- slow ones: each is closed, though something comes all the time ----
s = connect()
took = lives(s, b"", 8)
ok(took is not None and took >= PATIENCE - 0.5, "a connection that says nothing ends", took)

s = connect()
s.sendall(b"GET / HTTP/1.1\r\nX-A: ")
took = lives(s, b"a", 8)
ok(took is not None and took >= PATIENCE - 0.5, "a head that comes drop by drop ends", took)

s = connect()
s.sendall((POST % 1000000).encode() + b"[")
took = lives(s, b" ", 12)
ok(took is not None and took >= PATIENCE - 0.5, "a body that comes drop by drop ends", took)

s = connect()
s.sendall(("GET /xapi/about HTTP/1.1\r\n%s\r\n" % HEAD).encode())
ok(b" 200 " in s.recv(65536), "one that was answered")
s.sendall(b"GET / HTTP/1.1\r\nX-A: ")
took = lives(s, b"a", 8)
ok(took is not None and took >= PATIENCE - 0.5, "ends at its next request, if that is slow", took)

# ---- those who are slow with a reason are not ----
body = " " * 16000 + STATEMENT
s = connect()
began = time.monotonic()
s.sendall((POST % len(body)).encode())
for at in range(0, len(body), 400):
    s.sendall(body[at:at + 400].encode())
    time.sleep(0.15)
answer = s.recv(65536)
ok(b" 200 " in answer and time.monotonic() - began > 2 * PATIENCE, "a large body over a narrow line arrives", answer)

s = connect()
s.sendall(("GET /events HTTP/1.1\r\n%s\r\n" % HEAD).encode())
ok(b"text/event-stream" in s.recv(65536), "one who listens for events")
ok(lives(s, b"", 3 * PATIENCE) is None, "may listen on")
s.close()

# ---- a crowd from one address ----
crowd = []
for _ in range(2 * CONNECTIONS):
    s = connect("127.0.0.2")
    s.sendall(b"GET / HTTP/1.1\r\n")
    crowd.append(s)
connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
connection.request("GET", "/xapi/about")
ok(connection.getresponse().status == 200, "beside a crowd from another address one is answered")


def is_gone(s):
    s.settimeout(0.01)
    try:
        return s.recv(1) == b""
    except socket.timeout:
        return False
    except OSError:
        return True


gone, end = 0, time.monotonic() + 10
while gone < CONNECTIONS and time.monotonic() < end:
    gone = sum(is_gone(s) for s in crowd)
ok(CONNECTIONS <= gone < 2 * CONNECTIONS, "the crowd does not get all connections", gone)
for s in crowd:
    s.close()


def is_served():
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20, source_address=("127.0.0.2", 0))
    try:
        connection.request("GET", "/xapi/about")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):  # the server has not yet seen that the crowd has gone
        time.sleep(0.05)
        return False


end = time.monotonic() + 10
while not (served := is_served()) and time.monotonic() < end:
    pass
ok(served, "once it has gone, its address is served again")
finish()
