# tests/terminal/library.sh - what terminal tests share: counting, folders of their own, a tmux of their own.
# Sourced by test_*.sh; $ROPES and $ROPES_SOURCE come from tools/run-tests.
# shellcheck shell=bash
set -u
passed=0
failed=0
folder=$(mktemp -d "${TMPDIR:-/tmp}/tt-XXXXXX")
chmod 700 "$folder"
mkdir -m 700 "$folder/run"
export XDG_RUNTIME_DIR="$folder/run" XDG_DATA_HOME="$folder/data" XDG_STATE_HOME="$folder/state" HOME="$folder/home" TERM=xterm-256color
mkdir -p "$HOME"
export TMUX_TMPDIR="$folder"
tmux_socket=tmux
windows=0
# An address of this script alone: a port that was free there stays free, whatever else goes on.
loopback=127.$((1 + $$ / 65536 % 200)).$(($$ / 256 % 256)).$(($$ % 256))

finish() {
	tmux -L "$tmux_socket" kill-server 2>/dev/null
	# shellcheck disable=SC2046 # words: what a script that ended early left in the background
	kill $(jobs -p) 2>/dev/null
	"$ROPES" daemon stop >/dev/null 2>&1
	rm -rf "$folder"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
trap 'finish; exit $?' EXIT

ok() {
	passed=$((passed + 1))
}
bad() {
	failed=$((failed + 1))
	echo "FAILED: $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | awk '{line[NR] = $0}
		END {for (i = 1; i <= NR; i++) if (i <= 20 || i > NR - 20) print "    " line[i]; else if (i == 21) print "    …"}'
}
# has TEXT PATTERN NAME: a line of the text matches the extended regular expression.
has() {
	if printf '%s\n' "$1" | grep -qE -- "$2"; then ok; else bad "$3: expected a line like: $2; got:" "$1"; fi
}
# lacks TEXT PATTERN NAME: no line matches.
lacks() {
	if printf '%s\n' "$1" | grep -qE -- "$2"; then bad "$3: expected no line like: $2; got:" "$1"; else ok; fi
}
# is TEXT EXPECTED NAME: they are the same.
is() {
	if [ "$1" = "$2" ]; then ok; else bad "$3: expected: '$2'; got: '$1'"; fi
}

# counted NAME COMMAND…: runs a program that ends with "N passed, M failed", and adds its counts.
counted() {
	local said sum
	said=$("${@:2}" 2>&1)
	sum=$(tail -1 <<<"$said")
	if [[ $sum =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		head -n -1 <<<"$said"
	else
		bad "$1: expected 'N passed, M failed' at the end; got:" "$said"
	fi
}

# skip REASON: a part of the script can't be tried here; it goes on with the next one.
skip() { echo "skipped: $1"; }
# missing REASON: ends the script. What only a developer's machine may lack is a failure where the change is judged.
missing() {
	if [ -n "${CI:-}" ]; then bad "$1"; else skip "$1"; fi
	exit
}
# settable_clock: $clock_library is what LD_PRELOAD needs for a program whose clock FAKETIME sets. Ends the script where there is none.
settable_clock() {
	local sanitizer
	command -v faketime >/dev/null || missing "faketime is not installed (tools/deps install check)"
	sanitizer=$(ldd "$ROPES" | sed -n 's/.*=> \(.*libasan[^ ]*\).*/\1/p') # it has to be the first
	# shellcheck disable=SC2034 # the caller's
	clock_library="${sanitizer:+$sanitizer }$(faketime -m now printenv LD_PRELOAD | tr ': ' '\n' | grep -m1 faketime)"
}
# shellcheck source=tests/terminal/node.sh
. "$ROPES_SOURCE/tests/terminal/node.sh"

# ---- tmux: one window of a given size that runs a command ----
window() { # COLUMNS ROWS COMMAND…
	tmux -L "$tmux_socket" kill-server 2>/dev/null
	windows=$((windows + 1)) # a server that ends and one that begins do not meet
	tmux_socket=tmux-$windows
	tmux -L "$tmux_socket" -f /dev/null new-session -d -x "$1" -y "$2" "${@:3}"
	tmux -L "$tmux_socket" set-option -g history-limit 20000
}
keys() { tmux -L "$tmux_socket" send-keys "$@"; }
type_line() {
	tmux -L "$tmux_socket" send-keys -l "$1"
	tmux -L "$tmux_socket" send-keys Enter
}
capture() { tmux -L "$tmux_socket" capture-pane -p -S - 2>/dev/null; }
# wait_for PATTERN [SECONDS]: until the screen has it; fails otherwise.
wait_for() {
	local end=$((SECONDS + ${2:-15}))
	while [ $SECONDS -le $end ]; do
		capture | grep -qE -- "$1" && return 0
		sleep 0.1
	done
	bad "expected on the screen within ${2:-15} s: $1; got:" "$(capture)"
	return 1
}
# wait_until COMMAND…: until it succeeds; fails otherwise. $patience: seconds (default 15)
wait_until() {
	local end=$((SECONDS + ${patience:-15}))
	while [ $SECONDS -le $end ]; do
		"$@" && return 0
		sleep 0.05
	done
	bad "waiting until: $*" "$(capture)"
	return 1
}
last_line_has() { capture | grep -v '^ *$' | tail -1 | grep -qE -- "$1"; } # PATTERN
last_line_lacks() { ! last_line_has "$1"; }
# press KEY…: sends keys, and waits until the screen is another one.
press() {
	local before
	before=$(capture)
	keys "$@"
	wait_until screen_differs "$before"
}
screen_differs() { [ "$(capture)" != "$1" ]; }
# resize COLUMNS ROWS: the window, and waits until its programs see it.
resize() {
	tmux -L "$tmux_socket" resize-window -x "$1" -y "$2"
	wait_until terminal_is "$2 $1"
}
terminal_is() { [ "$(stty -F "$(tmux -L "$tmux_socket" list-panes -F '#{pane_tty}')" size)" = "$1" ]; }
window_ended() { ! tmux -L "$tmux_socket" has-session 2>/dev/null; }
# wait_count PATTERN N [SECONDS]: until N lines have it.
wait_count() {
	local end=$((SECONDS + ${3:-30}))
	while [ $SECONDS -le $end ]; do
		[ "$(capture | grep -cE -- "$1")" -ge "$2" ] && return 0
		sleep 0.1
	done
	bad "expected on the screen within ${3:-30} s: $2 lines like: $1; got:" "$(capture)"
	return 1
}

# ---- the team's server, in the background ----
# start_server COMMAND…: `… serve` on any free port; $server is its process, $address where it listens (…/xapi), $origin the same without.
start_server() {
	: >"$folder/serve.out" # what the one before said
	"$@" --listen "$loopback:0" </dev/null >"$folder/serve.out" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		address=$(sed -n 's/^listening: //p' "$folder/serve.out")
		origin=${address%/xapi}
		[ -z "$address" ] || return 0
		sleep 0.05
	done
	bad "the server: expected an address within 10 s; got:" "$(cat "$folder/serve.out")"
	return 1
}
