#!/bin/bash
# A small workshop of real clients, some with a practice daemon of their own, and an instructor in a browser. ROPES_ROOM: how many (default 20).
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
browser_packages
counted "a workshop from the first to the last" timeout 600 python3 "$ROPES_SOURCE/tests/workshop/play.py" \
	"$ROPES" "$ROPES_SOURCE" "$folder" "${ROPES_ROOM:-20}" 2 "$NODE_FOLDER"
