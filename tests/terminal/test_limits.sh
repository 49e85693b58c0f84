#!/bin/bash
# What a machine may take: limits for all that is in it, as root and as an account that is not root. Whose they are to give differs
# from system to system: where there are none, doctor says why.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=tests/terminal/account.sh
. "$(dirname "$0")/account.sh"
export COLUMNS=400 # what doctor says is a line
cp "$ROPES_SOURCE/tests/data/course/needs.md" "$folder/needs.md" && chmod 644 "$folder/needs.md"

# limit FILE: that of the group above all that the machine sees, or of each of these in version 1.
limit() {
	local controller=${1%%.*}
	case $group in
	/*) cat "$group/$1" ;;
	*) cat "/sys/fs/cgroup/$controller/$group/$2" ;;
	esac
}
groups_left() { find /sys/fs/cgroup -depth -type d -name "*${group##*/}*" 2>/dev/null; }
groups_go() { # NAME
	for _ in $(seq 100); do
		[ -n "$(groups_left)" ] || break
		sleep 0.1
	done
	is "$(groups_left)" "" "$1"
}
state() { "$as" daemon status | sed -n "s/^$1: //p"; }

# try WHO COMMAND FOLDER: what holds for a machine that COMMAND starts.
try() {
	local who=$1 said init quota memory
	as=$2
	said=$("$as" daemon start 2>&1)
	is $? 0 "$who: it starts: $said"
	group=$(sed -n 's/^groups //p' "$3/ropes/daemon/status")
	if [ -z "$group" ]; then
		has "$("$as" daemon status)" '^memory: no limit here$' "$who: status says that there is none"
		said=$("$as" doctor 2>&1)
		has "$said" '^! memory and process limits: .' "$who: doctor says that there is none"
		skip "$who: no limits: $(sed -n 's/^! memory and process limits: //p' <<<"$said")"
		"$as" daemon stop >/dev/null
		return
	fi
	is "$(state processes)" 1024 "$who: processes"
	memory=$(sed -n 's/^memory //p' "$3/ropes/daemon/status")
	has "$memory" '^[1-9][0-9]*$' "$who: memory"
	is "$(limit memory.max memory.limit_in_bytes)" "$memory" "$who: the memory limit is there"
	has "$(limit pids.max pids.max)" '^1024$' "$who: the limit of processes is there"
	if [ "$(state processors)" != "no limit here" ]; then
		quota=$(limit cpu.max cpu.cfs_quota_us)
		is "${quota%% *}" $(($(nproc --all) * 100000 - 25000)) "$who: a quarter of a processor is the system's"
	else
		has "$("$as" doctor)" '^! processor limit: no cpu controller' "$who: doctor says that there is no limit on processors"
	fi
	init=$(state init)
	has "$(cat "/proc/$init/cgroup")" "/${group##*/}(/|$)" "$who: the machine is in it"
	lacks "$(cat "/proc/$(state supervisor)/cgroup")" "/${group##*/}(/|$)" "$who: and the supervisor is not"
	said=$(printf '%s\n' 'sudo sh -c "echo max >/sys/fs/cgroup/memory.max; echo max >/sys/fs/cgroup/pids.max"' \
		'grep -c . /proc/self/cgroup' 'dd if=/dev/zero of=/dev/null bs=2100M count=1; echo "dd: $?"' \
		'docker info -f "driver={{.CgroupDriver}} {{.MemoryLimit}} {{.PidsLimit}}"' | "$as" learn --timeout 900 docker-start-here 2>&1)
	has "$said" '^dd: [^0]' "$who: a line can't take all memory"
	has "$said" '^driver=cgroupfs true true' "$who: dockerd has the groups"
	is "$(limit memory.max memory.limit_in_bytes)" "$memory" "$who: root inside can't raise it"
	said=$("$as" test "$folder/needs.md" --trust 2>&1)
	is $? 0 "$who: what needs limits works: $said"
	lacks "$said" '# SKIP' "$who: nothing of it is skipped"
	has "$("$as" doctor)" '^✔ memory and process limits' "$who: doctor says so"
	kill -KILL "$(state supervisor)"
	groups_go "$who: no group is left where the supervisor is killed"
	# shellcheck disable=SC2016 # the learner's
	echo 'docker run --rm -d alpine sleep 60; docker pause $(docker ps -q)' | "$as" learn docker-start-here >/dev/null 2>&1
	"$as" daemon start >/dev/null 2>&1
	"$as" daemon stop >/dev/null 2>&1
	is $? 0 "$who: it ends"
	groups_go "$who: no group is left"
}

own() { "$ROPES" "$@"; }
if [ "$(id -u)" != 0 ]; then
	try "a user" as_account "$run"
	exit
fi
try root own "$XDG_RUNTIME_DIR"
as=as_account
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
	try "a user" as_account "$run"
	exit
fi
# as an administrator delegates a group
given=/sys/fs/cgroup/given-$$
mkdir "$given" && mkdir "$given/shell" || missing "no control group can be made here"
for controller in memory pids cpu; do
	echo +$controller >/sys/fs/cgroup/cgroup.subtree_control
	echo +$controller >"$given/cgroup.subtree_control"
done
chown $uid:$uid "$given" "$given"/cgroup.{procs,subtree_control} "$given/shell" "$given/shell/cgroup.procs"
# shellcheck disable=SC2034 # as_account uses it
account_group=$given/shell
try "a user with a group" as_account "$run"
for _ in $(seq 100); do ! rmdir "$given/shell" 2>/dev/null || break; sleep 0.05; done # the last process is leaving
rmdir "$given" || bad "the group that was given stays as it was"
