#!/bin/bash
# A server below a path of its address, behind a reverse proxy that keeps the path in requests, or removes it: no link leaves the path,
# and browsers, learners of a team and learners of a workshop come in.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
prefix=/lab/ropes html='Accept: text/html'
note="$folder/shop.md"
printf '# The shop\n\nWelcome.\n\n## Opening\n\nThe door is opened.\n\n## Closing\n\nThe door is closed.\n' >"$note"
mkdir -p "$folder/c/quizzes"
printf '# Sync\n\nwords\n' >"$folder/c/sync.md"
printf '::One:: Which?{=right ~wrong}\n' >"$folder/c/quizzes/sync.gift"
# as NAME COMMAND…: with the folders of a machine of their own
as() {
	XDG_CONFIG_HOME="$folder/$1/config" XDG_DATA_HOME="$folder/$1/data" XDG_STATE_HOME="$folder/$1/state" ROPES_LEARNER=$1 "$ROPES" "${@:2}"
}
said_of() { sed -n "s/^$1: //p" "$folder/serve.out"; }
# visit PATH OPTION…: as a browser, with cookies; headers are in $folder/head
visit() { curl -s -m 20 -D "$folder/head" -b "$folder/$mode.jar" -c "$folder/$mode.jar" -H "$html" "$root$1" "${@:2}"; }
head_has() { has "$(tr -d '\r' <"$folder/head")" "$@"; }
token() { sed -n 's/.*name="token" value="\([^"]*\)".*/\1/p' <<<"$1" | head -1; }

# ---- addresses ----
for row in "https://lab.example/room/x|pages of its own at /room" "https://lab.example/a/xapi|pages of its own at /xapi" \
	"https://lab.example/a b|not the address" "https://lab.example/..|not the address" "https://lab.example/a//b|not the address" \
	"https://lab.example/a?b|not the address" 'https://lab.example/"|not the address' "lab.example|not the address" "https://a_b/ropes|not the address" "ftp://lab.example|not the address"; do
	IFS='|' read -r url pattern <<<"$row"
	has "$(timeout 10 "$ROPES" serve --db "$folder/no.db" --listen "$loopback:0" --url "$url" 2>&1)" "^ropes: .*$pattern" "--url $url"
done
printf 'name,account\nAnn,ann\n' >"$folder/roster.csv"
"$ROPES" serve roster "$folder/roster.csv" --db "$folder/no.db" >/dev/null
for row in "https://Lab.Example:443/ropes/|https://lab.example/ropes" "https://lab.example|https://lab.example"; do
	IFS='|' read -r url expected <<<"$row"
	has "$("$ROPES" serve invite roster --url "$url" --db "$folder/no.db")" "^link: $expected/join#" "a link with --url $url"
done

for mode in keep strip; do
	db="$folder/$mode.db"
	port=$(python3 -c 'import socket, sys; s = socket.socket(); s.bind((sys.argv[1], 0)); print(s.getsockname()[1])' "$loopback")
	: >"$folder/proxy.out"
	python3 "$ROPES_SOURCE/tests/serve/proxy.py" "http://$loopback:$port" "$prefix" "$mode" >"$folder/proxy.out" &
	proxy=$!
	wait_until grep -q '^listening' "$folder/proxy.out"
	root=$(sed -n 's/^listening: //p' "$folder/proxy.out")
	cp "$ROPES_SOURCE/tests/data/browser/roster.csv" "$folder/roster.csv"
	echo 'Ann Able,ann,Blue' >>"$folder/roster.csv"
	"$ROPES" serve roster "$folder/roster.csv" --db "$db" >/dev/null
	"$ROPES" serve assign docker-start-here --due "$(date -d '+20 days' +%F)" --db "$db" >/dev/null
	for role in lead store; do
		"$ROPES" serve key add $role --role $role --db "$db" | sed -n 's/^\(key\|secret\): \(.*\)/"\2"/p' | paste -sd, | sed "s/.*/\"$role\": [&]/"
	done | paste -sd, | sed 's/.*/{&}/' >"$folder/keys"
	lead=$(python3 -c 'import json, sys; print(":".join(json.load(open(sys.argv[1]))["lead"]))' "$folder/keys")
	: >"$folder/serve.out"
	"$ROPES" serve --db "$db" --listen "$loopback:$port" --url "$root/" --proxy --workshop "$note" </dev/null >"$folder/serve.out" 2>&1 &
	server=$!
	wait_until grep -q '^join' "$folder/serve.out"

	# ---- pages ----
	python3 "$ROPES_SOURCE/tests/team/fill.py" "$root/xapi" "$folder/keys" || bad "$mode: statements arrive"
	board=$(said_of board) projector=$(said_of projector)
	has "$board" "^$root/room/board\?token=" "$mode: the board's address"
	code=$(said_of join | sed 's/.* //')
	counted "$mode: pages" python3 "$ROPES_SOURCE/tests/serve/crawl.py" "$root" "$lead" '' / /signin /join "/room?code=$code" \
		"${board#"$root"}" "${projector#"$root"}" "/room/report${board#*/board}" /certificate/verify
	outside=$(curl -s -o /dev/null -w '%{http_code}' "${root%"$prefix"}/courses")
	is "$outside" 404 "$mode: nothing is beside the path"
	has "$(curl -s -u "$lead" -H 'X-Experience-API-Version: 1.0.3' "$root/xapi/statements?limit=1")" "\"more\":\"$prefix/xapi/more/" "$mode: the rest of a list"

	# ---- a browser ----
	page=$(visit /courses)
	has "$page" 'name="next" value="/courses"' "$mode: the page to sign in"
	has "$page" "action=\"$prefix/signin\"" "$mode: leads to the server"
	visit /signin -d "token=$(token "$page")" -d "key=${lead%%:*}" -d "secret=${lead#*:}" -d next=/courses >/dev/null
	head_has "^Location: $prefix/courses\$" "$mode: signing in"
	head_has "^Set-Cookie: ropes=[^;]*; Path=$prefix; HttpOnly" "$mode: with a cookie for the path"
	page=$(visit /manage)
	has "$page" '<h1>Manage' "$mode: a browser is signed in"
	has "$(visit /manage -d "token=$(token "$page")" -d do=team -d name=Green -H "Origin: ${root%"$prefix"}" -H 'Sec-Fetch-Site: cross-site')" \
		'the team was added' "$mode: its forms have the origin of the proxy"
	visit /manage -d "token=$(token "$page")" -d do=team -d name=Gray -H "Origin: $root" -H 'Sec-Fetch-Site: cross-site' >/dev/null
	head_has '^HTTP/[0-9.]* 403' "$mode: which has no path"

	# ---- a learner of the team ----
	link=$("$ROPES" serve invite roster --db "$db" | sed -n 's/^link: //p')
	has "$link" "^$root/join#" "$mode: the link of an invitation"
	has "$(as "ann" sync join "$link" 2>&1 </dev/null)" '^You are Ann Able' "$mode: a learner joins"
	printf 'a\nn\n' | as ann quiz "$folder/c/sync.md" --seed 1 >/dev/null 2>&1
	has "$(as ann sync 2>&1)" '^sent: 3$' "$mode: and sends"
	has "$(as ann list 2>&1)" 'docker-start-here, due ' "$mode: and sees what is assigned"
	rm -rf "$folder/ann"

	# ---- learners of the workshop ----
	read -r _ _ address code < <(said_of join)
	is "$address" "$root" "$mode: the address of the workshop"
	has "$(printf ':room\n' | as bob join "$address" "$code" --daemon none --as Bob --yes 2>&1)" '✔ You are Bob\.' "$mode: a learner joins the workshop"
	has "$(printf '\n\n\n' | as bob join "$address/" "$code" --daemon none --as Bob 2>&1)" 'You are back as Bob' "$mode: and comes back"
	has "$(printf ':room\n' | as cyd join "$address/room?code=$code" --daemon none --as Cyd --yes 2>&1)" '✔ You are Cyd\.' "$mode: by the address that the code is in"
	has "$(as dee join "$address/room" --yes 2>&1)" '^ropes: the code of the workshop is missing' "$mode: not without one"
	curl -s -o /dev/null -d do=hold "$board"
	printf ':room\n:quit\n' | as bob join "$address" "$code" --daemon none --as Bob >"$folder/bob.out" 2>&1
	has "$(cat "$folder/bob.out")" 'paused' "$mode: events arrive"
	has "$("$ROPES" board "$board" 2>&1)" 'Bob' "$mode: the board in a terminal"
	rm -rf "$folder/bob" "$folder/cyd" "$folder/dee"
	kill $server $proxy
	wait $server $proxy 2>/dev/null
done
