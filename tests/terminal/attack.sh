# tests/terminal/attack.sh - counts what a script of tests/attack told; sourced after library.sh.
# shellcheck shell=bash
attack() { # COMMAND…
	local said counted
	said=$("$@" 2>&1)
	counted=$(tail -1 <<<"$said")
	if [[ $counted =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		head -n -1 <<<"$said"
	else
		bad "the attacks come to an end" "$said"
	fi
}
