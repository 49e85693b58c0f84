#!/bin/bash
# A small workshop of real clients, some with a practice daemon of their own, and an instructor in a browser. ROPES_ROOM: how many (default 20).
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
browser_packages
said=$(timeout 600 python3 "$ROPES_SOURCE/tests/workshop/play.py" "$ROPES" "$ROPES_SOURCE" "$folder" "${ROPES_ROOM:-20}" 2 "$NODE_FOLDER" 2>&1)
is "$(sed -n 's/.* passed, \([0-9]*\) failed$/\1/p' <<<"$said")" 0 "a workshop from the first to the last
$said"
passed=$((passed + $(sed -n 's/^\([0-9]*\) passed, .*/\1/p' <<<"$said" | grep . || echo 0)))
sed -n '/^people /p' <<<"$said"
