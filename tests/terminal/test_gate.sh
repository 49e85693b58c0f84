#!/bin/bash
# The gate before a real daemon: attacks with a victim beside, the docker client directly and through it, two learners on
# one daemon, its log, its end, a daemon that goes and comes back, and what the tutor makes of a refusal.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
cd "$folder" || exit 1
"$ROPES" daemon start >/dev/null 2>&1 || bad "the practice daemon starts"
daemon=$("$ROPES" daemon status | sed -n 's/^host: *unix:\/\///p')
docker_at() { DOCKER_HOST=unix://$1 DOCKER_BUILDKIT=0 DOCKER_CONFIG=$folder "${@:2}"; }
docker_at "$daemon" docker pull -q busybox >/dev/null
docker_at "$daemon" docker tag busybox busybox:local
gates=()
open_gate() { # NAME OPTION…: at $folder/NAME.sock, log NAME.log
	"$ROPES" gate --listen "$folder/$1.sock" --upstream "$daemon" --log "$folder/$1.log" "${@:2}" >"$1.out" 2>&1 &
	gates+=($!)
	for _ in $(seq 100); do [ ! -s "$1.out" ] || return; sleep 0.05; done
	bad "the gate $1 opens" "$(cat "$1.out")"
}
close_gates() {
	kill "${gates[@]}"
	wait "${gates[@]}"
	gates=()
}

# ---- wrong use ----
has "$("$ROPES" gate 2>&1)" '^ropes: --listen' "where to listen must be said"
has "$("$ROPES" gate --listen x --profile both 2>&1)" "^ropes: --profile 'both'" "profiles are two"
echo 'memory = lots' >bad.policy
has "$("$ROPES" gate --listen x --policy bad.policy 2>&1)" '^ropes: .*line 1: memory' "a policy is linted"
"$ROPES" gate --print-policy >printed.policy
is "$("$ROPES" gate --policy printed.policy --print-policy | cmp - printed.policy && echo same)" same "what is printed can be read"
has "$("$ROPES" gate --listen "/tmp/$(printf '%0120d' 1)" 2>&1)" '^ropes: .*too long for a socket' "a long path"

# ---- attacks ----
open_gate me --profile class --owner me
attacks=("$ROPES_SOURCE/tests/data/gate/attacks.jsonl")
[ ! -e "$ROPES_SHARED/gate/redteam.jsonl" ] || attacks+=("$ROPES_SHARED/gate/redteam.jsonl")
held=$(timeout 120 python3 "$ROPES_SOURCE/tests/gate/attack.py" "$daemon" "$folder/me.sock" "${attacks[@]}" 2>&1)
counted=$(tail -1 <<<"$held")
passed=$((passed + $(sed -nE 's/^([0-9]+) passed.*/\1/p' <<<"$counted")))
lacks "$held" 'FAILED|Traceback|not set' "every attack meets its verdict"
has "$counted" '^[0-9]+ passed, 0 failed$' "attacks were made"
lacks "$(cat me.log)" 'PathOnHost|password|Privileged":true' "the log holds no bodies"
has "$(head -1 me.log)" '^\{"time":"[^"]*","owner":"me","method":"[A-Z]+","route":"[^"]*"' "the log is JSON lines"
has "$(cat me.log)" '"verdict":"refused","rule":"HostConfig.Privileged","status":403' "a refusal is logged with its rule"

# ---- two learners ----
open_gate you --profile class --owner you --clean
docker_at me.sock true
for who in me you; do
	said=$(docker_at "$folder/$who.sock" docker run -d --name "shop-$who" -p 80:80 busybox:local sleep 300 2>&1)
	has "$said" '^[0-9a-f]{64}$' "$who runs one: $said"
	has "$said" 'published on 20' "$who is told where"
	[ $who = me ] || break
	docker_at "$folder/$who.sock" docker rm -f "shop-$who" >/dev/null
	docker_at "$folder/$who.sock" docker run -d --name "shop-$who" busybox:local sleep 300 >/dev/null
done
is "$(docker_at "$folder/you.sock" docker ps --format '{{.Names}}')" shop-you "you see your own"
has "$(docker_at "$folder/you.sock" docker logs shop-me 2>&1)" 'No such container' "you do not see mine"
has "$(docker_at "$folder/you.sock" docker rm -f shop-me 2>&1)" 'No such container' "you do not remove mine"
has "$(docker_at "$daemon" docker ps --format '{{.Names}}')" '^shop-me$' "mine is there"
docker_at "$folder/me.sock" docker network create lane >/dev/null
docker_at "$folder/me.sock" docker run -d --name one --network lane busybox:local sleep 300 >/dev/null
has "$(docker_at "$folder/me.sock" docker run --rm --network lane busybox:local ping -c 1 -W 2 one 2>&1)" '1 packets received' \
	"containers of one network find each other by name"
mkdir -p context/below
printf 'FROM busybox:local\nCOPY below/page /page\nCMD cat /page\n' >context/Dockerfile
echo from-the-context >context/below/page
ln -s below/page context/link
has "$(docker_at "$folder/me.sock" docker build -q -t mine context 2>&1)" '^sha256:' "a context is built"
is "$(docker_at "$folder/me.sock" docker run --rm mine)" from-the-context "and its image is one's own"
has "$(docker_at "$folder/you.sock" docker run --rm mine 2>&1)" 'not among the images' "and nobody else's"
close_gates
is "$(docker_at "$daemon" docker ps -a --filter label=ropes.owner=you -q)" "" "with --clean nothing of yours is left"
has "$(docker_at "$daemon" docker ps --format '{{.Names}}')" '^shop-me$' "and mine is still there"
is "$(find . -maxdepth 1 -name '*.sock' | wc -l)" 0 "SIGTERM removes the sockets"
docker_at "$daemon" docker ps -aq | DOCKER_HOST=unix://$daemon xargs -r docker rm -fv >/dev/null
docker_at "$daemon" docker volume prune -f >/dev/null
docker_at "$daemon" docker network prune -f >/dev/null

# ---- the docker client, directly and through the gate ----
open_gate solo --profile solo
mask() { sed -E -e 's/[0-9a-f]{64}/ID/g' -e 's/\b[0-9a-f]{12}\b/ID/g' -e 's/[0-9]+(\.[0-9]+)? ?[kMG]?B\b/SIZE/g' \
	-e 's/(About )?(an?|[0-9]+) (second|minute|hour)s? ago/AGO/g' -e 's/time=[0-9.]+ ms/TIME/; s#[0-9.]+/[0-9.]+/[0-9.]+ ms#TIME#' \
	-e 's/endpoint [a-z_0-9-]+ /endpoint E /; s/[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+/ADDRESS/g; s/seq=0 ttl=[0-9]+/seq/; s/\]:[0-9]+/]:PORT/g'; }
# lines of progress come as they will; and a client whose container could not be started says by chance whether its own
# waiting for the end was cut off
passing='^ID: (Pulling|Waiting|Verifying|Download|Already|Pull|Layer|Prepar|Push|Extract)|error waiting for container: context canceled'
play() { # CLIENT SOCKET OUT: each command's output and status
	local line status
	rm -rf play client && mkdir play client
	ln -s "$1" client/docker
	while IFS= read -r line; do
		case $line in '#'* | '') continue ;; esac
		(cd play && export PATH="$folder/client:$PATH" DOCKER_HOST="unix://$2" DOCKER_BUILDKIT=0 DOCKER_CONFIG="$folder" \
			DOCKER_CLI_HINTS=false && eval "$line") >out 2>&1 </dev/null
		status=$?
		{
			echo "== $line"
			echo "status $status"
			mask <out | grep -avE "$passing" | sort
		} >>"$3"
	done <"$ROPES_SOURCE/tests/data/gate/commands.txt"
}
renew() {
	"$ROPES" daemon stop >/dev/null 2>&1
	"$ROPES" daemon start >/dev/null 2>&1
}
for client in /usr/bin/docker /usr/local/bin/docker; do
	[ -x $client ] || continue
	name=$(tr / - <<<"$client")
	renew
	play $client "$daemon" "direct$name"
	renew # the gate stays: its daemon went and came back
	play $client "$folder/solo.sock" "gated$name"
	is "$([ "$(grep -c '^== ' "direct$name")" -ge 80 ] && echo many)" many "$client: the table is played"
	is "$(diff -a "direct$name" "gated$name")" "" "$client: the same through the gate"
done

# ---- interactive, streams and half-closes ----
window 80 24 "DOCKER_HOST=unix://$folder/solo.sock docker run -it --rm alpine sh; echo ended \$?; sleep 1000"
wait_for '# ?$' 30 && ok
type_line 'echo in-$((40+2))'
wait_for '^in-42' && ok
keys C-d
wait_for 'ended 0' && ok
head -c 30000000 /dev/urandom >large
is "$(docker_at "$folder/solo.sock" docker run --rm -i alpine cat <large | cmp - large && echo same)" same "30 MB in and out at once"
docker_at "$folder/solo.sock" docker run -d --name talker alpine sh -c 'i=0; while sleep 0.1; do i=$((i+1)); echo line $i; done' >/dev/null
timeout 3 env DOCKER_HOST="unix://$folder/solo.sock" docker logs -f talker >followed 2>&1
is "$([ "$(wc -l <followed)" -ge 5 ] && echo followed)" followed "logs are followed"
docker_at "$folder/solo.sock" docker rm -f talker >/dev/null
has "$(curl -s --unix-socket "$folder/solo.sock" http://d/v1.41/containers/json)" '^\[\]$' "curl is a client, too"
has "$(printf 'x' | curl -s -T - --unix-socket "$folder/solo.sock" http://d/v1.41/containers/none/archive?path=/)" 'No such container' \
	"an upload to nowhere"

# ---- a daemon that is not there ----
"$ROPES" daemon stop >/dev/null 2>&1
has "$(docker_at "$folder/solo.sock" docker ps 2>&1)" 'the daemon does not answer' "no daemon: it is said"
"$ROPES" daemon start >/dev/null 2>&1
is "$(docker_at "$folder/solo.sock" docker ps -q 2>&1)" "" "and back"
close_gates

# ---- in the tutor ----
printf '# A\n\n```sh\n$ docker run --rm alpine true\n```\n' >a.md
said=$(printf '%s\n' 'docker run --rm --privileged alpine true' 'docker run --rm -v /:/h alpine true' \
	'mkdir site; echo hi >site/page' 'docker run --rm -v "$PWD/site:/site" alpine cat /site/page' 'ln -s /sock way; docker run --rm -v "$PWD/way:/way" alpine ls /way; echo "status $?"' ':quit' |
	"$ROPES" learn a.md 2>&1)
has "$said" 'gate of the sandbox refused this' "the tutor tells of the gate"
has "$said" 'HostConfig.Privileged is not allowed' "and of what"
has "$said" '^hi$' "a folder of the workspace may be mounted"
has "$said" '^status 125$' "a link that leads out of the workspace is not"
