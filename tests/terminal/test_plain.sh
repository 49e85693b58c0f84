#!/bin/bash
# With `plain = yes`, as a screen reader wants it, every view is letters, digits and ASCII punctuation: no symbol, no escape sequence, nothing
# is drawn again. Without colour, every view has the same words.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
export XDG_CONFIG_HOME="$folder/config" COLUMNS=80
note=$folder/practice.md
cp -r "$ROPES_SOURCE/tests/data/views/course/." "$folder"
cat >"$folder/bad.md" <<'END'
# Bad

🧪 A task.
<!-- task x
check: planet x exists
-->
END
"$ROPES" --plain list >"$folder/option"
ROPES_PLAIN=yes "$ROPES" list "$note" >"$folder/variable"
"$ROPES" config plain yes
is "$("$ROPES" list)" "$(cat "$folder/option")" "--plain is the same as the setting"
is "$("$ROPES" list "$note")" "$(cat "$folder/variable")" "so is the variable"

# only_words NAME TEXT: each of its characters is a letter, a digit, a blank or ASCII punctuation.
only_words() {
	lacks "$(tr -d '\r' <<<"$2")" '[^]A-Za-z0-9 !"#$%&'"'"'()*+,./:;<=>?@\^_`{|}~[-]' "$1: words alone"
}
# view NAME PATTERN COMMAND…: the command's output has the pattern, and is words alone.
view() {
	local text
	text=$("${@:3}" 2>&1 </dev/null)
	has "$text" "$2" "$1"
	only_words "$1" "$text"
}

view "the catalogue" '^docker-start-here  ' "$ROPES" list
view "a lesson" '^Command: docker run -d --name web nginx$' "$ROPES" show "$note"
view "questions and tasks" '^Quiz: a question: first$' "$ROPES" show "$note"
view "doctor" '^(OK|Failed|Warning): docker' "$ROPES" doctor
view "problems" "bad.md:5:.*unknown subject 'planet'" "$ROPES" lint "$folder/bad.md"
has "$(echo 'docker: invalid reference format' | "$ROPES" explain -- docker run Nginx 2>&1)" '^Help: .*' "an explanation"
only_words "an explanation" "$(echo 'docker: invalid reference format' | "$ROPES" explain -- docker run Nginx 2>&1)"

# ---- a session: good and bad verdicts, hints, questions, the position ----
said=$(printf '%s\n' '' '' '' :next 'docker run -d --name web nginx:nope' '' '' ':goto tasks' 'docker run --name job busybox true' :check :hint \
	'docker rm job' 'docker run --name job alpine true' :where :notes ':note a word' :notes ':goto questions' '' '' b :quiz b f 'docker ps' 'a1 b2 c3' \
	n n :links :help :quit | "$ROPES" learn "$note" --trust 2>&1)
only_words "a session" "$said"
has "$said" '^OK: your container is of image nginx$' "a good verdict"
has "$said" '^Failed: container job is of image alpine$' "a bad verdict"
has "$said" '^    seen: job is of image busybox$' "what was seen"
has "$said" '^  Help: .*nginx:nope' "an explanation on the way"
has "$said" '^Hint 1 of 1: ' "a hint"
has "$said" '^Now: 1.2 Tasks  ' "the position"
has "$said" '^Quiz 1/4: ' "a question"
has "$said" '^OK: correct$' "a right answer"
has "$said" '^(OK|Failed): .* points' "the score"
has "$said" '^1\.1 > ' "the prompt"
lacks "$said" $'\033' "no escape sequence"

view "a course and what was done" '^  1\.[123] .*  (done|[0-9]/[0-9])' "$ROPES" list "$note"
view "progress" '^lesson: Questions$' "$ROPES" progress
view "the questions of a course" '^question' "$ROPES" progress "$note" --items
view "reviews to come" 'Due in the next week: ' "$ROPES" review "$note"
python3 - "$XDG_DATA_HOME/ropes/record.db" <<'END'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db: db.execute("UPDATE review SET due_ms = 1")
END
said=$(printf '%s\n' a f :next :next | "$ROPES" review "$note" --trust 2>&1)
has "$said" '^Quiz( [0-9]/[0-9])?: ' "a review"
only_words "a review" "$said"
"$ROPES" reset >/dev/null 2>&1
view "a test for people" '^  (OK|Failed|Warning|Skipped): ' "$ROPES" test --format human "$note"

# ---- a workshop's board ----
start_server "$ROPES" serve --db "$folder/room.db" --workshop "$note"
board=$(sed -n 's/^board: //p' "$folder/serve.out")
code=$(sed -n 's/^join: ropes join [^ ]* //p' "$folder/serve.out")
said=$(printf '%s\n' '' '' ':raise help me' :slower :room :quit |
	"$ROPES" join "${origin#http://}" "$code" --as Ann --yes --daemon none --learner ann 2>&1)
only_words "in a workshop" "$said"
has "$said" '^Hand up: ' "a raised hand"
view "the board" '^Ann: [0-9] of [0-9]+ done' "$ROPES" board "$board"
kill "$server"
wait "$server" 2>/dev/null

# ---- the same words without colour, at a terminal ----
"$ROPES" config plain --unset
unset COLUMNS
screen_of() { # COLUMNS COMMAND: what a terminal shows, as one line without the marks that take the place of colour
	window "$1" 24 sh -c "$2; echo ended; sleep 1000" >/dev/null
	wait_for '^ended' 20
	capture | grep -v 'one more on this system' | sed -e 's/[`~│]//g' -e 's/─*//g' | tr -d ' \n'
}
# shellcheck disable=SC2016 # the window's shell expands it
for command in 'list "$note"' 'show "$note"' progress doctor 'list'; do
	for width in 80 40; do
		export note
		is "$(screen_of $width "NO_COLOR=1 \"\$ROPES\" $command")" \
			"$(screen_of $width "\"\$ROPES\" $command" | sed 's/,colour/,nocolour/')" "$command in $width columns: the same words without colour"
	done
done
