#!/bin/bash
# Idle machines, and how many may run on one system.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
for word in -1 x '' 1.5 1000000; do
	said=$("$ROPES" daemon start --idle "$word" 2>&1)
	is $? 2 "--idle '$word' is no number of minutes"
	has "$said" "not a number of minutes" "and that is said: '$word'"
done
said=$(printf ':quit\n' | "$ROPES" learn --idle soon 2>&1)
is $? 2 "a session's --idle is looked at, too"

# ---- a limit for the whole system: /etc as this test's own processes see it ----
with_limit() { # LIMIT WORD…: ropes where the administrator has said so
	timeout 100 unshare -m bash -c 'limit=$1 folder=$2; shift 2; mount -t tmpfs etc "$folder/etc" && mkdir "$folder"/etc/{new,work} &&
		mount -t overlay -o "lowerdir=/etc,upperdir=$folder/etc/new,workdir=$folder/etc/work" etc /etc &&
		mkdir -p /etc/ropes && echo "$limit" >/etc/ropes/machines && exec "$@"' - "$1" "$folder" "$ROPES" "${@:2}" 2>&1
}
mkdir "$folder/etc" "$folder/other"
chmod 700 "$folder/other"
if ! with_limit 0 --version >/dev/null; then
	skip "a limit on machines: only root can have an /etc of its own"
else
	said=$(with_limit 0 daemon start)
	is $? 0 "0 is no limit: $said"
	other() { XDG_RUNTIME_DIR="$folder/other" with_limit "$@"; }
	said=$(other 1 daemon start)
	is $? 3 "one too many does not start"
	has "$said" 'practice machines run on this system, and the limit is 1' "the reason is said"
	has "$said" 'daemon stop.* an administrator can raise the limit in /etc/ropes/machines' "and what to do"
	has "$(other 1 doctor)" 'of at most 1 running on this system' "doctor tells it"
	said=$(printf '%s\n' 'docker ps' ':quit' | other 1 learn docker-start-here)
	is $? 0 "a session without a machine is a session"
	has "$said" 'the limit is 1' "it tells why"
	said=$(with_limit 1 daemon start)
	is $? 0 "one that runs goes on: $said"
	said=$(other nonsense daemon start --idle 100)
	is $? 0 "a setting that cannot be read is none: $said"
	XDG_RUNTIME_DIR="$folder/other" "$ROPES" daemon stop >/dev/null
	"$ROPES" daemon stop >/dev/null
fi
