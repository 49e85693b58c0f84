#!/bin/bash
# The team's tracker behind its server: who sees what, forms, webhooks, erasing, copies, another store's statements.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/store.db"
serve() { # FILE OPTION…
	start_server "$ROPES" serve --db "$1" "${@:2}"
	address=$origin
}
stop() {
	kill "${1:-$server}" 2>/dev/null
	wait "${1:-$server}" 2>/dev/null
}
key() { # NAME OPTION…: makes a key, and keeps it as NAME.key and in $NAME as "key:secret"
	"$ROPES" serve key add "$@" --db "$db" >"$folder/$1.key" || bad "a key for $1"
	printf -v "$1" %s "$(sed -n 's/^key: //p' "$folder/$1.key"):$(sed -n 's/^secret: //p' "$folder/$1.key")"
}
status() { curl -s -o /dev/null -w '%{http_code}' -m 20 "$@"; }
page() { curl -s -m 20 "$@"; }
send() { # WHO JSON: statements
	status -u "$1" -H 'X-Experience-API-Version: 1.0.3' -H 'Content-Type: application/json' -d "$2" "$address/xapi/statements"
}
said() { # ACCOUNT VERB LESSON SCORE [WHEN]: a statement
	printf '{"actor":{"account":{"homePage":"https://ropes.invalid","name":"%s"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/%s"},"object":{"id":"https://ropes.invalid/courses/knots/%s","definition":{"name":{"en":"%s"}}},"result":{"score":{"scaled":%s}},"timestamp":"%s","context":{"contextActivities":{"grouping":[{"id":"https://ropes.invalid/courses/knots","definition":{"name":{"en":"Knots"},"extensions":{"https://ropes.invalid/extensions/lessons":2}}}]}}}' \
		"$1" "$2" "$3" "$3" "$4" "${5:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}"
}

# ---- words; names are long enough not to stand in a random key ----
printf 'name,account,team\nAnn Able,ann,Blue\nBob,bob,Blue\nCydwynne Coe,cydwynne,Red\n' >"$folder/roster.csv"
is "$("$ROPES" serve roster "$folder/roster.csv" --db "$db")" "people: 3" "a roster"
has "$("$ROPES" serve assign https://ropes.invalid/courses/knots --team Blue --due 2026-01-31 --db "$db" 2>&1)" ': assigned to Blue, due 2026-01-31$' "a course is assigned"
has "$("$ROPES" serve assign docker-start-heer --due 2026-01-31 --db "$db" 2>&1)" "^ropes: there is no course 'docker-start-heer'; did you mean 'docker-start-here'\?$" "a course that is not"
has "$("$ROPES" serve team list --db "$db")" '^Blue	2 people	2 overdue$' "teams are listed with who is late"
has "$("$ROPES" serve assign https://ropes.invalid/courses/knots --team Gray --due 2026-01-31 --db "$db" 2>&1)" "^ropes: there is no team 'Gray'" "a team that is not"
has "$("$ROPES" serve assign https://ropes.invalid/courses/knots --due 31.1.2026 --db "$db" 2>&1)" "^ropes: '31.1.2026' is not a date" "a day that is none"
has "$("$ROPES" serve assign https://ropes.invalid/courses/knots --db "$db" 2>&1)" '^ropes: missing option --due' "a day is needed"
has "$("$ROPES" serve rooster --db "$db" 2>&1)" "^ropes: unknown subcommand 'rooster'" "a word that is not"
has "$("$ROPES" serve team --db "$db" 2>&1)" 'needs a subcommand: add, list, remove' "a word that wants another"
has "$("$ROPES" serve key add x --role lead --team Gray --db "$db" 2>&1)" "there is no team 'Gray'" "a lead of no team"
has "$("$ROPES" serve key add x --role learner --team Blue --db "$db" 2>&1)" 'works only with --role lead' "a learner has no team to see"

# ---- who sees what ----
key store --role store
key lead --role lead
key blue --role lead --team Blue
key ann --role learner
key cyd --role learner --account cydwynne
serve "$db"
has "$(page -u "$lead" "$address/export.csv")" '^"Bob","account https://ropes.invalid bob","[^,]*","","","",0,0,0,,,,0,0,0,,,,"bob","Blue",2026-01-31T[^,]*,1' "who has not begun is in the table"
is "$(send "$ann" "$(said ann passed bowline 0.8)")" 200 "a learner sends"
is "$(send "$ann" "$(said ann completed bowline 1)")" 200 "and again"
is "$(send "$ann" "$(said cydwynne passed bowline 1)")" 403 "but not another's statements"
is "$(send "$cyd" "$(said ann passed bowline 1)")" 403 "nor where the key says whose they are"
is "$(send "$cyd" "[$(said cydwynne failed bowline 0.2),$(said cydwynne failed bowline 0.4)]")" 200 "their own"
is "$(send "$store" "[$(said bob completed bowline 1 2026-01-01T10:00:00Z),$(said bob completed hitch 1 2026-01-01T10:01:00Z)]")" 200 "a store sends anybody's"
id=$(page -u "$store" -H 'X-Experience-API-Version: 1.0.3' "$address/xapi/statements?limit=1&agent=%7B%22account%22:%7B%22homePage%22:%22https://ropes.invalid%22,%22name%22:%22cydwynne%22%7D%7D" | python3 -c 'import json,sys; print(json.load(sys.stdin)["statements"][0]["id"])')
void() { printf '{"actor":{"account":{"homePage":"https://ropes.invalid","name":"%s"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},"object":{"objectType":"StatementRef","id":"%s"}}' "$1" "$2"; }
is "$(send "$ann" "$(void ann "$id")")" 403 "a learner voids nobody else's"
state="$address/xapi/activities/state?activityId=http://x.y&stateId=s&agent=%7B%22account%22:%7B%22homePage%22:%22https://ropes.invalid%22,%22name%22:"
is "$(status -u "$ann" -H 'X-Experience-API-Version: 1.0.3' -X PUT -d x "$state%22ann%22%7D%7D")" 204 "a learner's documents"
is "$(status -u "$ann" -H 'X-Experience-API-Version: 1.0.3' "$state%22cydwynne%22%7D%7D")" 403 "and nobody else's"
for what in / /courses "/course?id=1" "/person?id=1" /manage /export.csv /export.json /export.xapi "/certificate?person=2&course=1"; do
	is "$(status "$address$what")" 401 "$what without a key"
	is "$(status -u "$lead" "$address$what")" 200 "$what for a lead"
	case $what in / | /person*) continue ;; esac
	is "$(status -u "$ann" "$address$what")" 403 "$what for a learner"
done

# ---- tables are searched and sorted, each by its own part of the address ----
table() { # ADDRESS SECTION: the first cells of its rows
	page -u "$lead" "$address$1" | sed -n "/<section id=\"$2\"/,/<\/section>/p" | sed -n 's/^<tr><th scope="row">\(.*\)/\1/p' |
		sed 's/<\/th>.*//; s/<[^>]*>//g' | paste -sd, -
}
while IFS='|' read -r what section expected; do
	is "$(table "$what" "$section")" "$expected" "$section at $what"
done <<'END'
/course?id=1|lessons|bowline,hitch
/course?id=1&lessons-sort=-lesson|lessons|hitch,bowline
/course?id=1&lessons-sort=begun|lessons|hitch,bowline
/course?id=1&lessons-sort=-begun|lessons|bowline,hitch
/course?id=1&lessons-q=HIT|lessons|hitch
/course?id=1&lessons-q=nothing|lessons|
/course?id=1&lessons-sort=nothing|lessons|bowline,hitch
/course?id=1&people-sort=-person|grid|Cydwynne Coe,Bob,Ann Able
/course?id=1&people-sort=-2|grid|Bob,Ann Able,Cydwynne Coe
/course?id=1&people-q=coe&lessons-q=bow|grid|Cydwynne Coe
/course?id=1&people-q=coe&lessons-q=bow|lessons|bowline
/manage?keys-sort=-name|keys|store,lead,cyd,blue,ann
/manage?keys-sort=role|keys|blue,lead,ann,cyd,store
/manage?keys-q=lead+blue|keys|blue
/manage?keys-q=cydwynne|keys|cyd
/manage?assigned-q=blue|assigned|Knots
/manage?assigned-q=nothing|assigned|
/manage?assigned-sort=end|assigned|Knots
END
has "$(page -u "$lead" "$address/course?id=1&people-q=coe&lessons-q=bow")" \
	'href="/course\?people-sort=person&amp;people-q=coe&amp;id=1&amp;lessons-q=bow#grid"' "one keeps what the other has"
has "$(page -u "$lead" "$address/course?id=1&lessons-q=nothing")" 'Nothing matches' "nothing found is said"
is "$(status -u "$lead" "$address/course?id=1&q=x")" 400 "a parameter that no table has"
lacks "$(page -u "$lead" "$address/manage")" "${lead%%:*}" "keys are listed by their names"
has "$(page -u "$ann" "$address/")" '<h1>Ann Able</h1>' "a learner sees their own page"
is "$(status -u "$ann" "$address/person?id=3")" 403 "and no other"
is "$(status -u "$blue" "$address/person?id=3")" 403 "a team's lead sees the team only"
is "$(status -u "$blue" "$address/person?id=1")" 200 "all of it"
lacks "$(page -u "$blue" "$address/")" 'Cydwynne' "on the page of the team, too"
lacks "$(page -u "$blue" "$address/export.csv")" 'Cydwynne' "in tables, too"
lacks "$(page -u "$blue" "$address/export.json")" 'Cydwynne' "in JSON, too"
lacks "$(page -u "$blue" "$address/export.xapi")" '"cydwynne"' "in statements, too"
has "$(page -u "$lead" "$address/export.xapi")" '"cydwynne"' "which have everybody for a lead of all"
is "$(status -u "$blue" "$address/?team=Red")" 403 "another team can't be asked for"
is "$(status -u "$blue" -H 'X-Experience-API-Version: 1.0.3' "$address/xapi/statements")" 403 "nor all statements"
is "$(status -u "$blue" "$address/manage")" 403 "nor managed"
is "$(status -u "$lead" "$address/person?id=99")" 404 "nobody"
is "$(status -u "$lead" "$address/person?id=1%20OR%201")" 400 "a number is a number"
is "$(status -u "$lead" "$address/certificate?person=1&course=1")" 404 "no certificate before the end"
has "$(page -u "$lead" "$address/certificate?person=2&course=1")" '<h2>Knots</h2><p>all 2 lessons' "a certificate"
number=$(page -u "$lead" "$address/certificate?person=2&course=1" | sed -n 's/.*verify?id=\([0-9A-F-]*\)".*/\1/p' | head -1)
has "$number" '^2-1-[0-9A-F]{16}$' "it has a number"
has "$(page "$address/certificate/verify?id=$number")" 'Valid.*has completed <b>Knots</b>' "which anyone can verify, without a key"
has "$(page "$address/certificate/verify?id=$(tr A-F a-f <<<"$number")")" 'Valid' "in small letters, too"
has "$(page "$address/certificate.json?id=$number")" '"OpenBadgeCredential".*"name":"Knots"' "it is an Open Badge, too"
curl -s "$address/certificate.jwt?id=$number" >"$folder/badge.jwt"
curl -s "$address/certificate/key" >"$folder/key.json"
# What a stranger has is enough: the badge, and the key where the badge says it is.
python3 - "$folder" "$address" "$number" <<'END' || bad "what a badge says"
import base64, json, sys
folder, address, number = sys.argv[1:]
bytes_of = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def der(kind, content):
    size = bytes([len(content)]) if len(content) < 128 else bytes([0x82]) + len(content).to_bytes(2, "big")
    return bytes([kind]) + size + content
def integer(text):
    return der(2, (b"\0" if bytes_of(text)[0] > 127 else b"") + bytes_of(text))
first, second, third = open(folder + "/badge.jwt").read().split(".")
key, head, badge = json.load(open(folder + "/key.json")), json.loads(bytes_of(first)), json.loads(bytes_of(second))
assert head == {"alg": "RS256", "typ": "JWT", "kid": address + "/certificate/key"}, head
assert set(key) == {"kty", "use", "alg", "kid", "n", "e"} and key["kid"] == head["kid"], key
assert badge["jti"] == badge["id"] == address + "/certificate/verify?id=" + number, badge
assert badge["iss"] == badge["issuer"]["id"] and badge["sub"] == badge["credentialSubject"]["id"] and badge["nbf"] > 0, badge
open(folder + "/key.der", "wb").write(der(0x30, integer(key["n"]) + integer(key["e"])))
open(folder + "/signed", "w").write(first + "." + second)
open(folder + "/mark", "wb").write(bytes_of(third))
END
openssl rsa -RSAPublicKey_in -inform DER -in "$folder/key.der" -pubout -out "$folder/key.pem" 2>/dev/null
is "$(openssl dgst -sha256 -verify "$folder/key.pem" -signature "$folder/mark" "$folder/signed")" "Verified OK" "the badge is signed, for others, too"
has "$(page "$address/certificate/verify?id=$number")" 'signed <a href="/certificate.jwt\?id='"$number"'">Open Badge</a>' "the page says where"
has "$(page -G "$address/certificate/verify" --data-urlencode "id@$folder/badge.jwt")" 'Valid.*has completed <b>Knots</b>.*The signature of this badge is valid' "a badge is verified, too"
sed -i 's/\.\(.\{20\}\)./.\1_/' "$folder/badge.jwt"
has "$(page -G "$address/certificate/verify" --data-urlencode "id@$folder/badge.jwt")" 'Not valid.*was not signed by this server' "unless it was changed"
is "$(curl -s "$address/certificate/key" | cmp - "$folder/key.json" && stat -c %a "$db")" 600 "the key stays, with the store"
for one in "1${number#2}" "2-2${number#2-1}" "${number%?}" "${number}0" "2-1-" 2-1 - x; do
	is "$(status "$address/certificate/verify?id=$one")$(status "$address/certificate.json?id=$one")$(status "$address/certificate.jwt?id=$one")" 404404404 "a certificate's number that is made up: $one"
done

# ---- late, and no longer ----
has "$(page -u "$lead" "$address/export.csv" | grep '^"Ann Able"')" ',"ann","Blue",2026-01-31T[^,]*,1' "a row has team, due and late"
is "$(page -u "$lead" "$address/export.csv" | head -c 3 | od -An -tx1)" " ef bb bf" "spreadsheets see that the table is UTF-8"
has "$(page -u "$lead" "$address/export.json" | python3 -c 'import json,sys; print(sorted((e["name"],e["late"]) for e in json.load(sys.stdin)["enrolments"]))')" "\[\('Ann Able', True\), \('Bob', False\), \('Cydwynne Coe', False\)\]" "who is late"

# ---- forms ----
token() { page -u "$lead" "$address/manage" | sed -n 's/.*name="token" value="\([0-9a-f]*\)".*/\1/p' | head -1; }
form() { page -u "$lead" "$address/manage" --data-urlencode "token=$(token)" "$@"; }
is "$(status -u "$lead" "$address/manage" -d 'do=team&name=Green')" 403 "a form without its word is refused"
is "$(status -u "$lead" "$address/manage" -d 'do=team&name=Green&token=00')" 403 "with another word, too"
is "$(status -u "$lead" "$address/" -d 'x=1')" 405 "other pages are only read"
has "$(form -d do=team --data-urlencode 'name=<b>Green')" '&lt;b&gt;Green' "a team by a form; what is typed is text"
has "$(form -d do=roster --data-urlencode 'csv=oops')" 'must name its columns' "a roster that is none"
has "$(form -d do=erase -d person=3 -d name=Cid)" 'Nothing was erased' "erasing wants the name"

# ---- webhooks: posted, signed, again after a failure ----
cat >"$folder/hook.py" <<'END'
import hashlib, hmac, http.server, json, sys
count = 0
class H(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global count
        count += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if count == 1 and len(sys.argv) > 2 else 204); self.end_headers()
        with open(sys.argv[1], "a") as f: f.write(self.headers["X-Ropes-Signature"] + " " + body.decode() + "\n")
    def log_message(self, *a): pass
s = http.server.HTTPServer(("127.0.0.1", 0), H)
print(s.server_port, flush=True)
s.serve_forever()
END
python3 "$folder/hook.py" "$folder/hooked" >"$folder/hook.port" &
hook=$!
for _ in $(seq 100); do [ -s "$folder/hook.port" ] && break; sleep 0.05; done
secret=$(form -d do=hook --data-urlencode "url=http://127.0.0.1:$(cat "$folder/hook.port")/told" | sed -n 's/.*shown only once): \([A-Za-z0-9_-]*\).*/\1/p')
is "$(send "$ann" "$(said ann completed hitch 1)")" 200 "the last lesson"
for _ in $(seq 100); do [ -s "$folder/hooked" ] && break; sleep 0.1; done
kill $hook
is "$(python3 - "$folder/hooked" "$secret" <<'END'
import hashlib, hmac, json, sys
signature, body = open(sys.argv[1]).readline().strip().split(" ", 1)
j = json.loads(body)
print(signature == "sha256=" + hmac.new(sys.argv[2].encode(), body.encode(), hashlib.sha256).hexdigest(), j["event"], j["person"], j["activity"])
END
)" "True completed Ann Able https://ropes.invalid/courses/knots/hitch" "what happened is posted, signed"
is "$(send "$cyd" "$(said cydwynne passed hitch 0.9)")" 200 "something while nobody listens"
for _ in $(seq 100); do page -u "$lead" "$address/manage" | grep -q 'class="n">1</td><td>[^<]' && break; sleep 0.1; done
has "$(page -u "$lead" "$address/manage")" 'class="n">1</td><td>[^<]+' "what does not arrive waits, and the page says why"

# ---- voided: as if it had never been ----
is "$(send "$cyd" "$(void cydwynne "$id")")" 200 "their own is voided"
has "$(page -u "$lead" "$address/export.csv" | grep bowline | grep Cydwynne)" ',0,0,1,0.2,0.2,0.2,' "the score is that of what is left"
first=$(cat /proc/sys/kernel/random/uuid)
is "$(send "$store" "$(said dan failed bowline 0.1 | sed "s/{/{\"id\":\"$first\",/")")" 200 "one that will be voided"
is "$(send "$store" "{\"actor\":{\"objectType\":\"Group\",\"mbox\":\"mailto:crew@example.com\",\"member\":[{\"account\":{\"homePage\":\"https://ropes.invalid\",\"name\":\"dan\"}}]},$(said dan failed bowline 0.1 | cut -d, -f3-)")" 200 "a crew that they are in"
{
	printf '[%s' "$(void dan "$first")"
	for _ in $(seq 400); do printf ',%s' "$(said dan failed bowline 0.3)"; done
	printf ']'
} >"$folder/many.json"
is "$(send "$store" "@$folder/many.json")" 200 "with much that follows at once"
has "$(page -u "$lead" "$address/export.csv" | grep bowline | grep dan)" ',0,0,400,0.3,0.3,0.3,' "what follows counts once"
has "$(page -u "$lead" "$address/export.csv" | grep bowline | grep crew)" ',0,0,1,0.1,0.1,0.1,' "and so does the crew's"

# ---- names ----
"$ROPES" serve pseudonyms on --db "$db"
lacks "$(page -u "$lead" "$address/"; page -u "$lead" "$address/export.csv"; page -u "$lead" "$address/export.json")" 'Ann|ann|Cydwynne|cydwynne' "under pseudonyms no page or table has a name"
is "$(page -u "$lead" "$address/export.xapi" | python3 -c 'import json,sys; s=json.load(sys.stdin); print(len(s) > 5, "ann" in json.dumps(s), "authority" in json.dumps(s))')" "True False False" "nor do statements"
"$ROPES" serve pseudonyms off --db "$db"

# ---- another server shows this one's team, without a store of its own ----
first=$server from=$address
serve "$folder/mirror.db" --lrs "$from/xapi" --lrs-key "$folder/store.key"
mirror=$server there=$address
"$ROPES" serve key add boss --role lead --db "$folder/mirror.db" >"$folder/boss.key"
boss="$(sed -n 's/^key: //p' "$folder/boss.key"):$(sed -n 's/^secret: //p' "$folder/boss.key")"
table() { page -u "$2" "$1/export.csv" | cut -d, -f2,4-18 | sort; }
for _ in $(seq 100); do [ "$(table "$there" "$boss")" = "$(table "$from" "$lead")" ] && break; sleep 0.1; done
is "$(table "$there" "$boss")" "$(table "$from" "$lead")" "the same team by another store's statements"
address=$from
is "$(send "$store" "$(said bob passed hitch 0.7)")" 200 "something new there"
for _ in $(seq 100); do table "$there" "$boss" | grep -q '0.7,0.7,0.7' && break; sleep 0.1; done
has "$(table "$there" "$boss")" '0.7,0.7,0.7' "arrives here"
is "$(status -u "$boss" "$there/export.xapi")" 404 "the statements stay there"
is "$(strings "$folder/mirror.db"* | grep -c '"verb"')" 0 "and are not kept here"
stop "$first"
for _ in $(seq 100); do page -u "$boss" "$there/" | grep -q 'Nothing new since' && break; sleep 0.1; done
has "$(page -u "$boss" "$there/")" 'Nothing new since' "the page says when the other store is away"
stop "$mirror"

# ---- erased: nothing of them is left in the file ----
serve "$db"
has "$(strings "$db"*)" 'Cydwynne Coe' "before, the name is in the file"
has "$(strings "$db"*)" '"cydwynne"' "and the account"
form -d do=erase -d person=3 --data-urlencode 'name=Cydwynne Coe' >/dev/null
is "$(strings "$db"* | grep -ci cydwynne)" 0 "after, neither is"
is "$(send "$cyd" "$(said cydwynne passed hitch 0.9)")" 401 "and nothing comes by the key"
is "$(status -u "$lead" "$address/person?id=3")" 404 "the page is gone"
has "$("$ROPES" serve erase nobody --db "$db" 2>&1)" "^ropes: 'nobody' matches no one" "erasing nobody"

# ---- copies ----
"$ROPES" serve backup "$folder/copy" --db "$db" || bad "a copy while the server runs"
is "$(stat -c %a "$folder/copy")" 600 "it is private"
has "$("$ROPES" serve restore "$folder/copy" --db "$db" 2>&1)" 'a server is using the store' "nothing is put below a server that runs"
is "$(send "$ann" "$(said ann passed late-lesson 0.5)")" 200 "something after the copy"
stop
has "$("$ROPES" serve restore "$folder/roster.csv" --db "$db" 2>&1)" '^ropes: .*roster.csv' "what is no copy is refused"
has "$("$ROPES" serve restore "$folder/copy" --db "$db")" '^kept: .*before-' "what was there is kept"
serve "$db"
lacks "$(page -u "$lead" "$address/export.csv")" 'late-lesson' "it is as it was"
has "$(page -u "$lead" "$address/export.csv")" 'Ann Able.*bowline' "all of it"

# ---- many teams: a table, of which a page is shown ----
has "$(page -u "$lead" "$address/")" '<li><a href="/\?team=Blue">Blue</a> · 2 people' "few teams are a list"
{ echo name,account,team; seq -f 'Many,many,Crew %03g' 200; } >"$folder/teams.csv"
is "$("$ROPES" serve roster "$folder/teams.csv" --db "$db")" "people: 200" "a roster of many teams"
has "$(page -u "$lead" "$address/")" '1 to 200 of 20[0-9].*teams-page=2#teams' "many are a table with pages"
has "$(page -u "$lead" "$address/?teams-q=crew%20042")" '<a href="/\?team=Crew%20042">Crew 042</a></th><td class="n">1</td>' "which is searched"
lacks "$(page -u "$lead" "$address/?teams-q=crew%20042")" 'Crew 041' "by names"
has "$(page -u "$lead" "$address/?team=Crew%20200&teams-page=2")" '<strong aria-current="page">Crew 200</strong>' "the one that is open is marked"
stop
