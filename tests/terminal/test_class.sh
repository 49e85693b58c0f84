#!/bin/bash
# The daemons that a workshop shares: two learners on one, the attacks of the one against the other, accounts, daemons that
# die, hang and come back, TLS, and a swarm of two in two network namespaces.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
driver=$folder/class-driver # where other accounts reach it
cp "$(dirname "$ROPES")/tests/class/driver" "$driver"
cd "$folder" || exit 1
unset DOCKER_HOST
docker_at() { DOCKER_HOST=unix://$1 DOCKER_BUILDKIT=0 DOCKER_CONFIG=$folder "${@:2}"; }
as() { docker_at "$sockets/$1.sock" "${@:2}" 2>&1; }

# ---- a class in the background: what it is told, and what it says ----
sockets=
class=
open_class() { # FOLDER OPTION…: the sockets lie there; what it says in $folder/said
	sockets=$1
	rm -f orders said && mkfifo orders
	"$driver" "$@" <orders >>said 2>&1 &
	class=$!
	exec 7>orders
	for _ in $(seq 600); do ! grep -qsE '^(open|failed)' said || break; sleep 0.1; done
	has "$(head -1 said)" '^open$' "the class is opened: $*"
}
order() { # WORDS…: its answer
	local before
	before=$(wc -l <said)
	echo "$*" >&7
	for _ in $(seq 600); do ! tail -n +$((before + 1)) said | grep -qE '^(seat|unseated|failed|reported)' || break; sleep 0.05; done
	tail -n +$((before + 1)) said
}
wait_said() { # PATTERN [SECONDS]
	for _ in $(seq $((${2:-20} * 10))); do ! grep -qE -- "$1" said || break; sleep 0.1; done
	has "$(cat said)" "$1" "the class says so"
}
wait_report() { # PATTERN
	local told=
	for _ in $(seq 200); do
		told=$(order report)
		! grep -qE -- "$1" <<<"$told" || break
		sleep 0.1
	done
	has "$told" "$1" "the class reports so"
}
close_class() {
	exec 7>&-
	wait "$class"
	is $? 0 "the class ends"
	is "$(find "$sockets" -name '*.sock' 2>/dev/null | wc -l)" 0 "and leaves no socket"
}

# ---- wrong use ----
has "$("$driver" "$folder/c" --daemon unix:///nonexistent/d.sock </dev/null)" '^failed no daemon answers' "a daemon must answer"
has "$("$driver" "$folder/c" --swarm unix:///nonexistent/d.sock </dev/null)" "^failed the swarm's nodes" "a manager, too"

# ---- two learners on this machine's practice daemon, which the class starts ----
chmod 711 "$folder" "$folder/run"
open_class "$folder/run/class"
is "$(order seat me)" "seat me unix://$sockets/me.sock" "a seat"
is "$(order seat you)" "seat you unix://$sockets/you.sock" "another one"
is "$(order seat me)" "seat me unix://$sockets/me.sock" "the same seat again"
daemon=$("$ROPES" daemon status | sed -n 's/^host: *unix:\/\///p')
has "$(order report)" "^daemon unix://$daemon 2 healthy" "the report counts two"
for who in me you; do
	has "$(as $who docker run -d --name web -p 80:80 busybox sh -c "echo from-$who >index.html; httpd -f")" '^[0-9a-f]{64}$' "$who runs web on port 80"
done
docker_at "$daemon" docker tag busybox busybox:local
for who in me you; do
	is "$(as $who docker ps --format '{{.Names}}')" web "$who sees one container"
	as $who docker network create lane >/dev/null
	as $who docker run -d --name page --network lane busybox sh -c "echo page-of-$who >index.html; httpd -f" >/dev/null
	is "$(as $who docker run --rm --network lane busybox wget -q -O - http://page)" "page-of-$who" "$who reaches their own by its name"
done
reach() { # WHO PORT: GET / on that port, through the gate
	python3 - "$sockets/$1.sock" "$2" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		s.sendall(f'POST /ports/{sys.argv[2]} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'.encode())
		answer = s.recv(4096)
		print(answer.split(b'\r')[0].decode())
		if b' 101 ' in answer:
		    s.sendall(b'GET / HTTP/1.0\r\n\r\n')
		    print(b''.join(iter(lambda: s.recv(4096), b'')).decode().split('\r\n\r\n')[-1])
	END
}
inside() { nsenter -t "$("$ROPES" daemon status | sed -n 's/^init: //p')" -n "$@"; }
for who in me you; do
	is "$(as $who docker port web 80) $(as $who docker ps --filter name=web --format '{{.Ports}}')" '0.0.0.0:80 0.0.0.0:80->80/tcp' "$who sees port 80"
	is "$(reach $who 80)" "HTTP/1.1 101 UPGRADED
from-$who" "$who has it through the gate"
	is "$(curl -s --unix-socket "$sockets/$who.sock" http://d/ports)" '[80]' "$who is told which"
	port=$(docker_at "$daemon" docker port "ropes-$who.web" 80 | sed 's/.*://')
	is "$(inside curl -s "127.0.0.1:$port")" "from-$who" "the port of $who is theirs"
	other=$([ $who = me ] && echo you || echo me)
	has "$(reach "$other" "$port")" '^HTTP/1.1 404' "$other does not get the port of $who by its number"
	for address in "$(as $who docker inspect -f '{{.NetworkSettings.IPAddress}}' web)" \
		"$(as $who docker inspect -f '{{.NetworkSettings.Networks.lane.IPAddress}}' page)"; do
		for net in bridge lane; do
			said_there=$(as "$other" docker run --rm --network $net busybox sh -c "timeout 2 wget -q -O - http://$address; :")
			lacks "$said_there" "from-$who|page-of-$who" "$other does not reach $who from $net"
		done
		gateway=$(as "$other" docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' bridge | sed 's#[0-9]*/.*##')1
		said_there=$(as "$other" docker run --rm busybox sh -c "timeout 2 wget -q -O - http://$gateway:$port; timeout 2 wget -q -O - http://127.0.0.1:$port; :")
		lacks "$said_there" "from-$who" "nor by the published port"
	done
	id=$(as $who docker inspect -f '{{.Id}}' web)
	for name in "$id" "${id:0:12}" "ropes-$who.web"; do
		has "$(as "$other" docker inspect "$name")" 'No such' "$other does not see $name of $who"
		has "$(as "$other" docker exec "$name" true)" 'No such container' "nor run anything in it"
	done
	as "$other" docker create --name thief -p "$port:80" --label "ropes.ports=80=$port 99=$port" busybox true >/dev/null
	lacks "$(docker_at "$daemon" docker inspect -f '{{.HostConfig.PortBindings}} {{.Config.Labels}}' "ropes-$other.thief")" ":.* $port\}|=$port( |\])" \
		"ports of the other are not had"
	has "$(reach "$other" 99)" '^HTTP/1.1 404' "nor by a label"
	as "$other" docker rm thief >/dev/null
	has "$(as $who docker run -d --name again -p 80:80 busybox true)" 'Bind for 127.0.0.1:80 failed: port is already allocated' "one's own port is taken once"
	as $who docker rm again >/dev/null
done
has "$(reach me 81)" '^HTTP/1.1 404' "a port that nobody publishes"
has "$(reach me x)" '^HTTP/1.1 400' "no port"
has "$(curl -s --unix-socket "$daemon" http://d/v1.41/ports)" 'page not found' "the daemon itself knows no such thing"

# ---- both in a session, at the same time ----
printf '# A\n\n```sh\n$ docker run -d --name shop -p 8080:80 busybox httpd -f\n```\n<!-- check\ncontainer shop publishes 80/tcp on 8080\nhttp shop:80 answers 200 with /shop-of/\n-->\n' >a.md
session() { # WHO PREFIX…
	mkdir "$folder/run-$1" && chmod 700 "$folder/run-$1"
	printf '%s\n' "docker run -d --name shop -p 8080:80 busybox sh -c 'echo shop-of-$1 >index.html; httpd -f'" 'curl -s localhost:8080' \
		'curl -s localhost:80' 'docker tag busybox team/base:2' 'ls /proc/net/tcp >/dev/null && grep -c : /proc/net/dev' ':quit' |
		"${@:2}" env XDG_RUNTIME_DIR="$folder/run-$1" XDG_DATA_HOME="$folder/data-$1" XDG_STATE_HOME="$folder/state-$1" \
			"$ROPES" learn a.md --learner "$1" --daemon "unix://$sockets/$1.sock" >"learned-$1" 2>&1
}
session me &
session you &
wait %+ %-
for who in me you; do
	has "$(cat "learned-$who")" "^shop-of-$who\$" "$who reaches localhost:8080 in the session"
	has "$(cat "learned-$who")" "^from-$who\$" "and localhost:80, which was there before"
	has "$(cat "learned-$who")" 'publishes 80/tcp on 8080' "the checks see the port that was asked for"
	has "$(cat "learned-$who")" 'answers 200|✔ .*http' "and ask it"
	has "$(cat "learned-$who")" '^1$' "the session's network has nothing but itself"
	lacks "$(cat "learned-$who")" '✘' "nothing fails"
	env XDG_RUNTIME_DIR="$folder/run-$who" XDG_DATA_HOME="$folder/data-$who" "$ROPES" reset --learner "$who" --daemon "unix://$sockets/$who.sock" >reset 2>&1
	is "$? $(as $who docker ps -aq) $(as $who docker images -q team/base)" '0  ' "ropes reset leaves nothing of $who: $(cat reset)"
	has "$(as $who docker run -d --name web -p 80:80 busybox sh -c "echo from-$who >index.html; httpd -f")" '^[0-9a-f]{64}$' "$who begins anew"
done
is "$(pgrep -x ropes-ports | sed 's,.*,/proc/&/environ,' | xargs -r grep -lF "$folder" 2>/dev/null)" "" "no session's network stays"
held=$(timeout 300 python3 "$ROPES_SOURCE/tests/gate/attack.py" --victim "$sockets/you.sock" you "$daemon" "$sockets/me.sock" "$ROPES_SOURCE/tests/data/gate/attacks.jsonl" 2>&1)
counted=$(tail -1 <<<"$held")
passed=$((passed + $(sed -nE 's/^([0-9]+) passed.*/\1/p' <<<"$counted")))
lacks "$held" 'FAILED|Traceback|not set' "every attack on the other learner meets its verdict"
has "$counted" '^[0-9]+ passed, 0 failed$' "attacks were made"
is "$(order unseat you)" "unseated you" "you leave"
is "$(docker_at "$daemon" docker ps -aq --filter label=ropes.owner=you; docker_at "$daemon" docker images -q 'ropes-you/*')" "" "and nothing of yours stays"
has "$(docker_at "$daemon" docker ps --format '{{.Names}}')" '^ropes-me.web$' "mine does"
has "$(order report)" " 1 healthy" "one learner is left"

# ---- the practice daemon dies: it is brought up again, and who sat there starts anew ----
kill -KILL "$("$ROPES" daemon status | sed -n 's/^init: //p')"
wait_said "^moved me unix://$sockets/me.sock" 60
is "$(as me docker ps -aq)" "" "the same socket, an empty daemon"
has "$(as me docker run --rm busybox echo again)" '^again$' "which works"
close_class
is "$("$ROPES" daemon status 2>/dev/null)" "state: not running" "the daemon that the class started has ended"

# ---- accounts: only root gives sockets to others ----
if [ "$(id -u)" = 0 ]; then
	"$ROPES" daemon start >/dev/null 2>&1
	daemon=$("$ROPES" daemon status | sed -n 's/^host: *unix:\/\///p')
	open_class "$folder/run/class" --daemon "unix://$daemon" --uid 54321
	order seat me >/dev/null
	is "$(stat -c '%u %a' "$sockets/me.sock" "$sockets" | tr '\n' ' ')" '54321 600 0 711 ' "the socket is the learner's, the folder is not"
	visit() { # UID: who connects as that account
		python3 - "$1" "$sockets/me.sock" <<-'END'
			import os, socket, sys
			os.setgroups([]); os.setgid(54320); os.setuid(int(sys.argv[1]))
			try:
			    socket.socket(socket.AF_UNIX).connect(sys.argv[2])
			    print('in')
			except OSError as e:
			    print(e.strerror)
		END
	}
	is "$(visit 54321)" in "the learner's account opens it"
	is "$(visit 54322)" 'Permission denied' "another account does not"
	is "$(chmod 777 "$folder"; setpriv --reuid 54321 --regid 54320 --clear-groups ls "$sockets" 2>&1 | grep -c denied; chmod 711 "$folder")" 1 "the folder is not listed"
	# the same account in a session: what is shared lies where it may read
	home=$folder/account
	mkdir -p "$home/run" && cp "$ROPES" "$home/ropes" && cp -r "$ROPES_SOURCE/assets" "$ROPES_SOURCE/lessons" "$ROPES_SOURCE/quizzes" a.md "$home"
	chown -R 54321:54320 "$home" && chmod 700 "$home/run"
	learned=$(printf '%s\n' "docker run -d --name shop -p 80:80 busybox sh -c 'echo shop-of-me >index.html; httpd -f'" 'curl -s localhost:80' 'id -u' ':quit' |
		setpriv --reuid 54321 --regid 54320 --clear-groups env -i HOME="$home" LC_ALL=C.UTF-8 XDG_RUNTIME_DIR="$home/run" ROPES_DATA="$home" \
			PATH="$PATH:/usr/sbin:/sbin" "$home/ropes" learn "$home/a.md" --learner me --daemon "unix://$sockets/me.sock" 2>&1)
	has "$learned" '^shop-of-me$' "an account that is not root reaches its ports"
	has "$learned" '^54321$' "as itself"
	close_class
	chmod 755 "$folder"
	mkdir -m 777 "$folder/lab"
	has "$(sleep 1 | setpriv --reuid 54321 --regid 54320 --clear-groups env XDG_RUNTIME_DIR="$folder/lab" "$driver" "$folder/lab/class" \
		--daemon "unix://$daemon" 2>&1)" 'does not answer' "an account that may not open the daemon"
	chmod 711 "$folder"
	has "$("$ROPES" daemon status)" '^state: ready' "a daemon that was there stays"
	"$ROPES" daemon stop >/dev/null 2>&1
fi

# ---- two daemons in two network namespaces: TLS, a swarm, failures ----
if [ "$(id -u)" != 0 ] || ! ip netns list >/dev/null 2>&1; then
	echo "(no root, or no network namespaces: daemons on other machines are not tried)"
	exit
fi
mark=rt$$
tls=$folder/tls
mkdir -p "$tls/server" && cd "$tls" || exit 1
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca-key.pem -out ca.pem
	certificate() { # FILE EXTENSION: signed by ca
		openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1-key.pem" -out request.pem
		echo "$2" >extension
		openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile extension -out "$1-cert.pem"
	}
	certificate server 'subjectAltName = IP:10.77.0.1, IP:10.77.0.2'
	certificate learner 'extendedKeyUsage = clientAuth'
	certificate elsewhere 'subjectAltName = IP:10.99.0.1'
} >log 2>&1
mkdir client stranger
cp ca.pem client/ && cp learner-cert.pem client/cert.pem && cp learner-key.pem client/key.pem
cp -r client/. stranger && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -keyout log -out stranger/ca.pem >>log 2>&1
cd "$folder" || exit 1

mkdir -p image/bin
cp "$(command -v busybox)" image/bin
for name in sh sleep cat sort echo; do ln -s busybox "image/bin/$name"; done
echo 'images = busybox*' >images # those that come later, too
declare -A nodes=()
node() { # NAME NUMBER: a dockerd in a namespace of its own, at 10.77.0.NUMBER
	mkdir -p "node-$1"
	nsenter --net="/run/netns/$mark$1" bwrap --unshare-pid --unshare-ipc --unshare-uts --hostname "node-$1" --clearenv --die-with-parent \
		--cap-add ALL --dev-bind / / --proc /proc --bind /proc/sys /proc/sys --tmpfs /run --tmpfs /var --dir /var/lib --dir /var/log \
		--size 1000000000 --tmpfs /mnt --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --setenv HOME /root \
		--bind "$folder/node-$1" /srv --ro-bind "$tls" /media -- dockerd --data-root /mnt/docker --exec-root /run/docker \
		--pidfile /run/dockerd.pid -H unix:///srv/docker.sock -H "tcp://10.77.0.$2:2376" --tlsverify --tlscacert /media/ca.pem \
		--tlscert "/media/${3:-server}-cert.pem" --tlskey "/media/${3:-server}-key.pem" --cgroup-parent="/$mark$1" \
		--exec-opt native.cgroupdriver=cgroupfs --group root --shutdown-timeout 1 >>"node-$1.log" 2>&1 7>&- &
	nodes[$1]=$!
	for _ in $(seq 200); do docker_at "$folder/node-$1/docker.sock" docker version >/dev/null 2>&1 && break; sleep 0.1; done
	tar -C "$folder/image" -c bin | docker_at "$folder/node-$1/docker.sock" docker import -c 'ENV PATH=/bin' - busybox:local >/dev/null 2>&1
}
dockerd_of() { pgrep -P "$(pgrep -P "${nodes[$1]}" | head -1)" -x dockerd; }
end_node() { # NAME: as when the machine loses power
	kill -KILL "${nodes[$1]}"
	wait "${nodes[$1]}" 2>/dev/null
	for _ in $(seq 100); do [ -n "$(find /sys/fs/cgroup -path "*/$mark$1/*" -name cgroup.procs -exec cat {} + 2>/dev/null)" ] || break; sleep 0.1; done
} 2>/dev/null
end_nodes() {
	for name in "${!nodes[@]}"; do end_node "$name"; done
	for name in a b; do
		find /sys/fs/cgroup -depth -type d -path "*/$mark$name*" -exec rmdir {} + 2>/dev/null
		ip netns del "$mark$name"
	done
}
trap 'end_nodes; finish; exit $?' EXIT
ip netns add "${mark}a"
ip netns add "${mark}b"
ip link add veth0 netns "${mark}a" type veth peer name veth0 netns "${mark}b"
for pair in a:1 b:2; do
	ip -n "$mark${pair%:*}" link set lo up
	ip -n "$mark${pair%:*}" addr add "10.77.0.${pair#*:}/24" dev veth0
	ip -n "$mark${pair%:*}" link set veth0 up
	node "${pair%:*}" "${pair#*:}"
done
on() { docker_at "$folder/node-$1/docker.sock" "${@:2}"; }
plain=$driver
driver=$folder/driver # it stands in the first namespace, as a server on the first machine would
printf '#!/bin/sh\nexec nsenter --net=/run/netns/%sa %s "$@"\n' "$mark" "$plain" >"$driver"
chmod 755 "$driver"

has "$("$driver" "$folder/c" --daemon tcp://10.77.0.2:2376 </dev/null)" '^failed no daemon answers' "TLS is not spoken without certificates"
has "$("$driver" "$folder/c" --daemon tcp://10.77.0.2:2376 --tls "$tls/stranger" </dev/null)" '^failed no daemon answers: .*certificate' \
	"a daemon of another authority is not taken"
open_class "$folder/run/class" --daemon tcp://10.77.0.1:2376 --daemon tcp://10.77.0.2:2376 --tls "$tls/client" --policy images
for who in me you third; do has "$(order seat $who)" "^seat $who " "$who sits"; done
wait_report '^daemon tcp://10.77.0.1:2376 2 healthy'
wait_report '^daemon tcp://10.77.0.2:2376 1 healthy'
for who in me you third; do
	has "$(as $who docker run -d --name web -p 80:80 busybox:local sleep 1000)" '^[0-9a-f]{64}$' "$who works over TLS"
done
is "$(on b docker ps --format '{{.Names}}')" ropes-you.web "you are on the second"
is "$(as you sh -c 'printf "%s\n" to and fro | docker run --rm -i busybox:local sort' | tr '\n' ' ')" 'and fro to ' "half-closes go through TLS"
head -c 20000000 /dev/urandom >large
is "$(docker_at "$sockets/you.sock" docker run --rm -i busybox:local cat <large | cmp - large && echo same)" same "20 MB in and out"
mkdir -p context && printf 'FROM busybox:local\nCOPY page /page\nCMD ["cat", "/page"]\n' >context/Dockerfile && echo built >context/page
as you docker build -q -t built context >/dev/null
is "$(as you docker run --rm built)" built "builds, too"
timeout 3 env DOCKER_HOST="unix://$sockets/you.sock" docker events >events 2>&1 &
sleep 1
as you docker rm -f web >/dev/null
wait $!
has "$(cat events)" 'container destroy' "events come when they happen"
window 80 24 "DOCKER_HOST=unix://$sockets/you.sock docker run -it --rm busybox:local sh; echo ended \$?; sleep 1000" 7>&-
wait_for '# ?$' 30 && ok
type_line 'echo in-$((40+2))'
wait_for '^in-42' && ok
keys C-d
wait_for 'ended 0' && ok
DOCKER_HOST="unix://$sockets/you.sock" docker run --rm --name long busybox:local sleep 1000 >long 2>&1 &
long=$!
for _ in $(seq 100); do [ -z "$(on b docker ps -q --filter name=long)" ] || break; sleep 0.1; done

# ---- one hangs: its learner is moved, and what hung is cut off ----
kill -STOP "$(dockerd_of b)"
wait_said "^moved you unix://$sockets/you.sock" 30
for _ in $(seq 100); do kill -0 $long 2>/dev/null || break; sleep 0.1; done
is "$(kill -0 $long 2>/dev/null || echo ended)" ended "what waited for the daemon does not wait any longer"
wait_report '^daemon tcp://10.77.0.2:2376 0 out .*10.77.0.2'
wait_report '^daemon tcp://10.77.0.1:2376 3 healthy $'
has "$(as you docker run -d --name web -p 80:80 busybox:local sleep 1000)" '^[0-9a-f]{64}$' "you go on at the same socket"
is "$(on a docker ps --format '{{.Names}}' | sort | tr '\n' ' ')" 'ropes-me.web ropes-third.web ropes-you.web ' "three of them on the first"
is "$(as me docker ps --format '{{.Names}}')" web "and I see mine only"
kill -CONT "$(dockerd_of b)"
wait_report '^daemon tcp://10.77.0.2:2376 0 healthy'
for _ in $(seq 100); do [ -n "$(on b docker ps -aq --filter label=ropes.owner=you; on b docker images -q 'ropes-you/*')" ] || break; sleep 0.2; done
is "$(on b docker ps -aq --filter label=ropes.owner=you; on b docker images -q 'ropes-you/*')" "" "what you left there is removed"
order seat fourth >/dev/null
wait_report '^daemon tcp://10.77.0.2:2376 1 healthy'

# ---- one dies; then no one is left; then it comes back ----
end_node a
wait_said "^moved third" 30
wait_report '^daemon tcp://10.77.0.1:2376 0 out'
wait_report '^daemon tcp://10.77.0.2:2376 4 healthy'
for who in me you third fourth; do has "$(as $who docker run -d --name web -p 80:80 busybox:local sleep 1000)" '^[0-9a-f]{64}$' "$who goes on"; done
end_node b
wait_report '^daemon tcp://10.77.0.2:2376 4 out'
has "$(order seat fifth)" '^failed no daemon answers: .*10.77.0.1.*10.77.0.2' "without a daemon there is no seat"
has "$(as me docker ps)" 'does not answer' "and who has one hears why it does not work"
: >said
node b 2
wait_said "^moved me" 30
wait_said "^moved fourth" 30
has "$(as me docker run --rm busybox:local echo again)" '^again$' "an empty daemon, which works"
close_class
is "$(on b docker ps -aq)" "" "the class removes what learners had"

# ---- a certificate for another place ----
end_node b
node b 2 elsewhere
has "$("$driver" "$folder/c" --daemon tcp://10.77.0.2:2376 --tls "$tls/client" </dev/null)" '^failed no daemon answers: ' \
	"a certificate for another address is not taken"
gate_says() { # TLS-FOLDER: what a gate in the first namespace answers before the second node
	nsenter --net="/run/netns/${mark}a" "$ROPES" gate --listen "$folder/single.sock" --upstream tcp://10.77.0.2:2376 --tls "$1" >out 2>&1 &
	local gate=$!
	for _ in $(seq 100); do [ ! -s out ] || break; sleep 0.05; done
	docker_at "$folder/single.sock" docker ps --format '{{.Names}}.' 2>&1
	echo "answered $?"
	kill $gate 2>/dev/null
	wait $gate
}
has "$(gate_says "$tls/client")" 'does not answer' "nor by a gate"
end_node b
node b 2
is "$(gate_says "$tls/client")" 'answered 0' "the same gate takes the right one"
has "$(gate_says "$tls/stranger")" 'does not answer' "not one of another authority"
has "$(gate_says "$tls/server"; cat out)" "server/ca.pem' holds no certificate" "and says what it can't read"
end_node b

# ---- a swarm of two ----
node a 1
node b 2
on a docker swarm init --advertise-addr 10.77.0.1 --listen-addr 10.77.0.1 >out 2>&1 || bad "a swarm is begun" "$(cat out)"
on b docker swarm join --token "$(on a docker swarm join-token -q worker)" --advertise-addr 10.77.0.2 --listen-addr 10.77.0.2:2377 10.77.0.1:2377 >out 2>&1 ||
	bad "a node joins" "$(cat out)"
has "$("$driver" "$folder/c" --swarm tcp://10.77.0.2:2376 --tls "$tls/client" </dev/null)" '^failed .*not a swarm manager' "a worker lists no nodes"
open_class "$folder/run/class" --swarm tcp://10.77.0.1:2376 --tls "$tls/client"
order seat me >/dev/null
order seat you >/dev/null
wait_report '^daemon tcp://10.77.0.1:2376 1 healthy'
wait_report '^daemon tcp://10.77.0.2:2376 1 healthy'
for who in me you; do has "$(as $who docker run -d --name web -p 80:80 busybox:local sleep 1000)" '^[0-9a-f]{64}$' "$who works in the swarm"; done
is "$(on a docker ps -q | wc -l) $(on b docker ps -q | wc -l)" '1 1' "one on each node"
on a docker node update --availability drain node-b >/dev/null
wait_said "^moved (me|you) " 30
wait_report "^daemon tcp://10.77.0.2:2376 0 out tcp://10.77.0.2:2376 is not among the swarm's active nodes"
wait_report '^daemon tcp://10.77.0.1:2376 2 healthy'
on a docker node update --availability active --label-add "ropes.daemon=unix://$folder/node-b/docker.sock" node-b >/dev/null
wait_report "^daemon unix://$folder/node-b/docker.sock 0 healthy"
order seat third >/dev/null
wait_report "^daemon unix://$folder/node-b/docker.sock 1 healthy"
has "$(as third docker run --rm busybox:local echo labelled)" '^labelled$' "a node's label is its address"
close_class
