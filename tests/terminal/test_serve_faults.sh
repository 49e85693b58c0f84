#!/bin/bash
# Clients that are broken, slow, many, or mean harm: the server refuses what it must, and goes on for all others.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
ulimit -n "$(ulimit -Hn)"
db="$folder/store.db"
"$ROPES" serve team add Blue --db "$db"
add_key() { # NAME OPTION…: as "NAME": ["key", "secret"]
	"$ROPES" serve key add "$@" --db "$db" | sed -n 's/^\(key\|secret\): \(.*\)/"\2"/p' | paste -sd, | sed "s/.*/\"$1\": [&]/"
}
{
	add_key store --role store
	add_key lead --role lead
	add_key blue --role lead --team Blue
	add_key ann --role learner --account ann
	add_key bob --role learner
} | paste -sd, | sed 's/.*/{&}/' >"$folder/keys"
start_server "$ROPES" serve --db "$db"
said=$(timeout 300 python3 "$ROPES_SOURCE/tests/serve/faults.py" "$address" $server "$folder/keys" 2>&1)
printf '%s\n' "$said" | grep '^memory'
is "$(printf '%s\n' "$said" | sed -n 's/.* passed, \([0-9]*\) failed$/\1/p')" 0 "broken and evil clients do no harm
$(printf '%s\n' "$said" | grep -v '^memory')"
passed=$((passed + $(printf '%s\n' "$said" | sed -n 's/^\([0-9]*\) passed, .*/\1/p' | grep . || echo 0)))
kill -TERM $server
wait $server
is $? 0 "and it ends well"
lacks "$(cat "$folder/serve.out")" 'Sanitizer|error' "without a word"
