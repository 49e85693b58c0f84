#!/bin/bash
# The server's pages in a real browser: light and dark, wide and narrow, by keyboard, asking nobody else.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
browser_packages
# listening FILE: what a server in the background said of where it listens
listening() {
	for _ in $(seq 200); do
		! sed -n 's/^listening: //p' "$1" | grep . || return 0
		sleep 0.05
	done
	return 1
}
# Pictures are compared in one font, whatever others the machine has.
cat >"$folder/fonts.conf" <<END
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>$folder/fonts</cachedir></fontconfig>
END
export FONTCONFIG_FILE="$folder/fonts.conf"
# look PICTURES ADDRESS KEYS: a table of pages, on standard input, compared with pictures of a folder of tests/data/browser;
# $said is what was found
look() {
	said=$(PICTURES="$ROPES_SOURCE/tests/data/browser/$1" SHOTS="${SHOTS:+$SHOTS/$1}" timeout 1500 node "$ROPES_SOURCE/tests/browser/pages.mjs" "${@:2}" 2>&1)
}

# ---- what looks for faults finds them ----
python3 "$ROPES_SOURCE/tests/browser/faulty.py" "$ROPES_SOURCE/tests/data/browser" >"$folder/faulty.out" &
echo '{}' >"$folder/no.keys"
UPDATE_PICTURES='' look faulty "$(listening "$folder/faulty.out")" "$folder/no.keys" <<END
/faulty.html	-	200	not there at all
END
kill $!
for fault in 'not seen: not there' 'asks another host: http://other' 'console says: Executing inline script' 'axe color-contrast' 'axe image-alt' \
	'pixels too wide for 390' 'Tab does not reach: <button' 'focus is not seen on: <a' \
	'of it looks different from .*light-1280' 'no picture .*light-390'; do
	has "$said" "$fault" "a faulty page is found out"
done
has "$said" '^0 passed, 7 failed$' "in every dress"

# ---- the team's pages: names that are long, foreign, or meant to do harm ----
db="$folder/store.db"
"$ROPES" serve team add Blue --db "$db"
"$ROPES" serve team add '<b>Red & co</b>' --db "$db"
cp "$ROPES_SOURCE/tests/data/browser/roster.csv" "$folder/roster.csv"
is "$("$ROPES" serve roster "$folder/roster.csv" --db "$db")" "people: 8" "a roster is taken"
"$ROPES" serve assign https://ropes.invalid/courses/alpha --team Blue --due "$(date -d '-20 days' +%F)" --db "$db" || bad "a course is assigned"
"$ROPES" serve assign "https://x.example/<script>alert(1)</script>" --due "$(date -d '+20 days' +%F)" --db "$db" 2>/dev/null
for role in lead instructor learner store blue; do
	case $role in
	blue) set -- --role lead --team Blue ;;
	learner) set -- --role learner --account person-1 ;;
	*) set -- --role $role ;;
	esac
	"$ROPES" serve key add $role "$@" --db "$db" | sed -n 's/^\(key\|secret\): \(.*\)/"\2"/p' | paste -sd, | sed "s/.*/\"$role\": [&]/"
done | paste -sd, | sed 's/.*/{&}/' >"$folder/keys"
"$ROPES" serve --db "$db" --listen 127.0.0.1:0 </dev/null >"$folder/serve.out" 2>&1 &
server=$!
address=$(listening "$folder/serve.out")
origin=${address%/xapi}
look empty "$origin" "$folder/keys" <<END
/courses	lead	200	alpha
/	learner	200	Bea <script>
END
is "$(tail -1 <<<"$said")" "14 passed, 0 failed" "pages before anything came
$said"
python3 "$ROPES_SOURCE/tests/team/fill.py" "$address" "$folder/keys" || bad "the store is filled"
who=$(python3 -c 'import json, sys; print(":".join(json.load(open(sys.argv[1]))["lead"]))' "$folder/keys")
token=$(curl -s -u "$who" "$origin/manage" | sed -n 's/.*name="token" value="\([^"]*\)".*/\1/p' | head -1)
is "$(curl -s -u "$who" -o /dev/null -w '%{http_code}' "$origin/manage" -d do=hook -d "token=$token" -d url=http://127.0.0.1:9/there/is/nobody)" 200 "a webhook is added"
look team "$origin" "$folder/keys" <"$ROPES_SOURCE/tests/browser/pages.txt"
printf '%s\n' "$said" | grep -v ' passed, '
count=$(sed -n 's/^\([0-9]*\) passed, .*/\1/p' <<<"$said")
is "$(sed -n 's/.* passed, \([0-9]*\) failed$/\1/p' <<<"$said")" 0 "all pages are well"
passed=$((passed + ${count:-0}))
kill "$server"
wait "$server" 2>/dev/null

# ---- a workshop's pages, before anybody came ----
"$ROPES" serve --workshop "$ROPES_SOURCE/tests/data/team/tides.md" --db "$folder/workshop.db" --listen 127.0.0.1:0 </dev/null >"$folder/workshop.out" 2>&1 &
server=$!
address=$(listening "$folder/workshop.out")
for _ in $(seq 100); do
	grep -q '^join: ' "$folder/workshop.out" && break
	sleep 0.05
done
{
	sed -n 's,^\(board\|projector\): http://[^/]*\(.*\),\2\t-\t200\tTides,p' "$folder/workshop.out"
	sed -n 's,^board: http://[^/]*/room/board\(.*\),/room/report\1\t-\t200\tTides,p' "$folder/workshop.out"
	printf '/room/%s\t-\t403\t.\n' board 'board?token=x' projector report
} >"$folder/workshop.pages"
look workshop "${address%/xapi}" "$folder/no.keys" <"$folder/workshop.pages"
is "$(tail -1 <<<"$said")" "25 passed, 0 failed" "a workshop's pages are well
$said"
kill "$server"
wait "$server" 2>/dev/null

# ---- many people: what it looks like ----
export LOOK=pictures
crowd() { python3 "$ROPES_SOURCE/tests/browser/crowd.py" "$@"; }
serve_crowd() { # PEOPLE: with a room
	: >"$folder/crowd.out"
	"$ROPES" serve --db "$folder/crowd$1.db" --workshop docker-start-here --listen 127.0.0.1:0 </dev/null >"$folder/crowd.out" 2>&1 &
	server=$!
	wait_until grep -q '^join: ' "$folder/crowd.out"
	origin=$(listening "$folder/crowd.out")
	origin=${origin%/xapi}
	board=$(sed -n 's,^board: http://[^/]*,,p' "$folder/crowd.out")
}
for people in 100 1000; do
	db="$folder/crowd$people.db"
	"$ROPES" serve key add lead --role lead --db "$db" | sed -n 's/^\(key\|secret\): \(.*\)/"\2"/p' | paste -sd, | sed 's/.*/{"lead": [&]}/' >"$folder/crowd.keys"
	"$ROPES" serve team add Nobody --db "$db"
	python3 "$ROPES_SOURCE/tests/team/crowd.py" "$db" "$people" || bad "a store of $people people is filled"
	serve_crowd "$people"
	crowd join "$origin" "$board" "$(sed -n 's/^join: .* //p' "$folder/crowd.out")" "$people" >"$folder/joined" || bad "$people learners join"
	kill "$server"
	wait "$server" 2>/dev/null
	crowd age "$db" || bad "they have been there for a while"
	serve_crowd "$people"
	: >"$folder/learners.out"
	python3 "$ROPES_SOURCE/tests/browser/crowd.py" stay "$origin" <"$folder/joined" >"$folder/learners.out" 2>&1 &
	learners=$!
	wait_until grep -q . "$folder/learners.out"
	is "$(cat "$folder/learners.out")" ready "most of $people are online"
	{
		printf '%s\tlead\t200\t%s\n' / 'The team' /people "$((2 * people)) people" '/course?id=1' 'Who is where'
		printf '%s\t-\t200\tDocker\n' "$board" "$(sed -n 's,^projector: http://[^/]*,,p' "$folder/crowd.out")" "/room/report${board#*/board}"
	} >"$folder/crowd.pages"
	look "crowd$people" "$origin" "$folder/crowd.keys" <"$folder/crowd.pages"
	is "$(tail -1 <<<"$said")" "24 passed, 0 failed" "$people people are well
$said"
	kill "$server" "$learners"
	wait "$server" "$learners" 2>/dev/null
done
