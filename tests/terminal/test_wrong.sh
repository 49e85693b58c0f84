#!/bin/bash
# What goes wrong and must end well: notes that are none, no daemon, a daemon that dies, full disks, records that can't be
# used, closed terminals, two at once. Nothing is lost, nothing stays, and each message says what to do.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
cd "$folder" || exit 1
printf '# A\n\n```sh\n$ docker version\n```\n' >good.md
mounts=$(unshare -m echo yes 2>/dev/null) # file systems of one's own can be mounted
lines() { printf '%s\n' "$@"; }
# learn NOTE OPTION…: a headless session with the lines of standard input; what it says in $said, its status in $status
learn() {
	said=$(timeout 90 "$ROPES" learn "$@" 2>&1)
	status=$?
}

# ---- notes ----
: >empty.md
head -c 4096 "$ROPES" >binary.md
mkdir folder.md
mkfifo fifo.md
ln -s nowhere dangling.md
{ printf '# A\n\n'; yes 'words and words and words and words and words' | head -c 51000000; } >large.md
{ printf '# A\n\n'; head -c 1000000 /dev/zero | tr '\0' x; echo; } >one-line.md
{ printf '# A\n\n'; head -c 10000 /dev/zero | tr '\0' '>'; echo ' deep'; } >quotes.md
printf '# A\r\n\r\n```sh\r\n$ echo hi\r\nhi\r\n```\r\n' >crlf.md
printf '# \304\n\ntext\n' | iconv -f latin1 -t utf-16 >utf16.md
install -m 755 -d open && install -m 600 good.md open/private.md
for command in list show lint 'learn --daemon none'; do
	while IFS='|' read -r name due words; do
		# shellcheck disable=SC2086 # a command and its options
		said=$(timeout 20 "$ROPES" $command "$name" 2>&1 </dev/null)
		is $? "$due" "$command $name: status"
		[ -z "$words" ] || has "$said" "^ropes: .*$words" "$command $name: message"
	done <<-'LIST'
		empty.md|3|is empty
		binary.md|3|not text
		folder.md|3|
		fifo.md|3|
		dangling.md|3|no file
		missing.md|3|no file
		large.md|3|large
		one-line.md|0|
		quotes.md|0|
		crlf.md|0|
		utf16.md|0|
	LIST
done
if [ "$(id -u)" = 0 ]; then # whom no mode keeps out
	install -m 755 "$ROPES" open/ropes
	as_nobody() { HOME=$folder/nobody setpriv --reuid 65534 --clear-groups "$folder/open/ropes" "$@"; }
else
	chmod 000 open/private.md
	as_nobody() { "$ROPES" "$@"; }
fi
chmod 755 "$folder"
has "$(as_nobody list "$folder/open/private.md" 2>&1)" '^ropes: .*Permission denied' "unreadable"
chmod 700 "$folder"

# ---- options of earlier versions: what replaced them is said ----
for words in --class-daemon '--class-daemon --daemon swarm' '--daemon=tcp://127.0.0.1:1' '--daemon-tls folder --workshop good.md'; do
	# shellcheck disable=SC2086 # options
	said=$(timeout 20 "$ROPES" serve --db "$folder/none.db" $words 2>&1 </dev/null)
	is $? 2 "serve $words: status"
	has "$said" '^ropes: option .--(class-daemon|daemon|daemon-tls). has been removed: each account on a lab server has its own' "serve $words: message"
done
is "$(ls "$folder/none.db" 2>/dev/null)" "" "and no store is made"

# ---- no daemon: reading and evaluations, nothing counts ----
without_dockerd() {
	unshare -m bash -c 'for d in /usr/sbin/dockerd /usr/local/bin/dockerd /usr/bin/dockerd; do
		[ ! -e $d ] || mount --bind /dev/null $d; done; exec "$@"' - "$@"
}
if [ -n "$mounts" ]; then
	said=$(lines '' 'docker version' ':quit' | without_dockerd "$ROPES" learn good.md --learner lone 2>&1)
	is $? 0 "no dockerd: ends well"
	has "$said" 'Commands cannot run now' "no dockerd: it is said"
	lacks "$said" '✔' "no dockerd: nothing holds"
	has "$(without_dockerd "$ROPES" doctor 2>&1)" '✘ dockerd' "doctor names dockerd"
	has "$("$ROPES" progress --learner lone --json)" '"done":.*0' "no dockerd: nothing counts"
else
	skip "a machine without dockerd: root can hide it"
fi
mkdir "$folder/slow"
printf '#!/bin/sh\nprintf "Docker version "; sleep 0.3; echo 7, slowly\n' >"$folder/slow/dockerd"
chmod +x "$folder/slow/dockerd"
has "$(PATH=$folder/slow:$PATH "$ROPES" doctor 2>&1)" '✔ dockerd .*: 7, slowly$' "doctor waits for a version that comes in pieces"
"$ROPES" daemon stop >/dev/null 2>&1

# ---- a daemon that dies in the middle of a command ----
"$ROPES" daemon start >/dev/null 2>&1
init=$("$ROPES" daemon status --json 2>/dev/null | sed -n 's/.*"init":[^0-9]*\([0-9]*\).*/\1/p')
[ -n "$init" ] || init=$(sed -n 's/^init \([0-9]*\).*/\1/p' "$XDG_RUNTIME_DIR/ropes/daemon/status")
(
	until pgrep -f "sleep 31[.]$$\$" >/dev/null; do sleep 0.1; done
	kill -9 "$init"
) &
learn good.md < <(lines 'echo before' "sleep 31.$$" 'docker ps' ':quit')
wait
is "$status" 0 "a dying daemon: ends well"
has "$said" 'stopped while the command ran' "a dying daemon: it is said"
has "$said" '^CONTAINER ID' "a dying daemon: the next line has a new one"
"$ROPES" daemon stop >/dev/null 2>&1

# ---- a signal while the machine is coming up, which here never ends: somebody else holds its lock ----
mkdir -p "$XDG_RUNTIME_DIR/ropes"
for signal in TERM HUP INT; do
	flock "$XDG_RUNTIME_DIR/ropes/daemon.lock" sleep 30 &
	holder=$!
	until [ -n "$(pgrep -P $holder sleep)" ]; do sleep 0.05; done
	(lines 'docker ps' && sleep 20) | timeout -k 10 -s $signal 2 "$ROPES" learn good.md >"$folder/stopped" 2>&1
	is "$(grep -c 'interrupted while the practice machine was starting' "$folder/stopped")" 1 "SIG$signal while the machine comes up"
	pkill -P $holder
	wait $holder
done

# ---- three starts, and learners, at once ----
"$ROPES" daemon start >/dev/null 2>&1 &
"$ROPES" daemon start >/dev/null 2>&1 &
"$ROPES" daemon start >/dev/null 2>&1
is $? 0 "the third of three starts"
wait
for learner in ann ann bob; do
	session=$((${session:-0} + 1))
	lines 'docker run --rm alpine echo from-inside' ':quit' | timeout 90 "$ROPES" learn good.md --learner $learner >"at-once.$session" 2>&1 &
done
wait
is "$(grep -l '^from-inside' at-once.* | wc -l)" 3 "three learners at once"
has "$("$ROPES" progress --learner ann --json)" '"lines":.*2' "both of one learner's sessions are recorded"
"$ROPES" daemon stop >/dev/null 2>&1

# ---- full disks: a small file system of its own, in a mount namespace of its own ----
on_small_disk() { # SIZE SCRIPT: the record and the workspace lie there; $ROPES and $disk are known
	disk="$folder/disk" size=$1 unshare -m bash -c \
		'mkdir -p "$disk"; mount -t tmpfs -o size=$size,mode=700 tmpfs "$disk"; export XDG_DATA_HOME="$disk"; '"$2" 2>&1
}
if [ -n "$mounts" ]; then
	full='dd if=/dev/zero of="$disk/fill" bs=1k 2>/dev/null'
	said=$(on_small_disk 512k "$full"'; printf ":next\n" | "$ROPES" learn good.md --daemon none; echo "status $?"
		rm "$disk/fill"; "$ROPES" progress; echo "status $?"; printf ":quit\n" | "$ROPES" learn good.md --daemon none | tail -1; "$ROPES" progress')
	has "$said" 'Your progress is not recorded: .*record' "full from the start: it is said"
	has "$said" 'disk$|is full|disk  *is full' "full from the start: and why"
	is "$(grep -c '^status 0' <<<"$said")" 2 "full from the start: both end well"
	has "$said" 'to continue here' "room again: it is recorded again"
	said=$(on_small_disk 64k "$full"'; export XDG_RUNTIME_DIR="$disk"; unset XDG_DATA_HOME; printf "docker ps\n:quit\n" |
		timeout -k 5 60 "$ROPES" learn good.md; echo "status $?"; rm "$disk/fill"; "$ROPES" daemon start; "$ROPES" daemon stop')
	has "$(tr -s '\n ' ' ' <<<"$said")" '^! cannot write .*/ropes/.*: No space left' "no room for the machine's files: it is said at once"
	has "$said" '^status 0' "no room for the machine's files: ends well"
	has "$said" '^ready: ' "room again: the machine comes up"
	said=$(on_small_disk 3m '"$ROPES" daemon start >/dev/null; printf "%s\n" "for i in {1..2000}; do head -c 4096 /dev/zero >f\$i; done" "echo still-here" "rm f*" "echo again" ":quit" |
		"$ROPES" learn good.md; echo "status $?"; "$ROPES" progress --json; "$ROPES" daemon stop')
	has "$said" 'exists only in the machine.*: No space' "a full disk: what stays in the machine is said"
	has "$said" '^still-here' "a full disk: the session goes on"
	has "$said" 'This was not recorded' "a full disk: what is not recorded is said"
	is "$(grep -c 'This was not recorded' <<<"$said")" 1 "a full disk: once"
	has "$said" 'recorded again' "room again: that is said, too"
	has "$said" '^status 0' "a full disk: ends well"
else
	skip "full disks: root can mount small ones"
fi

# ---- records that can't be used ----
printf ':quit\n' | "$ROPES" learn good.md --daemon none >/dev/null 2>&1
record="$XDG_DATA_HOME/ropes/record.db"
is "$(stat -c %a "$record")" 600 "the record is private"
with_record() { # NAME PYTHON: a session and the progress with a spoilt copy of the record
	mkdir -p "spoilt-$1/ropes"
	cp "$record" "spoilt-$1/ropes/record.db"
	python3 -c "import sqlite3, sys; path = sys.argv[1]; $2" "spoilt-$1/ropes/record.db"
	said=$(printf ':next\n' | XDG_DATA_HOME="$folder/spoilt-$1" "$ROPES" learn good.md --daemon none 2>&1)
	is $? 0 "record $1: the session goes on"
	said="$said
$(XDG_DATA_HOME="$folder/spoilt-$1" "$ROPES" progress 2>&1)"
}
with_record newer 'c = sqlite3.connect(path); c.execute("pragma user_version=99"); c.commit()'
has "$said" 'newer ropes' "a newer record is left alone"
with_record truncated 'open(path, "r+b").truncate(5000)'
has "$said" 'was damaged' "a truncated record"
with_record overwritten 'f = open(path, "r+b"); f.seek(4096); f.write(b"\x5a" * 12000); f.close()'
has "$said" 'was damaged' "an overwritten record"
is "$(find spoilt-overwritten -name '*.damaged-*' | wc -l)" 1 "the damaged one is kept"
with_record text 'open(path, "w").write("hello")'
has "$said" 'is not a database' "a text is no record"
is "$(cat spoilt-text/ropes/record.db)" hello "and is left alone"
with_record empty 'open(path, "w").close()'
lacks "$said" 'not recorded|Nothing will' "an empty file becomes a record"
if [ -n "$mounts" ]; then
	said=$(on_small_disk 3m '"$ROPES" progress >/dev/null; printf ":quit\n" | "$ROPES" learn good.md --daemon none >/dev/null
		mount -o remount,ro "$disk"; printf ":next\n" | "$ROPES" learn good.md --daemon none; echo "status $?"; "$ROPES" progress; echo "status $?"')
	has "$said" 'ead-only|recorded' "a read-only record: it is said"
	has "$said" '^status 0' "a read-only record: reading goes on"
fi
python3 -c 'import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("begin exclusive"); print("locked", flush=True); time.sleep(60)' "$record" >locked &
holder=$!
until [ -s locked ]; do sleep 0.05; done
learn good.md --daemon none < <(lines ':next')
kill $holder
wait
is "$status" 0 "a locked record: the session goes on"
has "$said" 'ecorded.*' "a locked record: it is said"
has "$said" 'another|busy|locked|in use' "a locked record: and why"

# ---- a terminal that is closed: at the prompt, in a command, in an evaluation ----
gone() { # PID NAME: the process ends within its time
	for _ in $(seq 100); do
		[ -e "/proc/$1/ns/net" ] || { ok; return; }
		sleep 0.1
	done
	bad "$2: it is still there"
}
"$ROPES" daemon start >/dev/null 2>&1
for moment in prompt command evaluation; do
	window 80 24 "echo \$\$ >pid; exec \"\$ROPES\" learn docker-start-here#install-docker --learner closed-$moment"
	wait_for '›' && ok
	case $moment in
	command)
		type_line "sleep 41.$$"
		until pgrep -f "sleep 41[.]$$\$" >/dev/null; do sleep 0.1; done
		;;
	evaluation)
		type_line ':quiz'
		wait_for '🧪 1/' && ok
		;;
	esac
	pid=$(cat pid)
	tmux -L "$tmux_socket" kill-server
	gone "$pid" "closed at the $moment"
	has "$("$ROPES" progress --learner closed-$moment --json)" 'install-docker' "closed at the $moment: recorded"
done
is "$(pgrep -fc "sleep 41[.]$$\$")" 0 "nothing runs on behind a closed terminal"

# ---- SIGTERM in the middle of a line puts the terminal back ----
window 80 24 "bash --norc -i"
type_line "PS1='shell> '; \"\$ROPES\" learn good.md & echo \$! >pid; fg"
wait_for '›' && ok
type_line "sleep 42.$$"
until pgrep -f "sleep 42[.]$$\$" >/dev/null; do sleep 0.1; done
kill -TERM "$(cat pid)"
wait_for 'shell> *$' && ok
type_line 'stty -a | grep -c " icanon"'
wait_for '^1$' && ok
