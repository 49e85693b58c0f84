#!/usr/bin/env python3
"""play.py FOLDER URL KEYS SIZE [sync]: the plan's people at their own `ropes`, each with folders of their own, at the plan's times.

FOLDER has a folder a person; KEYS has "ACCOUNT KEY SECRET" a line. With the word sync they only send again, from another place
in FOLDER's state: to another store. $ROPES is the program, $FAKETIME_LIBRARY the clock that can be set.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
from plan import Plan  # noqa: E402

ROPES, DATA = os.environ["ROPES"], os.path.join(os.environ["ROPES_SOURCE"], "tests/data/team")
folder, url, key_file, size = sys.argv[1:5]
keys = dict((line.split()[0], line.split()[1:]) for line in open(key_file))
problems, runs = [], 0
lock = threading.Lock()


def environment(person, at=None, speed=60):
    home = os.path.join(folder, person["account"])
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": home, "USER": person["account"], "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        env["XDG_%s_HOME" % name] = os.path.join(home, name.lower())
    env["XDG_RUNTIME_DIR"] = os.path.join(home, "run")
    os.makedirs(env["XDG_RUNTIME_DIR"], 0o700, exist_ok=True)
    if at is not None:
        env.update(LD_PRELOAD=os.environ["FAKETIME_LIBRARY"], FAKETIME_DONT_FAKE_MONOTONIC="1", FAKETIME_NO_CACHE="1",
                   FAKETIME=at.strftime("@%Y-%m-%d %H:%M:%S") + (" x%d" % speed if speed > 1 else ""))
    return env


def run(person, words, said="", at=None, speed=60, good=(0,)):
    global runs
    done = subprocess.run([ROPES] + words, input=said, text=True, capture_output=True, timeout=60, env=environment(person, at, speed))
    with lock:
        runs += 1
        if done.returncode not in good:
            problems.append("%s: %s ended with %d: %s" % (person["account"], " ".join(words), done.returncode, done.stderr[-300:]))
    return done.stdout


def reply(question, right, screen):
    """What somebody types who is right, or not, having read the screen."""
    kind, answer = question[1:]
    if kind == "number":
        return answer if right else str(float(answer) + 13)
    if kind == "truth":
        return "t" if answer == right else "f"
    options = re.findall(r"^  ([a-z])\) (.*)$", screen, re.M)
    return next(letter for letter, text in options if (text == answer) == right)


def take_quiz(person, session, words, at):
    """Reads every question before it answers."""
    global runs
    client = subprocess.Popen([ROPES] + words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=environment(person, at))
    count = len(session["answers"])
    for number, (question, right) in enumerate(zip(session["lesson"]["questions"], session["answers"]), 1):
        screen = ""
        while " %d/%d " % (number, count) not in screen:  # a question with its options is written at once
            more = os.read(client.stdout.fileno(), 65536).decode()
            if more == "":
                break
            screen += more
        client.stdin.write((reply(question, right, screen) + "\n").encode())
        client.stdin.flush()
    client.stdin.close()
    end = client.stdout.read().decode()
    status = client.wait(60)
    passed = sum(session["answers"]) / len(session["answers"]) >= 0.6
    with lock:
        runs += 1
        if status != (0 if passed else 1):
            problems.append("%s: %s: ended with %d: %s%s" % (person["account"], words, status, screen, end))


def join(person):
    key, secret = keys[person["account"]]
    run(person, ["sync", "join", url, "--key", key, "--learner", person["account"]], secret + "\n")


def live(person):
    """Who joined early sends at the end of each session, who did not all at once at last."""
    try:
        if person["early"]:
            join(person)
        for s in person["sessions"]:
            words = ["%s/%s.md#%s" % (DATA, s["course"], s["lesson"]["anchor"]), "--learner", person["account"]]
            if s["what"] == "quiz":
                take_quiz(person, s, ["quiz"] + words + ["--seed", str(s["seed"])], s["at"])
            else:
                run(person, ["learn"] + words + ["--daemon", "none"], "\n" * s["lesson"]["enters"], s["at"], 1 if person["early"] else 60)
        if not person["early"]:
            join(person)
        send(person)
    except Exception as error:
        problems.append("%s: %r" % (person["account"], error))


def send(person):
    if person["sessions"]:
        run(person, ["sync"])


def send_again(person):
    join(person)
    send(person)


plan = Plan(DATA, int(size))
act = send_again if sys.argv[5:] == ["sync"] else live
with concurrent.futures.ThreadPoolExecutor(3) as pool:
    list(pool.map(act, plan.people))
for problem in problems[:20]:
    print(problem)
print("%d runs, %d problems" % (runs, len(problems)))
