#!/bin/bash
# Docker's command line as real clients read it: the grammar against their help, and lines with one fault each, explained by what
# the client says of them. ROPES_MUTATIONS: how many lines for each client (default 60); ROPES_SEED: which.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
seed=${ROPES_SEED:-$RANDOM}
echo "ROPES_SEED=$seed"
for client in /usr/bin/docker /usr/local/bin/docker; do
	[ -x $client ] || continue
	counted "the grammar of $client" python3 "$ROPES_SOURCE/tests/cli/help.py" $client "$ROPES_SOURCE/assets/cli"
	counted "the faults for $client" python3 "$ROPES_SOURCE/tests/explain/mutate.py" "$ROPES" $client "${ROPES_MUTATIONS:-60}" "$seed"
done
