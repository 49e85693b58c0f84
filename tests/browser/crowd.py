#!/usr/bin/env python3
"""crowd.py DB ADDRESS BOARD CODE LEARNERS: so many learners in a workshop on docker-start-here, by HTTP; some raise their hand.

Who they are, what they did and how long ago depends on their number alone. Three of four stay online; prints "ready", and ends when its
standard input does.
"""
import base64
import http.client
import json
import socket
import sqlite3
import sys
import time
import urllib.parse
import uuid

database, address, board, code, learners = sys.argv[1:]
EXTENSION = "https://ropes.invalid/extensions/"
FIRST = ["Ada", "Bruno", "Chloë", "Дарья", "李小龍", "مريم", "Wolfeschlegelsteinhausenbergerdorff", "Ngọc", "Þóra", "O'Neil"]
LINES = ["docker run --rm hello-world", "docker ps --all --filter status=exited --format '{{.Names}}' --no-trunc", "docker imgaes", "docker pull alpine"]
place = urllib.parse.urlparse(address)
connection = http.client.HTTPConnection(place.netloc, timeout=60)
streams, names = [], []


def stay(key):
    stream = socket.create_connection((place.hostname, place.port))
    stream.sendall(b"GET /room/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Basic %s\r\n\r\n" % base64.b64encode(key.encode()))
    streams.append(stream)


def ask(method, path, body=None, key=None, **headers):
    if key:
        headers["Authorization"] = "Basic " + base64.b64encode(key.encode()).decode()
    if body is not None:
        headers["Content-Type"] = "application/json"
    connection.request(method, path, None if body is None else json.dumps(body), {n.replace("_", "-"): v for n, v in headers.items()})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        sys.exit("%s %s: %d %s" % (method, path, answer.status, text[:300]))
    return json.loads(text) if text[:1] in (b"{", b"[") else text


def statement(seat, step, line, good):
    return {"id": str(uuid.uuid4()), "actor": {"account": {"homePage": seat["home"], "name": seat["learner"]}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted"},
            "object": {"id": "https://ropes.invalid/courses/docker-start-here/" + step["lesson"]},
            "result": {"success": good, "extensions": {EXTENSION + "line": line, EXTENSION + "exit-status": 0 if good else 1,
                                                       EXTENSION + "outcome": "held" if good else "not held"}},
            "context": {"extensions": {EXTENSION + "course": "docker-start-here", EXTENSION + "lesson": step["lesson"], EXTENSION + "step": step["step"]}},
            "timestamp": "2026-01-01T00:00:00Z"}


steps = [one for one in ask("GET", board, Accept="application/json")["steps"]]
for i in range(int(learners)):
    seat = ask("POST", "/room/join", {"code": code, "name": "%s %d" % (FIRST[i % 10], i), "lines": i % 4 != 3})
    key = seat["key"] + ":" + seat["secret"]
    reached = i * 7 % min(12, len(steps))
    ask("POST", "/xapi/statements", [statement(seat, steps[n], LINES[(i + n) % 4], n < reached or i % 3 > 0) for n in range(reached + 1)], key,
        X_Experience_API_Version="1.0.3")
    if i % 25 == 24:
        ask("POST", "/room/say", {"what": "hand", "text": "It says «permission denied» %d" % i}, key)
    names.append(seat["learner"])
    if i % 4 != 1:
        stay(key)
    if i % 10 == 9:
        ask("POST", "/room/say", {"what": "done"}, key)
# What took them minutes took them seconds here.
db = sqlite3.connect(database, timeout=60)
now = int(time.time() * 1000)
db.executemany("UPDATE room_learner SET since_ms = ?, hand_ms = iif(hand IS NULL, hand_ms, ?) WHERE id = ?",
               ((now - i * 37 % 60 * 60000, now - i * 300, name) for i, name in enumerate(names)))
db.commit()
print("ready", flush=True)
sys.stdin.read()
