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
has "$(run run --rm hello-world)" '^Hello from Docker!' "hello-world speaks"
has "$(run run --rm hello-world sh)" 'exec: "sh": executable file not found' "and has no shell"
for image in ubuntu ubuntu:22.04 debian nginx httpd; do
	is "$(run run --quiet --rm "$image" bash -c 'echo $((6 * 7))' | tail -1)" 42 "bash in $image"
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
