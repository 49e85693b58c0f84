# tests/terminal/foreign.sh - a Learning Record Store that others wrote, on this machine: what must work with any is tried with it.
# Learning Locker's statements service, with its store in memory. It speaks 1.0.3, takes any key, and forgets all when it ends.
# Sourced by test_*.sh after library.sh, and by bench/foreign; $folder is a folder of the caller's, `bad WHAT` tells.
# shellcheck shell=bash

# foreign_lrs [PORT]: $foreign is its address, $foreign_port its port (any free one), $foreign_pid its process.
foreign_lrs() {
	local place=$folder/foreign host=${loopback:-127.0.0.1}
	node_packages @learninglocker/xapi-statements@7.8.0
	mkdir -p "$place"
	: >"$place/out"
	(cd "$place" && AUTH_REPO=test EVENTS_REPO=test MODELS_REPO=memory STORAGE_REPO=local EXPRESS_PORT=${1:-0} \
		SERVICE_AWAIT_UPDATES=true NEAR_HOST=$host WINSTON_CONSOLE_LEVEL=error exec node --no-warnings --require "$ROPES_SOURCE/tests/serve/near.js" \
		"$node_folder/node_modules/@learninglocker/xapi-statements/dist/index.js") >"$place/out" 2>&1 </dev/null &
	foreign_pid=$!
	for _ in $(seq 300); do
		foreign_port=$(sed -n 's/^listening: //p' "$place/out")
		foreign=http://$host:$foreign_port/xAPI
		[ -z "$foreign_port" ] || ! curl -s -o /dev/null "$foreign/about" || return 0
		sleep 0.1
	done
	bad "the foreign store listens" "$(cat "$place/out")"
	return 1
}
foreign_stop() { # [SIGNAL]
	kill "${1:--TERM}" "$foreign_pid" 2>/dev/null
	wait "$foreign_pid" 2>/dev/null
}
