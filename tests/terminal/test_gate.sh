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
has "$("$ROPES" gate --listen x --profile both 2>&1)" "^ropes: --profile 'both'" "profiles are named"
echo 'memory = lots' >bad.policy
has "$("$ROPES" gate --listen x --policy bad.policy 2>&1)" '^ropes: .*line 1: memory' "a policy is linted"
"$ROPES" gate --print-policy >printed.policy
is "$("$ROPES" gate --policy printed.policy --print-policy | cmp - printed.policy && echo same)" same "what is printed can be read"
has "$("$ROPES" gate --listen "/tmp/$(printf '%0120d' 1)" 2>&1)" '^ropes: .*too long for a socket' "a long path"

# ---- attacks ----
open_gate me --profile class --owner me
held=$(timeout 120 python3 "$ROPES_SOURCE/tests/gate/attack.py" "$daemon" "$folder/me.sock" "$ROPES_SOURCE/tests/data/gate/attacks.jsonl" 2>&1)
counted=$(tail -1 <<<"$held")
passed=$((passed + $(sed -nE 's/^([0-9]+) passed.*/\1/p' <<<"$counted")))
lacks "$held" 'FAILED|Traceback|not set' "every attack meets its verdict"
has "$counted" '^[0-9]+ passed, 0 failed$' "attacks were made"
lacks "$(cat me.log)" 'PathOnHost|password|Privileged":true' "the log holds no bodies"
has "$(head -1 me.log)" '^\{"time":"[^"]*","owner":"me","method":"[A-Z]+","route":"[^"]*"' "the log is JSON lines"
has "$(cat me.log)" '"verdict":"refused","rule":"HostConfig.Privileged","status":403' "a refusal is logged with its rule"

# ---- two learners: the same names and ports at the same time ----
open_gate you --profile class --owner you --clean
both() { # COMMAND…: as both learners; what they said is in said_me and said_you
	said_me=$(docker_at "$folder/me.sock" "$@" 2>&1)
	said_you=$(docker_at "$folder/you.sock" "$@" 2>&1)
}
mkdir -p context/below
printf 'FROM busybox:local\nCOPY below/page /page\nCMD cat /page\n' >context/Dockerfile
ln -s below/page context/link
for who in me you; do
	as() { docker_at "$folder/$who.sock" "$@"; }
	said=$(as docker run -d --name shop -p 80:80 busybox:local sh -c 'echo from-'$who' >index.html; httpd -f' 2>&1)
	has "$said" '^[0-9a-f]{64}$' "$who runs one: $said"
	has "$said" 'published on 2[0-9]{4}' "$who is told where"
	is "$(as docker ps --format '{{.Names}} {{.Image}}')" "$([ $who = me ] && printf 'shop busybox:local\nav-own2 busybox:local\nav-own busybox:local' || echo shop busybox:local)" "$who sees their own, as named"
	echo "from-the-context-of-$who" >context/below/page
	has "$(as docker build -t mine context 2>&1)" 'Successfully tagged mine:latest' "$who builds mine"
	has "$(as docker network create lane 2>&1)" '^[0-9a-f]{64}$' "$who makes a lane"
	is "$(as docker volume create store 2>&1)" store "$who makes a store"
	has "$(as docker run --name one --network lane -v store:/s -d busybox:local sh -c "echo $who >/s/who; sleep 300" 2>&1)" \
		'^[0-9a-f]{64}$' "$who runs one in it"
	has "$(as docker tag busybox:local busy 2>&1; as docker images busy)" '^busy +latest' "$who tags an image"
done
both docker run --rm mine
is "$said_me $said_you" 'from-the-context-of-me from-the-context-of-you' "each has an image called mine"
printf 'FROM mine AS base\nFROM base\nCOPY --from=mine /page /second\nCMD cat /page /second\n' >context/Dockerfile
both docker build -q -t child context
both docker run --rm child
is "$said_you" $'from-the-context-of-you\nfrom-the-context-of-you' "and builds on it"
both docker exec one cat /s/who
is "$said_me $said_you" 'me you' "and a volume called store"
both docker run --rm --network lane busybox:local ping -c 1 -W 2 one
has "$said_me" '1 packets received' "and a network, with names in it"
has "$said_you" '1 packets received' "you, too"
both docker inspect -f '{{.Name}} {{.Config.Image}} {{index .Config.Labels "ropes.owner"}}' shop
is "$said_me $said_you" '/shop busybox:local  /shop busybox:local ' "nothing of the daemon's names is seen"
both docker rename shop bazaar
both docker ps --filter name=^bazaar$ --format '{{.Names}}'
is "$said_me $said_you" 'bazaar bazaar' "renamed and found by its name"
has "$(docker_at "$folder/you.sock" docker rename one bazaar 2>&1)" 'name "/bazaar" is already in use' "one's own names are taken"
both docker ps --filter network=lane --filter volume=store --format '{{.Names}}'
is "$said_me $said_you" 'one one' "filters know the learner's names"
both docker network ls --format '{{.Name}}'
is "$(sort <<<"$said_you" | tr '\n' ' ')" 'bridge lane none ' "networks are one's own"
both docker port bazaar 80
isnt() { [ "$1" != "$2" ] && ok || bad "$3" "both are '$1'"; }
isnt "$said_me" "$said_you" "the ports differ"
address() { docker_at "$folder/$1.sock" docker inspect -f '{{.NetworkSettings.IPAddress}}' bazaar; }
mine=$(address me) yours=$(address you)
has "$mine" '^10\.213\.' "an address of the policy: $mine"
is "$(docker_at "$folder/me.sock" docker run --rm busybox:local timeout 3 wget -q -O - "http://$mine" 2>&1)" from-me "I reach mine"
# in a container's first process the signal of timeout would have no effect
lacks "$(docker_at "$folder/me.sock" docker run --rm busybox:local sh -c "timeout 3 wget -q -O - http://$yours; :" 2>&1)" from-you "I do not reach yours"
is "$(docker_at "$folder/you.sock" docker info --format '{{.ContainersRunning}} {{.Containers}}')" '2 2' "you count your own"
docker_at "$folder/you.sock" docker events --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}' >events 2>&1 &
listener=$!
sleep 1 # longer than a look for a client that is gone
both docker create --name late busybox:local
both docker network create side
both docker tag busybox:local busiest
for _ in $(seq 100); do ! grep -q busiest events || break; sleep 0.05; done
kill $listener
has "$(cat events)" '^container create late$' "events of containers"
has "$(cat events)" '^network create side$' "of networks"
has "$(cat events)" '^image tag busiest:latest$' "of images"
is "$(wc -l <events)" 3 "and no others"
has "$(docker_at "$folder/you.sock" docker rm -f av-own 2>&1)" 'No such container' "you do not remove mine"
has "$(docker_at "$folder/you.sock" docker run --rm ropes-me/mine 2>&1)" 'not among the images' "nor run what I built"
has "$(docker_at "$folder/you.sock" docker network rm bridge 2>&1)" 'pre-defined' "the bridge stays"
has "$(docker_at "$folder/you.sock" docker rmi busybox:local 2>&1)" 'shared by all' "and so does what is shared"
has "$(docker_at "$folder/you.sock" docker rmi busy 2>&1)" '^Untagged: busy:latest' "your own tag goes"
close_gates
is "$(docker_at "$daemon" docker ps -a --filter label=ropes.owner=you -q)" "" "with --clean nothing of yours is left"
is "$(docker_at "$daemon" docker network ls -q --filter label=ropes.owner=you; docker_at "$daemon" docker images -q 'ropes-you/*')" "" \
	"nor networks nor images"
has "$(docker_at "$daemon" docker ps --format '{{.Names}}')" '^ropes-me.bazaar$' "and mine is still there"
is "$(find . -maxdepth 1 -name '*.sock' | wc -l)" 0 "SIGTERM removes the sockets"
docker_at "$daemon" docker ps -aq | DOCKER_HOST=unix://$daemon xargs -r docker rm -fv >/dev/null
docker_at "$daemon" docker volume prune -f >/dev/null
docker_at "$daemon" docker network prune -f >/dev/null

# ---- limits of a policy ----
printf '%s\n' 'containers = 2' 'volumes = 1' 'networks = 1' 'build_seconds = 2' 'transfer_most = 2000000' \
	'egress = 0' 'subnets = 10.99.0.0/24' 'port_first = 31000' 'port_last = 31001' >limits.policy
open_gate few --profile class --owner "Few Ones" --policy limits.policy
few() { docker_at "$folder/few.sock" "$@" 2>&1; }
has "$(few docker run -d --name box -p 80:80 busybox:local sleep 300)" 'published on 3100[01]' "a port of the range"
few docker create --name bag busybox:local >/dev/null
has "$(few docker create busybox:local)" '2 containers, and 2 are allowed' "containers have a number"
few docker volume create one >/dev/null
has "$(few docker volume create two)" '1 volumes, and 1 are allowed' "volumes, too"
has "$(few docker rm bag; few docker create -v three:/x busybox:local)" '1 volumes, and 1 are allowed' "also those that a container names"
few docker network create lane >/dev/null
has "$(few docker network create side)" '1 networks, and 1 are allowed' "and networks"
is "$(few docker network inspect -f '{{index .Options "com.docker.network.bridge.enable_ip_masquerade"}}' lane)" false "no way out"
has "$(few docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' lane)" '^10\.99\.0\.' "addresses of the policy"
printf 'FROM busybox:local\nRUN sleep 100\n' >context/Dockerfile
has "$(few docker build context)" 'may not take as long' "a build has its time"
few docker exec box sh -c 'head -c 5000000 /dev/zero >/large' >/dev/null
few docker cp box:/large large-out >/dev/null
is "$([ "$(stat -c %s large-out 2>/dev/null || echo 0)" -lt 5000000 ] && echo cut)" cut "archives have a sum"
has "$(few docker cp limits.policy box:/)" 'no more archives' "up, too"
close_gates

# ---- the docker client, directly and through the gate ----
open_gate host --profile host
open_gate witness --profile witness
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
	is "$([ "$(grep -c '^== ' "direct$name")" -ge 80 ] && echo many)" many "$client: the table is played"
	for profile in host witness; do
		renew # the gate stays: its daemon went and came back
		play $client "$folder/$profile.sock" "$profile$name"
		is "$(diff -a "direct$name" "$profile$name")" "" "$client: the same through the $profile"
	done
done

# ---- interactive, streams and half-closes ----
streams() { # PROFILE
	local gate="$folder/$1.sock" at="DOCKER_HOST=unix://$folder/$1.sock DOCKER_CONFIG=$folder"
	through() { docker_at "$gate" docker "$@"; }
	window 80 24 "$at docker run -it --rm --name shell alpine sh; echo ended \$?; sleep 1000"
	wait_for '# ?$' 30 && ok
	type_line 'echo in-$((40+2))'
	wait_for '^in-42' && ok
	type_line 'stty size'
	wait_for '^24 80' && ok
	tmux -L "$tmux_socket" resize-window -x 90 -y 30
	type_line 'until stty size | grep -q "^30 90"; do :; done; echo resized'
	wait_for '^resized' && ok
	keys C-p C-q
	wait_for 'ended 0' && ok
	is "$(through inspect -f '{{.State.Running}}' shell)" true "$1: a terminal is left with ^P^Q"
	window 80 24 "$at docker attach shell; echo ended \$?; sleep 1000"
	type_line 'exit 7'
	wait_for 'ended 7' && ok
	head -c 30000000 /dev/urandom >large
	is "$(through run --rm -i alpine cat <large | cmp - large && echo same)" same "$1: 30 MB in and out at once"
	through run -d --name talker alpine sh -c 'head -c 30000000 /dev/zero >/large; i=0; while sleep 0.1; do i=$((i+1)); echo line $i; done' >/dev/null
	window 80 24 "$at docker exec -it talker sh; echo ended \$?; sleep 1000"
	wait_for '# ?$' 30 && ok
	type_line 'exit 5'
	wait_for 'ended 5' && ok
	for words in 'logs -f talker' 'stats --format {{.Name}} talker' 'events --filter container=talker --since 0'; do
		# shellcheck disable=SC2086 # a command and its options
		env DOCKER_HOST="unix://$gate" DOCKER_CONFIG="$folder" docker $words >followed 2>&1 &
		local follower=$!
		for _ in $(seq 200); do [ "$(wc -l <followed)" -lt 2 ] || break; sleep 0.05; done
		is "$([ "$(wc -l <followed)" -ge 2 ] && echo followed)" followed "$1: docker $words is followed"
		kill -9 $follower # stats does not end otherwise
		wait $follower 2>/dev/null
	done
	is "$(through save alpine | through load)" 'Loaded image: alpine:latest' "$1: an image is saved and loaded"
	is "$(through cp talker:/large - | tar -xO | head -c 30000000 | cmp -n 30000000 - /dev/zero && echo zeros)" zeros "$1: 30 MB are copied out"
	is "$(curl -s --unix-socket "$gate" 'http://d/v1.41/containers/json?filters=%7B%22name%22%3A%5B%22none%22%5D%7D')" '[]' "$1: curl is a client, too"
	has "$(printf 'x' | curl -s -T - --unix-socket "$gate" http://d/v1.41/containers/none/archive?path=/)" 'No such container' \
		"$1: an upload to nowhere"
	faults "$1"
	through rm -f talker >/dev/null
}
faults() { # PROFILE: clients that fail
	local said pid
	pid=$([ "$1" = host ] && echo "${gates[0]}" || echo "${gates[1]}")
	said=$(timeout 120 python3 "$ROPES_SOURCE/tests/gate/faults.py" "$1" "$folder/$1.sock" "$pid" talker 2>&1)
	passed=$((passed + $(tail -1 <<<"$said" | sed -nE 's/^([0-9]+) passed.*/\1/p')))
	lacks "$said" 'FAILED|Traceback' "the $1 stays whole"
	has "$said" '^[0-9]+ passed, 0 failed$' "faults were made"
}
streams host
streams witness

# ---- a witness refuses nothing that the daemon would not refuse, and its log tells of all ----
witness() { docker_at "$folder/witness.sock" "$@"; }
is "$(witness docker run --rm --pid host -v /etc:/host alpine echo out 2>&1)" out "what reaches out of a container goes on"
has "$(curl -s --unix-socket "$folder/witness.sock" http://d/v1.41/nothing)" 'page not found' "a route that nobody knows"
is "$(python3 - "$daemon" "$folder/witness.sock" <<'END'
import socket, sys
FORMS = ['GET /version HTTP/1.0\r\n\r\n', 'GET /version HTTP/1.1\nHost: d\nConnection: close\n\n', 'GET  /version\n\n', 'no request',
         'GET /../version HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n', 'GET /v1.41/containers/a%2Fb/json HTTP/1.1\r\nHost: d\r\n\r\n',
         'GET /_ping HTTP/1.1\r\nHost: d\r\nX: ' + 'x' * 60000 + '\r\nConnection: close\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
         'POST /v1.41/containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
         '5;a=b\r\n{"Ima\r\n9\r\nge":"no"}\r\n0\r\nTrailer: x\r\n\r\n']
def answer(path, text):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(20)
        s.connect(path)
        s.sendall(text.encode())
        s.shutdown(socket.SHUT_WR)
        return s.recv(100).split(b'\r')[0]
for text in FORMS:
    due, got = (answer(path, text) for path in sys.argv[1:])
    if due != got:
        print(repr(text[:80]), due, got)
END
)" "" "what no client sends is answered by the daemon"
if [ -x /usr/bin/docker ] && /usr/bin/docker --version | grep -q ' 20\.'; then # its BuildKit needs no plugin
	printf 'FROM alpine\nRUN echo built >/made\nCMD cat /made\n' >context/Dockerfile
	said=$(DOCKER_HOST=unix://$folder/witness.sock DOCKER_CONFIG=$folder DOCKER_BUILDKIT=1 /usr/bin/docker build -t kit context 2>&1)
	is "$(witness docker run --rm kit 2>&1)" built "BuildKit builds: $said"
	has "$(cat witness.log)" '"method":"POST","route":"session","verdict":"forwarded","status":101' "and its session is in the log"
fi
before=$(wc -l <witness.log)
witness docker login -u me -p secret-word 127.0.0.1:5000 >/dev/null 2>&1
witness docker create --name secret-box -e PASSWORD=secret-word alpine true >/dev/null
witness docker ps --filter label=secret-word >/dev/null
for _ in $(seq 100); do ! tail -n +$((before + 1)) witness.log | grep -q containers/json || break; sleep 0.05; done
lacks "$(cat witness.log)" 'secret-word' "no body, header or query is in the log"
has "$(grep containers/json witness.log | tail -1)" '^\{"time":"[^"]*Z","method":"GET","route":"containers/json","verdict":"forwarded","status":200,"duration_ms":[0-9]+\}$' \
	"a line has time, method, route, status and duration"
witness docker rm secret-box >/dev/null

# ---- too few descriptors ----
( ulimit -n 60 && exec "$ROPES" gate --listen "$folder/few.sock" --upstream "$daemon" >few.out 2>&1 ) &
few=$!
for _ in $(seq 100); do [ ! -s few.out ] || break; sleep 0.05; done
is "$(timeout 60 python3 - "$folder/few.sock" <<'END'
import socket, sys, time
def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(30)
    s.connect(sys.argv[1])
    return s
crowd = [connect() for _ in range(100)]
time.sleep(1)
for s in crowd:
    s.close()
s = connect()
s.sendall(b'GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n')
print(s.recv(100).split(b'\r')[0].decode())
END
)" 'HTTP/1.1 200 OK' "a gate that ran out of descriptors answers again"
kill $few
wait $few

# ---- compose, which speaks by docker-py ----
if command -v docker-compose >/dev/null; then
	printf 'FROM alpine\nCMD echo composed >index.html; httpd -f\n' >context/Dockerfile
	cat >docker-compose.yml <<'END'
version: "3.3"
services:
  web:
    build: context
    ports: ["8080:80"]
    volumes: ["store:/s"]
    stop_grace_period: 1s
  client:
    image: alpine
    depends_on: [web]
    stop_grace_period: 1s
    command: sh -c 'sleep 1; wget -q -O - http://web; sleep 100'
volumes:
  store:
END
	compose() { docker_at "$folder/host.sock" docker-compose --no-ansi "$@" 2>&1; }
	has "$(compose up -d)" 'Creating .*client.* done' "compose brings up"
	sleep 2
	has "$(compose logs client)" 'composed' "its services find each other"
	has "$(compose down -v --rmi local)" 'Removing volume' "and takes down"
fi

# ---- a daemon that is not there ----
"$ROPES" daemon stop >/dev/null 2>&1
has "$(docker_at "$folder/host.sock" docker ps 2>&1)" 'the daemon does not answer' "no daemon: it is said"
has "$(witness docker ps 2>&1)" 'Cannot connect to the Docker daemon' "by the witness, too"
"$ROPES" daemon start >/dev/null 2>&1
is "$(docker_at "$folder/host.sock" docker ps -q 2>&1; witness docker ps -q 2>&1)" "" "and back"
close_gates

# ---- in the tutor ----
printf '# A\n\n```sh\n$ docker run --rm alpine true\n```\n' >a.md
said=$(printf '%s\n' 'docker run --rm --privileged -v /:/h alpine sh -c "ls /h | tr \\\\n ,"' \
	'mkdir site; echo hi >site/page' 'docker run --rm -v "$PWD/site:/site" alpine cat /site/page' \
	"ln -s '$folder' way; docker run --rm -v \"\$PWD/way:/way\" alpine ls /way; echo \"status \$?\"" ':quit' |
	"$ROPES" learn a.md 2>&1)
lacks "$said" 'refused' "nothing is refused on the practice machine"
has "$said" ',home,.*,usr,' "its root may be mounted"
has "$said" '^hi$' "a folder of the workspace may be mounted"
has "$said" '^status 125$' "a link that leads out of it leads nowhere"
said=$(printf '%s\n' 'docker run --rm --privileged alpine true' ':quit' | "$ROPES" learn a.md --daemon "unix://$daemon" 2>&1)
has "$said" 'gate of the sandbox refused this' "before another daemon the tutor tells of the gate"
has "$said" 'HostConfig.Privileged is not allowed' "and of what"
