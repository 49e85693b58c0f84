#!/bin/bash
# tests/soak/machine.sh [SECONDS] - learners at work while tutor, supervisor, reaper, first process, dockerd and registry are
# killed at random, one at a time. Each time the next session must work; at the end nothing may be left: no process, mount,
# cgroup, socket or folder. Prints the seed; SEED=N repeats a run. Runs for ten minutes unless told otherwise.
set -u
seconds=${1:-600}
seed=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
RANDOM=$seed
ropes=$(realpath "${ROPES:-build/ropes}")
folder=$(mktemp -d)
export HOME=$folder/home XDG_RUNTIME_DIR=$folder/run XDG_DATA_HOME=$folder/data XDG_CACHE_HOME=${XDG_CACHE_HOME:-$folder/cache}
mkdir -p "$HOME" "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"
echo "seed $seed, $seconds seconds"

state() { "$ropes" daemon status 2>/dev/null | sed -n "s/^$1: //p"; }
# Processes of the machine as the outside sees them, by the name of their program.
inside() {
	local init
	init=$(state init)
	[ -n "$init" ] && ps -eo pid,ppid,comm | awk -v init="$init" -v name="$1" '
		{ parent[$1] = $2; program[$1] = $3 }
		END { for (pid in parent) if (program[pid] == name) { at = pid; while (at > 1) { if (at == init) { print pid; break } at = parent[at] } } }'
}
victim() {
	case $((RANDOM % 6)) in
	0) state supervisor ;;
	1) state init ;;
	2) inside dockerd ;;
	3) inside docker-registry ;;
	4) pgrep -P "$limited" ;;
	5) supervisor=$(state supervisor) && [ -n "$supervisor" ] && pgrep -P "$supervisor" -x ropes-reaper ;;
	esac | head -1
}
# The name of its cgroups: an FNV-1a sum of its folder.
hash=2166136261
place=$XDG_RUNTIME_DIR/ropes/daemon
for ((i = 0; i < ${#place}; i++)); do
	printf -v byte %d "'${place:i:1}"
	hash=$(((hash ^ byte) * 16777619 & 0xffffffff))
done
printf -v group 'ropes-%u-%08x' "$(id -u)" $hash

lines=0 kills=0 broken=0
end=$((SECONDS + seconds))
while [ $SECONDS -lt $end ]; do
	# half of the sessions find a machine that runs already, the others start one
	[ $((RANDOM % 2)) = 0 ] || timeout -k 5 90 "$ropes" daemon start >/dev/null 2>&1
	for i in 1 2 3 4 5 6; do echo "docker run --rm alpine echo line-$i"; done |
		timeout -k 5 90 "$ropes" learn docker-start-here >"$folder/out" 2>&1 &
	limited=$! # what holds the tutor to its time
	sleep "$((RANDOM % 4)).$((RANDOM % 10))$((RANDOM % 10))"
	pid=$(victim)
	[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null && kills=$((kills + 1))
	wait "$limited" 2>/dev/null
	lines=$((lines + $(grep -c '^line-' "$folder/out")))
	# whatever was killed, the next one works
	if ! echo 'docker run --rm alpine echo fine' | timeout -k 5 90 "$ropes" learn docker-start-here >"$folder/next" 2>&1 ||
		! grep -q '^fine' "$folder/next"; then
		broken=$((broken + 1))
		sed 's/^/    | /' "$folder/next" | tail -20
	fi
done
"$ropes" daemon stop
left=0
tell() { [ -z "$2" ] || { echo "left: $1: $2"; left=$((left + 1)); }; }
for i in $(seq 100); do # what was killed last is leaving
	processes=$(pgrep -f "$folder" | grep -vx $$ | tr '\n' ' ')
	[ -z "$processes" ] && break
	sleep 0.1
done
tell processes "$processes"
tell mounts "$(grep -F "$folder" /proc/self/mountinfo)"
tell "files of its folder" "$(find "$XDG_RUNTIME_DIR" -mindepth 1)"
for group in /sys/fs/cgroup/$group /sys/fs/cgroup/*/$group; do
	[ ! -d "$group" ] || tell cgroup "$group"
done
rm -rf "$folder"
echo "$kills killed, $lines lines before that, $broken sessions afterwards did not work, $left left"
[ "$broken" = 0 ] && [ "$left" = 0 ]
