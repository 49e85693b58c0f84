#!/usr/bin/env python3
"""tests/soak/clients.py [SECONDS [PEOPLE]] - real clients and the team's server are killed at random moments.

People take a small evaluation again and again (`ropes quiz`), and `ropes sync` sends what is recorded; both are killed in the
middle, and so is the server, which comes back on its port. Afterwards every statement of every record is in the store, once, and a
record that was killed is whole. $ROPES is the program. The last line is "whole: …", or tells what is wrong.
"""
import json, os, random, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, threading, time

seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600
people = int(sys.argv[2]) if len(sys.argv) > 2 else 6
here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROPES = os.environ.get("ROPES", os.path.join(here, "build/ropes"))
place = tempfile.mkdtemp(prefix="soak-")
db = os.path.join(place, "lrs.db")
os.makedirs(os.path.join(place, "c/quizzes"))
open(os.path.join(place, "c/soak.md"), "w").write("# Soak\n\nwords\n")
open(os.path.join(place, "c/quizzes/soak.gift"), "w").write("::One:: Which?{=right ~wrong#no}\n\n::Two:: Which?{=right ~wrong#no}\n")
HOST = "127.1.%d.%d" % (os.getpid() >> 8 & 255, os.getpid() & 255)  # of this run alone: what is free there stays free
with socket.socket() as s:
    s.bind((HOST, 0))
    port = s.getsockname()[1]
kills = {"server": 0, "client": 0}
end = time.time() + seconds


def run(*words, env=None, text="", kill_after=None):
    p = subprocess.Popen([ROPES, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, text=True)
    if kill_after is not None:
        timer = threading.Timer(kill_after, p.kill)
        timer.start()
    out = p.communicate(text)[0]
    if kill_after is not None:
        timer.cancel()
        kills["client"] += p.returncode == -signal.SIGKILL
    return out


def keep_server():
    while True:
        server = subprocess.Popen([ROPES, "serve", "--db", db, "--listen", f"{HOST}:{port}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while time.time() < end and server.poll() is None and random.random() > 0.02:
            time.sleep(0.05)
        if time.time() >= end:
            return server
        kills["server"] += server.poll() is None
        server.kill()
        server.wait()


def live(i):
    env = dict(os.environ, **{f"XDG_{kind}_HOME": os.path.join(place, f"p{i}", kind.lower()) for kind in ("DATA", "STATE", "CONFIG", "CACHE")})
    said = run("serve", "key", "add", f"p{i}", "--role", "learner", "--db", db)
    key, secret = [line.split(": ")[1] for line in said.splitlines()[:2]]
    run("sync", "join", f"http://{HOST}:{port}/xapi", "--key", key, "--learner", f"p{i}", env=env, text=secret + "\n")
    while time.time() < end:
        run("quiz", os.path.join(place, "c/soak.md"), "--learner", f"p{i}", "--seed", "1", env=env, text="a\nb\nn\n" * 2, kill_after=random.choice([None, random.random() * 0.1]))
        run("sync", env=env, kill_after=random.random() * 0.2)
    return env


def at_rest(env):
    for _ in range(20):
        out = run("sync", env=env)
        if run("sync", "status", env=env).strip().endswith("waiting: 0"):
            return ""
    return out


problems, envs = [], {}
threads = [threading.Thread(target=lambda i=i: envs.update({i: live(i)})) for i in range(people)]
keeper = {}
guard = threading.Thread(target=lambda: keeper.update(server=keep_server()))
guard.start()
time.sleep(1)
for t in threads:
    t.start()
for t in threads + [guard]:
    t.join()
for i, env in sorted(envs.items()):
    left = at_rest(env)
    if left:
        problems.append(f"p{i} can't send: {left[-200:]}")
keeper["server"].terminate()
keeper["server"].wait()
there = {}
for (text,) in sqlite3.connect(db).execute("SELECT json FROM statement"):
    i = json.loads(text)["id"]
    there[i] = there.get(i, 0) + 1
recorded = 0
for i in range(people):
    record = sqlite3.connect(os.path.join(place, f"p{i}", "data/ropes/record.db"))
    if record.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        problems.append(f"p{i}'s record is damaged")
    for (text,) in record.execute("SELECT json FROM statement"):
        recorded += 1
        if there.get(json.loads(text)["id"]) != 1:
            problems.append(f"{there.get(json.loads(text)['id'], 0)} times: {text[:120]}")
if len(there) != recorded:
    problems.append(f"{len(there)} in the store, {recorded} in the records")
shutil.rmtree(place)
print(f"killed: {kills['client']} clients, {kills['server']} servers")
print("wrong: " + "; ".join(problems[:5]) if problems else f"whole: {recorded} statements, each there once")
sys.exit(bool(problems) or recorded == 0)
