#!/bin/bash
# The practice images: what fails in a real image fails in its stand-in, in the same words, and what works there works here.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
timeout 300 "$ROPES" daemon start >/dev/null 2>&1
eval "$("$ROPES" env)"
run() { timeout 60 docker "$@" 2>&1; }
for image in alpine busybox nginx:alpine docker/getting-started hello-world; do
	has "$(run run --rm "$image" bash)" 'exec: "bash": executable file not found in \$PATH' "no bash in $image"
done
if command -v docker-init >/dev/null; then
	is "$(run run --rm --init alpine cat /proc/1/comm)" docker-init "a container with docker's own init"
fi
has "$(run run --rm hello-world)" '^Hello from Docker!' "hello-world speaks"
has "$(run run --rm hello-world sh)" 'exec: "sh": executable file not found' "and has no shell"
for image in ubuntu ubuntu:22.04 debian nginx httpd; do
	is "$(run run --rm "$image" bash -c 'echo $((6 * 7))' | tail -1)" 42 "bash in $image"
	has "$(run run --rm "$image" ping -c 1 x)" 'exec: "ping": executable file not found' "no ping in $image"
done
has "$(run run --rm ubuntu ps)" ' ps$' "ps in ubuntu"
has "$(run run --rm debian ps)" 'exec: "ps": executable file not found' "none in debian"

# What package managers say without a network: the real apt said so in a namespace that has none.
said=$(run run --rm debian apt-get update)
is $? 0 "apt-get update succeeds all the same"
has "$said" '^Err:1 http://deb.debian.org/debian bookworm InRelease$' "apt-get update"
has "$said" "^  Temporary failure resolving 'deb.debian.org'$" "and why"
has "$said" "^W: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.debian.org'$" "and again at its end"
said=$(run run --rm ubuntu:22.04 apt-get install -y curl)
is $? 100 "apt-get install fails"
has "$said" '^E: Unable to locate package curl$' "as the real one does"
has "$(run run --rm ubuntu:22.04 apt update)" "^W: Failed to fetch http://archive.ubuntu.com/ubuntu/dists/jammy/InRelease " "a release of its own"
has "$(run run --rm ubuntu apt update)" '^All packages are up to date\.$' "apt is not apt-get"
said=$(run run --rm alpine apk add --no-cache curl)
is $? 1 "apk add fails"
has "$said" '^WARNING: updating and opening https://dl-cdn.alpinelinux.org/alpine/v3.20/main: temporary error \(try again later\)$' "apk without a network"
has "$said" '^  curl \(no such package\):$' "and the package"

# A page where the real images have it, and one label that tells what the image is.
has "$(run run --rm nginx cat /usr/share/nginx/html/index.html)" 'Welcome to nginx' "nginx has its page"
is "$(run inspect -f '{{json .Config.Labels}}' alpine)" '{"ropes.standin.for":"alpine"}' "the label"

# What the registry lacks is answered as Docker Hub answers: by a hub inside, to daemon and client.
denied="pull access denied for nosuch, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"
has "$(run pull nosuch)" "^Error response from daemon: $denied$" "pull of what is not there"
has "$(run run nosuch)" "^docker: Error response from daemon: $denied" "run of it"
has "$(printf 'FROM nosuch\n' | DOCKER_BUILDKIT=0 run build -)" "^$denied$" "build from it"
has "$(run pull alpine:9.99)" 'manifest for alpine:9.99 not found: manifest unknown: manifest unknown$' "a tag that is not there"
has "$(run login -u me -p secret)" 'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password$' "no password is right"
run tag alpine me/alpine >/dev/null
has "$(run push me/alpine)" '^denied: requested access to the resource is denied$' "nothing is taken"
is "$(run search --format '{{.Name}}' busy)" busybox "search"
is "$(run search --format '{{.Name}}' nosuch)" "" "search for what is not there"
lacks "$(run pull ghcr.io/nosuch/nosuch)" 'denied' "other registries are out of reach"
run run -d --name own -p 443:80 nginx >/dev/null
cat >"$folder/hub.md" <<'NOTE'
# Hub

A line.

```console
$ docker ps
```
NOTE
said=$("$ROPES" learn "$folder/hub.md" --trust 2>&1 <<'LINES'
docker manifest inspect alpine | grep -c digest
docker manifest inspect nosuch
curl -sS http://localhost:443/ | grep -o 'for nginx'
curl -sS https://registry-1.docker.io/v2/; echo
:quit
LINES
)
has "$said" '^[2-9]$' "the client itself is answered"
has "$said" '^unauthorized: authentication required$' "with the whole of the real answer"
has "$said" '^for nginx$' "port 443 is a container's"
has "$said" '"code":"UNAUTHORIZED"' "curl trusts the hub"
