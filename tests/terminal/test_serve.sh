#!/bin/bash
# The team's store: its keys, the Experience API's requirements, TLS, being stopped and killed.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/store.db"
serve() { start_server "$ROPES" serve --db "$db" "$@"; }
stop() {
	kill "$1" "$server" 2>/dev/null
	wait "$server" 2>/dev/null
}
field() { sed -n "s/^$1: //p" "$2"; }

# ---- keys ----
"$ROPES" serve key add store --role store --db "$db" >"$folder/store.key"
"$ROPES" serve key add kid --role learner --db "$db" >"$folder/kid.key"
is "$(grep -cE '^(key|secret): [A-Za-z0-9_-]+$' "$folder/store.key")" 2 "a key and its secret are printed"
has "$("$ROPES" serve key list --db "$db")" '	kid	learner$' "keys are listed with their roles"
lacks "$("$ROPES" serve key list --db "$db")" "$(field secret "$folder/kid.key")" "but not their secrets"
is "$(strings "$db"* 2>/dev/null | grep -cF -e "$(field secret "$folder/kid.key")")" 0 "nor are they in the file"
is "$(stat -c %a "$db")" 600 "the file is private"
has "$("$ROPES" serve key add kid --role learner --db "$db" 2>&1)" "^ropes: there is already a key 'kid'" "a name is there once"
has "$("$ROPES" serve key add x --role king --db "$db" 2>&1)" "^ropes: unknown role 'king'" "roles are known"
has "$("$ROPES" serve --listen 0.0.0.0:0 --db "$db" 2>&1)" 'needs TLS' "nothing is open to the network in the clear"
has "$("$ROPES" serve --listen nowhere --db "$db" 2>&1)" '^ropes: .*expected ADDRESS:PORT' "an address is an address"
has "$("$ROPES" serve --db /nonexistent/x.db 2>&1)" "^ropes: cannot open the store '/nonexistent/x.db'; check its folder" "a store that can't be"

# ---- the requirements ----
serve
key=$(field key "$folder/store.key")
secret=$(field secret "$folder/store.key")
for program in lrs exchange mutations; do
	counted "the Experience API's requirements hold ($program)" python3 "$ROPES_SOURCE/tests/serve/$program.py" "$address" \
		"$key" "$secret" "$(field key "$folder/kid.key")" "$(field secret "$folder/kid.key")"
done

# ---- slow and many: others are answered ----
python3 - "$address" "$folder/slow" <<'END' &
import signal, socket, sys, urllib.parse
u = urllib.parse.urlparse(sys.argv[1])
held = []
for _ in range(200):
    s = socket.create_connection((u.hostname, u.port))
    s.sendall(b"POST /xapi/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n")
    held.append(s)
open(sys.argv[2], "w").close()
signal.pause()
END
slow=$!
wait_until [ -e "$folder/slow" ]
is "$(curl -s -m 3 -o /dev/null -w '%{http_code}' "$address/about")" 200 "two hundred slow clients hold nobody up"
kill $slow 2>/dev/null
wait $slow 2>/dev/null
"$ROPES" serve key remove kid --db "$db" || bad "a key is removed while the server runs"
is "$(curl -s -o /dev/null -w '%{http_code}' -u "$(field key "$folder/kid.key"):$(field secret "$folder/kid.key")" -H 'X-Experience-API-Version: 1.0.3' "$address/agents")" 401 "and is no key any more"
stop -TERM
has "$(tail -1 "$folder/serve.out")" '^listening' "it stops without a word"

# ---- killed while it writes: what was acknowledged is there, once ----
cat >"$folder/send.py" <<'END'
import base64, http.client, json, sys, threading, urllib.parse, uuid
u, key, path = urllib.parse.urlparse(sys.argv[1]), sys.argv[2], sys.argv[3]
head = {"Authorization": "Basic " + base64.b64encode(key.encode()).decode(), "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
def send():
    try:
        c = http.client.HTTPConnection(u.hostname, u.port, timeout=10)
        while True:
            s = [{"id": str(uuid.uuid4()), "actor": {"mbox": "mailto:k@x.y"}, "verb": {"id": "http://x.y/kill"}, "object": {"id": "http://x.y/o"}} for _ in range(3)]
            c.request("POST", u.path + "/statements", json.dumps(s), head)
            r = c.getresponse()
            if r.status == 200:
                with open(path, "a") as f: f.write("".join(i + "\n" for i in json.loads(r.read())))
            else:
                r.read()
    except Exception: pass
for _ in range(8): threading.Thread(target=send).start()
END
: >"$folder/sent"
for round in 1 2 3 4 5; do
	serve
	python3 "$folder/send.py" "$address" "$key:$secret" "$folder/sent" &
	sender=$!
	for _ in $(seq 200); do # at a moment while it is writing, however slow the machine is
		[ "$(wc -l <"$folder/sent")" -gt $((round * 12)) ] && break
		sleep 0.05
	done
	sleep "0.$((round * 2))"
	kill -KILL $server
	wait $server 2>/dev/null
	wait $sender
done
is "$([ "$(wc -l <"$folder/sent")" -gt 50 ] && echo many)" many "statements were acknowledged"
serve
said=$(python3 - "$db" "$folder/sent" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
sent = [line.strip() for line in open(sys.argv[2])]
there = [i for i, in db.execute("SELECT json_extract(json, '$.id') FROM statement WHERE json_extract(json, '$.verb.id') = 'http://x.y/kill'")]
lost = set(sent) - set(there)
torn = len(there) % 3 + len(there) - len(set(there))
print("lost", len(lost), "of", "some" if sent else "none", "torn", torn, db.execute("PRAGMA integrity_check").fetchone()[0])
END
)
is "$said" "lost 0 of some torn 0 ok" "none is lost, none is half there"
stop -TERM

# ---- sync: from a record to the store ----
export XDG_CONFIG_HOME="$folder/config"
mkdir "$folder/c" "$folder/c/quizzes"
printf -- '---\nid: sync\n---\n# Sync\n\nwords\n' >"$folder/c/sync.md"
printf '::One:: Which?{=right ~wrong#no}\n' >"$folder/c/quizzes/sync.gift"
quiz() { printf 'a\nn\n' | "$ROPES" quiz "$folder/c/sync.md" --seed 1 >/dev/null 2>&1; }
count() { # QUERY: how many statements the store has
	curl -s -u "$key:$secret" -H 'X-Experience-API-Version: 1.0.3' "$address/statements?$1" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["statements"]))'
}
"$ROPES" serve key add me --role learner --db "$db" >"$folder/me.key"
has "$("$ROPES" sync 2>&1)" '^ropes: no store to send to yet' "nothing is sent before one agreed"
serve
has "$(echo x | "$ROPES" sync join http://example.com/xapi --key k 2>&1)" 'use an https:// address' "nothing goes over a network in the clear"
has "$(echo wrong | "$ROPES" sync join "$address/" --key "$(field key "$folder/me.key")" 2>&1)" 'rejected this key or its secret' "a wrong secret is told at once"
has "$("$ROPES" sync 2>&1)" '^ropes: no store to send to yet' "and nothing is joined"
has "$(field secret "$folder/me.key" | "$ROPES" sync join "$address" --key "$(field key "$folder/me.key")")" 'not your commands' "joining tells what is sent"
remote=$XDG_CONFIG_HOME/ropes/sync.json
is "$(stat -c %a "$remote")" 600 "the secret is private"
quiz
cp "$remote" "$folder/right.json"
sed -i 's/\("secret":[^"]*"\)/\1x/' "$remote"
has "$("$ROPES" sync 2>&1)" 'rejected this key' "a key that is taken back is told"
has "$("$ROPES" sync status)" '^failing since: .*rejected this key' "and stays told"
cp "$folder/right.json" "$remote"
has "$("$ROPES" sync status)" '^waiting: 3$' "what waits is told"
has "$("$ROPES" sync)" '^sent: 3$' "what is recorded goes out"
has "$("$ROPES" sync)" '^sent: 0$' "once"
is "$(count "related_activities=true&activity=https://ropes.invalid/courses/sync")" 3 "and is there"
rm "$XDG_STATE_HOME"/ropes/sync-*.json
has "$("$ROPES" sync)" '^sent: 3$' "sending again does no harm"
is "$(count "related_activities=true&activity=https://ropes.invalid/courses/sync")" 3 "it is there once"
stop -TERM
quiz
port=${origin##*:}
has "$(timeout 60 "$ROPES" sync 2>&1)" 'not everything was sent; the rest is sent the next time' "without the store it waits"
has "$("$ROPES" sync status)" '^waiting: 3$' "nothing is lost"
: >"$folder/serve.out" # what the one before said
"$ROPES" serve --db "$db" --listen "$loopback:$port" </dev/null >"$folder/serve.out" 2>&1 &
server=$!
wait_until grep -q "^listening: " "$folder/serve.out"
# another statement has the id of one that waits: that one is set aside, the others arrive
taken=$(python3 - "$XDG_DATA_HOME/ropes/record.db" <<'END'
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT id FROM statement ORDER BY number DESC LIMIT 1").fetchone()[0])
END
)
curl -s -u "$key:$secret" -H 'X-Experience-API-Version: 1.0.3' -H 'Content-Type: application/json' "$address/statements" -d \
	"{\"id\":\"$taken\",\"actor\":{\"mbox\":\"mailto:o@x.y\"},\"verb\":{\"id\":\"http://x.y/v\"},\"object\":{\"id\":\"http://x.y/o\"}}" >/dev/null
said=$("$ROPES" sync 2>&1)
has "$said" '^sent: 2$' "the others arrive"
has "$said" "^ropes: statement $taken was rejected: the store has another statement" "a conflict is set aside, and told"
printf 'echo a-secret-word\n:quit\n' | "$ROPES" learn "$folder/c/sync.md" >/dev/null 2>&1
has "$("$ROPES" sync status)" '^waiting: 0$' "a session sends what is new until it ends"
is "$(strings "$db"* | grep -c a-secret-word)" 0 "but not the lines that were run"
"$ROPES" sync leave
has "$("$ROPES" sync 2>&1)" '^ropes: no store to send to yet' "leaving ends it"
stop -TERM

# ---- the page of the team: who may see it, what it says, script in names, a table for other programs ----
"$ROPES" serve key add lead --role lead --db "$db" >"$folder/lead.key"
serve
lead="$(field key "$folder/lead.key"):$(field secret "$folder/lead.key")"
page=${address%/xapi}/
is "$(curl -s -o /dev/null -w '%{http_code}' "$page")" 401 "nothing is shown without a key"
is "$(curl -s -o /dev/null -w '%{http_code}' -u "$(field key "$folder/me.key"):$(field secret "$folder/me.key")" "${page}courses")" 403 "nor to a learner"
said=$(python3 - "$page" "$lead" "$key:$secret" <<'END'
import base64, csv, html.parser, io, json, sys, urllib.request, uuid
page, lead, store = sys.argv[1:]
def ask(path, who, body=None):
    head = {"Authorization": "Basic " + base64.b64encode(who.encode()).decode()}
    if body is not None: head.update({"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"})
    r = urllib.request.urlopen(urllib.request.Request(page + path, json.dumps(body).encode() if body is not None else None, head))
    return r.headers, r.read().decode()
nasty = "<script>alert('x')</script>\"=1+1"
def s(name, verb, lesson, score=None, when="2026-01-01T00:00:00Z"):
    x = {"actor": {"name": name, "account": {"homePage": "http://x.y", "name": name}}, "verb": {"id": "http://adlnet.gov/expapi/verbs/" + verb},
         "object": {"id": "http://x.y/board/" + ("q" if lesson == nasty else lesson), "definition": {"name": {"en": lesson}}}, "timestamp": when,
         "context": {"contextActivities": {"grouping": [{"id": "http://x.y/board"}]}}}
    if score is not None: x["result"] = {"score": {"scaled": score}}
    return x
ask("xapi/statements", store, [s(nasty, "completed", "one"), s(nasty, "failed", "one", 0.4), s(nasty, "passed", "one", 0.9),
    s("=cmd", "completed", "one"), s("=cmd", "completed", "two"), s("ann", "answered", nasty, 0.1), s("bob", "answered", nasty, 0.2)])
headers, text = ask("", lead)
class P(html.parser.HTMLParser):
    tags, cells, rows = [], [], []
    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "tr": self.rows.append("")
    def handle_data(self, data):
        if self.rows: self.rows[-1] += data + " "
p = P(); p.feed(text)
row = [r for r in p.rows if "alert" in r and "1 of 2" in r]
print("script", p.tags.count("script"), "row", len(row) == 1 and "40 %" in row[0] and "90 %" in row[0] and "2026-01-01" in row[0])
print("hard", any("15 %" in r for r in p.rows), "csp", headers["Content-Security-Policy"].startswith("default-src 'none'"), "main", p.tags.count("main"), "caption", p.tags.count("caption"))
table = list(csv.DictReader(io.StringIO(ask("export.csv", lead)[1].lstrip("\ufeff"))))
mine = [r for r in table if r["activity"].startswith("http://x.y/board")]
print("csv", len(mine), sorted((r["name"][:2], r["completed"], r["passed"], r["attempts"], r["first"], r["best"]) for r in mine))
END
)
has "$said" '^script 1 row True$' "what others wrote is text"
has "$said" '^hard True csp True main 1 caption 2$' "the page is whole, and asks nobody else"
has "$said" "^csv 3 .*\("'.<s., .1., .1., .2., .0.4., .0.9.'"\)" "the table has first and best"
has "$said" "\(.'=" "and no formula"
is "$(curl -s -u "$key:$secret" "$page?x=1" -o /dev/null -w '%{http_code}')" 400 "there is nothing else to ask for"
stop -TERM

# ---- TLS ----
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "subjectAltName=IP:$loopback" \
	-keyout "$folder/key.pem" -out "$folder/cert.pem" >/dev/null 2>&1 || bad "a certificate is made"
serve --tls-cert "$folder/cert.pem" --tls-key "$folder/key.pem"
is "$(curl -s --cacert "$folder/cert.pem" -o /dev/null -w '%{http_code}' "$address/about")" 200 "with a certificate it speaks TLS"
stop -TERM
has "$("$ROPES" serve --db "$db" --tls-cert "$folder/cert.pem" 2>&1)" '^ropes: --tls-cert and --tls-key' "both are needed"
