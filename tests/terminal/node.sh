# tests/terminal/node.sh - programs from the npm registry, for tests and benchmarks: pinned, installed once for all runs.
# `missing REASON` is the caller's.
# shellcheck shell=bash
npm_day=2026-11-26

# What pages are looked at with: $CHROMIUM, and $NODE_FOLDER with what drives it.
# Debian 12 has Node.js 18, which later releases of playwright-core refuse.
browser_packages() {
	CHROMIUM=$(command -v chromium || command -v chromium-browser) || missing "chromium is not installed (tools/deps install check)"
	node_packages playwright-core@1.61.0 axe-core@4.14.1
	NODE_FOLDER=$node_folder
	export CHROMIUM NODE_FOLDER
}

# npm ARGUMENT… by the account's own settings (registry, certificates), though HOME is another one here. Where no registry answers,
# that is known in seconds.
install_by_npm() {
	local account
	account=$(getent passwd "$(id -u)" | cut -d: -f6)
	NPM_CONFIG_USERCONFIG=${account:-/root}/.npmrc timeout 300 npm "$@" --no-audit --no-fund --ignore-scripts --loglevel error \
		--fetch-retry-mintimeout 1000 --fetch-retry-maxtimeout 5000 </dev/null
}

# node_packages NAME@VERSION…: installs them once, for all runs of this account; $node_folder has their node_modules.
# What they need in turn is as of one day. Two scripts at once, and later ones, share it: whoever comes first installs. Ends the script where it can't be done.
node_packages() {
	command -v node >/dev/null && command -v npm >/dev/null || missing "node and npm are not installed (tools/deps install check)"
	local base stamp
	base=/var/tmp/ropes-tests-$(id -u)
	mkdir -m 700 "$base" 2>/dev/null
	[ -d "$base" ] && [ ! -L "$base" ] && [ -O "$base" ] && [ "$(stat -c %a "$base")" = 700 ] ||
		missing "$base is not a folder of this account alone; remove it"
	node_folder=$base/node-$(printf '%s\n' "$npm_day" "$(node --version)" "$@" | sha256sum | cut -c1-16)
	stamp=$node_folder/installed
	[ -e "$stamp" ] || (
		flock 9
		[ ! -e "$stamp" ] || exit 0
		rm -rf "$node_folder"
		mkdir -p "$node_folder"
		install_by_npm install --prefix "$node_folder" --cache "$base/npm" --before $npm_day "$@" >"$node_folder/log" 2>&1 && touch "$stamp"
	) 9>"$base/lock"
	[ -e "$stamp" ] || missing "npm can't install $*: $(tail -3 "$node_folder/log" 2>/dev/null)"
}
