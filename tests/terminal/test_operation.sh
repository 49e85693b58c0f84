#!/bin/bash
# A server in operation: its log as text, health and figures, mail to people who are overdue, what is erased by age, its units.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/store.db"
key() { # NAME OPTION…: $NAME is key:secret
	local said
	said=$("$ROPES" serve key add "$@" --db "$db")
	printf -v "$1" %s "$(sed -n 's/^key: //p' <<<"$said"):$(sed -n 's/^secret: //p' <<<"$said")"
}
# shellcheck disable=SC2034 # the library's, however busy the machine is
patience=120
status() { curl -s -o /dev/null -w '%{http_code}' -m 60 "$@"; }

printf 'name,email,team\nAnn Able,ann@example.com,Blue\nBob,bob@example.com,Red\n' >"$folder/roster.csv"
printf 'name,account,team\nCyd,cyd,Blue\nOld Olga,olga,Gray\n' >"$folder/more.csv"
"$ROPES" serve roster "$folder/roster.csv" --db "$db" >/dev/null
"$ROPES" serve roster "$folder/more.csv" --db "$db" >/dev/null
"$ROPES" serve assign https://ropes.invalid/courses/knots --team Blue --due 2020-01-31 --db "$db"
watcher='' lead='' blue='' ann='' store=''
key watcher --role monitor
key lead --role lead
key blue --role lead --team Blue
key ann --role learner
key store --role store
has "$("$ROPES" serve key add x --role monitor --team Blue --db "$db" 2>&1)" 'works only with --role lead' "a monitor has no team"

# ---- a mail server that keeps what it gets ----
cat >"$folder/smtp.py" <<'END'
import socketserver, sys
class Session(socketserver.StreamRequestHandler):
    def say(self, line): self.wfile.write(line.encode() + b"\r\n")
    def handle(self):
        self.say("220 here")
        kept = []
        while True:
            line = self.rfile.readline().decode().rstrip("\r\n")
            word = line.split(" ")[0].upper()
            kept.append(line)
            if word in ("EHLO", "HELO"): self.say("250-here"); self.say("250 AUTH PLAIN")
            elif word == "AUTH":
                if len(line.split(" ")) < 3: # the client waits for a word before it says who it is
                    self.say("334 ")
                    self.rfile.readline()
                self.say("235 you are")
            elif word == "DATA":
                self.say("354 go on")
                while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".": kept.append(line)
                self.say("250 taken")
                with open(sys.argv[1], "a") as f: f.write("\n".join(kept) + "\n---\n")
                kept = []
            elif word == "QUIT" or not line: self.say("221 bye"); return
            else: self.say("250 good")
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
END
python3 "$folder/smtp.py" "$folder/mails" >"$folder/smtp.port" 2>"$folder/smtp.err" &
wait_until [ -s "$folder/smtp.port" ]
printf 'server: smtp://127.0.0.1:%s\nfrom: ropes@example.com\nuser: me\npassword: pa55word\n' "$(cat "$folder/smtp.port")" >"$folder/mail"
printf 'from: ropes@example.com\n' >"$folder/half"
printf 'server: smtp://127.0.0.1:1\nfrom: nobody\n' >"$folder/wrong"
has "$("$ROPES" serve --db "$db" --listen 127.0.0.1:0 --mail "$folder/half" 2>&1)" 'requires a file with the lines' "half a mail file"
has "$("$ROPES" serve --db "$db" --listen 127.0.0.1:0 --mail "$folder/wrong" 2>&1)" "'nobody' is not a mail address" "a sender is an address"

start_server "$ROPES" serve --db "$db" --log text --mail "$folder/mail"
mails_are_there() { [ -s "$folder/mails" ] && [ "$(grep -c '^---' "$folder/mails")" -ge "$1" ]; }
wait_until mails_are_there 1
has "$(cat "$folder/mails")" '^RCPT TO:<ann@example.com>' "who is overdue and has an address gets a mail"
has "$(cat "$folder/mails")" '^From: ropes <ropes@example.com>' "from the sender"
has "$(cat "$folder/mails")" '^Subject: Overdue: knots' "about the course"
has "$(cat "$folder/mails")" '^- knots, due 2020-01-31' "with its day"
has "$(cat "$folder/mails")" '^AUTH PLAIN' "by the account of the server"
lacks "$(cat "$folder/mails")" 'bob@|cyd' "nobody else does"

# ---- health and figures ----
is "$(curl -s -m 60 "$origin/health")" '{"status":"ok"}' "the server is well, for everybody"
is "$(status -X POST "$origin/health")" 405 "and only asked"
is "$(status "$origin/metrics")" 401 "figures need a key"
for who in "$watcher" "$lead" "$store"; do is "$(status -u "$who" "$origin/metrics")" 200 "which may see them"; done
for who in "$ann" "$blue"; do is "$(status -u "$who" "$origin/metrics")" 403 "others may not"; done
for what in / /courses /export.csv /xapi/statements /account; do
	is "$(status -u "$watcher" -H 'X-Experience-API-Version: 1.0.3' "$origin$what")" 403 "a monitor sees figures only, not $what"
done
figures=$(curl -s -m 60 -u "$watcher" "$origin/metrics")
has "$figures" '^ropes_build_info\{version="[0-9.]+"\} 1$' "figures name the version"
has "$figures" '^ropes_http_requests_total\{status="4xx"\} ([89]|[1-9][0-9]+)$' "and count answers"
has "$figures" '^ropes_http_request_duration_seconds_bucket\{le="\+Inf"\} [1-9]' "and time"
has "$figures" '^ropes_store_bytes [1-9][0-9]+$' "and the file"
has "$figures" '^ropes_store_writable 1$' "and whether it can be written"
is "$(printf '%s\n' "$figures" | grep -vcE '^(# (HELP|TYPE) ropes_[a-z_]+ .+|ropes_[a-z_]+(\{[a-z]+="[^"]+"\})? [0-9.e+-]+)$')" 0 "every line is one of the format"
is "$(printf '%s\n' "$figures" | sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' | sort | uniq -d)" "" "each figure is told once"

# ---- a key's version answers its requests without one ----
for version in 1.0.3 2.0.0 1.0.3; do
	status -u "$store" -H "X-Experience-API-Version: $version" "$origin/xapi/statements" >/dev/null
	has "$(curl -s -m 60 -D - -o /dev/null -u "$store" "$origin/xapi/statements" | tr -d '\r')" "^X-Experience-API-Version: $version$" "after $version"
done
has "$(curl -s -m 60 -D - -o /dev/null -u "$lead" "$origin/xapi/statements" | tr -d '\r')" "^X-Experience-API-Version: 2.0.0$" "for that key only"

# ---- by age ----
said='{"actor":{"account":{"homePage":"https://ropes.invalid","name":"%s"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://ropes.invalid/courses/knots/bowline"},"timestamp":"%s","context":{"contextActivities":{"grouping":[{"id":"https://ropes.invalid/courses/knots"}]}}}'
for one in "olga 2020-01-01T00:00:00Z" "cyd $(date -u +%Y-%m-%dT%H:%M:%SZ)"; do
	# shellcheck disable=SC2059,SC2086 # the format, and two words
	is "$(status -u "$store" -H 'X-Experience-API-Version: 1.0.3' -H 'Content-Type: application/json' -d "$(printf "$said" $one)" "$origin/xapi/statements")" 200 "somebody was active"
done
is "$(status -u "$lead" "$origin/")" 200 "and is followed"
has "$("$ROPES" serve retention 700 --db "$db")" '^person: Old Olga$' "who is due to be erased is shown before"
kill $server
wait $server 2>/dev/null
log=$(cat "$folder/serve.out")
has "$log" '^20[0-9-]+T[0-9:.]+Z info start address=http://' "the log begins with the start"
has "$log" ' info access method=GET path=/health status=200 .* key=- role=-$' "has every request"
has "$log" ' info reminded person=1$' "and every mail"
has "$log" ' info stop$' "and ends with the stop"
lacks "$log" "pa55word|${lead#*:}" "without a secret"
start_server "$ROPES" serve --db "$db" --log text
erased() { "$ROPES" serve audit --db "$db" | grep -q '"who":"retention".*"what":"change erase"'; }
wait_until erased
lacks "$(strings "$db"*)" 'Olga' "who was not active for so long is gone"
has "$(strings "$db"*)" 'Ann Able' "who never began stays"
has "$(strings "$db"*)" '"cyd"' "and who is active"
is "$(grep -c '^---' "$folder/mails")" 1 "nobody was reminded twice"
kill $server
wait $server 2>/dev/null

# ---- units ----
if command -v systemd-analyze >/dev/null; then
	mkdir -p "$folder/units"
	ln -s "$ROPES" "$folder/program"
	sed "s|/usr/local/bin/ropes|$folder/program|" "$ROPES_SOURCE"/assets/systemd/ropes-serve.service >"$folder/units/ropes-serve.service"
	sed "s|/usr/local/bin/ropes|$folder/program|" "$ROPES_SOURCE"/assets/systemd/ropes-backup.service >"$folder/units/ropes-backup.service"
	cp "$ROPES_SOURCE/assets/systemd/ropes-backup.timer" "$folder/units/"
	said=$(systemd-analyze verify --man=no "$folder"/units/ropes-* 2>&1 | grep -F ropes- | grep -vi 'Failed to \(connect\|open\)')
	is "$said" "" "systemd reads the units"
else
	skip "there is no systemd-analyze here"
fi
