# bash completion for ropes: what `ropes --help` and `ropes SUBCOMMAND --help` list
_ropes_words() { # ARGUMENT…: the first words of the indented lines of a help text
	ropes "$@" --help 2>/dev/null | sed -n 's/^  \(-*[a-z][a-z-]*\).*/\1/p'
}
_ropes() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local words
	if [ "$COMP_CWORD" = 1 ]; then
		words="$(_ropes_words) --help --plain --version"
	elif [ "$before" = --daemon ]; then
		words="practice host none"
	elif [[ $before == --ca || $before == --note || $before == --output ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	elif [[ $word == -* ]]; then
		words=$(_ropes_words "$command")
	elif [ "$command" = daemon ]; then
		[ "$COMP_CWORD" != 2 ] || words="start stop status env"
	elif [ "$command" = export ] && [ "$COMP_CWORD" = 2 ]; then
		words="md csv json xapi gift anki"
	elif [ "$command" = config ] && [ "$COMP_CWORD" = 2 ]; then
		words="colour daemon editing idle learner network plain timeout"
	elif [ "$command" = config ]; then
		case $before in
		editing) words="emacs vi" ;;
		colour | network | plain) words="yes no" ;;
		daemon) words="practice host none" ;;
		*) return ;;
		esac
	elif [ "$command" = play ] || { [ "$command" = record ] && [ "$COMP_CWORD" = 2 ]; }; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	elif [ "$command" = images ]; then
		case $COMP_CWORD,${COMP_WORDS[2]} in
		2,*) words="list add remove" ;;
		*,remove) words=$(ropes images list 2>/dev/null | sed -n 's/ .* added from .*//p') ;;
		*,add) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
		esac
	elif [ "$command" = serve ]; then
		case $COMP_CWORD,$before in
		2,*) words="assign audit backup erase export key pseudonyms report restore retention roster team" ;;
		3,key | 3,team) words="add list remove" ;;
		3,pseudonyms) words="on off" ;;
		3,retention) words="show off" ;;
		*) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
		esac
	elif [ "$command" = join ] || [ "$command" = board ]; then
		return # addresses and codes
	elif ropes "$command" --help 2>/dev/null | grep -q -e "^  $before [A-Z]"; then
		return # a value that nobody else can know
	else
		words=$(ropes list 2>/dev/null | cut -d' ' -f1)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _ropes ropes
