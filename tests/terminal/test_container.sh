#!/bin/bash
# ropes in a container: the image of tools/image is loaded into a practice machine, and a practice machine starts in a container there.
# The image is made once for a commit's files, and kept in the cache.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
version=$("$ROPES_SOURCE/tools/version")

# ---- packing: the same root gives the same bytes, in an archive that is of both kinds ----
if command -v python3 >/dev/null; then
	mkdir -p "$folder/root/etc" "$folder/root/usr/bin" "$folder/root/var/cache/apt"
	echo words >"$folder/root/etc/file"
	ln "$folder/root/etc/file" "$folder/root/usr/bin/linked"
	ln -s file "$folder/root/etc/link"
	echo left >"$folder/root/var/cache/apt/list"
	for order in name none; do
		touch "$folder/root/etc/file"
		tar -C "$folder/root" --sort="$order" -cf "$folder/$order.tar" .
		said=$(SOURCE_DATE_EPOCH=1000000000 "$ROPES_SOURCE/tools/image-archive" "$folder/$order.tar" "$folder/$order.image" 1.2 abc)
		is $? 0 "packing: $said"
	done
	is "$(cmp "$folder/name.image" "$folder/none.image" && echo same)" same "the same root gives the same image"
	mkdir "$folder/layout" && tar -C "$folder/layout" -xf "$folder/name.image"
	is "$(cd "$folder/layout" && echo ./*.json oci-layout)" "./index.json ./manifest.json oci-layout" "docker's and OCI's descriptions"
	is "$(cd "$folder/layout/blobs/sha256" && sha256sum -- * | awk '$1 != $2')" "" "each blob's name is its digest"
	layer=$(sed -n 's/.*"Layers":\["\([^"]*\)"\].*/\1/p' "$folder/layout/manifest.json")
	is "$(tar -tzf "$folder/layout/$layer" | tr '\n' ' ')" "etc/ etc/file etc/link usr/ usr/bin/ usr/bin/linked var/ var/cache/ " "the layer's files"
	is "$(tar -tvzf "$folder/layout/$layer" --utc | grep -v '2001-09-09 01:46')" "" "no file is younger than the commit"
else
	skip "there is no python3"
fi

# ---- the image ----
[ "$(id -u)" = 0 ] || { skip "only root can make an image's root"; exit; }
tree=$(git -c safe.directory='*' -C "$ROPES_SOURCE" rev-parse 'HEAD^{tree}' 2>/dev/null) || { skip "the tree is not a clone: there is no commit to build"; exit; }
command -v mmdebstrap >/dev/null || { skip "mmdebstrap is not installed (tools/deps install on)"; exit; }
kept=${ROPES_TEST_CACHE:-$folder}/image
image=$kept/$tree.tar
mkdir -p "$kept"
exec {lock}>"$kept/lock" && flock "$lock" # of two runs at once, one makes it
if [ ! -e "$image" ]; then
	rm -f "$kept"/*.tar
	said=$(IMAGE=$folder/image.tar nice "$ROPES_SOURCE/tools/image" {lock}>&- 2>&1)
	status=$?
	if grep -q 'package source\|package index' <<<"$said"; then
		skip "no image can be made: $(tail -1 <<<"$said")"
		exit
	fi
	is $status 0 "an image is made: $said"
	[ $status = 0 ] || exit
	mv "$folder/image.tar" "$image"
fi
exec {lock}>&-
[ "$(stat -c %s "$image")" -le 250000000 ] && ok || bad "the image has at most 250 MB: $(stat -c %s "$image")"

# ---- in a practice machine ----
said=$("$ROPES" daemon start 2>&1)
is $? 0 "a machine starts: $said"
eval "$("$ROPES" daemon env)"
said=$(docker load -i "$image" 2>&1)
if grep -q 'no space left' <<<"$said"; then
	skip "this machine has too little memory for the image"
	exit
fi
has "$said" "^Loaded image: ropes:$version$" "docker loads it"
is "$(docker image inspect -f '{{index .Config.Labels "org.opencontainers.image.version"}}' "ropes:$version")" "$version" "its label has the version"
in_container() { timeout 120 docker run --rm -i -e COLUMNS=400 "$@" 2>&1 </dev/null; }
image=ropes:$version
is "$(in_container "$image" --version)" "ropes $version" "what it starts is ropes"

# ---- doctor names the option that is missing ----
options=()
while read -r option why; do
	said=$(in_container "${options[@]}" "$image" doctor)
	is $? 3 "without $option there is no machine"
	has "$(tr -s '\n ' ' ' <<<"$said")" "✘ namespaces: [^→]* \($why\)" "without $option: why"
	is "$(sed -n '/^✘ namespaces/,/→/s/^  → //p' <<<"$said")" "start the container with \`--security-opt $option\`" "without $option: what to do"
	options+=(--security-opt "$option")
done <<'LIST'
seccomp=unconfined a seccomp filter forbids it
systempaths=unconfined parts of /proc are hidden
LIST
said=$(in_container "${options[@]}" "$image" doctor)
is $? 0 "with both there is a machine: $said"
has "$said" '^! memory and process limits: ' "but it has no limits"
has "$said" '^  → start the container with `--privileged`$' "and what to do"
has "$said" '^! a network .*no /dev/net/tun$' "nor a network"
has "$said" '^  → start the container with `--device /dev/net/tun`$' "and what to do"

# ---- a lesson, without and with the rights of the system's root ----
said=$(in_container "${options[@]}" "$image" learn --once)
is $? 0 "a lesson ends well"
has "$said" 'Hello from Docker!' "a container in a container in a container runs"
has "$said" '^✔ done' "the step is done"
said=$(in_container --privileged "$image" test 'docker-start-here#1.1')
is $? 0 "a lesson passes with all rights: $said"
if [ -n "$(sed -n 's/^groups //p' "$XDG_RUNTIME_DIR/ropes/daemon/status")" ]; then
	has "$(in_container --privileged "$image" doctor)" '^✔ memory and process limits' "and has limits"
else
	skip "this machine has no control groups to give to a container"
fi

# ---- a workshop, and two machines at a time ----
docker run -d --name workshop "${options[@]}" "$image" serve --workshop docker-start-here --terminals 2 --listen 127.0.0.1:8410 >/dev/null
serves() { docker logs workshop 2>&1 | grep -q '^browser: '; }
patience=60 wait_until serves
# shellcheck disable=SC2016 # of the shell in it
said=$(docker exec workshop sh -c 'for n in 1 2; do
		export XDG_RUNTIME_DIR=/tmp/run$n XDG_DATA_HOME=/tmp/data$n
		mkdir -m 700 $XDG_RUNTIME_DIR && ropes daemon start || exit
	done
	ropes daemon status' 2>&1)
is $? 0 "two machines start: $said"
has "$said" '^state: ready$' "the second is ready"
docker stop -t 10 workshop >/dev/null
is "$(docker wait workshop)" 0 "the server ends when it is told to"
