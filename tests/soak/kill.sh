#!/bin/bash
# tests/soak/kill.sh [SECONDS] - the team's store is killed at random moments while eight clients write, for ten minutes if nothing is
# said. Afterwards everything that was acknowledged is there, once and whole, and found by all that it is found by.
# $ROPES is the program, $ROPES_SOURCE the source tree. The last line is "whole: …", or tells what is wrong.
set -u
seconds=${1:-600}
: "${ROPES_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${ROPES:=$ROPES_SOURCE/build/ropes}"
place=$(mktemp -d "${TMPDIR:-/tmp}/soak-XXXXXX")
trap 'kill -KILL $server $sender 2>/dev/null; rm -rf "$place"' EXIT
trap 'exit 130' INT TERM HUP
server='' sender=''
"$ROPES" serve key add soak --role store --db "$place/lrs.db" >"$place/key"
key="$(sed -n 's/^key: //p' "$place/key"):$(sed -n 's/^secret: //p' "$place/key")"
: >"$place/log"

serve() {
	: >"$place/out"
	"$ROPES" serve --db "$place/lrs.db" --listen 127.0.0.1:0 </dev/null >"$place/out" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		address=$(sed -n 's/^listening: //p' "$place/out")
		[ -z "$address" ] || return 0
		sleep 0.05
	done
	echo "wrong: the server does not start: $(cat "$place/out")"
	exit 1
}

end=$((SECONDS + seconds))
rounds=0
while [ $SECONDS -lt $end ] || [ $rounds -lt 5 ]; do
	serve
	written=$(wc -l <"$place/log")
	python3 "$ROPES_SOURCE/tests/serve/writers.py" send "$address" "$key" "$place/log" 8 60 &
	sender=$!
	for _ in $(seq 300); do # until something is acknowledged, however slow the machine is
		[ "$(wc -l <"$place/log")" = "$written" ] || break
		sleep 0.1
	done
	sleep "$((RANDOM % 3)).$((RANDOM % 10))"
	kill -KILL $server
	wait $server 2>/dev/null
	wait $sender
	rounds=$((rounds + 1))
done
serve
curl -s -o /dev/null -u "$key" -H 'X-Experience-API-Version: 1.0.3' "$address/statements?limit=1"
kill $server
wait $server
server='' sender=''
echo "killed $rounds times"
python3 "$ROPES_SOURCE/tests/serve/writers.py" look "$place/lrs.db" "$place/log"
