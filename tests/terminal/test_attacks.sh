#!/bin/bash
# Attacks from inside a practice machine, by a learner who is root there: whatever they do inside, the outside is as before.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
attack() { # COMMAND…: counts what the attacks told
	local said counted
	said=$("$@" 2>&1)
	counted=$(tail -1 <<<"$said")
	has "$counted" '^[0-9]+ passed, [0-9]+ failed$' "the attacks come to an end: $counted"
	passed=$((passed + $(sed -nE 's/^([0-9]+) passed, .*/\1/p' <<<"$counted")))
	failed=$((failed + $(sed -nE 's/.* ([0-9]+) failed$/\1/p' <<<"$counted")))
	head -n -1 <<<"$said"
}
chmod 711 "$folder"
attack timeout 600 python3 "$ROPES_SOURCE/tests/attack/attack.py" "$ROPES_SOURCE/tests/data/attack"
