#!/usr/bin/env python3
"""tests/attack/attack.py DATA [KIND …] - attacks from inside a practice machine, judged by the outside.

DATA is a folder of attacks (tests/data/attack). Of what takes long a share is tried; with ROPES_ATTACKS=all each row, which takes
three quarters of an hour. A learner's machine is attacked while another one's, with secrets in it, runs
beside; $ROPES is the program. What is outside is looked at before and after each kind, and nothing that an attack said may have a
secret. Where something differs, the rows are tried again one by one. Ends with "N passed, N failed".
"""
import json
import os
import re
import shutil
import sys
import time

import hostile
import outside
import scene as s

ROWS_SECONDS = 1500 if s.ALL else 300  # for all rows of a kind
ROW_SECONDS = 30


# ---- shell lines, containers, Dockerfiles ----

def run_rows(scene, rows):
    """Runs them inside; results and what was said, by id."""
    learner = scene.attacker
    out = learner.path('out')
    shutil.rmtree(out, ignore_errors=True)
    for name in ('inside.py', 'probe.py'):
        learner.put_program(name)
    learner.put('rows', ''.join(json.dumps(dict(row, seconds=ROW_SECONDS * s.SLOW)) + '\n' for row in rows))
    status, said = learner.run_long('python3 inside.py rows out', ROWS_SECONDS)
    s.check(status == 0 and not scene.leaks(said), 'a session with rows ends well, and says no secret', said[-2000:])
    texts = {row['id']: outside.read(os.path.join(out, row['id']), 1 << 22).decode('utf-8', 'replace') for row in rows}
    return s.results_of(learner, 'out'), texts


def judge_row(scene, row, result, text):
    leaked = scene.leaks(text)
    # a line of a shell or of Python, which shows the source of what failed, is not one that a program said
    reached = [line for line in text.splitlines() if s.MARK in line and not re.search(r'\becho |\bprint\(', line)]
    if s.VERBOSE:
        print('=====', row['id'], result, '\n' + text[:3000] if s.VERBOSE == '2' else '', flush=True)
    if result is None:
        s.bad(f"{row['id']}: was not run")
    elif leaked:
        s.bad(f"{row['id']}: the secret of {leaked} came in", text[-600:])
    elif reached:
        s.bad(f"{row['id']}: got at what is not the machine's", *reached[:10])
    elif not re.search(row['says'], text):
        s.bad(f"{row['id']}: was not tried: nothing like {row['says']!r}", result, text[-600:])
    else:
        s.good()


def attack_by_lines(scene, data):
    rows = scene.rows(os.path.join(data, 'lines.txt'))
    rows = s.some(rows, 2 if os.getuid() == 0 else 4)
    results, texts = run_rows(scene, rows)
    for row in rows:
        judge_row(scene, row, results.get(row['id']), texts[row['id']])
    return rows, lambda row: run_rows(scene, [row])


# ---- requests to the API ----

def run_requests(scene, rows):
    learner = scene.attacker
    if os.path.lexists(learner.path('answers')):
        os.unlink(learner.path('answers'))
    learner.put_program('send.py')
    learner.put_program('gate_attack.py', '../gate/attack.py')
    learner.put('requests', ''.join(json.dumps(row) + '\n' for row in rows))
    status, said = learner.run_long(f"python3 send.py requests answers {scene.words['CANARY']}", ROWS_SECONDS)
    s.check(status == 0 and not scene.leaks(said), 'a session with requests ends well, and says no secret', said[-2000:])
    return outside.read(learner.path('answers'), 1 << 26).decode('utf-8', 'replace')


def attack_by_requests(scene, data):
    rows = []
    for path in (os.path.join(data, '../gate/attacks.jsonl'), os.path.join(data, 'requests.jsonl')):
        with open(path, encoding='utf-8') as file:
            rows += [json.loads(line) for line in file]
    rows = s.some(rows, 10)
    text = run_requests(scene, rows)
    answered = set(re.findall(r'^request (\d+) ', text, re.M))
    for row in rows:
        s.check(str(row['id']) in answered, f"request {row['id']} ({row['title']}) was sent", text[-300:])
    started = len(re.findall('^started', text, re.M))
    asked = sum('/containers/create' in row['path'] and not row.get('raw') for row in rows)
    s.check(started >= asked // 4 and (asked == 0 or 'attacking from within' in text), f'what the requests made was started ({started})', text[-2000:])
    s.check(not scene.leaks(text), 'no answer has a secret', *(line for line in text.splitlines() if scene.leaks(line)))
    s.check(s.MARK not in text, "no answer has what is not the machine's", *(line for line in text.splitlines() if s.MARK in line))
    return rows, lambda row: run_requests(scene, [row])


# ---- all ----

KINDS = {'lines': attack_by_lines, 'requests': attack_by_requests, 'sessions': hostile.attack_by_sessions,
         'answers': hostile.attack_by_answers}


def attribute(scene, rows, again):
    """Which row it was: each by itself, as long as there is time."""
    end = time.monotonic() + 240
    for row in rows:
        scene.before = outside.snapshot(scene.attacker.group)
        again(row)
        wrong = scene.harm()
        if wrong:
            print(f"    by {row['id']}:", *wrong, sep='\n        ')
        if time.monotonic() > end:
            return


def main():
    data = os.path.abspath(sys.argv[1])
    scene = s.Scene()
    try:
        scene.prepare()
        for name in sys.argv[2:] or KINDS:
            started = time.monotonic()
            rows, again = KINDS[name](scene, data)
            wrong = scene.harm()
            if not s.check(not wrong, f'the outside is as before, after {name}', *wrong):
                attribute(scene, rows, again)
                scene.before = outside.snapshot(scene.attacker.group)
            print(f'{name}: {len(rows)} rows, {time.monotonic() - started:.1f} s', flush=True)
        scene.victim_harmed()
    finally:
        scene.close()
    print(f'{s.Count.passed} passed, {s.Count.failed} failed')


main()
