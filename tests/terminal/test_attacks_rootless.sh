#!/bin/bash
# The attacks of test_attacks.sh on the machine of an account that is not root.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
[ "$(id -u)" = 0 ] || missing "this is no root: test_attacks.sh has tried it"
# shellcheck source=tests/terminal/account.sh
. "$ROPES_SOURCE/tests/terminal/account.sh"
export ATTACK_SLOW="${ATTACK_SLOW:-3}" # patience where much else goes on; it costs no time elsewhere
mkdir "$home/tests" "$home/tmp"
cp -r "$ROPES_SOURCE/tests/attack" "$ROPES_SOURCE/tests/gate" "$ROPES_SOURCE/tests/data" "$home/tests/"
chown -R "$uid" "$home/tests" "$home/tmp"
# shellcheck disable=SC2034 # of account.sh
account_seconds=900
counted "the script of attacks" account_runs env TMPDIR="$home/tmp" ATTACK_SLOW="$ATTACK_SLOW" ROPES_ATTACKS="${ROPES_ATTACKS:-}" /usr/bin/python3 \
	"$home/tests/attack/attack.py" "$home/tests/data/attack" lines
