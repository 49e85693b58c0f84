#!/bin/bash
# A lead's three commands and a learner's one: roster, invitations, a server with its own certificate; everybody joins with a link
# and is seen by name. Every reason why joining can fail has its sentence and its status.
# ROPES_TEAM: how many people (default 15, at least 6).
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/team.db"
people=${ROPES_TEAM:-15}

lead() { "$ROPES" serve "$@" --db "$db"; }
field() { sed -n "s/^$1: //p"; }
# as NAME COMMAND…: with the folders of a machine of their own
as() {
	XDG_CONFIG_HOME="$folder/$1/config" XDG_DATA_HOME="$folder/$1/data" XDG_STATE_HOME="$folder/$1/state" ROPES_LEARNER=$1 "$ROPES" "${@:2}"
}
# refused NAME PATTERN COMMAND…: fails with one line that matches, and nothing is joined
refused() {
	local said status
	said=$(as stranger "${@:3}" 2>&1 >/dev/null </dev/null)
	status=$?
	has "$said" "^ropes: .*$2" "$1"
	is "$(wc -l <<<"$said")" 1 "$1: in one line"
	is "$([ $status -ne 0 ] && echo fails)" fails "$1: the status says so"
	[ ! -e "$folder/stranger/config/ropes/sync.json" ] || bad "$1: nothing is saved"
}

# ---- three commands of the lead ----
{
	echo 'name,account,email,team'
	for i in $(seq $((people - 1))); do echo "Person $i,p$i,,Blue"; done
	echo 'Ada Lovelace,,ada@example.com,Red'
} >"$folder/roster.csv"
lead cert --url "https://$loopback:1" >"$folder/cert" || bad "a certificate is made"
is "$(stat -c %a "$db.key.pem")" 600 "its key is private"
has "$(lead cert 2>&1)" "^ropes: there is already a certificate" "it is not replaced by mistake"
is "$(lead roster "$folder/roster.csv")" "people: $people" "the roster is taken"
has "$(lead assign docker-start-here --team Blue --due 2999-12-31)" ': assigned to Blue' "a course is assigned"
start_server "$ROPES" serve --db "$db"
has "$address" '^https://' "the server uses its certificate"
lead invite roster >"$folder/invitation"
link=$(field link <"$folder/invitation")
has "$link" "^${address%/xapi}/join#[0-9A-Z-]{19}\.$(field fingerprint <"$folder/cert")\$" "a link has address, code and fingerprint"
is "$(cat "$db"* | grep -caF "$(field code <"$folder/invitation")")" 0 "the store does not keep the code"

# ---- one line of each learner ----
for i in $(seq $((people - 1))); do
	has "$(as "p$i" sync join "$link" </dev/null 2>&1)" "^You are Person $i \(p$i\), team Blue\$" "person $i is found by their account"
done
said=$(as root sync join "$link" --as ada@example.com 2>&1)
has "$said" '^From now on this is sent to it: .*; not your commands' "what is sent is shown"
has "$said" '^You are Ada Lovelace \(ada@example.com\), team Red$' "somebody is found by their address"
is "$(stat -c %a "$folder/root/config/ropes/sync.json")" 600 "the key is private"
mkdir -p "$folder/c/quizzes"
printf '# Sync\n\nwords\n' >"$folder/c/sync.md"
printf '::One:: Which?{=right ~wrong}\n' >"$folder/c/quizzes/sync.gift"
for who in p1 root; do
	printf 'a\nn\n' | as $who quiz "$folder/c/sync.md" --seed 1 >/dev/null 2>&1
	has "$(as $who sync 2>&1)" '^sent: 3$' "$who sends"
done
read -r key secret < <(lead key add lead --role lead | sed 's/.*: //' | paste -sd' ')
page() { curl -sk -u "$key:$secret" "${address%/xapi}/$1"; }
has "$(page export.csv)" '^"Ada Lovelace","mbox mailto:ada@example.com"' "what she does appears under her name"
has "$(page export.csv)" '^"Person 1",' "and under his"
lacks "$(page export.csv)" 'root' "and not under the account's"
has "$(page people)" "$people people" "everybody is on one list"
is "$(page people | grep -c '<td>joined')" $people "all of them joined"

for what in list progress; do
	has "$(as p1 $what 2>&1)" 'docker-start-here, due 2999-12-31 \(in [0-9]+ days\)' "$what shows what is assigned"
	lacks "$(as root $what 2>&1)" 'due 2999' "$what does not show what is assigned to others"
done
has "$(page manage)" 'value="2999-12-31"' "the lead sees what is in force"
has "$(page 'people?q=love')" '^<h1>People.*1 person' "the list is searched"
is "$(page 'people?sort=-name' | grep -o 'Person [0-9]*' | head -1)" "Person $(seq $((people - 1)) | sort | tail -1)" "and sorted"
is "$(page 'people?show=waiting' | grep -c '<tr><th scope="row"')" 0 "and filtered"

# ---- by a code, and once ----
lead invite person p2 >"$folder/once"
has "$(as other sync join "${address%/xapi}" "$(field code <"$folder/once")" --ca "$db.cert.pem" 2>&1)" '^You are Person 2' "a code can be typed, too"
refused "used" 'has been used already' sync join "$(field link <"$folder/once")"
lead invite person p3 >"$folder/third"
refused "another person" 'is not for that person' sync join "$(field link <"$folder/third")" --as p4
refused "nobody of the roster" 'is not for that person' sync join "$link" --as nobody
refused "somebody who has joined" 'has joined already; for another machine' sync join "$link" --as p4
refused "not said who" 'say who you are with --as' sync join "$link"
lead invite revoke 3
refused "revoked" 'was revoked' sync join "$(field link <"$folder/third")"
has "$(lead invite revoke 3 2>&1)" '^ropes: there is no invitation 3' "it is revoked once"
refused "an unknown code" 'no invitation of this server' sync join "${address%/xapi}/join#AAAA-BBBB-CCCC-DDDD.${link##*.}"
refused "another certificate" 'is not the one that the link expects' sync join "${link%.*}.$(printf 'A%.0s' $(seq 43))"
refused "an unknown certificate" 'its certificate is not trusted here' sync join "${link%.*}"
refused "half a link" 'not a whole invitation' sync join "${address%/xapi}/join"
refused "another path" 'there is no ropes server' sync join "${address%/xapi}/x/join#${link#*#}"
has "$(lead invite each)" '^"?name"?,account,email,team,link' "a table of links"
is "$(lead invite each | wc -l)" 1 "has nobody who has joined"
sqlite3 "$db" 'UPDATE invitation SET expires_ms = 1 WHERE id = 1' 2>/dev/null ||
	python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("UPDATE invitation SET expires_ms = 1 WHERE id = 1"); c.commit()' "$db"
refused "expired" 'has expired' sync join "$link"
has "$(lead invite list)" '^1	everyone	expired' "the list says so"

# ---- with a key ----
join_by_key() { as stranger sync join "$1" --key "$2" --ca "$db.cert.pem"; }
lead key add p5 --role learner --account p5 >"$folder/p5.key"
p5=$(field key <"$folder/p5.key")
for row in "rejected this key or its secret|$address|$p5" "there is no store|${address%/xapi}|$p5" "there is no store|$address/x|$p5" "127.0.0.1:1/|https://127.0.0.1:1/xapi|$p5"; do
	IFS='|' read -r pattern url given <<<"$row"
	said=$(echo wrong | join_by_key "$url" "$given" 2>&1 >/dev/null)
	is "$?/$(grep -cE "^ropes: .*$pattern" <<<"$said")" "$([ "$pattern" = 127.0.0.1:1/ ] && echo 3 || echo 1)/1" "with a key: $pattern"
done
has "$(field secret <"$folder/p5.key" | join_by_key "$address" "$p5")" '^You are Person 5 \(p5\)' "a key knows whose it is"

# ---- a server that is away ----
kill "$server"
wait "$server" 2>/dev/null
printf 'a\nn\n' | as p1 quiz "$folder/c/sync.md" --seed 2 >/dev/null 2>&1
printf ':quit\n' | as p1 learn "$folder/c/sync.md" --daemon none >"$folder/away" 2>&1
is "$(grep -c 'Not everything was sent to your team' "$folder/away")" 1 "a session says once that it could not send"
has "$(as p1 sync status)" '^failing since: 20..-..-..T..:.. UTC: .*onnect' "and the status says since when and why"
said=$(as p5 sync 2>&1)
is "$?/$(grep -c 'not everything' <<<"$said")" 3/0 "nor is it hidden from someone for whom nothing waits"
has "$(as p5 sync status)" '^failing since: ' "in the status, too"
