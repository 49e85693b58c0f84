#!/bin/bash
# Attacks on those outside who deal with a learner's machine: on the session's shell and its reader, on who reads files of the
# workspace, and on who asks a daemon that is somebody else.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
export ATTACK_SLOW="${ATTACK_SLOW:-3}" # patience where much else goes on; it costs no time elsewhere
chmod 711 "$folder"
counted "the script of attacks" timeout -k 60 800 python3 "$ROPES_SOURCE/tests/attack/attack.py" "$ROPES_SOURCE/tests/data/attack" sessions answers
