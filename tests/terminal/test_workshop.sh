#!/bin/bash
# A workshop's server: joining, being told, the board, a question, being killed, the report; and what the command line says.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"

said=$(timeout 240 python3 "$ROPES_SOURCE/tests/terminal/workshop.py" "$ROPES" "$folder" "$loopback" 2>&1)
for _ in $(seq "$(printf '%s\n' "$said" | grep -c '^ok ')"); do ok; done
is "$(printf '%s\n' "$said" | grep -vc '^ok ')" 0 "a workshop by HTTP
$(printf '%s\n' "$said" | grep -v '^ok ')"
has "$said" '^ok an old key is nobody.s in it$' "to its end"

has "$("$ROPES" serve --db "$folder/x.db" --workshop no-such-course 2>&1)" '^ropes: .*no-such-course' "a course that is none"
has "$("$ROPES" serve --db "$folder/x.db" --new-room 2>&1)" '^ropes: --new-room requires --workshop' "a room is of a workshop"
has "$("$ROPES" serve report --db "$folder/x.db" 2>&1)" '^ropes: this store has no workshop' "no report of nothing"

# ---- in a terminal there is a code for cameras; elsewhere there is none ----
window 100 50 "$ROPES" serve --db "$folder/y.db" --listen 127.0.0.1:0 --workshop docker-start-here
wait_for '^join: ropes join http://127.0.0.1:[0-9]+ [2-9A-Z]{8}$'
wait_for '▀.*▄|▄.*▀' 3
keys C-c
