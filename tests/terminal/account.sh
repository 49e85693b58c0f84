# tests/terminal/account.sh - an account that is not root, for tests of its machine: as_account ARGUMENTS… of ropes, account_runs
# COMMAND…, its folders $home, $run and $data. Where the tests run as root, it is made in a mount namespace of its own, with passwd and
# subuid of its own: the machine's stay as they are. Sourced after library.sh.
# shellcheck shell=bash
chmod 755 "$folder"
home=$folder/account
# shellcheck disable=SC2034 # the caller may set it
account_group= # a control group of version 2 for it to be in; as root only
account_seconds=150
if [ "$(id -u)" = 0 ]; then
	run=$folder/run-account
	data=$home/.local/share
	mkdir -p "$home" "$run"
	uid=$((40000 + $$ % 20000)) # two runs at once have two
	{ cat /etc/passwd; echo "apprentice:x:$uid:$uid::$home:/bin/bash"; } >"$folder/passwd"
	echo "apprentice:$((uid * 65536)):65536" >"$folder/subuid"
	cp -r "$ROPES_SOURCE/lessons" "$ROPES_SOURCE/quizzes" "$ROPES_SOURCE/assets" "$home/"
	cp "$ROPES" "$home/ropes"
	# the practice images are made once for all tests
	mkdir "$home/.cache"
	[ ! -d "${XDG_CACHE_HOME:-}/ropes" ] || cp -r "$XDG_CACHE_HOME/ropes" "$home/.cache/"
	chown -R $uid:$uid "$home" "$run"
	chmod 700 "$run"
	account_runs() { # COMMAND…
		# shellcheck disable=SC2016 # of the inner shell
		timeout -k 20 $account_seconds unshare -m bash -c '[ -z "$1" ] || echo $$ >"$1/cgroup.procs" || exit
			mount --bind "$2/passwd" /etc/passwd && mount --bind "$2/subuid" /etc/subuid &&
			mount --bind "$2/subuid" /etc/subgid && shift 2 && exec "$@"' - "$account_group" "$folder" \
			setpriv --reuid $uid --regid $uid --clear-groups env -i HOME="$home" USER=apprentice LC_ALL=C.UTF-8 ${COLUMNS:+COLUMNS=$COLUMNS} \
			XDG_RUNTIME_DIR="$run" XDG_CACHE_HOME="$home/.cache" ROPES="$home/ropes" ROPES_DATA="$home" PATH="$PATH:/usr/sbin:/sbin" "$@"
	}
	as_account() { account_runs "$home/ropes" "$@"; }
else
	run=$XDG_RUNTIME_DIR
	# shellcheck disable=SC2034 # the caller's
	data=$XDG_DATA_HOME
	mkdir -p "$home"
	account_runs() { "$@"; }
	as_account() { "$ROPES" "$@"; }
	grep -q "^\($(id -un)\|$(id -u)\):" /etc/subuid || missing "this account has no subordinate ids (usermod --add-subuids)"
fi
