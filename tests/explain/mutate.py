#!/usr/bin/env python3
"""mutate.py ROPES CLIENT HOW_MANY SEED: right docker lines with one fault each, explained.

A line is taken from LINES, one of its words is misspelled, dropped, doubled, moved or given another type, and the real client
runs it without a daemon: what it says is then a complaint about the line. `ropes explain` has to name the place that was changed,
and must not blame another one. Prints each that fails, and "N passed, M failed": at least 95 % are named, none blames another place.
"""
import json
import os
import random
import shlex
import subprocess
import sys

ROPES, CLIENT, HOW_MANY, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
ENVIRONMENT = dict(os.environ, DOCKER_HOST="unix:///nonexistent/docker.sock", DOCKER_CLI_HINTS="false", DOCKER_BUILDKIT="0")

# Options as (words); the operands follow "|".
LINES = """
run --rm --name web --detach --publish 8080:80 --memory 512m | nginx
run --interactive --tty --env COLOR=blue --workdir /srv --volume data:/srv | alpine sh
run --detach --restart always --cpus 1.5 --hostname box --network lab | redis:7
run --read-only --tmpfs /tmp --user 1000 --pids-limit 50 | busybox true
run --health-cmd true --health-interval 30s --stop-timeout 5 --shm-size 64m | web
create --name web --publish 8080:80 --label tier=front | nginx
exec --interactive --tty --env A=b --user root | web sh
ps --all --quiet --no-trunc --last 3 |
logs --follow --timestamps --tail 20 --since 10m | web
stop --time 5 | web db
rm --force --volumes | web
start --attach --interactive | web
restart --time 3 | web
kill --signal TERM | web
cp --archive | web:/etc/hosts hosts
rename | web shop
tag | nginx:latest shop/nginx:1
pull --quiet --platform linux/amd64 | nginx
push --quiet | shop/nginx
images --all --no-trunc --digests |
rmi --force --no-prune | nginx
build --tag shop:1 --file Dockerfile.dev --build-arg V=1 --no-cache | .
history --no-trunc --human | nginx
save --output nginx.tar | nginx
inspect --size --type container | web
stats --no-stream --all | web
top | web
port | web
commit --author me --message first | web shop:2
volume create --driver local --label a=b | data
volume ls --quiet |
volume rm --force | data
network create --driver bridge --subnet 10.9.0.0/24 --internal | lab
network connect --alias db --ip 10.9.0.5 | lab web
network ls --no-trunc --quiet |
network disconnect --force | lab web
system df --verbose |
container prune --force |
image ls --all --quiet |
container ls --all --size |
update --memory 64m --cpus 0.5 | web
search --limit 5 --no-trunc | nginx
""".strip().splitlines()
SWITCHES = set("rm detach interactive tty read-only all quiet no-trunc follow timestamps force volumes attach archive digests no-prune "
               "no-cache human size no-stream internal verbose".split())


def parse(text):
    """The command's words, options as [name, value or None], operands."""
    words, operands = text.split("|")
    command, options, words = [], [], words.split()
    while words and not words[0].startswith("--"):
        command.append(words.pop(0))
    while words:
        name = words.pop(0)
        options.append([name, None if name[2:] in SWITCHES else words.pop(0)])
    return command, options, operands.split()


def misspell(word, chance):
    """Two letters change places, one is missing, or one stands twice."""
    at = chance.randrange(1, len(word) - 1)
    return chance.choice([word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at] + word[at + 1:], word[:at] + word[at] + word[at:]])


def mutate(chance):
    """A line with one fault, and the words of which its explanation has to name one. None: nothing was changed."""
    command, options, operands = parse(chance.choice(LINES))
    front = []
    kind = chance.choice(["option", "dash", "value", "type", "command", "front", "missing", "extra"])
    long_options = [o for o in options if len(o[0]) > 5]
    typed = [o for o in options if o[1] is not None and o[0] in ("--memory", "--cpus", "--publish", "--pids-limit", "--last", "--limit",
                                                                 "--stop-timeout", "--health-interval", "--shm-size", "--time")]
    if kind == "option" and long_options:
        option = chance.choice(long_options)
        right = option[0]
        option[0] = "--" + misspell(option[0][2:], chance)
        if option[0] == right:
            return None
        expected = [option[0], right]
    elif kind == "dash" and long_options:
        option = chance.choice(long_options)
        expected = [option[0], option[0][1:]]
        option[0] = option[0][1:]
    elif kind == "value" and any(o[1] for o in options):
        option = chance.choice([o for o in options if o[1]])
        option[1] = None
        options.remove(option)
        options.append(option)
        operands = []
        expected = [option[0]]
    elif kind == "type" and typed:
        option = chance.choice(typed)
        option[1] = chance.choice(["x1q", "many", "12#"])
        expected = [option[1], option[0]]
    elif kind == "command" and len(command[-1]) > 3:
        right = command[-1]
        command[-1] = misspell(right, chance)
        if command[-1] == right:
            return None
        expected = [command[-1]]
    elif kind == "front" and long_options:
        option = chance.choice(long_options)
        options.remove(option)
        front = [w for w in option if w]
        expected = [option[0]]
    elif kind == "missing" and operands and command[-1] not in ("stats", "rename", "tag", "connect"):
        operands = []
        expected = ["needs one word more"]
    elif kind == "extra" and command[-1] in ("ps", "rename", "tag", "pull", "push", "logs", "images", "history", "port", "build", "ls", "df"):
        operands = operands + ["surplus", "surplus"]
        expected = ["surplus"]
    else:
        return None
    words = ["docker"] + front + command + [w for o in options for w in o if w is not None] + operands
    return kind, " ".join(shlex.quote(w) for w in words), words, expected


chance = random.Random(SEED)
named = silent = 0
blamed = []
tried = set()
while named + silent + len(blamed) < HOW_MANY:
    one = mutate(chance)
    if one is None or one[1] in tried:
        continue
    kind, line, words, expected = one
    tried.add(line)
    ran = subprocess.run([CLIENT] + words[1:], env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, timeout=30, cwd="/")
    if ran.returncode == 0 or "/nonexistent/docker.sock" in ran.stdout:
        continue  # the client took it
    said = subprocess.run([ROPES, "explain", "--json", "--status", str(ran.returncode), "--", line], input=ran.stdout, capture_output=True,
                          text=True, timeout=30)
    found = json.loads(said.stdout) if said.returncode == 0 else {}
    text = " ".join(found.get(key, "") for key in ("what", "why", "try"))
    if not found:
        silent += 1
        print(f"unexplained: {kind}: {line}: {ran.stdout.strip().splitlines()[:1]}")
    elif any(word in text for word in expected):
        named += 1
    else:
        blamed.append(line)
        print(f"FAILED: {kind}: {line}: expected {expected}, got {found['rule']}: {text}\n    {ran.stdout.strip()[:200]}")
total = named + silent + len(blamed)
good = named >= 0.95 * total
if not good:
    print(f"FAILED: {named} of {total} were named")
print(f"{named} of {total} named, {silent} unexplained, {len(blamed)} blamed elsewhere")
print(f"{named} passed, {len(blamed) + (0 if good else total - named)} failed")
sys.exit(0 if good and not blamed else 1)
