# tests/terminal/workshop.py ROPES FOLDER HOST - a workshop by HTTP: learners as threads, an instructor, kill -9 in the middle.
# Prints a line "ok NAME" or "FAILED: NAME …" for each thing that is looked at.
import base64, http.client, json, os, re, signal, subprocess, sys, threading, time, urllib.parse, uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from told import start  # noqa: E402

ROPES, FOLDER, HOST = sys.argv[1:4]
LEARNERS = int(os.environ.get("WORKSHOP_LEARNERS", "20"))
EXTENSION = "https://ropes.invalid/extensions/"
database = FOLDER + "/room.db"


def tell(name, good, *more):
    print(f"ok {name}" if good else f"FAILED: {name}: {' '.join(str(m) for m in more)[:400]}", flush=True)


class Server:
    def __init__(self, *more, course="docker-start-here", listen=HOST + ":0"):
        self.process = start([ROPES, "serve", "--db", database, "--listen", listen, "--workshop", course, *more],
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.said = {}
        for line in self.process.stdout:
            name, _, value = line.strip().partition(": ")
            self.said[name] = value
            if name == "join":
                break
        parts = urllib.parse.urlparse(self.said["board"])
        self.port, self.board = parts.port, parts.path + "?" + parts.query
        self.projector = self.said["projector"].split(str(self.port), 1)[1]
        self.code = self.said["join"].split()[-1]

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)

    def ask(self, method, path, body=None, key=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            headers["Authorization"] = "Basic " + base64.b64encode(key.encode()).decode()
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        c = http.client.HTTPConnection(HOST, self.port, timeout=20)
        c.request(method, path, body, headers)
        answer = c.getresponse()
        text = answer.read().decode()
        c.close()
        return answer.status, text, answer

    def order(self, **fields):
        return self.ask("POST", self.board, fields)[0]

    def data(self):
        return json.loads(self.ask("GET", self.board, Accept="application/json")[1])

    def join(self, name, **more):
        status, text, _ = self.ask("POST", "/room/join", {"code": self.code, "name": name, "lines": True, **more})
        return Learner(self, json.loads(text)) if status == 200 else (status, text)


class Learner:
    """Listens, and comes back by itself as a client does: by its last event's id."""

    def __init__(self, server, seat):
        self.server, self.seat, self.key = server, seat, seat["key"] + ":" + seat["secret"]
        self.events, self.last, self.ended = [], None, False

    def listen(self):
        threading.Thread(target=self.run, daemon=True).start()
        return self

    def run(self):
        while not self.ended:
            try:
                self.read_stream()
            except OSError:
                pass
            except http.client.HTTPException:
                pass
            time.sleep(0.1)

    def read_stream(self):
        headers = {"Authorization": "Basic " + base64.b64encode(self.key.encode()).decode(), "Accept": "text/event-stream"}
        if self.last is not None:
            headers["Last-Event-ID"] = self.last
        c = http.client.HTTPConnection(HOST, self.server.port, timeout=30)
        c.request("GET", "/room/events", headers=headers)
        answer = c.getresponse()
        one = {}
        for line in answer if answer.status == 200 else ():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "" and one:
                self.events.append((one.get("id"), one["event"], json.loads(one["data"]), time.time()))
                self.last = one.get("id", self.last)
                self.ended = one["event"] == "end"
                one = {}
            elif name.strip(":"):
                one[name] = value

    def has(self, event, wait=5, within="", **fields):
        end = time.time() + wait
        while time.time() < end:
            for _, name, data, _ in list(self.events):
                if name == event and within in json.dumps(data) and all(data.get(k) == v for k, v in fields.items()):
                    return True
            time.sleep(0.02)
        return False

    def say(self, **what):
        return self.server.ask("POST", "/room/say", what, self.key)[0]

    def statement(self, verb, step, result=None, account=None):
        return {"id": str(uuid.uuid4()),
                "actor": {"objectType": "Agent", "name": self.seat["name"],
                          "account": {"homePage": self.seat["home"], "name": account or self.seat["learner"]}},
                "verb": {"id": "http://adlnet.gov/expapi/verbs/" + verb},
                "object": {"id": "https://ropes.invalid/courses/docker-start-here/" + step["lesson"]},
                "result": {"extensions": {EXTENSION + name: value for name, value in (result or {}).items()}},
                "context": {"extensions": {EXTENSION + "course": "docker-start-here", EXTENSION + "lesson": step["lesson"],
                                           EXTENSION + "step": step["step"]}},
                "timestamp": "2026-01-01T00:00:00Z"}

    def send(self, *statements):
        return self.server.ask("POST", "/xapi/statements", list(statements), self.key, X_Experience_API_Version="1.0.3")[0]


def row(data, learner):
    return next(one for one in data["learners"] if one["learner"] == learner.seat["learner"])


# ---- coming in ----
server = Server()
tell("the code is eight characters that are not mixed up", re.fullmatch("[2-9A-HJKMNP-Z]{8}", server.code), server.code)
status, text, _ = server.ask("GET", "/room?code=" + server.code)
tell("the code opens the room", status == 200 and json.loads(text)["course"] == "docker-start-here", status, text)
status, text, _ = server.ask("GET", "/room?code=" + server.code, Accept="text/html")
tell("in a browser it tells how to join", status == 200 and "ropes join " in text and server.code in text, status, text)
# the first asks as clients did that wanted a socket of the room's
ann, other = server.join("Ann", uid=os.getuid(), class_daemon=True), server.join("Ann")
tell("two people with one name are two", other.seat["name"] == "Ann 2" and other.seat["renamed"] and not ann.seat["renamed"], other.seat)
again = Learner(server, json.loads(server.ask("POST", "/room/join", {"code": ann.seat["personal"], "name": "x", "lines": True})[1]))
tell("the same person on a second machine is one", again.seat["learner"] == ann.seat["learner"] and again.key != ann.key, again.seat)
evil = server.join("<script>alert(1)</script>\x1b[2J")
tell("a name has no control characters", evil.seat["name"] == "<script>alert(1)</script>[2J", evil.seat)
page = server.ask("GET", server.board, Accept="text/html")
tell("a script in a name is text", page[0] == 200 and "<script>alert" not in page[1] and "&lt;script&gt;alert" in page[1])
policy = page[2].getheader("Content-Security-Policy") or ""
tell("the page runs nothing but the server's own", "default-src 'none'" in policy and "unsafe" not in policy, policy)
tell("and asks nobody else", not re.search(r"(src|href|action)=\"(https?:)?//", page[1]))
tell("no name is wrong", server.join("\t")[0] == 400)

# ---- guesses ----
statuses = [server.ask("GET", "/room?code=" + "".join("23456789"[(i >> k) % 8] for k in range(8)))[0] for i in range(100)]
tell("a code that is guessed at is refused", statuses[:18] == [404] * 18 and statuses[-1] == 429, statuses)
answer = server.ask("POST", "/room/join", {"code": "AAAAAAAA", "name": "x"})
tell("with a time to wait", answer[0] == 429 and answer[2].getheader("Retry-After") == "60", answer[0])
tell("and who has the code comes in", isinstance(server.join("Late"), Learner))
for path in ("/room/board", "/room/board?token=", "/room/board?token=" + server.code, server.projector.replace("projector", "board"),
             "/room/board/events?token=x", "/room/report?token=x", "/room/projector?token=x"):
    tell("nothing is seen without its token: " + path[:30], server.ask("GET", path)[0] == 403)
tell("nothing is ordered without it", server.ask("POST", "/room/board?token=x", {"do": "end"})[0] == 403)
tell("nor by a learner's key", server.ask("POST", "/room/board", {"do": "end"}, ann.key)[0] == 403)
tell("a learner's key reads no statements", server.ask("GET", "/xapi/statements", None, ann.key, X_Experience_API_Version="1.0.3")[0] == 403)
tell("who has no key is told nothing", server.ask("GET", "/room/events")[0] == 401 and server.ask("POST", "/room/say", {"what": "done"})[0] == 401)

# ---- learners at work ----
steps = server.data()["steps"]
ann.listen()
learners = [server.join(f"Learner {i}").listen() for i in range(LEARNERS)]
tell("a state comes at once", all(one.has("state", hold=False, ended=False) for one in learners))
server.order(do="open", lesson=steps[3]["lesson"], step=steps[3]["step"])
tell("the last open step is told", ann.has("state", open={"lesson": steps[3]["lesson"], "step": steps[3]["step"]}))
server.order(do="hold")
tell("holding is told", ann.has("state", hold=True))
server.order(do="go")
server.order(do="timer", seconds=60, text="tea")
tell("a timer is told", ann.has("state", within="tea"))
server.order(do="message", text="to <all>")
server.order(do="message", text="to one", to=ann.seat["learner"])
tell("a message to all", all(one.has("message", text="to <all>", to="all") for one in learners))
tell("and one to one", ann.has("message", text="to one", to="you") and not any(one.has("message", 0, text="to one") for one in learners))


def work(one, i):
    for step in steps[:i + 1]:
        one.send(one.statement("progressed", step, {"state": 0}))
        one.send(one.statement("attempted", step, {"line": "docker ps", "exit-status": 1, "outcome": "not held"}),
                 one.statement("progressed", step, {"state": 1}))


threads = [threading.Thread(target=work, args=(one, i % 4)) for i, one in enumerate(learners)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
data = server.data()
tell("everybody's progress is on the board", all(row(data, one)["done"] == i % 4 + 1 for i, one in enumerate(learners)),
     [row(data, one)["done"] for one in learners])
tell("with the last line and its verdict", row(data, learners[0])["last"] == {"line": "docker ps", "verdict": "not held"})
tell("who has come to what is not open waits", all(row(data, one)["waiting"] == (i % 4 == 3) for i, one in enumerate(learners)))
tell("who listens is there", all(row(data, one)["here"] for one in learners) and not row(data, other)["here"])
forged = learners[0].statement("progressed", steps[3], {"state": 1}, account=learners[1].seat["learner"])
before = row(server.data(), learners[1])["done"]
tell("another learner's statement is refused", learners[0].send(forged) == 403)
tell("a statement moves nobody but the key's owner", row(server.data(), learners[1])["done"] == before)
tell("a hand", learners[2].say(what="hand", text="<b>why</b>\x1b[2J?") == 204 and row(server.data(), learners[2])["hand"] == "<b>why</b>[2J?")
tell("done, and too fast", learners[3].say(what="done") == 204 and learners[4].say(what="fast") == 204 and server.data()["counts"]["fast"] == 1)
tell("nonsense is refused", learners[2].say(what="?") == 400 and learners[2].say(what="answer", id="q1", response="a") == 409)

# ---- the board, live ----
board = {"events": [], "first": None}


def watch(path, to):
    c = http.client.HTTPConnection(HOST, server.port, timeout=20)
    c.request("GET", path)
    name = None
    try:
        for line in c.getresponse():
            text = line.decode().strip()
            if text.startswith("event: "):
                name = text[7:]
            elif text.startswith("data: "):
                to["events"].append((name, json.loads(text[6:]), time.time()))
    except (OSError, http.client.HTTPException):
        pass


threading.Thread(target=watch, args=(server.board.replace("board?", "board/events?") + "&changes=1", board), daemon=True).start()
end = time.time() + 5
while not board["events"] and time.time() < end:
    time.sleep(0.02)
sent = time.time()
learners[5].send(learners[5].statement("attempted", steps[2], {"line": "docker images", "exit-status": 0, "outcome": "held"}))
seen = None
while seen is None and time.time() < sent + 5:
    for name, change, at in list(board["events"]):
        if name == "change" and any((one["last"] or {}).get("line") == "docker images" for one in change["learners"]):
            seen = at
    time.sleep(0.005)
tell("a verdict is on the board at once", seen is not None and seen - sent < 1, seen and seen - sent)
tell("the first event is the whole board", board["events"][0][0] == "board" and len(board["events"][0][1]["learners"]) == len(server.data()["learners"]))
whole = server.ask("GET", server.projector)[1]
tell("the projector has no names", "Learner" not in whole and "docker images" not in whole and '"done"' in whole)

def sight(path):
    """A page as people see it."""
    return server.ask("GET", path, Accept="text/html")[1]


server.order(do="show", what="join")
sign = sight(server.projector)
tell("on arrival the projector says how to join", "ropes join " in sign and f"{server.code[:4]} <span>{server.code[4:]}" in sign and 'class="qr"' in sign, sign)
server.order(do="show", what="step")
sign = sight(server.projector)
tell("then the step, and how many are done with it", "done with this step" in sign and " · step " in sign, sign)
tell("but no one's name", "Learner" not in sign and "Ann" not in sign and "<form" not in sign and "<button" not in sign, sign)
server.order(do="break", minutes=10, text="Coffee <now>")
sign = sight(server.projector)
tell("a break is a countdown", 'data-left="' in sign and "Coffee &lt;now&gt;" in sign and "done with this step" not in sign, sign)
server.order(do="go")
page = sight(server.board)
tell("the board has the code to join by", 'class="qr"' in page and f"/room?code={server.code}</code>" in page, page[:3000])
tell("who needs help comes first", page.index("Who needs you") < page.index("Pace") < page.index("Learners</h2>"))
tell("steps are numbered and grouped", re.search('<optgroup label="1\\.1 [^"]*"><option value="[^"]*"[^>]*>1\\.1 · step 1 of ', page), page[:3000])
tell("done steps can be read", re.search("<b>[0-9]+ of [0-9]+</b> in 1", page))
for sort, first in (("joined", "Ann"), ("name", "&lt;script")):
    rows = re.findall('<tr><th scope="row"><bdi>([^<]*)', sight(server.board + "&sort=" + sort))
    tell("learners are sorted by " + sort, rows and rows[0].startswith(first), rows[:3])

# ---- a second instructor ----
def listen(path, timeout):
    connection = http.client.HTTPConnection(HOST, server.port, timeout=timeout)
    connection.request("GET", path.replace("/board?", "/board/events?") + "&changes=1")
    return connection.getresponse()


def ends(stream):
    until = time.time() + 30
    try:
        while time.time() < until:
            if not stream.read1(65536):
                return True
    except OSError:
        pass
    return False


server.order(do="teacher", name="Tea <b>")
other_board = re.search(r"<code>[^<]*(/room/board\?token=[0-9a-f]+)</code>", sight(server.board)).group(1)
tell("a second instructor has an address", server.ask("POST", other_board, {"do": "message", "text": "from Tea"})[0] == 204)
tell("and a name beside what they sent", "by <bdi>Tea &lt;b&gt;" in sight(server.board) and ann.has("message", text="from Tea"))
tell("but does not end the room", server.ask("POST", other_board, {"do": "end"})[0] == 404 and "End the workshop" not in sight(other_board))
other, own = listen(other_board, 20), listen(server.board, 2)
server.order(do="teacher-off", id=re.search('name="id" value="([^"]*)"', sight(server.board)).group(1))
tell("until it is withdrawn", server.ask("GET", other_board)[0] == 403 and server.ask("POST", other_board, {"do": "hold"})[0] == 403)
tell("and then their open board ends", ends(other))
tell("while that of the first goes on", not ends(own))

# ---- a question ----
server.order(do="ask", gift="Which? {=the right one#well done ~the wrong one#no ####Because.}")
tell("a question is told", all(one.has("question", id="q1", kind="choice") for one in learners))
options = next(data["options"] for _, name, data, _ in learners[0].events if name == "question")
right, wrong = ("a", "b") if options[0] == "the right one" else ("b", "a")
for i, one in enumerate(learners):
    if one.say(what="answer", id="q1", response=right if i % 2 else wrong) != 204:
        tell("an answer is taken", False, i)
data = server.data()
tell("answers are counted as they come", sum(data["question"]["counts"]) == LEARNERS and data["question"]["open"], data["question"])
tell("the room does not see the counts yet", "counts" not in json.loads(server.ask("GET", server.projector)[1])["question"])
everything = json.dumps([one.events for one in learners]) + json.dumps(data) + server.ask("GET", server.projector)[1]
tell("nobody learns what is right before it is closed", "Because" not in everything and "well done" not in everything and '"right"' not in everything)

# ---- killed, and back ----
count = [len(one.events) for one in learners]
server.end(signal.SIGKILL)
port = server.port
revived = Server(listen=f"{HOST}:{port}")
tell("the same room, code and addresses", revived.said == server.said, revived.said, server.said)
revived.order(do="message", text="back again")
tell("learners come back by themselves", all(one.has("message", 10, text="back again") for one in learners))
tell("and are told nothing twice", all(len({i for i, name, _, _ in one.events if name != "state"}) ==
                                       len([1 for _, name, _, _ in one.events if name != "state"]) for one in learners))
tell("ids rise", all([int(i) for i, _, _, _ in one.events if i] == sorted(int(i) for i, _, _, _ in one.events if i) for one in learners))
after = revived.data()
for name in ("open", "hold", "title", "code", "steps", "lessons"):
    tell("after a kill the board has the same: " + name, after[name] == data[name] or name == "steps", name)
tell("nobody's progress is lost", all(row(after, one)["grid"] == row(data, one)["grid"] and row(after, one)["hand"] == row(data, one)["hand"]
                                      for one in learners))
tell("nor an answer", after["question"]["counts"] == data["question"]["counts"])
for one in learners + [ann]:
    one.server = revived
tell("keys are known", learners[0].say(what="done") == 204)
tell("a file for its owner only", os.stat(database).st_mode & 0o077 == 0)

# ---- the end ----
revived.order(do="close")
tell("each is told of their own answer", all(one.has("answer", right=bool(i % 2), explanation="well done Because.") for i, one in enumerate(learners)))
tell("a question that is closed takes no answer", learners[0].say(what="answer", id="q1", response="a") == 409)
form = revived.ask("POST", revived.board, "do=message&text=by+a+form&to=", Content_Type="application/x-www-form-urlencoded")
tell("a form leads back to the board", form[0] == 303 and form[2].getheader("Location") == revived.board, form[0])
tell("and is done", ann.has("message", text="by a form"))
form = revived.ask("POST", revived.board, "do=open&place=nowhere%2Fnothing", Content_Type="application/x-www-form-urlencoded")
tell("a form that can't be done says so", form[0] == 404 and "nowhere" in form[1] and "<h1>" in form[1], form[:2])
report = revived.ask("GET", revived.board.replace("/board", "/report") + "&format=md")[1]
tell("the report has who was there, and the question", "| Learner 0 |" in report and "| Which? | %d |" % LEARNERS in report, report)
tell("nothing in it is markup", "| \\<script\\>" in report and "<b>" not in report)
tell("and is a page", "<h2>Attendance and progress</h2>" in revived.ask("GET", revived.board.replace("/board", "/report"), Accept="text/html")[1])
report = revived.ask("GET", revived.board.replace("/board", "/report") + "&format=csv&table=answers")
tell("who chose what is a table for spreadsheets", report[0] == 200 and f'"{LEARNERS // 2}","50 %","yes"' in report[1] and ".csv" in report[2].getheader("Content-Disposition"), report[:2])
tell("a table that is none", revived.ask("GET", revived.board.replace("/board", "/report") + "&format=csv&table=x")[0] == 404)
server = revived
revived.order(do="end")
page = sight(revived.board)
tell("after the end the board says so, and no more how to join", "The workshop ended at " in page and "ropes join " not in page.replace("<code>ropes join</code>", "") and "Reopen the workshop" in page, page)
tell("it can be reopened", revived.order(do="reopen") == 204 and isinstance(revived.join("Latest"), Learner))
revived.order(do="end")
tell("the end is told", all(one.has("end") for one in learners))
tell("nobody joins any more", revived.join("Later")[0] == 409)
revived.end()
printed = subprocess.run([ROPES, "serve", "report", "--db", database], capture_output=True, text=True).stdout
tell("the report is printed, too", "| Learner 0 |" in printed and ", ended " in printed, printed)
again = server = Server()
tell("a room that has ended is still there after a restart", again.code == revived.code and "The workshop ended at " in sight(again.board) and "Reopen the workshop" in sight(again.board))
tell("and nobody joins it", again.join("Later")[0] == 409)
tell("until it is reopened", again.order(do="reopen") == 204 and isinstance(again.join("After"), Learner))
again.order(do="end")
again.end()
new = Server("--new-room")
tell("a new room is opened when one is wanted", new.code != again.code and new.data()["learners"] == [], new.code)
tell("an old key is nobody's in it", new.ask("POST", "/room/say", {"what": "done"}, learners[0].key)[0] == 403)
new.end()
