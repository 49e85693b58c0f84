#!/bin/bash
# ropes record and ropes play at a terminal: what is in the recording, what it may show, and that the terminal is as it was.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
note="$ROPES_SOURCE/tests/data/tutor/practice.md#running"
cast="$folder/a.cast"
modes() { stty -F "$(tmux -L "$tmux_socket" list-panes -F '#{pane_tty}')" -a; }

# ---- recording ----
window 100 24 env PS1='outside> ' bash --norc --noprofile
wait_until last_line_has '^outside>$'
before=$(modes)
type_line "\"\$ROPES\" record $cast --daemon none '$note'"
wait_for '^1\.1 ›'
resize 90 20
type_line ':note grüße'
wait_for 'Noted, for you alone'
type_line ':quit'
wait_for 'The recording is in '
wait_until last_line_has '^outside>$'
is "$(modes | sed 's/rows [0-9]*; columns [0-9]*;//')" "$(sed 's/rows [0-9]*; columns [0-9]*;//' <<<"$before")" "the terminal is as it was"
is "$(stat -c %a "$cast")" 600 "no one else reads a recording"
said=$(python3 - "$cast" <<'END'
import json, sys
head, *events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
print("head", head["version"], head["term"]["cols"], head["term"]["rows"], head["term"]["type"])
print("codes", *sorted({e[1] for e in events}))
print("sizes", *[e[2] for e in events if e[1] == "r"])
print("end", events[-1][1:])
print("times", all(isinstance(e[0], (int, float)) and e[0] >= 0 for e in events))
print("shown", "grüße" in "".join(e[2] for e in events if e[1] == "o"))
END
)
has "$said" '^head 3 100 24 (tmux|screen|xterm)' "the head has version, size and kind of the terminal"
is "$(grep codes <<<"$said")" "codes o r x" "output, sizes and the end are recorded; keys are not"
has "$said" '^sizes 90x20$' "a new size is recorded"
is "$(grep end <<<"$said")" "end ['x', '0']" "the last event is the exit status"
has "$said" '^times True' "times are pauses"
has "$said" '^shown True' "letters are whole"

type_line "clear; \"\$ROPES\" record $cast --daemon none '$note'"
wait_for 'Replace .*\[y/N\]'
type_line n
wait_for 'exists and was not replaced'

# a session that fails hands on its status
type_line "clear; \"\$ROPES\" record $cast --force --daemon none nowhere; echo status \$?"
wait_for '^status 3$'

# whoever ends it, the terminal is as it was, and the recording is whole
type_line "clear; \"\$ROPES\" record $cast --force --daemon none '$note'"
wait_for '^1\.1 ›'
# shellcheck disable=SC2046 # one process: the recorder
kill $(ps -o pid= --ppid "$(tmux -L "$tmux_socket" list-panes -F '#{pane_pid}')")
wait_until last_line_has '^outside>$'
is "$(modes | sed 's/rows [0-9]*; columns [0-9]*;//')" "$(sed 's/rows [0-9]*; columns [0-9]*;//' <<<"$before")" "also after SIGTERM"
has "$(tail -1 "$cast")" '"x"' "the recording has its end after SIGTERM"

# ---- playing ----
said=$("$ROPES" play "$cast")
has "$said" '^1\.1 › *$' "without a terminal the text is printed at once"
lacks "$said" $'\033' "and nothing else"

printf '%s\n' '{"version":3,"term":{"cols":80,"rows":24}}' '[0,"o","one\r\n"]' '[3600,"o","two\r\n"]' '[0,"x","0"]' >"$cast"
type_line "clear; \"\$ROPES\" play --max-pause 0.2 $cast"
wait_for '^two$'
wait_until last_line_has '^outside>$'
type_line "clear; \"\$ROPES\" play $cast"
wait_for '^one$'
keys q
wait_until last_line_has '^outside>$'
lacks "$(capture)" '^two$' "q ends it"

printf '%s\n' '{"version":2,"width":300,"height":24}' '[0,"o","ready\r\n"]' '[6,"o","go\r\n"]' >"$cast"
type_line "clear; \"\$ROPES\" play $cast"
wait_for 'a terminal of 300 columns and 24 rows'
wait_for '^ready$'
keys Space
sleep 7 # more than until it
lacks "$(capture)" '^go$' "Space pauses"
keys Space
wait_for '^go$' 20
wait_until last_line_has '^outside>$'

# nothing that is played reports, sets a title, or leaves modes behind
printf '%s\n' '{"version":3,"term":{"cols":80,"rows":24}}' \
	'[0,"o","\u001b]0;owned\u0007\u001b[c\u001b[6n\u001b]52;c;b3duZWQ=\u0007\u001b[?1049h\u001b[?1000h\u001b[?25lin\u001b[31m"]' >"$cast"
type_line "clear; \"\$ROPES\" play $cast; echo after"
wait_for '^after$'
wait_until last_line_has '^outside>$'
lacks "$(tmux -L "$tmux_socket" list-panes -F '#{pane_title}')" owned "no title is set"
is "$(tmux -L "$tmux_socket" list-panes -F '#{alternate_on}#{mouse_any_flag}#{cursor_flag}')" 001 "modes are restored"
is "$(modes | sed 's/rows [0-9]*; columns [0-9]*;//')" "$(sed 's/rows [0-9]*; columns [0-9]*;//' <<<"$before")" "the terminal is as it was after playing"
