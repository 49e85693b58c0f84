#!/usr/bin/env python3
"""Many learners in a workshop on docker-start-here, by HTTP; some raise their hand. What they did depends on their number alone.

crowd.py join ADDRESS BOARD CODE LEARNERS   they join, and work; prints what the others need
crowd.py age DB                             some of them did so long ago, in a store that no server has open
crowd.py stay ADDRESS <JOINED               three of four are online; prints "ready", and ends when it is ended
"""
import base64
import http.client
import json
import signal
import socket
import sqlite3
import sys
import time
import urllib.parse
import uuid

EXTENSION = "https://ropes.invalid/extensions/"
COURSE = "https://ropes.invalid/courses/docker-start-here/"
FIRST = ["Ada", "Bruno", "Chloë", "Дарья", "李小龍", "مريم", "Wolfeschlegelsteinhausenbergerdorff", "Ngọc", "Þóra", "O'Neil"]
LINES = ["docker run --rm hello-world", "docker ps --all --filter status=exited --format '{{.Names}}' --no-trunc", "docker imgaes", "docker pull alpine"]


def authorization(key):
    return "Basic " + base64.b64encode(key.encode()).decode()


def statement(seat, step, verb, **result):
    return {"id": str(uuid.uuid4()), "actor": {"name": seat["name"], "account": {"homePage": seat["home"], "name": seat["learner"]}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/" + verb}, "object": {"id": COURSE + step["lesson"]},
            "result": {"extensions": {EXTENSION + name.replace("_", "-"): value for name, value in result.items()}},
            "context": {"extensions": {EXTENSION + "course": "docker-start-here", EXTENSION + "lesson": step["lesson"], EXTENSION + "step": step["step"]}},
            "timestamp": "2026-01-01T00:00:00Z"}


def work(seat, i, steps):
    reached, all_of_it = i * 7 % min(40, len(steps)), []
    for n in range(reached + 1):
        good = n < reached or i % 3 > 0
        all_of_it.append(statement(seat, steps[n], "attempted", line=LINES[(i + n) % 4], exit_status=0 if good else 1, outcome="held" if good else "not held"))
        if n < reached:
            all_of_it.append(statement(seat, steps[n], "progressed", state=1))
    return all_of_it


def join(address, board, code, learners):
    connection = http.client.HTTPConnection(urllib.parse.urlparse(address).netloc, timeout=60)

    def ask(method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            sys.exit("%s %s: %d %s" % (method, path, answer.status, text[:300]))
        return json.loads(text) if text[:1] in (b"{", b"[") else text

    steps, keys = ask("GET", board, Accept="application/json")["steps"], []
    for i in range(int(learners)):
        seat = ask("POST", "/room/join", {"code": code, "name": "%s %d" % (FIRST[i % 10], i), "lines": i % 4 != 3})
        key = authorization(seat["key"] + ":" + seat["secret"])
        ask("POST", "/xapi/statements", work(seat, i, steps), Authorization=key, X_Experience_API_Version="1.0.3")
        if i % 25 == 24:
            ask("POST", "/room/say", {"what": "hand", "text": "It says «permission denied» %d" % i}, Authorization=key)
        if i % 10 == 9:
            ask("POST", "/room/say", {"what": "done"}, Authorization=key)
        keys.append(key)
    print(json.dumps(keys))


def age(database):
    db, now = sqlite3.connect(database), int(time.time() * 1000)
    learners = db.execute("SELECT rowid FROM room_learner ORDER BY rowid").fetchall()
    db.executemany("UPDATE room_learner SET since_ms = ?, hand_ms = iif(hand IS NULL, hand_ms, ?) WHERE rowid = ?",
                   ((now - i * 37 % 60 * 60000, now - i * 3000, row) for i, (row,) in enumerate(learners)))
    db.commit()


def stay(address):
    place, streams = urllib.parse.urlparse(address), []
    for i, key in enumerate(json.load(sys.stdin)):
        if i % 4 == 1:
            continue
        streams.append(socket.create_connection((place.hostname, place.port)))
        streams[-1].sendall(b"GET /room/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: %s\r\n\r\n" % key.encode())
    print("ready", flush=True)
    signal.pause()


{"join": join, "age": age, "stay": stay}[sys.argv[1]](*sys.argv[2:])
