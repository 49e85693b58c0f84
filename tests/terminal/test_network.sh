#!/bin/bash
# --network: the machine reaches the outside by pasta or slirp4netns, and not the loopback of this side. The outside is another network
# namespace here, with a name server and a web server; this side is one of the script's own.
if [ "$(id -u)" != 0 ]; then echo "skipped: networks of the script's own need root"; exit; fi
if [ ! -c /dev/net/tun ]; then echo "skipped: a network of a machine's own needs /dev/net/tun"; exit; fi
for program in ip python3; do command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit; }; done
if [ -z "${NETWORK_INSIDE:-}" ]; then exec env NETWORK_INSIDE=1 unshare --net --mount --propagation private bash "$0"; fi
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
mkdir -p "$folder/cache/ropes" && cp -R "$XDG_CACHE_HOME"/ropes/practice-images-* "$folder/cache/ropes/" 2>/dev/null
export XDG_CACHE_HOME="$folder/cache" # what is added is nobody else's

cat >"$folder/world.py" <<'PYTHON'
import http.server, socket, sys, threading
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sys.argv[2].encode() + b'\n')
    def log_message(self, *words): pass
def name_server():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((sys.argv[1], 53))
    while True:
        question, sender = server.recvfrom(4096)
        end = question.index(b'\0', 12) + 5
        known = question[12:end - 4] == b'\5world\7example\0' and question[end - 4:end - 2] == b'\0\1'
        answer = b'\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4' + socket.inet_aton(sys.argv[1]) if known else b''
        server.sendto(question[:2] + b'\x81\x80\0\1\0' + bytes([known]) + b'\0\0\0\0' + question[12:end] + answer, sender)
if len(sys.argv) > 3: threading.Thread(target=name_server, daemon=True).start()
http.server.ThreadingHTTPServer((sys.argv[1], 8123), Page).serve_forever()
PYTHON
unshare --net sleep 1000 &
world=$!
ip link set lo up
for _ in $(seq 100); do [ "$(readlink /proc/$world/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break; sleep 0.05; done
ip link add here type veth peer name there netns $world
ip address add 10.77.0.1/24 dev here && ip link set here up && ip route add default via 10.77.0.2
nsenter -t $world -n sh -c 'ip link set lo up; ip address add 10.77.0.2/24 dev there; ip link set there up'
nsenter -t $world -n python3 "$folder/world.py" 10.77.0.2 'the outside' names &
python3 "$folder/world.py" 127.0.0.1 'a secret of the loopback' &
# Systems let everybody have this one; a container may not.
mkdir "$folder/devices" && mount -t tmpfs none "$folder/devices" && mknod "$folder/devices/tun" c 10 200 && chmod 666 "$folder/devices/tun" &&
	mount --bind "$folder/devices/tun" /dev/net/tun
echo "nameserver 10.77.0.2" >"$folder/resolv.conf" && mount --bind "$folder/resolv.conf" /etc/resolv.conf
for _ in $(seq 100); do curl -s -m 1 http://10.77.0.2:8123/ >/dev/null && curl -s -m 1 http://127.0.0.1:8123/ >/dev/null && break; sleep 0.1; done
is "$(curl -s -m 5 http://world.example:8123/)" "the outside" "the outside is there"
is "$(curl -s -m 5 http://127.0.0.1:8123/)" "a secret of the loopback" "and what must not be reached"

cat >"$folder/out.md" <<'NOTE'
# Out

A line.

```console
$ docker ps
```
NOTE
lines='echo "from the shell: $(curl -sS -m 10 http://world.example:8123/)"
for to in 127.0.0.1 10.0.2.2 10.77.0.1 169.254.1.53 10.0.2.3 "[::1]" $(ip route 2>/dev/null | sed -n "s/^default via \([^ ]*\).*/\1/p"); do curl -s -m 3 http://$to:8123/; echo "$to: $?"; done
echo "from a container: $(docker run --rm alpine wget -qO- http://10.77.0.2:8123/)"
docker run --rm alpine sh -c "wget -qO- -T 3 http://10.0.2.2:8123/; wget -qO- -T 3 http://10.77.0.1:8123/; echo tried"
cat /etc/hosts
docker pull nosuch
:quit'
learn() { timeout 200 "$ROPES" learn "$folder/out.md" --trust "$@" 2>&1 <<<"$lines"; }
carriers() { ps -eo pid=,comm= | awk '$2 ~ /^(pasta|slirp4netns)/ {print $1}' | while read -r pid; do [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] || echo "$pid"; done | wc -l; }

# Without it there is no way out.
timeout 300 "$ROPES" daemon start >/dev/null 2>&1
eval "$("$ROPES" env)"
docker pull -q alpine >/dev/null && "$ROPES" images add alpine >/dev/null
unset DOCKER_HOST
has "$("$ROPES" daemon status)" '^network: no$' "none unless it is asked for"
lacks "$(learn)" 'the outside$' "and no way out"
"$ROPES" daemon stop >/dev/null

try() { # CARRIER
	local said
	has "$(timeout 300 "$ROPES" daemon start --network 2>&1)" '^ready: ' "$1: it starts"
	has "$("$ROPES" daemon status)" '^network: yes$' "$1: it has a network"
	is "$(carriers)" 1 "$1: one carries it"
	said=$(learn)
	has "$said" '^from the shell: the outside$' "$1: the outside is reached"
	has "$said" '^from a container: the outside$' "$1: by a container, too"
	lacks "$said" 'a secret of the loopback' "$1: the loopback of this side is not reached"
	has "$said" '^tried' "$1: it was tried"
	lacks "$said" 'registry-1.docker.io auth' "$1: no hub inside"
	lacks "$said" 'pull access denied' "$1: the real one is asked"
	has "$("$ROPES" daemon stop)" stopped "$1: it ends"
	is "$(carriers)" 0 "$1: and its network with it"
	# one that runs gets it, too
	timeout 300 "$ROPES" daemon start >/dev/null 2>&1
	(
		eval "$("$ROPES" env)"
		docker pull -q busybox && docker tag busybox localhost:5000/mine && docker push localhost:5000/mine
	) >/dev/null 2>&1
	has "$(learn --network)" '^from a container: the outside$' "$1: a machine that runs gets a network"
	(
		eval "$("$ROPES" env)"
		docker rmi localhost:5000/mine && docker pull -q localhost:5000/mine && docker pull busybox
	) >"$folder/pulled" 2>&1
	has "$(cat "$folder/pulled")" '^localhost:5000/mine:latest$' "$1: what was pushed is there"
	lacks "$(cat "$folder/pulled")" 'Downloaded newer image' "$1: and no stand-in is"
	kill -KILL "$("$ROPES" daemon status | sed -n 's/^supervisor: //p')"
	for _ in $(seq 100); do [ "$(carriers)" = 0 ] && break; sleep 0.1; done
	is "$(carriers)" 0 "$1: it ends with a supervisor that was killed"
	"$ROPES" daemon stop >/dev/null
}
tried=
if command -v pasta >/dev/null; then
	try "pasta, or slirp4netns where this pasta fails"
	tried=yes
	mount --bind /dev/null "$(readlink -f "$(command -v pasta)")"
fi
if command -v slirp4netns >/dev/null; then
	try slirp4netns
	tried=yes
	mount --bind /dev/null "$(readlink -f "$(command -v slirp4netns)")"
fi
[ -n "$tried" ] || skip "neither pasta nor slirp4netns is installed"

umount /dev/net/tun "$folder/devices"

# Where there is neither, who asked is told, and nothing is left.
has "$(timeout 100 "$ROPES" daemon start --network 2>&1)" 'needs pasta or slirp4netns, but neither is installed; .ropes doctor.' "what is missing"
has "$("$ROPES" daemon status)" '^state: not running' "and no machine runs"
has "$("$ROPES" learn --daemon none --network "$folder/out.md" 2>&1)" 'network works only with the practice machine' "not for others"
