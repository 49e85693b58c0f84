#!/usr/bin/env python3
"""fill.py URL KEYS.json: a small team in a store, by hand: nasty names, long ones, a course that nobody finished.

For what pages look like; what they say is tried with real clients (tests/terminal/test_team.sh).
"""
import base64
import datetime
import json
import sys
import urllib.request

url, keys = sys.argv[1], json.load(open(sys.argv[2]))
NOW = datetime.datetime.now(datetime.timezone.utc)
COURSE = "https://ropes.invalid/courses/"
PEOPLE = 8  # as in tests/data/browser/roster.csv
LESSONS = ["first steps", "a title \"with\" <b>marks</b> & signs", "unbroken" * 20, "the last"]


def statement(person, verb, course, thing, days, score=None):
    s = {"actor": {"account": {"homePage": "https://ropes.invalid", "name": "person-%d" % person}},
         "verb": {"id": "http://adlnet.gov/expapi/verbs/" + verb},
         "object": {"id": COURSE + course + "/" + str(thing), "definition": {"name": {"en": LESSONS[thing]}}},
         "timestamp": (NOW - datetime.timedelta(days=days)).isoformat(),
         "context": {"contextActivities": {"grouping": [{"id": COURSE + course}]}}}
    if score is not None:
        s["result"] = {"score": {"scaled": score}, "success": score >= 0.8}
    return s


def send(statements):
    head = {"Authorization": "Basic " + base64.b64encode(":".join(keys["store"]).encode()).decode(),
            "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url + "/statements", json.dumps(statements).encode(), head)).read()


batch = []
for person in range(PEOPLE):
    for thing in range(1 + person % len(LESSONS)):
        batch.append(statement(person, "completed", "alpha", thing, 60 - 10 * thing - person))
        batch.append(statement(person, "answered", "alpha", thing, 60 - 10 * thing - person, 0.1 * person))
        score = 0.5 + 0.06 * person
        batch.append(statement(person, "passed" if score >= 0.8 else "failed", "alpha", thing, 59 - 10 * thing - person, score))
batch.append(statement(0, "completed", "nobody finished <i>this</i>".replace(" ", "-").replace("<i>", "").replace("</i>", ""), 0, 1))
send(batch)
