#!/bin/bash
# Docker's command line as real clients read it: the grammar against their help, and lines with one fault each, explained by what
# the client says of them. ROPES_MUTATIONS: how many lines for each client (default 60); ROPES_SEED: which.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
seed=${ROPES_SEED:-$RANDOM}
told() { # NAME COMMAND…: counts what a script told
	local said counted
	said=$("${@:2}" 2>&1)
	counted=$(tail -1 <<<"$said")
	grep "^skipped: " <<<"$said"
	if [[ $counted =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		[ "${BASH_REMATCH[2]}" = 0 ] || echo "FAILED: $1"$'\n'"$(head -n -1 <<<"$said")"
	else
		bad "$1 comes to an end" "$said"
	fi
}
for client in /usr/bin/docker /usr/local/bin/docker; do
	[ -x $client ] || continue
	told "the grammar is that of $client" python3 "$ROPES_SOURCE/tests/cli/help.py" $client "$ROPES_SOURCE/assets/cli"
	told "faults for $client, ROPES_SEED=$seed" python3 "$ROPES_SOURCE/tests/explain/mutate.py" "$ROPES" $client "${ROPES_MUTATIONS:-60}" "$seed"
done
