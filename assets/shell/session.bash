# What the learner's bash reads at its start (src/sandbox/shell.c puts __ropes_nonce in front). Descriptor 200 brings lines,
# 201 takes reports, 202 is this file. Lines may define functions and aliases of any name, so builtins are called as such.
exec 202<&-
USER=$(id -un)
export USER LOGNAME=$USER
unset HISTFILE
shopt -s checkwinsize
ulimit -c 0
IGNOREEOF=1000000
PS1="" PS2=""

# Behind each line: its output ends with a mark of its number, then come status and folder. Waits until the next line is due.
__ropes_report() {
	builtin local status=$?
	builtin printf '\e]ropes;%s;%s\a' "$__ropes_nonce" "$__ropes_number" >/dev/tty
	builtin printf '%s\0%s\0' "$status" "$PWD" >&201
	PS1=""
	IFS= builtin read -rN1 -u 200 __ropes_text || builtin exit $status
}

# Reads the next line, and leaves status and options as the last one left them. A trace shows the line alone.
__ropes_line() {
	builtin local status=$? trace=
	[[ $- == *x* ]] && trace='{ __ropes_trace "$_" && [[ x ]]; } 2>/dev/null; '
	[[ -n $__ropes_verbose ]] && trace='{ __ropes_echo "$_" && [[ x ]]; } 2>/dev/null;'$trace$'\n'
	builtin set +x
	builtin printf 'r\0' >&201
	IFS= builtin read -rd '' -u 200 __ropes_number
	IFS= builtin read -rd '' -u 200 __ropes_text
	__ropes_text=$trace$__ropes_text
	builtin return $status
}
# Behind each line: what is read from here on is not the learner's, and `set -v` does not show it.
__ropes_done() {
	builtin local status=$?
	__ropes_verbose=
	[[ $- == *v* ]] && __ropes_verbose=v
	builtin set +v
	builtin return $status
}
# A line of its own in front of a line, so that the shell reads that one when it echoes again.
__ropes_echo() {
	builtin local status=$?
	builtin set -v
	builtin return $status
}
__ropes_trace() {
	builtin local status=$?
	builtin set -x
	builtin return $status
}

PROMPT_COMMAND='{ __ropes_report; } 2>/dev/null'
readonly -f __ropes_report __ropes_line __ropes_done __ropes_echo __ropes_trace
readonly PROMPT_COMMAND __ropes_nonce
