#!/bin/bash
# What the shells complete, asked of the shells themselves; zsh and fish only where they are.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
mkdir "$folder/bin"
ln -s "$ROPES" "$folder/bin/ropes"
export PATH="$folder/bin:$PATH"
cd "$folder" || exit 1

# shellcheck source=assets/completions/ropes.bash
. "$ROPES_SOURCE/assets/completions/ropes.bash"
in_bash() { # WORD…: the candidates for the last word
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_ropes
	echo "${COMPREPLY[*]}"
}
in_fish() { fish --private -c "source '$ROPES_SOURCE/assets/completions/ropes.fish'; complete -C '$*'" | cut -f1 | tr '\n' ' '; }

cases='ropes l|learn list lint
ropes learn --d|--daemon
ropes learn --daemon h|host
ropes daemon st|start stop status
ropes images r|remove
ropes export a|anki
ropes config ed|editing
ropes export gift docker-s|docker-start-here
ropes images remove x|
ropes quiz --s|--seed
ropes join --n|--note
ropes join http|
ropes board --j|--json
ropes serve b|backup
ropes serve --al|--allow-origin
ropes serve key a|add
ropes show docker-s|docker-start-here'
while IFS='|' read -r line candidates; do
	read -ra typed <<<"$line"
	is "$(in_bash "${typed[@]}")" "$candidates" "bash: $line"
	command -v fish >/dev/null 2>&1 || continue
	is "$(in_fish "$line" | xargs -n1 | sort | xargs)" "$(xargs -n1 <<<"$candidates" | sort | xargs)" "fish: $line"
done <<<"$cases"

# each subcommand and option of the program stands in its manual
manual=$(cat "$ROPES_SOURCE/assets/man/ropes.1" | tr -d '\\')
for subcommand in $(_ropes_words); do
	has "$manual" "$subcommand" "the manual has $subcommand"
	for option in $(_ropes_words "$subcommand"); do
		has "$manual" "$option" "the manual has $subcommand $option"
	done
done
if command -v zsh >/dev/null 2>&1; then
	is "$(zsh -n "$ROPES_SOURCE/assets/completions/_ropes" 2>&1)" "" "zsh reads its completion"
fi
