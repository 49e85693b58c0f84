#!/usr/bin/env python3
"""A workshop by script: real `ropes join` clients, an instructor, and what must be true of it afterwards.

    play.py ROPES SOURCE FOLDER PEOPLE WITH_DAEMON [NODE_FOLDER]

PEOPLE clients go through twenty lessons at paces of their own; WITH_DAEMON of them run every example, each on a practice
daemon of their own.
The instructor opens steps, holds the room, writes and asks: in Chromium where NODE_FOLDER (playwright-core) is given, else by
requests. Prints a line a check, what was measured, and how many checks passed.
"""
import base64, heapq, json, os, random, re, signal, sqlite3, subprocess, sys, threading, time, urllib.parse, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from told import finish, ok, start  # noqa: E402

ROPES, SOURCE, FOLDER, PEOPLE, WITH_DAEMON = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
NODE = sys.argv[6] if len(sys.argv) > 6 else None
NOTE = os.path.join(SOURCE, "tests/data/workshop/twenty.md")
PATIENCE = 120  # seconds for an answer: other tests may keep the disk busy
MESSAGE = "Coffee at ten, in the galley"


def environment(who):
    e = dict(os.environ, COLUMNS="100")
    for kind in ("DATA", "STATE", "CONFIG", "CACHE"):
        e[f"XDG_{kind}_HOME"] = os.path.join(FOLDER, "people", who, kind.lower())
    e["XDG_RUNTIME_DIR"] = os.path.join(FOLDER, "people", who, "run")
    e["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME", os.path.join(FOLDER, "cache"))
    return e


# ---- the server ----
words = [ROPES, "serve", "--db", os.path.join(FOLDER, "room.db"), "--listen", "127.0.0.1:0", "--workshop", NOTE]
server = start(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
told = {}
for line in server.stdout:
    name, _, value = line.strip().partition(": ")
    told[name] = value
    if name == "join":
        break
if "join" not in told:
    sys.exit(f"the server did not begin: {told} {server.stdout.read()}")
address, code = told["join"].split()[2:4]
board = told["board"]
token = urllib.parse.parse_qs(urllib.parse.urlparse(board).query)["token"][0]


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) / 1024


# ---- what the board says, as it comes ----
events = []  # (when, learner, row)
asked = threading.Event()


def listen():
    try:
        r = urllib.request.urlopen(f"{address}/room/board/events?token={token}&changes=1", timeout=600)
        name, data = "", ""
        for raw in r:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = line[6:]
            elif line == "" and data:
                now = time.time()
                for row in json.loads(data).get("learners", []) if name == "change" else []:
                    events.append((now, row["learner"], row))
                data = ""
    except Exception:  # the server was told to stop
        pass


threading.Thread(target=listen, daemon=True).start()


def at_board():
    r = urllib.request.Request(board, headers={"Accept": "application/json"})
    return json.load(urllib.request.urlopen(r, timeout=PATIENCE))


def tell(**fields):
    urllib.request.urlopen(urllib.request.Request(board, json.dumps(fields).encode(), {"Content-Type": "application/json", "Accept": "application/json"}), timeout=PATIENCE)


def look_for_question():
    while not asked.is_set():
        time.sleep(0.5)
        if at_board().get("question"):
            asked.set()


# ---- learners ----
random.seed(PEOPLE)
people = []
for i in range(PEOPLE):
    time.sleep(0.05)  # nobody presses Enter in the same moment as two hundred others
    who = f"p{i}"
    e = environment(who)
    os.makedirs(e["XDG_RUNTIME_DIR"], 0o700)
    options = [] if i < WITH_DAEMON else ["--daemon", "none"]
    out = open(os.path.join(FOLDER, "people", who, "out"), "wb")
    p = start([ROPES, "join", address, code, "--as", f"Mate {i % (PEOPLE - PEOPLE // 10)}", "--yes", "--learner", who, *options],
                         stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, env=e, bufsize=0)
    people.append({"who": who, "process": p, "pace": random.uniform(0.5, 1.5) * (0.25 + PEOPLE / 200), "lines": 0})

# Each presses Enter at a pace of their own; who stands before a step that is not open waits there.
queue = [(time.time() + 1 + p["pace"] * random.random(), i) for i, p in enumerate(people)]
heapq.heapify(queue)
stop_typing = threading.Event()
held = threading.Event()


def type_on():
    while queue and not stop_typing.is_set():
        when, i = heapq.heappop(queue)
        time.sleep(max(0, when - time.time()))
        p = people[i]
        if held.is_set() and p["lines"] > 0:  # who sees that the room is held does not press Enter on and on
            heapq.heappush(queue, (time.time() + p["pace"], i))
            continue
        p["lines"] += 1
        line = ":answer b\n" if asked.is_set() and not p.get("answered") else "\n"
        if line != "\n":
            p["answered"] = True
        elif i % 7 == 3 and p["lines"] == 6:
            line = ":raise where is the galley?\n"
        try:
            p["process"].stdin.write(line.encode())
            p["process"].stdin.flush()
        except (BrokenPipeError, ValueError):
            continue
        if p["lines"] < 400:
            heapq.heappush(queue, (time.time() + p["pace"], i))


typing = threading.Thread(target=type_on, daemon=True)
typing.start()
threading.Thread(target=look_for_question, daemon=True).start()


def wait_for(what, seconds, name):
    end = time.time() + seconds
    seen = None
    while time.time() < end:
        seen = what()
        if seen:
            ok(True, name)
            return True
        time.sleep(0.2)
    ok(False, name, seen)
    return False


# ---- the instructor ----
began = time.time()
wait_for(lambda: len(at_board()["learners"]) == PEOPLE, 60 + PEOPLE, "everybody is on the board")
names = [row["name"] for row in at_board()["learners"]]
ok(len(set(names)) == PEOPLE, "nobody has another's name", names)
tell(do="hold")
held.set()


def places():
    return {r["learner"]: (r["lesson"], r["step"]) for r in at_board()["learners"]}


def still():  # who was under way when the word went out has come to rest
    before = places()
    time.sleep(2)
    return places() == before


def press_on():  # everybody presses Enter at least twice
    lines = [p["lines"] for p in people]
    held.clear()
    wait_for(lambda: all(p["lines"] >= n + 2 for p, n in zip(people, lines)), 60, "everybody presses Enter")
    held.set()
    wait_for(still, 60, "the room comes to rest")


press_on()  # who was in the middle of a step ends it
before = places()
press_on()
ok(places() == before, "on hold nobody goes on", [l for l, p in places().items() if p != before[l]])
if NODE:
    out = subprocess.run(["node", os.path.join(SOURCE, "tests/workshop/instructor.mjs"), board, MESSAGE], env=dict(os.environ, NODE_FOLDER=NODE),
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240)
    ok(out.returncode == 0, "an instructor paces, writes and asks in a browser", out.stdout)
else:
    tell(do="message", text=MESSAGE)
    tell(do="ask", gift="Which way is starboard? {~left#That is port. =right#Seen forwards.}")
    tell(do="go")
    tell(do="open-all")
held.clear()
wait_for(lambda: (at_board().get("question") or {}).get("answers", 0) >= PEOPLE * 0.9 if at_board().get("question") else False, 120, "the room answers")
tell(do="close")
done = wait_for(lambda: all(p["process"].poll() is not None for p in people), 300 + 3 * PEOPLE, "everybody comes to the end")
stop_typing.set()
took = time.time() - began
statuses = [p["process"].poll() for p in people]
ok(all(s == 0 for s in statuses), "every client ends well", [s for s in statuses if s != 0][:5])

# ---- afterwards: nothing is lost, nothing twice, and the board was never late ----
final = at_board()
there = {}
with urllib.request.urlopen(f"{address}/room/report?token={token}&format=md", timeout=PATIENCE) as r:
    report = r.read().decode()
ok("Attendance" in report or "attendance" in report, "there is a report", report[:200])
db = sqlite3.connect(os.path.join(FOLDER, "room.db"))
stored = {}
for (text,) in db.execute("SELECT json FROM statement"):
    s = json.loads(text)
    there[s["id"]] = there.get(s["id"], 0) + 1
    stored[s["id"]] = s["stored"]
mine, progressed = [], []
for p in people:
    path = os.path.join(FOLDER, "people", p["who"], "data/ropes/record.db")
    place = json.load(open(next(os.path.join(d, f) for d, _, fs in os.walk(os.path.join(FOLDER, "people", p["who"], "config")) for f in fs if f.endswith(".json"))))
    for (text,) in sqlite3.connect(path).execute("SELECT json FROM statement"):
        s = json.loads(text)
        mine.append(s["id"])
        if s["verb"]["id"].endswith("/progressed"):
            progressed.append((s["timestamp"], json.dumps(place), s))
lost = [i for i in mine if i not in there]
twice = [i for i in mine if there.get(i, 0) > 1]
ok(mine and not lost, "nothing that was recorded is lost", f"{len(lost)} of {len(mine)}")
ok(not twice, "and nothing is there twice", len(twice))
ended = [row for row in final["learners"] if row["done"] == row["of"] or row["lesson"]]
ok(len(ended) == PEOPLE, "the board has everybody", len(ended))
outs = [open(os.path.join(FOLDER, "people", p["who"], "out"), errors="replace").read() for p in people]
ok(sum(MESSAGE in o for o in outs) == PEOPLE, "everybody reads the message", sum(MESSAGE in o for o in outs))
ok(sum("starboard" in o for o in outs) >= PEOPLE * 0.9, "and the question", sum("starboard" in o for o in outs))
with_daemon = [o for o in outs[:WITH_DAEMON] if o.count("✔") >= 18]
ok(len(with_daemon) == WITH_DAEMON, "who has a practice daemon did the examples", [o.count("✔") for o in outs[:WITH_DAEMON]])

# To the first word of the board that is not older: from a statement's own time, and from that at which the server had it. All the
# clients share this machine with the server: what they wait for a processor is in the first one.
from datetime import datetime


def seconds(stamp):
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


by_learner = {}
for when, learner, row in events:
    by_learner.setdefault(learner, []).append(when)


def delays_since(stamp_of):
    delays = []
    for stamp, place, s in progressed:
        learner = next((l for l in by_learner if f'"{l}"' in place), None)
        t = seconds(stamp_of(s))
        later = [w for w in by_learner.get(learner, []) if w >= t - 0.002]
        if later:
            delays.append(min(later) - t)
    return sorted(delays) or [1e9]


def words(delays):
    return f"{delays[len(delays) // 2] * 1000:.0f} ms (median), {delays[int(len(delays) * 0.99)] * 1000:.0f} ms (99 %), {delays[-1] * 1000:.0f} ms at most"


from_client, from_server = delays_since(lambda s: s["timestamp"]), delays_since(lambda s: stored.get(s["id"], s["timestamp"]))
print(f"people {PEOPLE}, with a daemon {WITH_DAEMON}: {took:.0f} s; {len(mine)} statements; the board is behind the learners by {words(from_client)}, behind the "
      f"store by {words(from_server)}; server {resident_mb(server.pid):.0f} MB, {cpu_seconds(server.pid):.1f} s of CPU", flush=True)
ok(len(from_client) > 0.9 * len(progressed), "what is done is seen on the board", f"{len(from_client)} of {len(progressed)}")
server.send_signal(signal.SIGTERM)
ok(server.wait(60) == 0, "the server ends well")
finish()
