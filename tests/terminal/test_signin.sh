#!/bin/bash
# Signing in with a browser: the page, the session's cookie, forms of other sites, guessing, signing out; what is recorded of it.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/store.db"
printf 'name,account,team\nAnn Able,ann,Blue\nCydwynne Coe,cydwynne,Red\n' >"$folder/roster.csv"
"$ROPES" serve roster "$folder/roster.csv" --db "$db" >/dev/null
key() { # NAME OPTION…: $NAME_key and $NAME_secret
	local said
	said=$("$ROPES" serve key add "$@" --db "$db")
	[[ $1 != *-* ]] || return 0
	printf -v "$1_key" %s "$(sed -n 's/^key: //p' <<<"$said")"
	printf -v "$1_secret" %s "$(sed -n 's/^secret: //p' <<<"$said")"
}
lead_key='' lead_secret='' blue_key='' blue_secret='' ann_key='' ann_secret='' cyd_key='' cyd_secret=''
key lead --role lead
key blue --role lead --team Blue
key ann --role learner --account ann
key cyd --role learner --account cydwynne
key cydwynne-too --role learner --account cydwynne
start_server "$ROPES" serve --db "$db" --log json

html='Accept: text/html,application/xhtml+xml'
# visit JAR PATH OPTION…: the page as a browser with these cookies gets it; headers are in $folder/head
visit() { curl -s -m 20 -D "$folder/head" -b "$folder/$1" -c "$folder/$1" -H "$html" "$origin$2" "${@:3}"; }
code() { sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p' "$folder/head"; }
head_has() { has "$(tr -d '\r' <"$folder/head")" "$@"; }
# token PAGE: of its first form
token() { sed -n 's/.*name="token" value="\([^"]*\)".*/\1/p' <<<"$1" | head -1; }
# sign_in JAR KEY SECRET [NEXT] [OPTION…]
sign_in() {
	local page
	page=$(visit "$1" "/signin")
	visit "$1" /signin --data-urlencode "token=$(token "$page")" --data-urlencode "key=$2" --data-urlencode "secret=$3" --data-urlencode "next=${4:-/}" "${@:5}"
}

# ---- browsers get the page, programs an answer ----
has "$(visit a /courses)" '<h1>Sign in</h1>' "a browser gets the page"
is "$(code)" 401 "with its status"
head_has '^WWW-Authenticate: Form' "and no box of its own"
has "$(visit a '/person?id=1&x=a%20b')" 'name="next" value="/person\?id=1&amp;x=a%20b"' "it goes on where it began"
curl -s -D "$folder/head" "$origin/courses" >"$folder/out"
is "$(code)" 401 "a program gets an answer"
head_has '^WWW-Authenticate: Basic' "that names the way"
lacks "$(cat "$folder/out")" '<' "in words"
visit a /courses -H 'Authorization: Basic eDp5' >"$folder/out"
head_has '^WWW-Authenticate: Basic' "a wrong key is one of a program"
has "$(visit a /signin)" '<h1>Sign in</h1>' "the page has an address"
is "$(code)" 200 "of its own"
visit a /xapi/statements >/dev/null
head_has '^WWW-Authenticate: Basic' "the Experience API has no page"

# ---- in ----
sign_in a "$lead_key" "$lead_secret" /courses >/dev/null
is "$(code)" 303 "a key and its secret sign in"
head_has '^Location: /courses$' "and lead to where it began"
cookie=$(tr -d '\r' <"$folder/head" | sed -n 's/^Set-Cookie: ropes=//p')
has "$cookie" '^[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax$' "by a cookie that scripts and other sites do not use"
secret=${cookie%%;*}
is "$(strings "$db"* | grep -cF -e "$secret")" 0 "whose value is not in the file"
has "$(visit a /courses)" '<h1>Courses' "the browser is signed in"
has "$(visit a /account)" 'Signed in as <b>lead</b>, role lead' "as the key's role"
has "$(visit a /manage)" '<h1>Manage' "which may do what the key may"
is "$(curl -s -o /dev/null -w '%{http_code}' -H "Cookie: ropes=$secret" -H 'X-Experience-API-Version: 1.0.3' "$origin/xapi/statements")" 401 "but the Experience API takes no session"
for next in //evil.example '/\evil.example' https://evil.example "/a
b" evil /signin; do
	sign_in n "$lead_key" "$lead_secret" "$next" >/dev/null
	head_has '^Location: /$' "no page leads to $next"
done
sign_in b "$blue_key" "$blue_secret" >/dev/null
visit b '/person?id=2' >/dev/null
is "$(code)" 403 "a team's lead sees the team only"
sign_in c "$ann_key" "$ann_secret" >/dev/null
has "$(visit c /)" '<h1>Ann Able</h1>' "a learner sees their own page"
visit c /courses >/dev/null
is "$(code)" 403 "and no other"

# ---- forms ----
page=$(visit a /manage)
visit a /manage -d "token=$(token "$page")" -d do=team -d name=Green >"$folder/out"
has "$(cat "$folder/out")" 'the team was added' "a form of the session is taken"
visit a /manage -d do=team -d name=Gray >/dev/null
is "$(code)" 403 "a form without its token is not"
sign_in d "$lead_key" "$lead_secret" >/dev/null
visit d /manage -d "token=$(token "$page")" -d do=team -d name=Gray >/dev/null
is "$(code)" 403 "nor one with the token of another session"
visit a /manage -d "token=$(token "$page")" -d do=team -d name=Gray -H 'Origin: https://evil.example' -H 'Sec-Fetch-Site: cross-site' >/dev/null
is "$(code)" 403 "nor one of another site"
visit e /signin -d "key=$lead_key" -d "secret=$lead_secret" >/dev/null
is "$(code)" 403 "nobody is signed in without the form's token"
visit e /signin >/dev/null
sign_in e "$lead_key" "$lead_secret" / -H 'Origin: https://evil.example' -H 'Sec-Fetch-Site: cross-site' >/dev/null
is "$(code)" 403 "nor by another site"
is "$(curl -s -o /dev/null -w '%{http_code}' -X PUT "$origin/signin")" 405 "methods are known"

# ---- out ----
page=$(visit a /account)
visit a /account -d "token=$(token "$page")" >/dev/null
is "$(code)" 303 "signing out"
has "$(visit a /courses)" '<h1>Sign in</h1>' "the browser is out"
curl -s -D "$folder/head" -H "$html" -H "Cookie: ropes=$secret" "$origin/courses" >/dev/null
is "$(code)" 401 "and ends its session, whoever has the cookie"
has "$(visit d /account)" 'Signed in as' "another session goes on"
page=$(visit d /account)
sign_in f "$lead_key" "$lead_secret" >/dev/null
visit d /account -d "token=$(token "$page")" -d all=yes >/dev/null
has "$(visit f /account)" '<h1>Sign in</h1>' "until all end at once"
has "$(visit b /account)" 'Signed in as <b>blue' "all of that key, no other"
"$ROPES" serve key remove blue --db "$db"
has "$(visit b /account)" '<h1>Sign in</h1>' "a key that is removed ends its sessions"

# ---- a restart, and being killed ----
sign_in g "$lead_key" "$lead_secret" >/dev/null
kill -9 $server
wait $server 2>/dev/null
start_server "$ROPES" serve --db "$db" --log json 2>/dev/null
has "$(visit g /account)" 'Signed in as <b>lead' "a session outlives the server"

# ---- guessing ----
for _ in $(seq 10); do sign_in h "$lead_key" wrong >"$folder/out"; done
is "$(code)" 401 "a wrong secret does not sign in"
has "$(cat "$folder/out")" 'do not belong together' "and says so"
lacks "$(cat "$folder/out")" 'value="wrong"' "without repeating it"
sign_in h "$lead_key" "$lead_secret" >"$folder/out"
is "$(code)" 429 "after many, nothing does for a while"
head_has '^Retry-After: [0-9]+$' "and says for how long"
has "$(cat "$folder/out")" 'Too many failed attempts' "in words"
is "$(curl -s -o /dev/null -w '%{http_code}' -u "$lead_key:$lead_secret" "$origin/")" 200 "programs go on"
has "$(visit g /account)" 'Signed in as' "and those who are in"

# ---- what is recorded ----
visit g '/person?id=2' >/dev/null
visit g '/person?id=2' >/dev/null
curl -s -o /dev/null -u "$cyd_key:$cyd_secret" "$origin/person?id=2"
curl -s -o /dev/null -u "$ann_key:$ann_secret" "$origin/person?id=2"
audit=$("$ROPES" serve audit --db "$db")
has "$audit" '"who":"lead","role":"lead".*"what":"sign-in"' "who signed in is recorded"
has "$audit" '"who":"","role":"".*"what":"sign-in refused"' "and who could not"
has "$audit" '"who":"lead".*"what":"change team".*"detail":"name=Green"' "and what was changed"
has "$audit" '"who":"command line".*"what":"change key remove".*"detail":"blue"' "also at the command line"
is "$(grep -c '"who":"lead".*"what":"view /person","person":2' <<<"$audit")" 1 "and what was seen, once in a while"
has "$audit" '"who":"ann".*"what":"refused /person","person":2' "and what was not allowed"
lacks "$audit" "$lead_secret" "no secret is"
has "$(visit g /audit)" 'change team' "a page shows it"
has "$(visit g '/audit?person=2')" 'view /person' "also for one person"
lacks "$(visit g '/audit?person=2')" 'change team' "alone"
visit c /audit >/dev/null
is "$(code)" 403 "only to leads"

# ---- what is known of a person ----
visit c '/person.json?id=1' >"$folder/ann.json"
is "$(python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(d["person"]["name"], d["identifier"], d["keys"], len(d["statements"]))' "$folder/ann.json")" \
	"Ann Able account https://ropes.invalid ann ['ann'] 0" "learners get all that is known of them"
visit c '/person.json?id=2' >/dev/null
is "$(code)" 403 "and nobody else's"
visit g '/person.json?id=2' >"$folder/out"
has "$(cat "$folder/out")" 'Cydwynne Coe' "a lead gets anybody's"
"$ROPES" serve pseudonyms on --db "$db"
visit g '/person.json?id=2' >/dev/null
is "$(code)" 403 "but not while names are hidden"
"$ROPES" serve pseudonyms off --db "$db"
has "$(visit g '/erase?person=2')" '2 keys, with which they send' "what erasing would remove is shown before"
has "$(visit g '/erase?person=2')" 'name="person" value="2"' "and asked"
visit c '/erase?person=2' >/dev/null
is "$(code)" 403 "of leads only"
has "$("$ROPES" serve erase cydwynne --db "$db" 2>&1 </dev/null)" 'nothing was erased' "the command line asks, too"
has "$(strings "$db"*)" 'Cydwynne Coe' "nothing is erased by looking"
sign_in i "$cyd_key" "$cyd_secret" >/dev/null
page=$(visit g '/erase?person=2')
visit g /manage -d "token=$(token "$page")" -d do=erase -d person=2 --data-urlencode 'name=Cydwynne Coe' >"$folder/out"
has "$(cat "$folder/out")" 'erased' "a person is erased"
is "$(strings "$db"* | grep -ci cydwynne)" 0 "nothing of them is left, in the audit log neither"
has "$("$ROPES" serve audit --db "$db")" '"what":"change erase","person":2' "but that it was done"

# ---- the log ----
kill $server
wait $server 2>/dev/null
log=$(grep '^{' "$folder/serve.out")
is "$(python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)
print("good")' <<<"$log")" good "each line of the log is JSON"
has "$log" '"event":"access","method":"GET","path":"/person","status":403,.*"key":"ann","role":"learner"' "which says who asked for what"
has "$log" '"level":"warning","event":"access","method":"POST","path":"/signin","status":429' "and what is odd"
lacks "$log" "$lead_secret|$lead_key|$secret|id=2|token" "but no secret and no query"

# ---- behind a proxy ----
from() { sign_in "$1" "$lead_key" "$2" / -H "X-Forwarded-For: $3" >"$folder/out"; }
start_server "$ROPES" serve --db "$db" --proxy --log json
for _ in $(seq 10); do from i wrong '203.0.113.7, 198.51.100.1'; done
from i "$lead_secret" '203.0.113.8, 198.51.100.1'
is "$(code)" 429 "the address counts that the proxy saw, not what the client claims"
from i "$lead_secret" '198.51.100.1, 198.51.100.2'
is "$(code)" 303 "others behind the proxy sign in"
from i "$lead_secret" '2001:db8::1'
is "$(code)" 303 "also from an IPv6 network"
from i "$lead_secret" '198.51.100.1, <script>'
is "$(code)" 303 "what is no address is that of the proxy"
kill $server
wait $server 2>/dev/null
has "$(grep '^{' "$folder/serve.out")" '"address":"198.51.100.2"' "the log has the client's address"
has "$("$ROPES" serve audit --db "$db")" '"address":"198.51.100.2".*"what":"sign-in"' "so has the audit log"
lacks "$(cat "$folder/serve.out")" '203\.0\.113|script' "and nothing that a client made up"
start_server "$ROPES" serve --db "$db" --log json
from i "$lead_secret" '198.51.100.3'
kill $server
wait $server 2>/dev/null
lacks "$(cat "$folder/serve.out")" '198\.51\.100' "without --proxy nobody is believed"

# ---- the reader's language ----
# A catalogue of two texts, as msgfmt writes them; its data folder is a copy of links.
mkdir -p "$folder/share/ropes" "$folder/share/locale/de/LC_MESSAGES"
ln -s "$ROPES_SOURCE"/{assets,lessons,quizzes} "$folder/share/ropes/"
python3 - "$folder/share/locale/de/LC_MESSAGES/ropes.mo" <<'END'
import struct, sys
texts = sorted({"": "Language: de\n", "Sign in": "Anmelden", "'%s' must be a number": "'%s' muss eine Zahl sein",
    "unknown parameter '%s'": "unbekannter Parameter '%s'", "date\x04%Y-%m-%d": "%d.%m.%Y"}.items())
words, places, at = [], [], 28 + 16 * len(texts)
for side in 0, 1:
    for pair in texts:
        word = pair[side].encode() + b"\0"
        places.append(struct.pack("<II", len(word) - 1, at))
        words.append(word)
        at += len(word)
head = struct.pack("<7I", 0x950412de, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
open(sys.argv[1], "wb").write(head + b"".join(places + words))
END
ROPES_DATA="$folder/share/ropes" start_server "$ROPES" serve --db "$db"
said=$(visit j /signin -H 'Accept-Language: fr, de-AT;q=0.9, en;q=0.5')
has "$said" '<html lang="de">' "a page says its language"
has "$said" '<h1>Anmelden</h1>' "which is the reader's"
head_has '^Content-Language: de$' "so does its head"
head_has '^Vary: Accept-Language$' "and that it depends on the reader"
has "$(visit j '/signin?x=1' -H 'Accept-Language: de')" "^unbekannter Parameter 'x'$" "errors are in it, too"
said=$(visit j /signin)
has "$said" '<html lang="en">' "the next reader has another language"
has "$said" '<h1>Sign in</h1>' "and its texts"
# A connection that stays open is answered by one thread.
said=$(curl -s -m 20 -H 'Accept-Language: de' -H "$html" "$origin/signin" --next -s -m 20 -H 'Accept-Language: de' "$origin/signin?x=1")
has "$said" '<h1>Anmelden</h1>' "a person and a program by one connection: the page is in the reader's language"
has "$said" "^unknown parameter 'x'$" "what programs read is not"
has "$(curl -s -m 20 -H "$html" -H 'Accept-Language: de' -H 'X-Experience-API-Version: 2.0.0' -u "$lead_key:$lead_secret" "$origin/xapi/statements?x=1")" "^unknown parameter 'x'$" "nor is what the store says"
has "$(curl -s -m 20 -H "$html" -H 'Accept-Language: de' -u "$lead_key:$lead_secret" "$origin/audit")" '<time datetime="[0-9-]*T[^"]*">[0-9]{2}\.[0-9]{2}\.[0-9]{4} ' "dates are as its people write them, and for programs as before"
kill $server
wait $server 2>/dev/null
