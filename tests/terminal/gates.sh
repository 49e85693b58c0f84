#!/bin/bash
# What scripts about the gate share: a practice daemon at $daemon, and gates before it. Sourced.
cd "$folder" || exit 1
"$ROPES" daemon start >/dev/null 2>&1 || bad "the practice daemon starts"
daemon=$("$ROPES" daemon status | sed -n 's/^host: *unix:\/\///p')
docker_at() { DOCKER_HOST=unix://$1 DOCKER_BUILDKIT=0 DOCKER_CONFIG=$folder "${@:2}"; }
docker_at "$daemon" docker pull -q busybox >/dev/null
docker_at "$daemon" docker tag busybox busybox:local
gates=()
open_gate() { # NAME OPTION…: at $folder/NAME.sock, log NAME.log; with as many descriptors as a login gets
	(ulimit -Sn 1024 && exec "$ROPES" gate --listen "$folder/$1.sock" --upstream "$daemon" --log "$folder/$1.log" "${@:2}" >"$1.out" 2>&1) &
	gates+=($!)
	for _ in $(seq 100); do [ ! -s "$1.out" ] || return; sleep 0.05; done
	bad "the gate $1 opens" "$(cat "$1.out")"
}
close_gates() {
	kill "${gates[@]}"
	wait "${gates[@]}"
	gates=()
}
