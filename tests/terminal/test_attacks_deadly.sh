#!/bin/bash
# A learner's machine takes all there is to take: another learner's goes on, and it comes back.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
limits=$("$ROPES" doctor 2>&1 | sed -n 's/^! memory and process limits: //p')
if [ -n "$limits" ]; then
	skip "what is deadly: no limits: $limits"
	exit
fi
chmod 711 "$folder"
counted "the script of attacks" timeout -k 60 800 python3 "$ROPES_SOURCE/tests/attack/deadly.py" "$ROPES_SOURCE/tests/data/attack"
