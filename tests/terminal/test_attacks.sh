#!/bin/bash
# Attacks from inside a practice machine, by a learner who is root there, by lines, containers, Dockerfiles and requests to the API:
# whatever they do inside, the outside is as before.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
export ATTACK_SLOW="${ATTACK_SLOW:-3}" # patience where much else goes on; it costs no time elsewhere
chmod 711 "$folder"
counted "the script of attacks" timeout -k 60 3000 python3 "$ROPES_SOURCE/tests/attack/attack.py" "$ROPES_SOURCE/tests/data/attack" lines requests
