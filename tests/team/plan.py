"""plan.py - who of a team does what when, by a seed; and what a tracker has to say of it.

Nothing here asks the program: what is due is computed from the plan alone.
"""
import datetime
import os
import random
import re

DAY = datetime.timedelta(days=1)
TEAMS = ["Red", "Green", "Blue"]
FIRST = ["Ada", "Ben", "Cleo", "Dag", "Eva", "Finn", "Gil", "Hana", "Ines", "Jan", "Kim", "Lea", "Max", "Nils", "Ova", "Pia", "Quin"]
LAST = ["Amsel", "Birk", "Conrad", "Dorn"]
HARD = "springs-moon"  # what nobody understands
STUBBORN = "table-zone"  # what some never do
PASS = 0.6


def read_questions(path):
    """[(id, kind, right)] of our own GIFT, in its order: right is the answer's text, a truth or a number."""
    text = open(path).read()
    found = []
    for ident, body in re.findall(r"// \[id:([a-z-]+)\]\n::[^:]+::[^{]*\{(.*?)\}", text, re.S):
        body = body.strip()
        if body in ("T", "F"):
            found.append((ident, "truth", body == "T"))
        elif body.startswith("#"):
            found.append((ident, "number", body[1:].split(":")[0]))
        else:
            found.append((ident, "choice", re.search(r"^=(.*?)(#|$)", body, re.M).group(1)))
    return found


def read_course(folder, name):
    """A course of tests/data/team: its lessons in their order, each with its questions."""
    lessons = []
    for level, title in re.findall(r"^(#+) (.*)$", open("%s/%s.md" % (folder, name)).read(), re.M):
        anchor = title.lower().replace(" ", "-")
        questions = read_questions("%s/quizzes/%s.gift" % (folder, anchor)) if len(level) > 1 else []
        lessons.append({"anchor": anchor, "title": title, "enters": 3 if questions else 1, "questions": questions})
    return {"name": name, "iri": "https://ropes.invalid/courses/" + name, "lessons": lessons}


class Plan:
    """50 people (or fewer) in three teams over the last three months."""

    def __init__(self, folder, size, seed=7):
        self.random = random.Random(seed)
        self.now = datetime.datetime.fromisoformat(os.environ["PLAN_NOW"])  # several programs have one plan
        self.courses = {name: read_course(folder, name) for name in ("tides", "ledger")}
        self.due = {("tides", "Red"): self.day(-40), ("tides", "Green"): self.day(-15), ("tides", "Blue"): self.day(14),
                    ("ledger", "Blue"): self.day(-7)}
        self.people = [self.person(number) for number in range(size)]

    def day(self, offset):
        return (self.now + offset * DAY).date()

    def person(self, number):
        # every kind is in every team, however small the size
        kind = ["steady", "steady", "stops", "tardy", "steady", "absent", "stubborn", "steady"][(number // len(TEAMS)) % 8]
        person = {"number": number, "name": FIRST[number % len(FIRST)] + " " + LAST[number // len(FIRST)], "account": "person-%02d" % number,
                  "team": TEAMS[number % len(TEAMS)], "kind": kind, "early": number % 4 == 0, "sessions": []}
        if kind == "absent":
            return person
        at = self.now - self.random.randint(75, 90) * DAY
        if kind == "tardy":
            at = self.now - 12 * DAY  # after the day that was due for most
        for course in ["tides"] + (["ledger"] if person["team"] == "Blue" or number % 5 == 0 else []):
            at = self.study(person, self.courses[course], at)
        return person

    def study(self, person, course, at):
        lessons = course["lessons"]
        upto = self.random.randint(2, len(lessons) - 1) if person["kind"] == "stops" else len(lessons)
        quick = person["kind"] == "tardy"
        for lesson in lessons[:upto]:
            at += self.random.uniform(0.2, 0.6 if quick else 5) * DAY
            at = min(at, self.now - datetime.timedelta(hours=2))
            self.session(person, course, lesson, "learn", at)
            if not lesson["questions"]:
                continue
            skill = self.random.uniform(0.6, 0.95)
            for attempt in range(3):
                at += datetime.timedelta(minutes=self.random.randint(5, 9))
                answers = [self.answer(person, q[0], skill, attempt) for q in lesson["questions"]]
                self.session(person, course, lesson, "quiz", at, answers)
                if sum(answers) / len(answers) >= PASS or self.random.random() < 0.4:
                    break
        return at

    def answer(self, person, question, skill, attempt):
        if question == HARD:
            return attempt == 2
        if question == STUBBORN and person["kind"] == "stubborn":
            return False
        return self.random.random() < skill + 0.15 * attempt

    def session(self, person, course, lesson, what, at, answers=None):
        person["sessions"].append({"course": course["name"], "lesson": lesson, "what": what, "at": at, "answers": answers,
                                   "seed": self.random.randint(1, 1000)})

    # ---- what follows ----

    def results(self):
        """{(account, lesson's IRI): completed, passed, attempts, first, best, last}"""
        found = {}
        for person in self.people:
            for s in person["sessions"]:
                iri = "%s/%s" % (self.courses[s["course"]]["iri"], s["lesson"]["anchor"])
                r = found.setdefault((person["account"], iri), {"completed": False, "scores": []})
                if s["what"] == "learn":
                    r["completed"] = True
                else:
                    r["scores"].append(sum(s["answers"]) / len(s["answers"]))
        for r in found.values():
            r["attempts"], r["passed"] = len(r["scores"]), any(x >= PASS for x in r["scores"])
            r["first"], r["best"], r["last"] = (r["scores"][0], max(r["scores"]), r["scores"][-1]) if r["scores"] else (None,) * 3
        return found

    def enrolments(self):
        """{(account, course): …} of all who began it or have it assigned."""
        results, found = self.results(), {}
        for person in self.people:
            for name, course in self.courses.items():
                own = [r for lesson in course["lessons"] for r in [results.get((person["account"], course["iri"] + "/" + lesson["anchor"]))] if r]
                due = self.due.get((name, person["team"]))
                if not own and due is None:
                    continue
                scored = [r for r in own if r["scores"]]
                completed = sum(r["completed"] for r in own)
                done = completed == len(course["lessons"])
                mean = {key: sum(r[key] for r in scored) / len(scored) if scored else None for key in ("first", "best", "last")}
                found[person["account"], name] = dict(mean, completed=completed, passed=sum(r["passed"] for r in own), done=done, due=due,
                                                      late=due is not None and due < self.now.date() and not done)
        return found

    def late(self, team=None):
        """[(person's name, course)]"""
        names = {p["account"]: p for p in self.people}
        return sorted((names[account]["name"], course) for (account, course), e in self.enrolments().items()
                      if e["late"] and team in (None, names[account]["team"]))

    def questions(self):
        """{question's id: (people, mean of everybody's first answer)}"""
        first = {}
        for person in self.people:
            for s in person["sessions"]:
                if s["what"] == "quiz":
                    for question, right in zip(s["lesson"]["questions"], s["answers"]):
                        first.setdefault(question[0], {}).setdefault(person["account"], right)
        return {ident: (len(answers), sum(answers.values()) / len(answers)) for ident, answers in first.items()}

    def statements(self):
        """How many there are at least: a session's beginning and end, and every answer."""
        return sum(2 + len(s["answers"] or []) for p in self.people for s in p["sessions"])
