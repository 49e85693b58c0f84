#!/usr/bin/env python3
"""faults.py URL PID KEYS.json [CONNECTIONS]: clients that are broken, or mean harm, against a running server.

KEYS.json has [key, secret] of store, lead, blue (a lead of one team), ann and bob (learners of these accounts).
While some do harm, others must be answered within a second. Ends with "N passed, M failed".
"""
import base64
import csv
import html.parser
import http.client
import io
import json
import os
import resource
import select
import socket
import sys
import threading
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from told import finish, ok  # noqa: E402

url, pid, keys = urllib.parse.urlparse(sys.argv[1]), int(sys.argv[2]), json.load(open(sys.argv[3]))
CROWD = int(sys.argv[4]) if len(sys.argv) > 4 else 10000
HOST = "%s:%d" % (url.hostname, url.port)
ORIGIN = "http://" + HOST


def basic(who):
    return "Basic " + base64.b64encode(":".join(keys[who]).encode()).decode()


def head(who, **more):
    found = {"X-Experience-API-Version": "1.0.3"}
    if who:
        found["Authorization"] = basic(who)
    found.update({k.replace("_", "-"): v for k, v in more.items()})
    return found


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()
        self.text = self.body.decode("utf-8", "replace")


def ask(method, path, who=None, body=None, **headers):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content_Type", "application/json")
    connection.request(method, path, body, head(who, **headers))
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def raw(data, wait=5.0, more=None):
    """What comes back for bytes as they are; more: what is done with the socket after them."""
    s = socket.create_connection((url.hostname, url.port), timeout=wait)
    try:
        s.sendall(data)
        if more:
            more(s)
        found = b""
        while True:
            part = s.recv(65536)
            if not part:
                return found
            found += part
    except OSError:
        return locals().get("found", b"")
    finally:
        s.close()


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def request(method, path, who=None, extra="", body=b""):
    lines = "%s %s HTTP/1.1\r\nHost: %s\r\nX-Experience-API-Version: 1.0.3\r\nConnection: close\r\n" % (method, path, HOST)
    if who:
        lines += "Authorization: %s\r\n" % basic(who)
    return (lines + extra + "\r\n").encode() + body


def answered_soon(what, limit=1.0):
    """A store's key asks for something that needs the store."""
    began = time.monotonic()
    try:
        answer = ask("GET", "/xapi/statements?limit=1", "store").status
    except OSError as error:
        answer = error
    took = time.monotonic() - began
    ok(answer == 200 and took < limit, "others are answered: " + what, "%s after %.2f s" % (answer, took))


def resident_mb():
    return int(next(line for line in open("/proc/%d/status" % pid) if line.startswith("VmRSS")).split()[1]) / 1024


def statement(name, **more):
    s = {"id": str(uuid.uuid4()), "actor": {"account": {"homePage": "https://ropes.invalid", "name": name}},
         "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"}, "object": {"id": "https://ropes.invalid/courses/faults/one"},
         "context": {"contextActivities": {"grouping": [{"id": "https://ropes.invalid/courses/faults"}]}}}
    s.update(more)
    return s


def send(who, *statements):
    return ask("POST", "/xapi/statements", who, list(statements))


# ---- bytes that are no request, or a broken one: (what, bytes, the statuses that do; 0: the connection is closed) ----
def broken():
    post = "Content-Type: application/json\r\n"
    yield "nothing but noise", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n", (0, 400)
    yield "no version", b"GET / \r\n\r\n", (0, 400, 401, 505)
    yield "a version of the future", b"GET /xapi/about HTTP/9.9\r\nHost: x\r\n\r\n", (0, 400, 505)
    yield "no Host", b"GET /xapi/about HTTP/1.1\r\n\r\n", (400,)
    yield "an unknown method", request("BREW", "/xapi/statements", "store"), (400, 405, 501)
    yield "a head of 100 KB", request("GET", "/xapi/about", extra="X-Long: %s\r\n" % ("a" * 100000)), (0, 400, 413, 431)
    yield "ten thousand headers", request("GET", "/xapi/about", extra="".join("X-%d: a\r\n" % i for i in range(10000))), (0, 400, 413, 431)
    yield "an address of 100 KB", request("GET", "/xapi/about?" + "a" * 100000), (0, 400, 414, 431)
    yield "a length that is no number", request("POST", "/xapi/statements", "store", post + "Content-Length: many\r\n", b"[]"), (0, 400)
    yield "a negative length", request("POST", "/xapi/statements", "store", post + "Content-Length: -5\r\n", b"[]"), (0, 400)
    yield "a length beyond any number", request("POST", "/xapi/statements", "store", post + "Content-Length: 99999999999999999999999\r\n", b"[]"), (0, 400, 413)
    yield "two lengths", request("POST", "/xapi/statements", "store", post + "Content-Length: 2\r\nContent-Length: 20\r\n", b"[]"), (0, 400)
    yield "chunked and a length", request("POST", "/xapi/statements", "store", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                                         b"0\r\n\r\nGET /xapi/about HTTP/1.1\r\nHost: x\r\n\r\n"), (0, 400)
    yield "a chunk that is no number", request("POST", "/xapi/statements", "store", post + "Transfer-Encoding: chunked\r\n", b"zz\r\n[]\r\n0\r\n\r\n"), (0, 400)
    yield "a length of 10 GB", request("POST", "/xapi/statements", "store", post + "Content-Length: 10737418240\r\n", b"["), (413,)
    yield "a folded header", request("GET", "/xapi/about", extra="X-A: b\r\n c\r\n"), (200, 400)
    yield "a zero in a key", request("GET", "/", extra="Authorization: Basic %s\r\n" % base64.b64encode(b"a\0b:c").decode()), (401,)
    yield "a key that is not base64", request("GET", "/", extra="Authorization: Basic ****\r\n"), (401,)
    yield "a key without a secret", request("GET", "/", extra="Authorization: Basic %s\r\n" % base64.b64encode(keys["lead"][0].encode()).decode()), (401,)
    yield "a key of 60 KB", request("GET", "/", extra="Authorization: Basic %s\r\n" % base64.b64encode(b"a" * 20000 + b":b").decode()), (0, 401, 413, 431)
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/ropes.css/../../../etc/passwd", "//etc/passwd", "/assets/web/../../README.md",
                 "/ropes.css%2f..%2f..", "/xapi/more/../../x", "/xapi/statements/", "/\\..\\x"):
        yield "a path out of the tree: " + path, request("GET", path, "store"), (400, 404)


def malformed():
    deep = 100000
    yield "half of a list", b"[{\"actor\":"
    yield "a hundred thousand lists in each other", b"[" * deep + b"]" * deep
    yield "a hundred thousand objects in each other", b"{\"a\":" * deep + b"1" + b"}" * deep
    yield "a deep extension", json.dumps(statement("ann")).replace('"verb"', '"result":{"extensions":{"http://x.y/z":%s}},"verb"' % ("[" * 5000 + "]" * 5000)).encode()
    yield "bytes that are not UTF-8", json.dumps(statement("ann", verb={"id": "http://x.y/v", "display": {"en": "@"}})).encode().replace(b"@", b"\xff\xfe")
    yield "a name twice", b'{"actor":{"mbox":"mailto:a@b.c"},"actor":{"mbox":"mailto:a@b.c"},"verb":{"id":"http://x.y/v"},"object":{"id":"http://x.y/o"}}'
    yield "half of a surrogate", json.dumps(statement("ann", verb={"id": "http://x.y/v", "display": {"en": "\ud800"}})).encode()
    yield "a zero within", json.dumps(statement("ann", verb={"id": "http://x.y/v\0w"})).encode()
    yield "a number beyond any", json.dumps(statement("ann")).replace('"verb"', '"result":{"score":{"raw":1e999}},"verb"').encode()
    yield "no number", json.dumps(statement("ann")).replace('"verb"', '"result":{"score":{"raw":NaN}},"verb"').encode()
    yield "something after it", json.dumps(statement("ann")).encode() + b" x"
    yield "nothing", b""


# ---- one after the other ----
for what, data, due in broken():
    answer = status_of(raw(data, 3))
    ok(answer in due, "%s: %s is due" % (what, due), answer)
for what, data in malformed():
    answer = ask("POST", "/xapi/statements", "store", data, Content_Type="application/json")
    ok(answer.status == 400, "%s: 400 is due" % what, answer.status)
answered_soon("after all that is broken")

big = b"[" + b" " * (17 * 1024 * 1024) + b"]"
try:
    answer = ask("POST", "/xapi/statements", "store", big, Content_Type="application/json").status
except OSError:
    answer = 413  # it was told while the rest was still sent, and hung up
ok(answer == 413, "a body of 17 MB", answer)
for who, due in ((None, 413), ("ann", 400)):
    answer = raw(request("POST", "/xapi/statements", who, "Content-Type: application/json\r\nContent-Length: 900000\r\n", b" " * 900000), 10)
    ok(status_of(answer) == due, "much of %s" % (who or "a stranger"), answer[:100])
many = [statement("many", object={"id": "http://x.y/%d" % i}) for i in range(3000)]
began = resident_mb()
ok(send("store", *many).status in (200, 413), "three thousand statements at once")
answered_soon("after many statements")

# ---- connections that go wrong half-way ----
ok(status_of(raw(request("GET", "/xapi/about"), 3, lambda s: s.shutdown(socket.SHUT_WR))) == 200, "who can't speak any more is answered")
for part in (b"GET /xapi/about HT", request("POST", "/xapi/statements", "store", "Content-Type: application/json\r\nContent-Length: 100\r\n", b"[")):
    for _ in range(50):
        s = socket.create_connection((url.hostname, url.port))
        s.sendall(part)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # ends with a reset
        s.close()
answered_soon("after those that went half-way")
pipe = (b"GET /xapi/about HTTP/1.1\r\nHost: x\r\n\r\n") * 19 + request("GET", "/xapi/about")
ok(raw(pipe, 5).count(b"HTTP/1.1 200") == 20, "twenty requests in one go are answered in order")
s = socket.create_connection((url.hostname, url.port))
s.sendall(request("GET", "/xapi/statements?limit=500", "store") * 1)
select.select([s], [], [], 10)  # the answer has begun
answered_soon("while one does not read its answer")
s.close()

# ---- slow ones: heads and bodies byte by byte ----
def dribble(count, first, opened, stop):
    held = []
    for _ in range(count):
        s = socket.create_connection((url.hostname, url.port))
        s.sendall(first)
        held.append(s)
    opened.set()
    while not stop.wait(0.3):
        for s in held:
            try:
                s.send(b"a")
            except OSError:
                pass
    for s in held:
        s.close()


resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
for what, first in (("slow heads", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "),
                    ("slow bodies", request("POST", "/xapi/statements", "store", "Content-Type: application/json\r\nContent-Length: 1000000\r\n", b"[")),
                    ("slow bodies of nobody", request("POST", "/manage", None, "Content-Length: 1000000\r\n", b"["))):
    opened, stop = threading.Event(), threading.Event()
    thread = threading.Thread(target=dribble, args=(400, first, opened, stop))
    thread.start()
    opened.wait(20)
    answered_soon("beside 400 " + what)
    stop.set()
    thread.join()

# ---- a crowd ----
crowd = min(CROWD, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)
held = []
before = resident_mb()
try:
    for i in range(crowd):
        # from several addresses of this machine: one has not that many ports
        s = socket.socket()
        s.bind(("127.0.0.%d" % (2 + i // 5000), 0))
        s.connect((url.hostname, url.port))
        held.append(s)
except OSError as error:
    print("(only %d connections: %s)" % (len(held), error))
ok(len(held) == crowd, "%d connections are taken" % crowd, len(held))
answered_soon("beside %d silent connections" % len(held))
during = resident_mb()
for s in held[::10]:
    s.sendall(b"GET / HTTP/1.1\r\n")
answered_soon("beside %d connections, a tenth half-way" % len(held))
print("memory: %.0f MB before, %.0f MB with %d connections (%.1f KB each)" % (before, during, len(held), (during - before) * 1024 / max(1, len(held))))
ok(during - before < 300, "a connection costs little", during - before)
for s in held:
    s.close()
answered_soon("after the crowd")

# ---- what is other people's ----
own = statement("ann")
ok(send("ann", own).status == 200, "a learner sends")
other = send("ann", statement("bob"))
ok(other.status == 403, "but nothing of another", other.status)
ok(send("ann", statement("ann"), statement("bob")).status == 403, "nor among its own")
of_bob = statement("bob")
ok(send("bob", of_bob).status == 200, "the other sends")
ok(send("ann", statement("ann", actor={"objectType": "Group", "member": [statement("ann")["actor"], statement("bob")["actor"]]})).status == 403,
   "nor for a group")
ok(send("ann", statement("ann", verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
                         object={"objectType": "StatementRef", "id": of_bob["id"]})).status == 403, "nor takes back what another said")
taken = send("ann", statement("ann", id=of_bob["id"]))
ok(taken.status == 409, "an id of another's statement", taken.status)
ok("bob" not in taken.text, "and the refusal does not show it", taken.text)
ok(ask("GET", "/xapi/statements?statementId=" + of_bob["id"], "store").status == 200, "which is as it was")
for path in ("/xapi/statements", "/xapi/statements?agent=" + urllib.parse.quote(json.dumps(of_bob["actor"])), "/", "/export.xapi", "/export.json", "/export.csv"):
    answer = ask("GET", path, "ann")
    ok(answer.status == 403 or of_bob["id"] not in answer.text and "bob" not in answer.text.lower(), "a learner reads nothing of another: " + path,
       "%d %s" % (answer.status, answer.text))
answer = ask("GET", "/xapi/statements?statementId=" + of_bob["id"], "ann")
ok(answer.status in (403, 404), "not by its id either", "%d %s" % (answer.status, answer.text))
state = "/xapi/activities/state?activityId=http%%3A%%2F%%2Fx.y%%2Fa&stateId=s&agent=%s"
agent = {name: urllib.parse.quote(json.dumps(statement(name)["actor"])) for name in ("ann", "bob")}
ok(ask("PUT", state % agent["bob"], "bob", b"secret", Content_Type="text/plain").status == 204, "a learner keeps a document")
for method in ("GET", "PUT", "POST", "DELETE"):
    answer = ask(method, state % agent["bob"], "ann", None if method in ("GET", "DELETE") else b"{}", **({} if method == "GET" else {"Content_Type": "application/json"}))
    ok(answer.status == 403, "a document of another: " + method, answer.status)
forged = statement("ann", authority={"objectType": "Agent", "mbox": "mailto:boss@example.com"})
ok(send("ann", forged).status == 200, "an authority that somebody made up")
kept = json.loads(ask("GET", "/xapi/statements?statementId=" + forged["id"], "store").text)
ok("boss" not in json.dumps(kept["authority"]), "is not kept", kept["authority"])
forged = statement("ann", stored="1999-01-01T00:00:00Z")
send("ann", forged)
ok(not json.loads(ask("GET", "/xapi/statements?statementId=" + forged["id"], "store").text)["stored"].startswith("1999"), "nor a time of storing")
for path in ("/manage", "/courses", "/export.csv", "/events"):
    for who, due in ((None, 401), ("ann", 403)):
        ok(ask("GET", path, who).status == due, "%s as %s" % (path, who))
ok(ask("GET", "/xapi/statements", "blue").status == 403, "who leads one team reads no statements of all")

# ---- script, formulas, line breaks ----
NASTY = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "a\r\nSet-Cookie: x=y", "' OR 1=1 --",
         "{{7*7}}", "\u202egnp.exe", "</title><script>x</script>"]
for number, text in enumerate(NASTY):
    lesson = {"id": "https://ropes.invalid/courses/nasty/%d" % number, "definition": {"name": {"en": text}, "description": {"en": text}}}
    course = {"id": "https://ropes.invalid/courses/nasty", "definition": {"name": {"en": text}}}
    context = {"contextActivities": {"grouping": [course], "parent": [lesson]}}
    actor = {"name": text, "account": {"homePage": "https://ropes.invalid", "name": "nasty-%d" % number}}
    answer = send("store", statement("", actor=actor, object=lesson, context=context),
                  statement("", actor=actor, verb={"id": "http://adlnet.gov/expapi/verbs/answered"},
                            object={"id": lesson["id"] + "/q", "definition": {"name": {"en": text}}}, result={"score": {"scaled": 0.1}, "response": text}, context=context),
                  statement("", actor=actor, verb={"id": "http://adlnet.gov/expapi/verbs/attempted"}, object={"id": lesson["id"] + "/s"}, context=context,
                            result={"extensions": {"https://ropes.invalid/extensions/line": text, "https://ropes.invalid/extensions/exit-status": 1}}))
    ok(answer.status == 200, "a name that means harm is kept: %r" % text, answer.text)


class Tags(html.parser.HTMLParser):
    ALLOWED = {"/live.js"}

    def __init__(self):
        super().__init__()
        self.bad = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if (tag == "script" and attributes.get("src") not in self.ALLOWED) or tag in ("img", "iframe", "object", "style", "base") or \
                any(name.startswith("on") or name == "style" for name in attributes) or (attributes.get("href") or "").lower().startswith("javascript:"):
            self.bad.append((tag, attributes))


people = {e["id"] for e in json.loads(ask("GET", "/export.json", "lead").text)["enrolments"]}
pages = ["/", "/courses", "/manage"] + ["/person?id=%d" % i for i in sorted(people)] + ["/course?id=%d" % i for i in range(1, 4)]
for path in pages:
    answer = ask("GET", path, "lead")
    if answer.status == 404:
        continue
    tags = Tags()
    tags.feed(answer.text)
    ok(answer.status == 200 and tags.bad == [], "no script in " + path, "%d %s" % (answer.status, tags.bad))
    policy = answer.headers.get("Content-Security-Policy", "")
    ok("default-src 'none'" in policy and "unsafe" not in policy and answer.headers.get("X-Content-Type-Options") == "nosniff", "a policy with " + path, policy)
table = list(csv.reader(io.StringIO(ask("GET", "/export.csv", "lead").text)))
ok(all(len(row) == len(table[0]) for row in table), "a table's rows are whole", [row for row in table if len(row) != len(table[0])][:1])
ok(not [cell for row in table for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r") or cell.startswith("-1")], "no formula in the table",
   [cell for row in table for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")][:5])
ok(len([row for row in table if row[1].split()[-1].startswith("nasty-")]) == len(NASTY), "everybody is in the table")
ok(isinstance(json.loads(ask("GET", "/export.xapi", "lead").text), list), "statements are a list")

# ---- parameters ----
for path in ("/?team=x%0d%0aSet-Cookie:%20a=b", "/person?id=1%0d%0aX-Evil:%201", "/export.csv?team=%0d%0aX-Evil:1", "/xapi/statements?since=%0d%0aX-Evil:1"):
    answer = ask("GET", path, "lead" if not path.startswith("/xapi") else "store")
    ok(answer.status in (400, 404) and "X-Evil" not in answer.headers and "Set-Cookie" not in answer.headers, "line breaks in " + path, answer.status)
for path in ("/person?id=-1", "/person?id=99999999999999999999", "/person?id=1%20OR%201=1", "/person?id=1&id=2", "/person", "/course?id=0x1", "/?team=a&team=b",
             "/?bogus=1", "/xapi/statements?limit=-1", "/xapi/statements?limit=1e9", "/xapi/statements?agent=%7B", "/xapi/statements?since=now"):
    answer = ask("GET", path, "store" if path.startswith("/xapi") else "lead")
    ok(answer.status == 400, "400 is due for " + path, "%d %s" % (answer.status, answer.text))

# ---- forms: only the server's own pages change something ----
form = {"Content_Type": "application/x-www-form-urlencoded"}
ok(ask("POST", "/manage", "lead", b"do=team&name=Forged", **form).status == 403, "a form without a token")
ok(ask("POST", "/manage", "lead", b"do=team&name=Forged&token=" + b"0" * 64, **form).status == 403, "a form with a token that was guessed")
token = ask("GET", "/manage", "lead").text.split('name="token" value="')[1].split('"')[0]
for who in ("ann", "blue", None):
    answer = ask("POST", "/manage", who, ("do=team&name=Forged&token=" + token).encode(), **form)
    ok(answer.status in (401, 403), "a token of another: %s" % who, answer.status)
answer = ask("POST", "/manage", "lead", ("do=team&name=Forged&token=" + token).encode(), Origin="https://evil.example", Sec_Fetch_Site="cross-site", **form)
ok(answer.status == 403, "a form of another page", answer.status)
ok(ask("GET", "/manage?do=team&name=Forged&token=" + token, "lead").status == 400, "a link is no form")
ok("Forged" not in ask("GET", "/", "lead").text, "nothing of that was done")
answer = ask("POST", "/manage", "lead", ("do=team&name=True&token=" + token).encode(), Origin=ORIGIN, Sec_Fetch_Site="same-origin", **form)
ok(answer.status == 200 and "True" in ask("GET", "/", "lead").text, "the server's own form does it", answer.status)
ok(ask("POST", "/manage", "lead", ("do=hook&url=file:///etc/passwd&token=" + token).encode(), **form).status == 400, "a webhook that is no http address")
ok(ask("POST", "/manage", "lead", b"do=roster&csv=" + b"a" * 100 + ("&token=" + token).encode(), **form).status == 400, "a roster without columns")
for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
    ok(ask(method, "/manage", "lead").status in (400, 405, 501), "%s /manage" % method)
answered_soon("at last")
finish()
