#!/bin/bash
# The team's store where things go wrong: a full disk, a damaged file, a clock that is set, and kill -9 while eight clients write.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
settable_clock
db=$folder/store.db
log=$folder/acknowledged
field() { sed -n "s/^$1: //p" "$2"; }
serve() { start_server "$@" serve --db "$db"; } # COMMAND… of the server
stop() {
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
}
make_key() {
	"$@" serve key add store --role store --db "$db" >"$folder/key"
	key="$(field key "$folder/key"):$(field secret "$folder/key")"
}
ask() { # PATH OPTION…: status and body, a line each
	curl -s -m 20 -w '\n%{http_code}\n' -u "$key" -H 'X-Experience-API-Version: 1.0.3' -H 'Content-Type: application/json' "$address/$1" "${@:2}"
}
put() { # NUMBER [PADDING]
	ask "statements?statementId=$(id_of "$1")" -X PUT -d '{"actor": {"mbox": "mailto:a@x.y"}, "verb": {"id": "http://x.y/v"},
		"object": {"id": "http://x.y/o"}, "result": {"response": "'"${2:-}"'"}}'
}
id_of() { printf '00000000-0000-4000-8000-%012d' "$1"; }
status() { printf '%s\n' "$1" | tail -1; }
stored() { # NUMBER: when it was
	ask "statements?statementId=$(id_of "$1")" | sed -n 's/.*"stored":"\([^"]*\)".*/\1/p'
}

# ---- a full disk: a small file system that nobody else sees ----
if unshare -m true 2>/dev/null; then
	mkdir "$folder/small"
	unshare -m sh -c 'mount -t tmpfs -o size=6m none "$1" && echo ready && exec sleep 300' sh "$folder/small" >"$folder/mounted" &
	holder=$!
	for _ in $(seq 100); do [ ! -s "$folder/mounted" ] || break; sleep 0.05; done
	inside() { nsenter -t "$holder" -m "$@"; }
	db=$folder/small/store.db
	inside dd if=/dev/zero of="$folder/small/ballast" bs=1024 count=3000 2>/dev/null
	make_key inside "$ROPES"
	serve nsenter -t "$holder" -m "$ROPES"
	padding=$(printf '%04000d' 0)
	kept=0
	while [ $kept -lt 2000 ]; do
		said=$(put $kept "$padding")
		[ "$(status "$said")" = 204 ] || break
		kept=$((kept + 1))
	done
	is "$([ $kept -gt 20 ] && [ $kept -lt 2000 ] && echo some)" some "some statements went in before the disk was full ($kept)"
	is "$(status "$said")" 503 "then writing is answered 503"
	has "$said" "the store: the disk is full, or a limit is reached" "with a text that tells why"
	is "$(status "$(put 9000 "$padding")")" 503 "and so is the next"
	is "$(status "$(ask "statements?statementId=$(id_of 0)")")" 200 "reading one goes on"
	is "$(status "$(ask 'statements?limit=5')")" 200 "and reading many"
	count() { ask 'statements?agent=%7B%22mbox%22%3A%22mailto%3Aa%40x.y%22%7D&format=ids' | grep -o '"stored"' | wc -l; }
	lost=0
	inside rm "$folder/small/ballast"
	is "$(status "$(put 9001)")" 204 "writing works again when there is room"
	for i in $(seq 0 $((kept - 1))); do
		[ "$(status "$(ask "statements?statementId=$(id_of "$i")")")" = 200 ] || lost=$((lost + 1))
	done
	is $lost 0 "nothing that was acknowledged is lost"
	is "$(count)" $((kept + 1 > 500 ? 500 : kept + 1)) "and all is found by its actor"
	stop
	serve nsenter -t "$holder" -m "$ROPES"
	is "$(count)" $((kept + 1 > 500 ? 500 : kept + 1)) "also after a new start"
	stop
	kill $holder
	wait $holder 2>/dev/null
else
	skip "a full disk: root can mount a small one"
fi

# ---- a clock that is set ----
db=$folder/clock.db
make_key "$ROPES"
# Each request may read the file: one that is empty for a moment is no time, and ends the server.
set_clock() {
	echo "$1" >"$folder/clock.new"
	mv "$folder/clock.new" "$folder/clock"
}
export FAKETIME_TIMESTAMP_FILE="$folder/clock" FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1
set_clock +0
serve env LD_PRELOAD="$clock_library" "$ROPES"
times=
number=0
later=$(date -u -d '+3 days' +%F)
for offset in +0 +2d -3d +1d -400d +3d +0; do
	set_clock $offset
	for _ in 1 2 3; do
		number=$((number + 1))
		is "$(status "$(put $number)")" 204 "written at $offset"
		times="$times$(stored $number)
"
	done
done
is "$times" "$(printf '%s' "$times" | sort)
" "stored times never go back"
has "$times" "^($later|$(date -u -d '+3 days' +%F))T" "though the clock did go forth"
stop
set_clock -10d
serve env LD_PRELOAD="$clock_library" "$ROPES"
put 100 >"$folder/said"
is "$(printf '%s' "$times$(stored 100)")" "$(printf '%s' "$times$(stored 100)" | sort)" "nor after a new start with a clock that went back"
middle=$(stored 12)
before=$(ask "statements?until=$middle" | grep -o '"stored"' | wc -l)
after=$(ask "statements?since=$middle" | grep -o '"stored"' | wc -l)
is $((before + after)) 22 "before and after a time is all there is"
is "$([ "$before" -ge 12 ] && echo yes)" yes "and what was stored by then is before it"
stop
unset FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE DONT_FAKE_MONOTONIC FAKETIME_DONT_FAKE_MONOTONIC

# ---- a damaged file ----
db=$folder/damaged.db
make_key "$ROPES"
serve "$ROPES"
for i in $(seq 40); do put "$i" "$(printf '%0900d' 0)" >/dev/null; done
is "$(stored 40 | cut -c1-2)" 20 "it is whole at first"
stop
size=$(stat -c %s "$db")
head -c $((size / 3)) /dev/zero | tr '\0' Z | dd of="$db" bs=64k seek=$((size / 3)) oflag=seek_bytes conv=notrunc 2>/dev/null
said=$("$ROPES" serve --db "$db" --listen 127.0.0.1:0 2>&1 </dev/null)
is $? 3 "a damaged store is not served"
has "$said" "^ropes: the file '.*' is damaged.*replace it by a backup" "and one is told what to do"

# ---- killed while it writes and indexes ----
said=$("$ROPES_SOURCE/tests/soak/kill.sh" 20)
has "$said" '^killed ([5-9]|[0-9]{2})' "it was killed some times"
has "$said" '^whole: [0-9]{2,} acknowledged' "and all that was acknowledged is there, once, and found"
lacks "$said" 'wrong|not found' "nothing is wrong"

# The look at the file sees what is wrong, or it would be worth nothing.
db=$folder/looked.db
make_key "$ROPES"
serve "$ROPES"
: >"$log"
python3 "$ROPES_SOURCE/tests/serve/writers.py" send "$address" "$key" "$log" 2 1
ask 'statements?limit=1' >/dev/null
stop
look() { python3 "$ROPES_SOURCE/tests/serve/writers.py" look "$db" "$log"; }
has "$(look)" '^whole' "a whole store is told so"
while IFS='|' read -r what change; do
	cp "$db" "$db.before"
	python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()' "$db" "$change"
	has "$(look)" "^wrong: $what" "seen: $what"
	mv "$db.before" "$db"
done <<'END'
lost|DELETE FROM statement WHERE seq = 2
voided|UPDATE statement SET voided = 1 - voided WHERE seq = 3
lists|DELETE FROM mention WHERE seq = 4 AND list % 16 = 4
ids|DELETE FROM identity WHERE seq = 5
cursor|UPDATE cursor SET seq = seq - 1
END
