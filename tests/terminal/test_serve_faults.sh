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
against() { # WHAT SCRIPT ARGUMENT…: the script's checks count as ours
	what=$1 && shift
	counted "$what" timeout 300 python3 "$ROPES_SOURCE/tests/serve/$1" "$address" "${@:2}"
	kill -TERM $server
	wait $server
	is $? 0 "and the server ends well"
	lacks "$(cat "$folder/serve.out")" 'Sanitizer|error' "without a word"
}
start_server "$ROPES" serve --db "$db"
against "broken and evil clients do no harm" faults.py $server "$folder/keys"
start_server "$ROPES" serve --db "$db" --patience 2 --connections 64
against "slow ones and crowds keep nobody out" patience.py "$(sed 's/.*"lead": \["\([^"]*\)","\([^"]*\)"\].*/\1:\2/' "$folder/keys")"
is "$("$ROPES" serve --db "$db" --patience never 2>&1; echo $?)" "ropes: --patience: 'never' is not a number from 1 to 86400
2" "patience is a number"
