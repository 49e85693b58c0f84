#!/bin/bash
# A team by script: people in three teams, two courses, three months of statements made by real clients, and a lead who looks for
# who is late and what nobody understands; the same from a store that others wrote.
# ROPES_TEAM: how many people (default 50; with fewer than 12 not every kind is there).
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=tests/terminal/foreign.sh
. "$(dirname "$0")/foreign.sh"
settable_clock
browser_packages
FAKETIME_LIBRARY=$clock_library
PLAN_NOW=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
export FAKETIME_LIBRARY PLAN_NOW
people=${ROPES_TEAM:-50}
team=$ROPES_SOURCE/tests/team
db=$folder/team.db

serve() { start_server "$ROPES" serve "$@"; }
key_pair() { "$ROPES" serve key add "$@" | sed -n 's/^key: \|^secret: //p' | paste -sd' '; }
# prepare DB: teams, roster, assignments, a lead and who learns, as the plan has them
prepare() {
	local name course team_name due
	for name in Red Green Blue; do "$ROPES" serve team add $name --db "$1" || bad "a team is added"; done
	python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); from plan import Plan
p = Plan(sys.argv[2], int(sys.argv[3]))
print("name,account,team"); [print(x["name"], x["account"], x["team"], sep=",") for x in p.people]' "$team" "$ROPES_SOURCE/tests/data/team" "$people" >"$folder/roster.csv"
	is "$("$ROPES" serve roster "$folder/roster.csv" --db "$1")" "people: $people" "a roster is taken"
	python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); from plan import Plan
[print(c, t, d) for (c, t), d in Plan(sys.argv[2], 0).due.items()]' "$team" "$ROPES_SOURCE/tests/data/team" |
		while read -r course team_name due; do "$ROPES" serve assign "https://ropes.invalid/courses/$course" --team "$team_name" --due "$due" --db "$1" >/dev/null || echo "assign $course $team_name $due"; done >"$folder/assigned"
	is "$(cat "$folder/assigned")" "" "courses are assigned"
	read -r lead_key lead_secret < <(key_pair lead --role lead --db "$1")
	echo "{\"lead\": [\"$lead_key\", \"$lead_secret\"]}" >"$folder/lead.json"
}
# found ADDRESS: a lead in a browser, then everything beside the plan
found() {
	timeout 600 node "$ROPES_SOURCE/tests/browser/lead.mjs" "$1" "$folder/lead.json" >"$folder/seen.json" 2>"$folder/lead.err" ||
		bad "a lead looks at the pages" "$(cat "$folder/lead.err")"
	counted "$2: what is shown is what follows from the plan" timeout 600 python3 "$team/check.py" \
		"$1" "$lead_key" "$lead_secret" "$people" "$folder/seen.json"
}

# ---- ours ----
prepare "$db"
sed 1d "$folder/roster.csv" | while IFS=, read -r _ account _; do
	echo "$account $(key_pair "$account" --role learner --db "$db")"
done >"$folder/keys"
serve --db "$db"
said=$(timeout 400 python3 "$team/play.py" "$folder/people" "$address" "$folder/keys" "$people")
has "$said" ' runs, 0 problems$' "everybody works at it, and sends it"
found "${address%/xapi}" "our store"
kill "$server"
wait "$server" 2>/dev/null

# ---- the same, from a store that others wrote ----
if ! foreign_lrs; then exit; fi
said=$(timeout 400 python3 "$team/play.py" "$folder/people" "$foreign" "$folder/keys" "$people" sync)
has "$said" ' runs, 0 problems$' "everybody sends it to another store, too"
db=$folder/foreign.db
prepare "$db"
printf 'key: any\nsecret: any\n' >"$folder/foreign.key"
serve --db "$db" --lrs "$foreign" --lrs-key "$folder/foreign.key"
answered() { # how many answers were followed so far
	curl -s -u "$lead_key:$lead_secret" "${address%/xapi}/export.json" | python3 -c 'import json, sys; print(sum(q["people"] for q in json.load(sys.stdin)["questions"]))'
}
due=$(curl -s -H "X-Experience-API-Version: 1.0.3" "$foreign/statements?limit=100000" | python3 -c 'import json, sys
print(len({(s["actor"]["account"]["name"], s["object"]["id"]) for s in json.load(sys.stdin)["statements"] if s["verb"]["id"].endswith("/answered")}))')
for _ in $(seq 100); do
	[ "$(answered)" != "$due" ] || break
	sleep 0.2
done
is "$(answered)" "$due" "all that is in the other store is followed"
FOREIGN_STORE=yes
export FOREIGN_STORE
found "${address%/xapi}" "another store"
kill "$server"
wait "$server" 2>/dev/null
serve --db "$db" --lrs "$foreign" --lrs-key "$folder/foreign.key"
found "${address%/xapi}" "another store, from where it stopped"
kill "$server"
wait "$server" 2>/dev/null
foreign_stop
