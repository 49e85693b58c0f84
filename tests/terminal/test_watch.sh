#!/bin/bash
# An author writes a course while `ropes learn --watch` shows it: what is saved is seen at once, at the same step.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
note=$folder/knots.md
# write LINE…: the note's second lesson has these lines
write() { printf '%s\n' '# Knots' '' 'First words.' '' '## Bowline' '' "$@" >"$folder/new"; }
save() { cat "$folder/new" >"$note"; }
replace() { mv "$folder/new" "$note"; } # as editors do that write another file first
last_lines_have() { capture | grep -v '^ *$' | tail -3 | grep -qE -- "$1"; } # PATTERN
was_saved() { [ "$(capture | grep -c 'was saved')" = "$1" ]; } # TIMES
example() { printf '\n```bash\n%s\n```\n' "$1"; }

write 'Tie it.' "$(example 'echo one')" "$(example 'echo two')" 'The end.'
save
window 80 60 "$ROPES" learn --watch --daemon none "$note#bowline"
wait_for 'Tie it\.' && keys Enter
wait_for 'echo one' && keys Enter
wait_for 'echo two'
keys -l 'echo half typed'
wait_for 'echo half typed'

write 'Tie it well.' "$(example 'echo zero')" "$(example 'echo one')" "$(example 'echo two')" 'The end.'
save
wait_for 'knots\.md was saved'
wait_until last_lines_have 'echo two'
ok # an example before it does not move the place
wait_for '› echo half typed$'
ok # what was typed is still there

write 'Tie it well.' "$(example 'echo zero')" "$(example 'echo one')" "$(example 'echo three')" 'The end.'
replace
wait_for 'echo three'
ok # an example that was edited is where it was

write "$(example 'echo four')" 'Pull.' '' '<!-- task pull' '-->'
replace
wait_for "knots\.md:[0-9]+: task 'pull' has no check"
ok # a problem is told with its line
write
printf '' >"$folder/new"
save
wait_for 'The course is still as before: '
write 'Tie it.' "$(example 'echo five')"
save
wait_until was_saved 4
ok # after a mistake it goes on
touch "$note"
cp "$note" "$folder/same" && mv "$folder/same" "$note"
keys -l ' more'
wait_for 'half typed more'
is "$(capture | grep -c 'was saved')" 4 "saving the same again shows nothing"
