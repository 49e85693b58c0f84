# bash completion for ropes
_ropes() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local options=--help
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "learn list show quiz progress reset lint doctor daemon env --help --version" -- "$word")
		return
	fi
	case $before in
	--daemon) mapfile -t COMPREPLY < <(compgen -W "practice host none" -- "$word"); return ;;
	--learner | --timeout | --seed) return ;;
	esac
	case $command in
	learn) options="--learner --daemon --once --timeout --trust --help" ;;
	list | progress) options="--json --learner --help" ;;
	quiz) options="--learner --seed --help" ;;
	reset) options="--learner --daemon --progress --help" ;;
	doctor) options="--json --help" ;;
	daemon) [ "$COMP_CWORD" != 2 ] || options="start stop status env --help" ;;
	esac
	if [[ $word == -* || $command == daemon ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -W "$(ropes list 2>/dev/null | cut -d' ' -f1)" -- "$word"; compgen -f -- "$word")
	fi
}
complete -o filenames -F _ropes ropes
