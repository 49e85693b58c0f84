#!/usr/bin/env python3
"""check.py ADDRESS KEY SECRET SIZE SEEN.json: what the server's exports and pages say, beside what follows from the plan.

SEEN.json is what a lead saw in a browser (tests/browser/lead.mjs). Ends with "N passed, M failed".
"""
import base64
import csv
import io
import json
import os
import sys
import urllib.request

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from told import finish, ok  # noqa: E402
from plan import HARD, TEAMS, Plan  # noqa: E402

address, key, secret, size, seen_file = sys.argv[1:6]
plan = Plan(os.path.join(os.environ["ROPES_SOURCE"], "tests/data/team"), int(size))
foreign = os.environ.get("FOREIGN_STORE") == "yes"  # the statements themselves are elsewhere


def same(seen, due, what):
    ok(seen == due, what)
    if seen == due:
        return
    if isinstance(seen, dict) and isinstance(due, dict):
        for k in [k for k in sorted(set(seen) | set(due), key=str) if seen.get(k) != due.get(k)][:6]:
            print("    %s: %s is due, not %s" % (k, due.get(k), seen.get(k)))
    else:
        print("    due %s\n   seen %s" % (str(due)[:600], str(seen)[:600]))


def ask(path):
    request = urllib.request.Request(address + path, headers={"Authorization": "Basic " + base64.b64encode((key + ":" + secret).encode()).decode()})
    return urllib.request.urlopen(request, timeout=30).read().decode()


def near(number):
    return None if number is None else round(number, 3)


def account_of(person):
    return person.split()[-1]


titles = {course["name"]: course["lessons"][0]["title"] for course in plan.courses.values()}
names = {title: name for name, title in titles.items()}

# ---- who is where ----
data = json.loads(ask("/export.json"))
due, seen = {}, {}
for (account, course), e in plan.enrolments().items():
    due[account, course] = (e["completed"], e["passed"], near(e["first"]), near(e["best"]), near(e["last"]), e["late"], e["done"],
                            e["due"] and e["due"].isoformat())
for e in data["enrolments"]:
    seen[account_of(e["person"]), names.get(e["course"], e["course"])] = (
        e["completed"], e["aims_reached"], near(e["first"]), near(e["best"]), near(e["last"]), e["late"], e["done"] is not None,
        e["due"] and e["due"][:10])
same(seen, due, "who is where in which course")
same({account_of(e["person"]): e["name"] for e in data["enrolments"]},
     {p["account"]: p["name"] for p in plan.people if any(p["account"] == account for account, _ in due)}, "what people are called")
same({names.get(e["course"]): e["lessons"] for e in data["enrolments"]}, {name: len(c["lessons"]) for name, c in plan.courses.items()},
     "how many lessons a course has")
same([e for e in data["enrolments"] if e["completed"] > 0 and e["seconds"] <= 0 and e["last_seen"] is None], [], "time goes by")
for team in TEAMS:
    some = json.loads(ask("/export.json?team=" + team))["enrolments"]
    same(sorted((e["name"], names.get(e["course"])) for e in some if e["late"]), plan.late(team), "who is late in " + team)

# ---- what nobody understands ----
same({q["activity"].rsplit("/", 1)[1]: (q["people"], near(q["facility"])) for q in data["questions"]},
     {ident: (people, near(mean)) for ident, (people, mean) in plan.questions().items()}, "how every question was answered")
same(data["questions"][0]["activity"].rsplit("/", 1)[1], HARD, "the hardest comes first")

# ---- the table ----
rows = {(account_of(r["person"]), r["activity"]): r for r in csv.DictReader(io.StringIO(ask("/export.csv")))}
expected = plan.results()


def cells(r):
    return (r["completed"], r["passed"], r["attempts"]) + tuple("" if r[k] == "" else near(float(r[k])) for k in ("first", "best", "last"))


same({k: cells(r) for k, r in rows.items() if k in expected},
     {k: (str(int(r["completed"])), str(int(r["passed"])), str(r["attempts"])) + tuple("" if r[x] is None else near(r[x])
      for x in ("first", "best", "last")) for k, r in expected.items()}, "every lesson of everybody")
same([k for k, r in rows.items() if k not in expected and (r["completed"], r["attempts"]) != ("0", "0")], [], "and nothing that nobody did")

# ---- the statements ----
if not foreign:
    statements = json.loads(ask("/export.xapi"))
    answered = [s for s in statements if s["verb"]["id"].endswith("/answered")]
    same(len(answered), sum(len(s["answers"]) for p in plan.people for s in p["sessions"] if s["answers"]), "every answer is there, once")
    same(len({s["id"] for s in statements}), len(statements), "no statement is there twice")

# ---- what the lead saw ----
saw = json.load(open(seen_file))
same(sorted(map(tuple, saw["late"])), sorted((name, titles[course]) for name, course in plan.late()), "the lead finds who is late")
same(saw["teamLate"], sorted((name for name, _ in plan.late("Red"))), "and of one team")
same(saw["hardest"], "When springs come", "and what nobody understands")
same(saw["person"], plan.late("Red")[0][0], "and looks at a person")
same(sorted(saw["table"].splitlines()), sorted(ask("/export.csv?team=Red").splitlines()), "and takes it away as a table")
same(saw["faults"], [], "and nothing is wrong with the pages")
finish()
