#!/bin/bash
# The practice daemon of an account that is not root.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=tests/terminal/account.sh
. "$ROPES_SOURCE/tests/terminal/account.sh"
start=$(as_account daemon start 2>&1)
is $? 0 "it starts: $start"
has "$(as_account daemon status)" 'rootless: *yes' "it is rootless"
group=$(sed -n 's/^groups //p' "$run/ropes/daemon/status") # with one dockerd is not told that it has no root
api=/run/rootless/api.sock # what dockerd asks RootlessKit from version 28 on
said=$(printf '%s\n' 'docker version -f {{.Server.Version}}' 'docker run --rm alpine id -u' \
	'docker run -d --name web -p 8080:80 docker/getting-started' 'curl -s --retry 5 --retry-connrefused localhost:8080' \
	'docker run --rm alpine cat /proc/sys/kernel/hostname | wc -l' 'docker exec web true' \
	'docker run --rm alpine dd if=/dev/zero of=/dev/null bs=2100M count=1' \
	"sudo curl -s --unix-socket $api http://rootlesskit/v1/info" \
	"sudo curl -s -o /dev/null -w 'status %{http_code}' --unix-socket $api http://rootlesskit/v1/ports" ':quit' |
	as_account learn docker-start-here 2>&1)
is $? 0 "a session ends well"
has "$said" '^20\.|^2[0-9]\.' "the daemon answers"
has "$said" '^0$' "a container runs"
has "$said" 'Getting started' "a published port answers"
has "$said" '^dd: (out of|memory)|^exit status 137' "a program that wants all memory does not get it"
if [ -z "$group" ]; then
	has "$said" '"portDriver":null' "RootlessKit's API says that no port driver is there"
	has "$said" '^status 404' "nothing else is there"
fi

said=$(printf '%s\n' "docker run --rm -v \"\$PWD\":/w alpine sh -c 'umask 077; mkdir /w/d; echo by-root >/w/d/x'" 'echo mine >y; chmod 0 y' \
	'dd if=/dev/zero of=big bs=1M; rm big' ':quit' | as_account learn docker-start-here --learner grace 2>&1)
has "$said" 'No space left on device' "the workspace has a limit"
files="$data/ropes/workspaces/grace"
is "$(cd "$files" && cat d/x y | xargs)" "by-root mine" "what a container made as root is kept outside"
is "$(stat -c '%u %a' "$files/d" "$files/d/x" "$files/y" | xargs)" "${uid:-$(id -u)} 700 ${uid:-$(id -u)} 600 ${uid:-$(id -u)} 600" "and is the account's"

# ---- what this daemon can't do is not asked for, and never run ----
cp "$ROPES_SOURCE/tests/data/course/needs.md" "$home/needs.md"
driver=$(printf '%s\n' 'docker info -f "driver={{.CgroupDriver}}"' | as_account learn docker-start-here 2>&1 | sed -n 's/^driver=//p')
if [ "$driver" = none ]; then
	said=$(as_account test "$home/needs.md" --trust 2>&1)
	is $? 0 "a note that needs limits is no failure"
	has "$said" '^ok 1 - 1 Needs: example: docker run --rm alpine echo here$' "what needs nothing is tried"
	has "$said" '^ok 2 - 1 Needs: example: docker run --name glutton .* # SKIP containers have no memory' "an example is left out, and why"
	has "$said" '^ok 3 - 1 Needs: task modest # SKIP containers have no memory' "a task is left out, and why"
	has "$said" '^1\.\.4$' "that is all"
	said=$(printf '%s\n' '' '' '' :check :skip 'docker ps -aqf name=prepared -f name=glutton | wc -l' '' | as_account learn "$home/needs.md" --trust 2>&1)
	has "$said" '^! This step is skipped: containers have no memory' "the learner is told why"
	lacks "$said" 'Your turn: type' "the task is not set"
	lacks "$said" '137|clean-up command' "and nothing of it was run"
	has "$said" '^0$' "nor what would have prepared it"
	has "$said" 'That was the last step of Needs' "one comes to the end"
	has "$(as_account progress --json | tr -d ' \t\n')" '"lesson":"needs",[^}]*"skipped":2,"shown":0,"completed":true' "two steps are skipped, and the lesson is complete"
fi
processes=$(as_account daemon status | sed -nE 's/^(supervisor|init): //p')
is "$(wc -w <<<"$processes")" 2 "its processes are told"
as_account daemon stop >/dev/null 2>&1
is "$(find "$run" -mindepth 1 | wc -l)" 0 "nothing is left in its folder"
# one that only waits to be reaped does not run
is "$(for process in $processes ${uid:+$(pgrep -u "$uid")}; do ps -o stat=,comm= -p "$process" | grep -v '^Z'; done)" "" "nothing of it runs on"
