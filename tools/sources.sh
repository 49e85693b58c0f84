# tools/sources.sh - this machine's own package source, for roots of any release of it: sources, apt's settings, and packages that were
# downloaded before. Sourced by check-on and image, which have `fail`, $suite, and the folders $work and $logs.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the caller's
cache=${ROPES_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ropes-tests}/on/$suite

# Links packages, or copies them where the cache is on another file system. A string, because mmdebstrap's hooks use it.
# shellcheck disable=SC2016 # expanded by sh
export share='find "$1" -maxdepth 1 -name "*.deb" -exec cp -lnt "$2" {} + 2>/dev/null ||
	find "$1" -maxdepth 1 -name "*.deb" -exec cp -nt "$2" {} + || true'

# Prints the sources of this system itself, without third parties: suffix of the release, address, component.
list_sources() {
	local origin
	origin=$(sed -n 's/^ID=//p' /etc/os-release | tr -d '"')
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(CREATED_BY)|$(ORIGIN)|$(RELEASE)|$(REPO_URI)|$(COMPONENT)' |
		awk -F'|' -v o="$origin" '$1 == "Packages" && tolower($2) == o' | sort -u |
		while IFS='|' read -r _ _ release uri component; do
			case $release in
			*-updates | *-security) echo "-${release##*-} $uri $component" ;;
			*[-/]*) ;;
			*) echo "- $uri $component" ;;
			esac
		done | sort -u
}

write_sources() {
	local found='' suffix uri component
	while read -r suffix uri component; do
		[ "$suffix" != - ] || suffix=
		if [ -z "$found" ] || ! grep -qF " $uri $suite$suffix " "$work/sources"; then
			/usr/lib/apt/apt-helper download-file "${uri%/}/dists/$suite$suffix/InRelease" "$work/release" >"$logs/source$suffix" 2>&1 ||
				continue
		fi
		[ -n "$suffix" ] || found=1
		echo "deb $uri $suite$suffix $component" >>"$work/sources"
	done < <(list_sources)
	[ -n "$found" ] && return
	[ -n "$(list_sources)" ] || fail "apt has no package index of this system: run \`apt-get update\`"
	fail "this machine's package source has no '$suite', or does not answer: $(grep '^E:' "$logs/source" | head -1)"
}

# Takes over how this machine reaches its source (proxies, certificates, dates), and the keys that it trusts.
write_apt() {
	local file
	apt-config dump Acquire | grep -iE '^Acquire::(https?::|Check-|Retries|ForceIPv)' | grep -viE 'Auto-?Detect' >"$work/apt.conf"
	grep -qi '^Acquire::http::proxy ' "$work/apt.conf" || [ -z "${http_proxy:-}" ] ||
		echo "Acquire::http::Proxy \"$http_proxy\";" >>"$work/apt.conf"
	grep -qi '^Acquire::https::proxy ' "$work/apt.conf" || [ -z "${https_proxy:-}" ] ||
		echo "Acquire::https::Proxy \"$https_proxy\";" >>"$work/apt.conf"
	mkdir "$work/keys"
	{
		printf '%s\n' /etc/apt/trusted.gpg /etc/apt/trusted.gpg.d/* /usr/share/keyrings/*archive-keyring.*
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
			grep -oE '/[^],[:space:]]+\.(gpg|asc|pgp)'
	} | while read -r file; do [ ! -s "$file" ] || cp "$file" "$work/keys/"; done
}
