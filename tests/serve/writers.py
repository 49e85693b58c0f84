#!/usr/bin/env python3
"""Clients that write to a store and remember what was acknowledged, and a look at what the file then holds.

writers.py send URL KEY:SECRET LOG CLIENTS SECONDS   batches of three, some sent twice, references, voidings; ends early where the store does
writers.py look DB LOG                               says "whole: …", or what is wrong, line by line
"""
import base64
import collections
import http.client
import json
import random
import sqlite3
import sys
import threading
import time
import urllib.parse
import uuid

VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def statement(batch, known):
    s = {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": "mailto:p%d@x.y" % random.randrange(20)},
        "verb": {"id": "http://x.y/verbs/%d" % random.randrange(4)},
        "object": {"id": "http://x.y/activities/%d" % random.randrange(30), "definition": {"name": {"en": "%d" % random.randrange(3)}}},
        "context": {"registration": batch},
    }
    if known and random.random() < 0.2:
        s["object"] = {"objectType": "StatementRef", "id": random.choice(known)}
        if random.random() < 0.5:
            s["verb"] = {"id": VOIDED}
    return s


class Client:
    def __init__(self, url, key, log, end):
        self.url, self.log, self.end = urllib.parse.urlparse(url), log, end
        self.head = {
            "Authorization": "Basic " + base64.b64encode(key.encode()).decode(),
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
        }
        self.known = collections.deque(maxlen=50)
        self.connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=20)

    def ask(self, method, path, body=None):
        self.connection.request(method, self.url.path + path, body, self.head)
        reply = self.connection.getresponse()
        return reply.status, reply.read()

    def send(self, batch):
        status, body = self.ask("POST", "/statements", json.dumps(batch))
        if status != 200:
            print(status, body.decode(), flush=True)
            return False
        with open(self.log, "a") as f:
            f.write("".join(s["id"] + "\n" for s in batch))
        return True

    def run(self):
        try:
            while time.monotonic() < self.end:
                name = str(uuid.uuid4())
                batch = [statement(name, list(self.known)) for _ in range(3)]
                if not self.send(batch) or (random.random() < 0.1 and not self.send(batch)):
                    return
                self.known.extend(s["id"] for s in batch)
                if random.random() < 0.05:
                    one = random.choice(batch)["id"]
                    seen = [self.ask("GET", "/statements?%s=%s" % (what, one))[0] for what in ("statementId", "voidedStatementId")]
                    if sorted(seen) != [200, 404]:
                        print("not found at once", one, seen, flush=True)
        except (OSError, http.client.HTTPException):
            pass  # it was killed


def send(url, key, log, clients, seconds):
    end = time.monotonic() + float(seconds)
    threads = [threading.Thread(target=Client(url, key, log, end).run) for _ in range(int(clients))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def expected_lists(db, statements):
    """What each statement is found by, from its text: (name, kind) by sequence number."""
    lists = set()
    for seq, s in statements.items():
        lists.add(("mbox " + s["actor"]["mbox"], 0, seq))
        lists.add(("account %s %s" % (s["authority"]["account"]["homePage"], s["authority"]["account"]["name"]), 1, seq))
        if "objectType" not in s["object"] or s["object"]["objectType"] == "Activity":
            lists.add((s["object"]["id"], 2, seq))
        lists.add((s["verb"]["id"], 4, seq))
        lists.add((s["context"]["registration"], 5, seq))
    return lists


def look(path, log):
    db = sqlite3.connect(path)
    rows = db.execute("SELECT seq, stored_ms, voided, json FROM statement ORDER BY seq").fetchall()
    statements = {seq: json.loads(text) for seq, _, _, text in rows}
    ids = {s["id"]: seq for seq, s in statements.items()}
    sent = {line.strip() for line in open(log)}
    by_target = collections.defaultdict(list)
    for s in statements.values():
        if s["object"].get("objectType") == "StatementRef":
            by_target[s["object"]["id"]].append(s)
    voided = {
        seq for seq, s in statements.items()
        if s["verb"]["id"] != VOIDED and any(v["verb"]["id"] == VOIDED for v in by_target[s["id"]])
    }
    batches = collections.Counter(s["context"]["registration"] for s in statements.values())
    lists = set(db.execute("SELECT n.text, m.list % 16, m.seq FROM mention AS m JOIN name AS n ON n.id = m.list / 16 WHERE m.list % 16 < 8"))
    times = [stored for _, stored, _, _ in rows]
    wrong = {
        "lost": len(sent - set(ids)),
        "twice": len(statements) - len(ids),
        "torn": sum(1 for n in batches.values() if n != 3),
        "voided": len(voided ^ {seq for seq, _, is_voided, _ in rows if is_voided}),
        "ids": len(set(ids.items()) ^ {(str(uuid.UUID(bytes=i)), seq) for i, seq in db.execute("SELECT id, seq FROM identity")}),
        "lists": len(lists ^ expected_lists(db, statements)),
        "backwards": sum(1 for a, b in zip(times, times[1:]) if b < a),
        "cursor": db.execute("SELECT seq FROM cursor").fetchone()[0] != max(statements, default=0),
        "file": db.execute("PRAGMA integrity_check").fetchone()[0] != "ok",
    }
    for what, count in wrong.items():
        if count:
            print("wrong:", what, int(count))
    if not any(wrong.values()):
        print("whole: %d acknowledged, %d there, %d voided" % (len(sent), len(statements), len(voided)))


if __name__ == "__main__":
    {"send": send, "look": look}[sys.argv[1]](*sys.argv[2:])
