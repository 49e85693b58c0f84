#!/bin/bash
# The board in a terminal with more learners than lines: keys scroll it, and the last row says how many are above and below.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/room.db"
"$ROPES" serve --db "$db" --workshop docker-start-here --listen "$loopback:0" </dev/null >"$folder/serve.out" 2>&1 &
server=$!
wait_until grep -q '^join: ' "$folder/serve.out"
origin=$(sed -n 's,^listening: \(.*\)/xapi,\1,p' "$folder/serve.out")
board=$(sed -n 's,^board: ,,p' "$folder/serve.out")
python3 "$ROPES_SOURCE/tests/browser/crowd.py" join "$origin" "${board#"$origin"}" "$(sed -n 's/^join: .* //p' "$folder/serve.out")" 60 >"$folder/joined" ||
	bad "sixty learners join"
# Each learner has one line with the steps they did, of all.
learners_shown() { capture | grep -E ' [0-9]+/375 '; }
rows() { learners_shown | grep -c .; }
counts() { capture | sed -n 's/^\([0-9]*\) above, \([0-9]*\) below.*/\1 \2/p'; }

window 100 24 "$ROPES" board "$board"
wait_for '^0 above, [0-9]+ below: arrows'
read -r above below < <(counts)
shown=$((60 - above - below))
is "$(rows)" "$shown" "as many learners are shown as the last row does not count"
keys Down
wait_for "^1 above, $((below - 1)) below"
keys j
wait_for "^2 above"
keys Up k
wait_for "^0 above"
keys Up
keys NPage
wait_for "^$shown above, $((below - shown)) below"
is "$(rows)" "$shown" "a page further it is full"
keys PPage
wait_for "^0 above"
keys End
wait_for "^$below above, 0 below"
is "$(rows)" "$shown" "at the end, too"
keys NPage Down G
keys -l "$(printf '\033[15~\033OPx')" # keys that mean nothing, one of which has an end that does
wait_for "^$below above, 0 below"
keys Home
wait_for "^0 above"

# ---- all of them are somewhere ----
for _ in $(seq 60); do
	learners_shown | cut -c1-18
	read -r _ below < <(counts)
	[ "$below" -gt 0 ] || break
	press NPage
done | sort -u >"$folder/seen"
is "$(wc -l <"$folder/seen")" 55 "every learner was on some page, but for the six whose names are cut to the same"

# ---- other windows ----
resize 60 24
wait_for ' above, 0 below|^[0-9]+ above, [0-9]+ below'
read -r above below < <(counts)
is "$(($(rows) + above + below))" 60 "with two lines for each learner"
resize 30 24
wait_for '^[0-9]+ above, [0-9]+ below'
lacks "$(capture)" '^.{31,}' "in a narrow window the last row is cut"
resize 100 6
wait_for '^… [0-9]+ more$'
resize 100 90
wait_until eval '! capture | grep -qE " below|more$"'
is "$(rows)" 60 "all are shown where there is room"
keys q
wait_until window_ended && ok
is "$(NO_COLOR=1 "$ROPES" board "$board" | grep -c ' [0-9]*/375 ')" 60 "printed once, all of them"
kill "$server"
wait "$server" 2>/dev/null
