#!/bin/bash
# ropes images: what is added takes the place of a stand-in, in a machine that runs and in later ones; what is removed gives it back;
# bad archives and interruptions change nothing.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
mkdir -p "$folder/cache/ropes" && cp -R "$XDG_CACHE_HOME"/ropes/practice-images-* "$folder/cache/ropes/" 2>/dev/null
export XDG_CACHE_HOME="$folder/cache" # what is added is nobody else's
run() { timeout 60 docker "$@" 2>&1; }
images() { timeout 120 "$ROPES" images "$@" 2>&1; }

has "$(images list)" '^alpine:3 +(-|[0-9.]+ MB) +stand-in$' "what there will be is known before the first start"
timeout 300 "$ROPES" daemon start >/dev/null 2>&1
eval "$("$ROPES" env)"
has "$(images)" '^alpine:3 +[0-9.]+ MB +stand-in$' "its size after it"
has "$(images list --json)" '"name":	"ubuntu:22.04",' "for programs"
run pull -q alpine >/dev/null
printf 'FROM alpine\nRUN echo mine >/mine\nCMD ["cat", "/mine"]\n' | DOCKER_BUILDKIT=0 run build -q -t redis:7 -t alpine:3 -t team/app - >/dev/null

# From the caller's own Docker, and from files of `docker save`: several names in one.
is "$(images add redis:7)" "added redis:7" "add NAME"
docker save -o "$folder/two.tar" alpine:3 team/app
gzip -k "$folder/two.tar"
is "$(images add "$folder/two.tar.gz" | sort | tr '\n' ' ')" "added alpine:3 added team/app:latest " "add FILE"
has "$(images)" '^redis:7 +[0-9.]+ MB +added from your Docker$' "where it is from"
has "$(images)" '^alpine:3 +[0-9.]+ MB +added from two.tar.gz$' "and that one"
is "$(images | grep -c '^alpine:3 ')" 1 "it is there once"
run rmi -f redis:7 alpine:3 team/app >/dev/null
is "$(run run --rm redis:7 | tail -1)" mine "a machine that runs has it at once"
is "$(run run --rm alpine:3 | tail -1)" mine "in the place of the stand-in"
lacks "$(run run --rm alpine cat /mine)" '^mine' "another tag is as it was"
is "$(run search --format '{{.Name}}' redis)" redis "the hub finds it"
run rmi -f redis:7 >/dev/null
"$ROPES" daemon stop >/dev/null && timeout 300 "$ROPES" daemon start >/dev/null 2>&1
is "$(run run --rm redis:7 | tail -1)" mine "a later machine has it, too"

# A mistyped name is told the names that are there, with the learner's own.
said=$(run pull rediss | "$ROPES" explain -- docker pull rediss)
has "$said" 'Did you mean `redis`\?' "the learner's own"
said=$(run pull redis:8 | "$ROPES" explain -- docker pull redis:8)
has "$said" 'Of `redis` there is here: `redis:7`\.' "its tags"
said=$(run pull ngnix | "$ROPES" explain -- docker pull ngnix)
has "$said" 'Did you mean `nginx`\?' "two letters exchanged"
said=$(run pull postgres | "$ROPES" explain -- docker pull postgres)
has "$said" 'These are here: .*`alpine`' "nothing is near"

# What is removed is gone, and the stand-in is back.
is "$(images remove redis:7 alpine:3 | tr '\n' ' ')" "removed redis:7 removed alpine:3 " "remove"
run rmi -f redis:7 alpine:3 >/dev/null
has "$(run run redis:7)" "pull access denied for redis," "it is gone"
lacks "$(run run --rm alpine:3 cat /mine)" '^mine' "the stand-in is back"
has "$(images)" '^alpine:3 +[0-9.]+ MB +stand-in$' "and listed"

# Bad input: what, where, what to do; and nothing is half added.
has "$(images add nosuch)" "^ropes: your Docker did not export 'nosuch:latest': .*reference does not exist" "a name that is not there"
has "$(images add ghcr.io/a/b:1)" "'ghcr.io/a/b:1' belongs to another registry.*docker tag" "another registry's name"
has "$(images add 'Bad Name')" "'Bad Name' is not the name of an image; expected NAME or NAME:TAG" "no name"
has "$(images add "$folder/none.tar")" "none.tar': No such file" "no file"
has "$(images add "$folder")" "is not a complete archive; .docker save -o FILE.tar NAME. makes" "a folder"
has "$(images remove busybox)" "'busybox:latest' is not an added image; .ropes images list. shows" "not added"
has "$(images add)" "needs the name of an image, as in redis:7, or a file" "no operand"
has "$(images put x)" "unknown subcommand 'put'" "no such action"
mkdir "$folder/x" && tar -C "$folder/x" -xf "$folder/two.tar"
pack() { tar -C "$folder/x" -cf "$folder/$1.tar" . && images add "$folder/$1.tar"; }
head -c 5000 "$folder/two.tar" >"$folder/cut.tar"
has "$(images add "$folder/cut.tar")" "cut.tar' (is not (a complete archive|an archive of images)|lacks)" "an archive that is cut"
cp "$folder/x/manifest.json" "$folder/manifest"
sed 's/"alpine:3"/"x\/..\/..\/y:3"/' "$folder/manifest" >"$folder/x/manifest.json"
has "$(pack climbing)" "'x/../../y:3' is not the name of an image" "a name that climbs"
sed 's#"Config":"[^"]*"#"Config":"../../../../../../../../etc/passwd"#' "$folder/manifest" >"$folder/x/manifest.json"
has "$(pack leading)" "lacks the configuration of an image" "a path that leads out"
sed 's#"Config":"[^"]*"#"Config":"out"#' "$folder/manifest" >"$folder/x/manifest.json" && ln -s /etc/passwd "$folder/x/out"
has "$(pack linking)" "lacks the configuration of an image" "a link that leads out"
echo '[]' >"$folder/x/manifest.json"
has "$(pack naming)" "names no image" "an archive without a name"
rm -f "$folder/x/manifest.json" "$folder/x/index.json" "$folder/x/oci-layout" # both forms
has "$(pack plain)" "is not an archive of images" "another archive"
is "$(images | grep -c added)" 1 "all of that added nothing"

# The layout of OCI, as buildx and skopeo write it; a part with another digest is not taken.
python3 - "$folder" <<'PYTHON'
import gzip, hashlib, json, os, sys
folder = sys.argv[1]
entry = json.load(open(f'{folder}/manifest'))[0]
blobs = f'{folder}/oci/blobs/sha256'
os.makedirs(blobs)
def blob(content, kind):
    digest = hashlib.sha256(content).hexdigest()
    open(f'{blobs}/{digest}', 'wb').write(content)
    return {'mediaType': kind, 'size': len(content), 'digest': f'sha256:{digest}'}
read = lambda name: open(f'{folder}/x/{name}', 'rb').read()
manifest = {'schemaVersion': 2, 'mediaType': 'application/vnd.oci.image.manifest.v1+json',
    'config': blob(read(entry['Config']), 'application/vnd.oci.image.config.v1+json'),
    'layers': [blob(gzip.compress(read(name), 1), 'application/vnd.oci.image.layer.v1.tar+gzip') for name in entry['Layers']]}
image = blob(json.dumps(manifest).encode(), manifest['mediaType'])
other = dict(image, platform={'architecture': 'vax', 'os': 'linux'}, digest='sha256:' + '0' * 64)
image['platform'] = {'architecture': json.loads(read(entry['Config']))['architecture'], 'os': 'linux'}
kind = 'application/vnd.oci.image.index.v1+json'
index = blob(json.dumps({'schemaVersion': 2, 'mediaType': kind, 'manifests': [other, image]}).encode(), kind)
index['annotations'] = {'io.containerd.image.name': 'docker.io/library/layout:1'}
json.dump({'schemaVersion': 2, 'manifests': [index]}, open(f'{folder}/oci/index.json', 'w'))
json.dump({'imageLayoutVersion': '1.0.0'}, open(f'{folder}/oci/oci-layout', 'w'))
open(f'{folder}/layer', 'w').write(manifest['layers'][0]['digest'][7:])
PYTHON
tar -C "$folder/oci" -cf "$folder/oci.tar" .
is "$(images add "$folder/oci.tar")" "added layout:1" "an OCI layout"
is "$(run run --rm layout:1 | tail -1)" mine "and it runs"
# From a registry: with a token, of several processors' images this one's, parts from another place; no docker is asked.
python3 "$ROPES_SOURCE/tests/terminal/registry.py" "$folder/oci" 127.0.0.1 >"$folder/port" 2>/dev/null &
registry=$!
for _ in $(seq 100); do [ ! -s "$folder/port" ] || break; sleep 0.05; done
fetch() { images add --registry "http://127.0.0.1:$(cat "$folder/port")/" "$@"; }
has "$(images remove layout:1)" '^removed' "the one of the file goes"
said=$(DOCKER_HOST=unix:///nowhere fetch layout:1)
has "$said" '^pulling layout:1: [0-9]+ layers, ' "what is pulled, and how much"
has "$said" '^added layout:1$' "and that it is there"
has "$(images)" '^layout:1 .* added from http://127.0.0.1:[0-9]+$' "where it is from"
run rmi -f layout:1 >/dev/null
is "$(run run --rm layout:1 | tail -1)" mine "and it runs"
has "$(fetch layout:damaged)" "'layout:damaged' is damaged: a part of it has another digest" "other bytes than promised"
has "$(fetch layout:cut)" '^ropes: http://.*(partial file|transfer closed)' "a part that ends too early"
has "$(fetch layout:endless)" "sent more data for 'layout:endless' than it announced" "a part that goes on"
has "$(fetch layout:busy)" 'no more pulls from this address for now \(429\); try again .*ropes images add layout:busy' "a registry that has enough"
has "$(fetch layout:2)" "has no public image 'layout:2'" "a tag that is not there"
has "$(fetch other)" "has no public image 'other:latest'" "a name that is not there"
kill $registry && wait $registry 2>/dev/null
has "$(fetch layout:1)" "^ropes: http://.*: Could(n't| not) connect to server" "no registry"
has "$(images add --registry http://127.0.0.1:1 layout)" 'check the network, or add the image from your own Docker \(`ropes images add layout:latest`\)' "a registry that does not answer"
has "$(images add --registry mirror.example.org layout)" "expected an address like https://mirror.example.org" "no address"
has "$(images add --registry ftp://mirror.example.org layout)" "expected an address like https://mirror.example.org" "no address of HTTP"
is "$(images | grep -c '^layout')" 1 "all of that added nothing"
is "$(run run --rm layout:1 | tail -1)" mine "the earlier one stays"

echo more >>"$folder/oci/blobs/sha256/$(cat "$folder/layer")"
tar -C "$folder/oci" -cf "$folder/oci.tar" .
has "$(images add "$folder/oci.tar")" "is damaged: a part of it has another digest" "a damaged part"
is "$(run run --rm layout:1 | tail -1)" mine "the earlier one stays"

# Killed at any moment: the earlier state, and the next change clears up.
before=$(images)
for wait in 0.01 0.05 0.1 0.2 0.4; do
	"$ROPES" images add "$folder/two.tar" >/dev/null 2>&1 &
	sleep $wait
	kill -KILL $! 2>/dev/null
	wait $! 2>/dev/null
	now=$(images)
	[ "$(grep -c 'team/app' <<<"$now")" = 1 ] && [ "$(grep -vc 'alpine:3\|team/app' <<<"$now")" = "$(grep -vc 'alpine:3\|team/app' <<<"$before")" ] && ok ||
		bad "killed after $wait s" "$now"
done
has "$(images add "$folder/two.tar")" '^added alpine:3$' "the next one is whole"
is "$(find "$XDG_CACHE_HOME/ropes/added-images" -name '.half-*' | wc -l)" 0 "and nothing is left"
