#!/bin/bash
# What `ropes explain` advises, run against a practice machine: a repaired line reaches what the line was for, or fails for another reason.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
timeout 300 "$ROPES" daemon start >/dev/null 2>&1
eval "$("$ROPES" env)"
counted "the advice" python3 "$ROPES_SOURCE/tests/explain/advise.py" "$ROPES" "$ROPES_SOURCE/tests/data/explain/advice.txt"
