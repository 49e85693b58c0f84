#!/bin/bash
# The gate as a guard before somebody's own daemon: attacks with a victim beside, notes that destroy, two learners, a session,
# TLS, and ropes reset. What the daemon's owner has must be afterwards as it was.
# shellcheck source-path=SCRIPTDIR source=library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=gates.sh
. "$(dirname "$0")/gates.sh"

# ---- attacks: on the daemon's owner, then on another learner ----
own() { docker_at "$daemon" docker "$@"; }
forget() { # what attacks left
	own ps -aq | DOCKER_HOST=unix://$daemon xargs -r docker rm -fv >/dev/null
	own volume ls -q | DOCKER_HOST=unix://$daemon xargs -r docker volume rm >/dev/null
	own network prune -f >/dev/null
	own images --format '{{.Repository}}:{{.Tag}}' | grep -vE '^busybox:|none' | DOCKER_HOST=unix://$daemon xargs -r docker rmi -f >/dev/null
}
attack() { # WORDS: of attack.py in front
	counted "every attack meets its verdict: $*" timeout 600 python3 "$ROPES_SOURCE/tests/gate/attack.py" "$@" "$daemon" \
		"$folder/me.sock" "$ROPES_SOURCE/tests/data/gate/attacks.jsonl"
	forget
}
open_gate me --learner me
open_gate you --learner you
attack
attack --victim "$folder/you.sock" you
lacks "$(cat me.log)" 'PathOnHost|password|Privileged":true' "the log holds no bodies"
has "$(head -1 me.log)" '^\{"time":"[^"]*","learner":"me","method":"[A-Z]+","route":"[^"]*"' "the log is JSON lines"
has "$(cat me.log)" '"verdict":"refused","rule":"HostConfig.Privileged","status":403' "a refusal is logged with its rule"
before=$(wc -l <me.log)
curl -s -A ropes --unix-socket "$folder/me.sock" http://d/v1.41/containers/json >/dev/null
curl -s --unix-socket "$folder/me.sock" http://d/v1.41/networks >/dev/null
for _ in $(seq 100); do ! tail -n +$((before + 1)) me.log | grep -q networks || break; sleep 0.05; done
lacks "$(tail -n +$((before + 1)) me.log)" 'containers/json' "what ropes itself asks is not logged"

# ---- what is pulled is the learner's: the practice daemon has a registry ----
me() { docker_at "$folder/me.sock" docker "$@" 2>&1; }
you() { docker_at "$folder/you.sock" docker "$@" 2>&1; }
is "$(me pull -q ubuntu) $(me run --rm ubuntu echo here)" 'docker.io/library/ubuntu:latest here' "an image is pulled"
printf 'FROM nginx\nRUN echo built >/made\n' >Dockerfile
has "$(me build -t base . 2>&1)" 'Successfully tagged base:latest' "and another one by a build"
is "$(own images --format '{{.Repository}}' | sort | grep ^ropes- | tr '\n' ' ')" 'ropes-me-base ropes-me-nginx ropes-me-ubuntu ' "marks say whose they are"
has "$(you rmi ubuntu nginx)" 'ubuntu is not yours.*|nginx is not yours' "nobody else removes them"
has "$(me rmi ubuntu)" '^Untagged: ubuntu:latest' "their learner does"
has "$(me image prune -af)" 'untagged: nginx:latest' "or prunes them"
is "$(own images --format '{{.Repository}}' | grep -E '^(ropes-.*|ubuntu|nginx|base)$')" "" "and no mark stays"
close_gates
forget

# ---- somebody's own daemon: what its owner has stays, whatever a note does ----
if [ "$(id -u)" != 0 ]; then
	skip "somebody's own daemon: a second daemon needs root"
	exit
fi
practice=$daemon daemon=$folder/own/docker.sock
mkdir own own/data
own_groups=$(basename "$folder")
docker_at "$practice" docker pull -q alpine >/dev/null
docker_at "$practice" docker save alpine busybox >own/images.tar
# the folders of this machine, a network of its own: two daemons would take each other's bridge
unshare --net --mount bash -c 'ip link set lo up; mount -t tmpfs none "$0/data" && exec dockerd --data-root "$0/data" --exec-root "$0/exec" \
	--pidfile "$0/pid" -H "unix://$0/docker.sock" --group "$(id -gn)" --exec-opt native.cgroupdriver=cgroupfs \
	--cgroup-parent "/$1" --shutdown-timeout 1' "$folder/own" "$own_groups" >own/log 2>&1 &
dockerd=$!
for _ in $(seq 300); do ! own version >/dev/null 2>&1 || break; sleep 0.1; done
has "$(own load <own/images.tar 2>&1)" 'Loaded image: alpine:latest' "a daemon of somebody's own runs: $(tail -3 own/log)"
open_gate me --learner me
open_gate you --learner you
own_state() {
	{
		own ps -a --no-trunc --format '{{.ID}} {{.Names}} {{.Image}} {{.State}} {{.Networks}} {{.Mounts}} {{.Label "ropes.owner"}}'
		own images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}'
		own volume ls --format '{{.Name}} {{.Driver}}'
		own network ls --no-trunc --format '{{.ID}} {{.Name}}'
	} | grep -vE ' (me|you|root|ropes-test)$|(^| )ropes-(me|you|root|ropes_2dtest)-' | sort
}
own tag busybox letters:1
own save letters:1 >letters.tar
own tag alpine letters:1 # the archive has another one
own network create office >/dev/null
own run -d --name precious --network office -v letters:/letters alpine sleep 100000 >/dev/null
own run -d --name web alpine sleep 100000 >/dev/null
own create --name stopped -v /anonymous alpine true >/dev/null
own volume create unused >/dev/null
own network create empty >/dev/null
own commit stopped draft:1 >/dev/null
own commit stopped draft:1 >/dev/null # the first one has no name now
own_state >state.before
is "$(me ps -a --format '{{.Names}}')$(me volume ls -q)" "" "nothing of it is listed"
is "$(me network ls --format '{{.Name}}' | sort | tr '\n' ' ')" 'bridge host none ' "but the networks of all"
is "$(me info --format '{{.Containers}} {{.ContainersRunning}}')" '0 0' "nor counted"
lacks "$(me system df -v)" 'precious|letters  *[0-9]' "nor its sizes told"
me events --since 0 --until "$(date +%s)" >events
lacks "$(cat events)" 'precious|office|unused' "nor its events"
lacks "$(me network inspect bridge)" 'web' "nor who is on the bridge"
cat >destructive <<'END'
docker rm -f $(docker ps -aq)
docker stop precious web
docker kill precious
docker rm -f precious web stopped
docker rename stopped gone
docker pause precious
docker update --memory 64m precious
docker start stopped
docker restart -t 0 precious
docker commit precious taken:1
docker exec precious rm -rf /letters
docker attach --no-stdin precious
docker logs precious
docker inspect precious
docker cp precious:/etc/hostname -
docker cp destructive precious:/
docker export precious
docker top precious
docker network rm office empty bridge
docker network disconnect office precious
docker network connect office precious
docker run --rm --network office alpine true
docker run --rm --network container:precious alpine true
docker run --rm --volumes-from precious alpine true
docker run --rm --privileged alpine true
docker run --rm -v /:/host alpine true
docker volume rm letters unused
docker volume prune -af
docker container prune -f
docker network prune -f
docker image prune -af
docker system prune -af --volumes
docker builder prune -af
docker rmi -f $(docker images -aq)
docker rmi alpine letters:1 draft:1
docker rmi -f alpine
docker tag busybox alpine
docker tag busybox letters:1
docker commit $(docker create busybox) letters:1
docker pull alpine
docker build -t letters:1 context
docker load -i letters.tar
docker import letters.tar letters:1
docker run --rm -v letters:/letters busybox rm -rf /letters
docker rm -f $(docker ps -aq)
docker system prune -af --volumes
END
mkdir -p context
printf 'FROM busybox\nRUN echo built >/made\nCMD cat /made\n' >context/Dockerfile
while IFS= read -r line; do
	DOCKER_HOST=unix://$folder/me.sock DOCKER_BUILDKIT=0 DOCKER_CONFIG=$folder timeout 60 bash -c "$line" >/dev/null 2>>destroyed </dev/null
	own_state >state.after
	diff state.before state.after >difference || bad "$line" "$(cat difference)"
done <destructive
is "$(diff state.before state.after)" "" "all is as it was"
has "$(cat destroyed)" 'No such container: precious' "what is not the learner's is not there"
has "$(cat destroyed)" 'image letters:1 is not yours|letters:1 is not yours' "images stay as they are"

# ---- two learners there: the same names at the same time ----
for who in me you; do
	has "$($who run -d --name web -v store:/s alpine sh -c "echo $who >/s/who; sleep 100000")" '^[0-9a-f]{64}$' "$who runs a web"
	has "$($who network create lane)" '^[0-9a-f]{64}$' "$who makes a lane"
	has "$($who run -d --name page --network lane alpine sleep 100000)" '^[0-9a-f]{64}$' "$who runs one in it"
	is "$($who ps --format '{{.Names}}' | sort | tr '\n' ' ')" 'page web ' "$who sees their own, as named"
	for _ in $(seq 100); do [ "$($who exec web cat /s/who)" != "$who" ] || break; sleep 0.05; done
	is "$($who exec web cat /s/who)" "$who" "$who has a volume of their own"
	has "$($who run --rm --network lane alpine ping -c 1 -W 2 page)" '1 packets received' "names are found in the network of $who"
	is "$($who ps --filter name=^web$ --filter volume=store --format '{{.Names}}')" web "filters know the names of $who"
	is "$($who inspect -f '{{.Name}} {{index .Config.Labels "ropes.owner"}} {{(index .Mounts 0).Name}}' web)" '/web  store' "nothing of the daemon's names is seen"
	$who rename web shop >/dev/null
	is "$($who ps -q --filter name=shop | wc -l) $(own ps --format '{{.Names}}' | grep -c "^ropes-$who-shop$")" '1 1' "$who renames it"
	has "$($who rename page shop)" 'name "/shop" is already in use' "one's own names are taken"
	is "$($who volume ls -q | grep -v letters)" store "volumes are one's own"
	is "$($who ps -n 1 --format '{{.Names}}')" page "the last one is the last of $who"
done
has "$(me build -t kit context)" 'Successfully tagged kit:latest' "an image is built"
printf 'FROM kit\nCMD cat /made\n' >context/Dockerfile
has "$(me build -q -t child context)" '^sha256:' "another one on it"
is "$(me run --rm child)" built "and run"
has "$(you build -t kit context)" 'kit:latest is not yours' "but nobody else takes its name"
has "$(you rmi child)" 'not yours' "nor removes it"
has "$(me tag child child:2; me images child)" '^child +2 ' "a tag is set"
lacks "$(me images)" 'ropes-' "marks are not seen"
has "$(me inspect -f '{{.RepoTags}}' ropes-me-child)" 'No such' "nor to be asked for"
has "$(me rmi child:2)" '^Untagged: child:2$' "and goes"
own create --name borrowed child true >/dev/null
has "$(me rmi -f child)" 'unable to|conflict' "an image that another's container uses stays"
is "$(own inspect -f '{{.State.Status}}' borrowed) $(me run --rm child)" 'created built' "and is still the learner's"
own rm borrowed >/dev/null
has "$(me rmi child)" '^Deleted: ' "then it goes"
since=$(date +%s.%N)
me events --since "$since" --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}' >events 2>&1 &
me create --name late alpine >/dev/null
you create --name later alpine >/dev/null
own tag alpine unheard
me tag alpine heard
me network create side >/dev/null
for _ in $(seq 100); do ! grep -q side events || break; sleep 0.05; done
pkill -P $$ -f 'docker events --format'
is "$(cat events)" $'container create late\nimage tag heard:latest\nnetwork create side' "events are one's own"
own rmi unheard >/dev/null
me create -v /anonymous --name anonymous alpine >/dev/null
has "$(me volume inspect -f '{{.Name}}' "$(me inspect -f '{{(index .Mounts 0).Name}}' anonymous)")" '^[0-9a-f]{64}$' "a volume without a name is known by its container"
me rm -f anonymous >/dev/null

# ---- a session on somebody's own daemon ----
block() { # LINE [OUTPUT]: an example
	printf '%s\n' '```sh' "\$ $1" ${2:+"$2"} '```' ''
}
{
	printf '# Destroy\n\n## All\n\n'
	block 'docker run -d --name web -p 18080:80 alpine sleep 100000'
	block 'docker ps'
	block 'docker exec web echo inside' inside
	block 'mkdir -p site; echo page >site/page; docker run --rm -v "$PWD/site:/site" alpine cat /site/page' page
	block 'docker run -d -v "$PWD/site:/site" --name kept alpine sleep 100000'
	block "docker inspect -f '{{index .HostConfig.Binds 0}}' kept" /home/ropes-test/site:/site
	grep -vE 'letters.tar|attach' destructive | while IFS= read -r line; do block "$line"; done
} >destroy.md
said=$("$ROPES" test destroy.md --daemon "unix://$daemon" 2>&1)
own_state | grep -vE '^(heard|kit):' >state.after
own_state >state.all
is "$(diff <(grep -vE '^(heard|kit):' state.before) state.after)" "" "a note that destroys leaves all as it was: $said"
is "$(grep -cE '^ok [1-6] - ' <<<"$said")" 6 "and what it makes is found by its own names: $(head -60 <<<"$said")"
is "$(grep -c '^not ok .*docker stop precious web' <<<"$said")" 1 "a line that is refused fails"
printf '# A\n\n```sh\n$ docker run --rm alpine true\n```\n' >a.md
said=$(printf '%s\n' 'docker run --rm --privileged alpine true' 'ln -s /sock way; docker run --rm -v "$PWD/way:/way" alpine ls /way; echo "status $?"' ':quit' |
	"$ROPES" learn a.md --daemon "unix://$daemon" 2>&1)
has "$said" 'gate before this daemon refused it' "the tutor tells of the gate"
has "$said" 'HostConfig.Privileged is not allowed' "and of what"
has "$said" '^status 125$' "a link that leads out of the workspace is not mounted"

# ---- it is looked at, and asked for once ----
has "$("$ROPES" doctor --daemon "unix://$daemon" 2>&1 | tr '\n' ' ')" '✔ your own daemon: Docker [0-9.]+[^ ]* on .*unix://' "doctor looks at that daemon"
has "$("$ROPES" doctor --daemon ssh://ada@far 2>&1 | tr '\n' ' ')" 'does not +support SSH.*ssh -nNT -L' "an address by SSH is refused with the way round"
has "$(echo :quit | "$ROPES" learn a.md --daemon ssh://ada@far 2>&1 | tr '\n' ' ')" 'support SSH.*commands do not run' "before the first line"
question='Let its commands run there. .y/N.'
session() { window 100 30 "$ROPES" learn "$1" --daemon "unix://$daemon"; }
session "$folder/a.md"
wait_for "$question" && type_line n
wait_for 'Nothing runs on that daemon'
session "$folder/a.md"
wait_for 'uses your own Docker: Docker' && wait_for "$question" && type_line y
wait_for 'docker run --rm alpine true'
session "$folder/a.md"
wait_for 'docker run --rm alpine true'
lacks "$(capture)" 'of your own' "who has agreed is not asked again"
cp a.md b.md
session "$folder/b.md"
wait_for "$question"
is "$(stat -c %a "$XDG_STATE_HOME/ropes/own-daemons") $(grep -c . "$XDG_STATE_HOME/ropes/own-daemons")" "600 1" "but for another course"
tmux -L "$tmux_socket" kill-server

# ---- one behind TLS is guarded as well ----
tls=$folder/tls
mkdir "$tls"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout "$tls/ca-key.pem" -out "$tls/ca.pem" 2>/dev/null
for who in server client; do
	openssl req -newkey rsa:2048 -nodes -subj /CN=$who -keyout "$tls/$who-key.pem" -out "$tls/$who.csr" 2>/dev/null
	openssl x509 -req -in "$tls/$who.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca-key.pem" -CAcreateserial -days 2 \
		-extfile <(echo subjectAltName=IP:127.0.0.1) -out "$tls/$who-cert.pem" 2>/dev/null
done
ln -s client-key.pem "$tls/key.pem" && ln -s client-cert.pem "$tls/cert.pem"
python3 "$ROPES_SOURCE/tests/gate/tls.py" "$tls" "$daemon" >tls.out 2>&1 &
proxy=$!
for _ in $(seq 100); do [ ! -s tls.out ] || break; sleep 0.05; done
said=$(DOCKER_HOST=tcp://127.0.0.1:$(cat tls.out) DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$tls "$ROPES" test a.md --daemon host 2>&1)
has "$said" '^ok 1 - ' "a note holds there: $said"
said=$(printf '%s\n' 'docker rm -f precious' 'docker run --rm -v "$PWD:/w" alpine true' ':quit' |
	DOCKER_HOST=tcp://127.0.0.1:$(cat tls.out) DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$tls "$ROPES" learn a.md --daemon host 2>&1)
has "$said" 'No such container: precious' "what is not the learner's is not there, either"
has "$said" 'would reach out of the sandbox' "and folders of another machine are not mounted"
kill $proxy
wait $proxy 2>/dev/null
close_gates
is "$(find . -maxdepth 1 -name '*.sock' | wc -l)" 0 "SIGTERM removes the sockets"

# ---- ropes reset ----
for who in me you root; do
	"$ROPES" reset --learner $who --daemon "unix://$daemon" >reset 2>&1
	is "$? $(own ps -aq --filter label=ropes.owner=$who; own volume ls -q --filter label=ropes.owner=$who; own network ls -q --filter label=ropes.owner=$who
		own images -q "ropes-$who-*")" '0 ' "nothing of $who is left: $(cat reset)"
done
own_state >state.after
is "$(diff state.before state.after)" "" "and all of the owner's"
kill "$(cat own/pid)"
wait $dockerd
find /sys/fs/cgroup -depth -type d -path "*/$own_groups*" -exec rmdir {} + 2>/dev/null
daemon=$practice
