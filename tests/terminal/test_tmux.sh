#!/bin/bash
# A learner at a real terminal (tmux): reads, runs, is interrupted, stops and comes back, works in a second terminal.
# With ROPES_RECORDING=FILE what the screen showed is kept there.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
note=$ROPES_SOURCE/tests/data/note/kinds/docker_start_here.md
"$ROPES" daemon start >/dev/null 2>&1 || bad "the practice daemon starts"
keep() { [ -z "${ROPES_RECORDING:-}" ] || { echo "=== $1"; capture | sed -e 's/[[:space:]]*$//' | cat -s; } >>"$ROPES_RECORDING"; }
[ -z "${ROPES_RECORDING:-}" ] || : >"$ROPES_RECORDING"

# ---- 80 columns: from the first heading on, each step shown by Enter ----
window 80 24 "\"\$ROPES\" learn '$note'; echo ended \$?; sleep 1000"
wait_for '^1  ' && ok
press Enter
keys Enter # where the lesson has an evaluation, its end comes first
wait_for '^1\.1  ' && ok
type_line ':goto example'
wait_for 'Example docker run' && ok
keys Enter
wait_for '\$ docker run -i -t ubuntu' && ok
keep "the first command of the note is shown"
keys Enter
wait_for '^bash-.*#' 60 && ok
type_line 'echo inside-$((40+2))'
wait_for '^inside-42' && ok
resize 100 30
type_line 'while [ "$(stty size 2>&1)" = "24 80" ]; do sleep 0.1; done; stty size'
wait_for '^30 100|applet not found|can.t stat' && ok
keys C-d
wait_for '✔ your container is of image ubuntu' && ok
keep "worked inside, and the verdict"

# ---- a wrong one, an interrupted one, a stopped tutor ----
type_line 'docker rum ubuntu'
wait_for 'Docker has no command rum' && ok
type_line "sleep 77.$$"
wait_until pgrep -f "^sleep 77[.]$$\$" >/dev/null
keys C-c
wait_for 'exit status 130' && ok
keys -l 'half a line'
wait_until last_line_has 'half a line$'
keys C-c
wait_until last_line_lacks 'half a line'
type_line ':where'
wait_for '▸ ' && ok
keep "wrong, interrupted, and where one is"
type_line ':quit'
wait_for 'to continue here' && ok
wait_for 'ended 0' && ok

# ---- comes back; a second terminal ticks the step ----
window 80 24 "\"\$ROPES\" learn '$note'; echo ended \$?; sleep 1000"
wait_for 'Welcome back' && ok
type_line ':goto install'
wait_for '^1\.[0-9]+  Install Docker' && ok
keys Enter
wait_for '\$ docker run -d -p 80:80' && ok
# the session listens to the daemon's events as soon as the prompt waits; nobody touches its keys
wait_until last_line_has '›'
(
	eval "$("$ROPES" env)"
	docker run -d -p 80:80 docker/getting-started >/dev/null 2>&1
)
wait_for '✔ done' && ok
lacks "$(capture)" 'docker run -d -p 80:80 .*[0-9a-f]{64}' "the line was not run here"
keep "back again: done in a second terminal"
keys Enter
wait_for 'detached' && ok
keys Enter
wait_for 'combine' && ok
keys Enter
wait_for '\$ docker run -dp 80:80' && ok
type_line 'docker rm -f $(docker ps -q)'
wait_for '^[0-9a-f]{12}$' && ok
type_line 'docker run -d -p 8086:80 docker/getting-started'
wait_for 'publishes 80/tcp on 8086' 60 && ok
wait_count '✔ done' 2 && ok
keep "in the background, on another port"

# ---- an evaluation; what was made is removed; the lines of before are remembered ----
type_line ':quiz'
wait_for '🧪 1/' && ok
all=$(capture | sed -n 's|.*🧪 1/\([0-9]*\) .*|\1|p' | tail -1)
for number in $(seq "${all:-1}"); do
	wait_for "🧪 $number/$all" && ok
	wait_until last_line_has '›'
	case $(capture | grep '›' | tail -1) in
	true*) type_line true ;;
	*) type_line a ;;
	esac
done
wait_for 'passed' && ok
wait_for 'Practise the .*you missed' && ok
type_line n
keep "an evaluation"
type_line ':reset'
wait_for 'empty again' && ok
type_line 'docker ps -aq | wc -l'
wait_for '^0$' && ok
type_line ' echo a-secret'
wait_for '^a-secret' && ok
type_line ':quit'
wait_for 'ended 0' && ok
window 80 24 "\"\$ROPES\" learn '$note'; echo ended \$?; sleep 1000"
wait_for 'Welcome back' && ok
wait_for '›$' && ok
keys Up
wait_for '› :quit$' && ok
keys Up
wait_for '› docker ps -aq' && ok
keys C-c
type_line ':quit'
wait_for 'ended 0' && ok
history=$(find "$folder" -path '*history*' -type f)
is "$(stat -c %a "$history")" 600 "the history is private"
lacks "$(cat "$history")" a-secret "a line that begins with a blank is not kept"

# ---- the whole note, from the first heading to the last: Enter, until it ends ----
"$ROPES" reset >/dev/null 2>&1
window 80 24 "\"\$ROPES\" learn '$note' --learner walker; echo ended \$?; sleep 1000"
wait_for '›$' && ok
in_one_line() { capture | tr -s '\n ' ' '; } # names of any length break lines anywhere
last_line() { capture | sed -e '/^ *$/d' | tail -1; }
settle() { # until the same line has stood there for a while, and it is one that waits
	local before='' line same=0
	for _ in $(seq 300); do
		line=$(last_line)
		same=$([ "$line" = "$before" ] && echo $((same + 1)) || echo 0)
		[ "$same" -ge 3 ] && grep -qE '›$|[#$] ?$|^ended' <<<"$line" && return
		before=$line
		sleep 0.1
	done
}
# what is in the way of the next example is removed, as its explanation says
freed=0
for _ in $(seq 200); do
	settle
	case $(last_line) in
	ended*) break ;;
	*›)
		if [ "$(in_one_line | grep -o 'frees it\.' | wc -l)" -gt $freed ]; then
			freed=$((freed + 1))
			type_line 'docker rm -f $(docker ps -q)'
			settle
		fi
		keys Enter
		;;
	*) keys C-d ;; # within a container
	esac
done
is "$(last_line)" "ended 0" "the walk reaches the end"
walk=$(capture)
is "$(grep -cE '^[0-9.]+  .* [0-9]+/[0-9]+$' <<<"$walk")" "$("$ROPES" list "$note" --json | grep -c '"anchor"')" "each heading was met"
has "$(in_one_line)" 'frees it' "a port that is taken is explained on the way"
has "$walk" 'That was the last step' "and it is said"
lacks "$("$ROPES" progress --learner walker --json)" '"completed":[[:space:]]*false' "all lessons are completed"
keep "the whole note"

# ---- ^Z and fg under a shell; signals ----
window 80 24 "bash --norc -i"
type_line "PS1='shell> '; \"\$ROPES\" learn '$note' --daemon none"
wait_for 'Enter:' && ok
keys C-z
wait_for 'Stopped' && ok
type_line 'fg'
wait_until last_line_has '›'
type_line ':help'
wait_for ':goto LESSON' && ok
pkill -TERM -P "$(tmux -L "$tmux_socket" list-panes -F '#{pane_pid}')" -x ropes
wait_for 'shell>' && ok
type_line 'stty -a | grep -c " icanon"'
wait_for '^1$' && ok

# ---- a tiny terminal ----
window 20 5 "\"\$ROPES\" learn '$note' --daemon none; echo ended \$?; sleep 1000"
wait_for '›' && ok
press Enter
type_line ':quit'
wait_for 'ended 0' && ok
