#!/usr/bin/env python3
"""crowd.py DB PEOPLE [LESSONS [DAYS]]: many people in a store that no server has open, written as the tracker keeps them.

What they are called and did depends on their number alone; times count back from now. A person of three has done nothing. Two courses, one
of which everybody is assigned; LESSONS of each with two questions (12), and activity on the last DAYS days (5).
"""
import sqlite3
import sys
import time

path, people = sys.argv[1], int(sys.argv[2])
lessons = int(sys.argv[3]) if len(sys.argv) > 3 else 12
days = int(sys.argv[4]) if len(sys.argv) > 4 else 5
NOW, DAY = int(time.time() * 1000), 86400000
FIRST = ["Ada", "Bruno", "Chloë", "Дарья", "李小龍", "مريم", "Wolfeschlegelsteinhausen", "Ngọc", "Þóra", "O'Neil"]
LAST = ["Alvarez", "Berg", "Čapek", "陳", "حسن", "Featherstonehaugh-Cholmondeley", "Иванова", "de la Cruz", "Müller", "Zed"]
TEAMS = max(2, people // 50)
COURSES = 2

db = sqlite3.connect(path)
FIRST_TEAM = db.execute("SELECT coalesce(max(id), 0) + 1 FROM team").fetchone()[0]


def put(table, columns, rows):
    db.executemany("INSERT INTO %s (%s) VALUES (%s)" % (table, columns, ", ".join("?" * (columns.count(",") + 1))), rows)


def active():
    return (p for p in range(1, people + 1) if p % 3 != 0)


put("team", "id, name", ((FIRST_TEAM + t, "Team %d" % (t + 1)) for t in range(TEAMS)))
put("person", "id, key, name, first_ms, last_ms", (
    (p, "account https://ropes.invalid person-%d" % p, "%s %s %d" % (FIRST[p % 10], LAST[p // 10 % 10], p),
     0 if p % 3 == 0 else NOW - 60 * DAY, 0 if p % 3 == 0 else NOW - p % 50 * DAY) for p in range(1, people + 1)))
put("member", "team, person", ((FIRST_TEAM + p % TEAMS, p) for p in range(1, people + 1)))
put("course", "id, iri, title, lessons", ((c, "https://ropes.invalid/courses/%d" % c, "Course number %d" % c, lessons) for c in range(1, COURSES + 1)))
put("assignment", "team, course, due_ms", [(0, 1, NOW - 10 * DAY)])
put("lesson", "id, course, iri, title, aim, place", (
    (c * 1000 + n, c, "https://ropes.invalid/courses/%d/%d" % (c, n), "Lesson %d" % n, "", n)
    for c in range(1, COURSES + 1) for n in range(1, lessons + 1)))
put("question", "id, course, iri, title", (
    (c * 1000 + n, c, "https://ropes.invalid/courses/%d/q%d" % (c, n), "Question %d" % n)
    for c in range(1, COURSES + 1) for n in range(1, 2 * lessons + 1)))


def done(p, c):  # lessons
    return lessons if p % 5 == 1 else (p * 7 + c) % (lessons + 1)


put("enrolment", "person, course, begun_ms, last_ms, time_ms, completed, passed, done_ms, evaluated, first, best, last", (
    (p, c, NOW - 60 * DAY, NOW - p % 50 * DAY, 600000 * done(p, c), done(p, c), done(p, c) // 2, NOW - p % 50 * DAY if done(p, c) == lessons else 0,
     done(p, c), 0.5 * done(p, c), 0.9 * done(p, c), 0.8 * done(p, c)) for p in active() for c in range(1, COURSES + 1)))
put("result", "person, course, lesson, completed_ms, passed_ms, attempts, first, best, last, time_ms, seen_ms, lines, failed_lines", (
    (p, c, c * 1000 + n, NOW - 20 * DAY, 0, 1, 0.5, 0.9, 0.8, 600000, NOW - 20 * DAY, 5, 1)
    for p in active() for c in range(1, COURSES + 1) for n in range(1, done(p, c) + 1)))
put("answer", "person, question, course, answers, first, first_ms, last, due_ms, last_ms, state, step, stability, difficulty, days, reviews, lapses", (
    (p, c * 1000 + n, c, 2, (p + n) % 4 / 3, NOW - 20 * DAY, 1, NOW + (p + n) % 20 * DAY - 2 * DAY, NOW - 20 * DAY, 2, 0, 5, 5, 5, 1, 0)
    for p in active() for c in range(1, COURSES + 1) for n in range(1, 2 * done(p, c) + 1)))
put("day", "person, course, day, events, completed, passed, time_ms", (
    (p, 1, NOW // DAY - (p + 3 * d) % 91, 20, 1, 1, 1800000) for p in active() for d in range(days)))
db.commit()
