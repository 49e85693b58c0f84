#!/bin/bash
# Settings that only a terminal shows: the keys of the prompt, colours, and text alone.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
note="$ROPES_SOURCE/tests/data/tutor/practice.md#running"
export note XDG_CONFIG_HOME="$folder/config"
# session: the tutor in a window; what it writes goes into a file
session() {
	# shellcheck disable=SC2016 # the window's shell expands it
	window 100 24 sh -c 'read -r go; exec "$ROPES" learn --daemon none "$note"'
	tmux -L "$tmux_socket" pipe-pane "cat >$folder/written"
	keys Enter
	wait_for '^1\.1 [›>]'
}
leave() {
	type_line "$1"
	patience=30 wait_until window_ended
}

"$ROPES" config editing vi
session
column() { tmux -L "$tmux_socket" display-message -p '#{cursor_x}'; }
cursor_left_of() { [ "$(column)" -lt "$1" ]; }
keys -l 'zz :quit'
wait_until last_line_has 'zz :quit'
end=$(column)
keys Escape
wait_until cursor_left_of "$end" # Escape alone is no longer the beginning of a key
keys -l '0dw'
wait_until last_line_has '› :quit'
ok
keys Enter
patience=30 wait_until window_ended
has "$(cat "$folder/written")" $'\033\\[0;2m' "styles are used by default"

"$ROPES" config editing --unset
"$ROPES" config colour no
session
leave :quit
lacks "$(cat "$folder/written")" $'\033\\[[0-9;]*m' "colour = no: no styles"

"$ROPES" config plain yes
session
leave :quit
lacks "$(tr -d '\a' <"$folder/written")" $'\033' "plain = yes: no escape sequences, also while a line is typed"
has "$(cat "$folder/written")" 'Bye\. Run' "the words are the same"
