#!/bin/bash
# The practice daemon of an account that is not root. Where the tests run as root, such an account is made in a mount
# namespace of its own, with passwd and subuid of its own: the machine's stay as they are.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
chmod 755 "$folder"
home=$folder/account
if [ "$(id -u)" = 0 ]; then
	run=$folder/run-account
	mkdir -p "$home" "$run"
	uid=$((40000 + $$ % 20000)) # two runs at once have two
	{ cat /etc/passwd; echo "apprentice:x:$uid:$uid::$home:/bin/bash"; } >"$folder/passwd"
	echo "apprentice:2000000:65536" >"$folder/subuid"
	cp -r "$ROPES_SOURCE/lessons" "$ROPES_SOURCE/quizzes" "$ROPES_SOURCE/assets" "$home/"
	cp "$ROPES" "$home/ropes"
	# the practice images are made once for all tests
	mkdir "$home/.cache"
	[ ! -d "${XDG_CACHE_HOME:-}/ropes" ] || cp -r "$XDG_CACHE_HOME/ropes" "$home/.cache/"
	chown -R $uid:$uid "$home" "$run"
	chmod 700 "$run"
	as_account() {
		timeout 150 unshare -m bash -c 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/subuid" /etc/subuid &&
			mount --bind "$1/subuid" /etc/subgid && shift && exec "$@"' - "$folder" \
			setpriv --reuid $uid --regid $uid --clear-groups env -i HOME="$home" USER=apprentice LC_ALL=C.UTF-8 \
			XDG_RUNTIME_DIR="$run" ROPES_DATA="$home" PATH="$PATH:/usr/sbin:/sbin" "$home/ropes" "$@"
	}
else
	run=$XDG_RUNTIME_DIR
	as_account() { "$ROPES" "$@"; }
	grep -q "^\($(id -un)\|$(id -u)\):" /etc/subuid || missing "this account has no subordinate ids (usermod --add-subuids)"
fi
sockets=$([ "$(id -u)" = 0 ] && echo "$folder/run-account" || echo "$XDG_RUNTIME_DIR")/ropes/daemon/sock
start=$(as_account daemon start 2>&1)
is $? 0 "it starts: $start"
has "$(as_account daemon status)" 'rootless: *yes' "it is rootless"
# What dockerd asks RootlessKit from version 28 on.
answer=$(curl -s --unix-socket "$sockets/rootlesskit.sock" http://rootlesskit/v1/info)
has "$answer" '"portDriver":null' "RootlessKit's API says that no port driver is there"
is "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$sockets/rootlesskit.sock" http://rootlesskit/v1/ports)" 404 \
	"nothing else is there"
said=$(printf '%s\n' 'docker version -f {{.Server.Version}}' 'docker run --rm alpine id -u' \
	'docker run -d --name web -p 8080:80 docker/getting-started' 'curl -s --retry 5 --retry-connrefused localhost:8080' \
	'docker run --rm alpine cat /proc/sys/kernel/hostname | wc -l' 'docker exec web true' ':quit' |
	as_account learn docker-start-here 2>&1)
is $? 0 "a session ends well"
has "$said" '^20\.|^2[0-9]\.' "the daemon answers"
has "$said" '^0$' "a container runs"
has "$said" 'Getting started' "a published port answers"
processes=$(as_account daemon status | sed -nE 's/^(keeper|init): //p')
is "$(wc -w <<<"$processes")" 2 "its processes are told"
as_account daemon stop >/dev/null 2>&1
is "$(find "$run" -mindepth 1 | wc -l)" 0 "nothing is left in its folder"
# one that only waits to be reaped does not run
is "$(for process in $processes ${uid:+$(pgrep -u "$uid")}; do ps -o stat=,comm= -p "$process" | grep -v '^Z'; done)" "" "nothing of it runs on"
