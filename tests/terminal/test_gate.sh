#!/bin/bash
# The gate before a real daemon: the docker client directly, through a guard and through a witness; streams, faults of
# clients, a daemon that goes and comes back, and what a witness logs.
# shellcheck source-path=SCRIPTDIR source=library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=gates.sh
. "$(dirname "$0")/gates.sh"

# ---- wrong use ----
has "$("$ROPES" gate 2>&1)" '^ropes: missing option --listen' "where to listen must be said"
has "$("$ROPES" gate --listen x --profile both 2>&1)" "^ropes: --profile: expected host or witness, got 'both'" "profiles are named"
has "$("$ROPES" gate --listen x --profile class 2>&1)" "^ropes: profile 'class' has been removed: each account" "what replaced one is said"
has "$("$ROPES" gate --listen x --clean 2>&1)" "^ropes: option '--clean' has been removed: .ropes reset" "also of an option"
printf 'registries =\nmemory = 1\n' >bad.policy
has "$("$ROPES" gate --listen x --policy bad.policy 2>&1)" "^ropes: .*line 2: 'memory' is not a key" "a policy is linted"
"$ROPES" gate --print-policy >printed.policy
is "$("$ROPES" gate --policy printed.policy --print-policy | cmp - printed.policy && echo same)" same "what is printed can be read"
has "$("$ROPES" gate --listen "/tmp/$(printf '%0120d' 1)" 2>&1)" '^ropes: .*too long for a socket' "a long path"

# ---- the docker client, directly and through the gate ----
open_gate host --learner me
open_gate witness --profile witness
mask() { sed -E -e 's/[0-9a-f]{64}/ID/g' -e 's/\b[0-9a-f]{12}\b/ID/g' -e 's/[0-9]+(\.[0-9]+)? ?[kMG]?B\b/SIZE/g' \
	-e 's/(About )?(an?|[0-9]+) (second|minute|hour)s? ago/AGO/g' -e 's/time=[0-9.]+ ms/TIME/; s#[0-9.]+/[0-9.]+/[0-9.]+ ms#TIME#' \
	-e 's/endpoint [a-z_0-9-]+ /endpoint E /; s/[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+/ADDRESS/g; s/seq=0 ttl=[0-9]+/seq/; s/\]:[0-9]+/]:PORT/g'; }
# lines of progress come as they will; an image that the gate labels has a step more to delete; and a client whose container could not be started says by chance whether its own
# waiting for the end was cut off
passing='^Deleted: |^ID: (Pulling|Waiting|Verifying|Download|Already|Pull|Layer|Prepar|Push|Extract)|error waiting for container: context canceled'
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
profiles='host witness'
for client in /usr/bin/docker /usr/local/bin/docker; do
	[ -x $client ] || continue
	name=$(tr / - <<<"$client")
	renew
	play $client "$daemon" "direct$name"
	is "$([ "$(grep -c '^== ' "direct$name")" -ge 80 ] && echo many)" many "$client: the table is played"
	for profile in $profiles; do
		renew # the gate stays: its daemon went and came back
		play $client "$folder/$profile.sock" "$profile$name"
		is "$(diff -a "direct$name" "$profile$name")" "" "$client: the same through the $profile"
	done
	profiles=host # a witness changes nothing, so one client is enough there
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
	through run -d --name talker alpine sh -c 'head -c 30000000 /dev/zero >/large; head -c 400000 /dev/zero >/small; i=0; while sleep 0.1; do i=$((i+1)); echo line $i; done' >/dev/null
	window 80 24 "$at docker exec -it talker sh; echo ended \$?; sleep 1000"
	wait_for '# ?$' 30 && ok
	type_line 'exit 5'
	wait_for 'ended 5' && ok
	for words in 'logs -f talker' 'stats --format {{.Name}} talker' 'events --filter container=talker --since 0'; do
		# shellcheck disable=SC2086 # a command and its options
		env DOCKER_HOST="unix://$gate" DOCKER_CONFIG="$folder" docker $words >followed 2>&1 &
		local follower=$!
		for _ in $(seq 1200); do [ "$(wc -l <followed)" -lt 2 ] || break; sleep 0.05; done
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
	local pid
	pid=$([ "$1" = host ] && echo "${gates[0]}" || echo "${gates[1]}")
	counted "the $1 stays whole" timeout 900 python3 "$ROPES_SOURCE/tests/gate/faults.py" "$1" "$folder/$1.sock" "$pid" talker
}
streams host
streams witness

# ---- a witness refuses nothing that the daemon would not refuse, and its log tells of all ----
witness() { docker_at "$folder/witness.sock" "$@"; }
is "$(witness docker run --rm --pid host -v /etc:/host alpine echo out 2>&1)" out "what reaches out of a container goes on"
has "$(curl -s --unix-socket "$folder/witness.sock" http://d/v1.41/nothing)" 'page not found' "a route that nobody knows"
is "$(python3 - "$daemon" "$folder/witness.sock" <<'END'
import socket, sys
FORMS = ['GET /_ping HTTP/1.0\r\n\r\n', 'GET /_ping HTTP/1.1\nHost: d\nConnection: close\n\n', 'GET  /_ping\n\n', 'no request',
         'GET /../_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n', 'GET /v1.41/containers/a%2Fb/json HTTP/1.1\r\nHost: d\r\n\r\n',
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
mkdir -p context
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
is "$(timeout 60 python3 - "$folder/few.sock" $few <<'END'
import os, socket, sys, time
def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(30)
    s.connect(sys.argv[1])
    return s
crowd = [connect() for _ in range(100)]
while len(os.listdir(f'/proc/{sys.argv[2]}/fd')) < 60:
    time.sleep(0.01)
for s in crowd:
    s.close()
for _ in range(200):  # until the gate, too, has closed what the crowd left
    s = connect()
    s.sendall(b'GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n')
    answer = s.recv(100).split(b'\r')[0].decode()
    if ' 200 ' in answer:
        break
    time.sleep(0.1)
print(answer)
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
	services_meet() { compose logs client | grep -q composed; }
	wait_until services_meet && ok
	has "$(compose down -v --rmi local)" 'Removing volume' "and takes down"
fi

# ---- a daemon that is not there ----
"$ROPES" daemon stop >/dev/null 2>&1
has "$(docker_at "$folder/host.sock" docker ps 2>&1)" 'the daemon at .* does not answer' "no daemon: it is said"
has "$(witness docker ps 2>&1)" 'Cannot connect to the Docker daemon' "by the witness, too"
"$ROPES" daemon start >/dev/null 2>&1
is "$(docker_at "$folder/host.sock" docker ps -q 2>&1; witness docker ps -q 2>&1)" "" "and back"
close_gates
