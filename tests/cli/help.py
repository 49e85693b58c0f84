#!/usr/bin/env python3
"""help.py CLIENT GRAMMAR: whether the tables of assets/cli say what `CLIENT COMMAND --help` says.

Each option that the client lists has to be in the table, with its letter, and with a value where it takes one. What the table
lists for this client's release, the client has to list. Prints what differs, and "N passed, M failed".
"""
import os
import re
import subprocess
import sys

CLIENT, GRAMMAR = sys.argv[1:]
ENVIRONMENT = dict(os.environ, DOCKER_HOST="unix:///nonexistent/docker.sock", DOCKER_CLI_HINTS="false")
KNOWN = (29, 7)  # the last release that the tables know
LINE = re.compile(r"^ +(?:(-\w), )?(--[\w-]+)(?: ([a-z][\w-]*))?(?: {2,}|$)")


def rows(name):
    with open(os.path.join(GRAMMAR, name), encoding="utf-8") as table:
        head, *lines = [line.rstrip("\n").split("\t") for line in table]
    return [dict(zip(head, line)) for line in lines]


def number(release):
    """"<=20.10" → (20, 10)"""
    return tuple(int(part) for part in release.lstrip("<=").split(".") if part.isdigit())


def run(*words):
    return subprocess.run([CLIENT, *words], env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30).stdout


release = number(re.search(r"version (\d+\.\d+)", run("--version")).group(1))
if release > KNOWN:
    print(f"skipped: the tables of assets/cli end with docker {KNOWN[0]}.{KNOWN[1]}")
    print("0 passed, 0 failed")
    sys.exit()
options = {}
for row in rows("options.tsv"):
    options.setdefault(row["command"], {})[row["long"]] = row
passed = failed = 0
for command in rows("commands.tsv"):
    name = command["command"]
    if name.split()[0] in ("docker", "buildx", "compose") or command["removed"] or number(command["since"]) > release:
        continue
    if "[OPTIONS]" not in (text := run(*name.split(), "--help")):
        continue  # a group, or a command without options
    listed = {found[2]: (found[1], found[3]) for line in text.splitlines() if (found := LINE.match(line))}
    known = options.get(name, {})
    wrong = [f"{option} is not in the table" for option in listed if option not in known and option != "--help"]
    wrong += [f"{option}: letter {letter}, not {known[option]['short']}" for option, (letter, _) in listed.items()
              if option in known and (letter or "") != known[option]["short"]]
    wrong += [f"{option} takes {'a' if value else 'no'} value" for option, (_, value) in listed.items()
              if option in known and bool(value) != (known[option]["type"] != "bool")]
    if release >= (28, 0):  # the table says what is shown since then
        wrong += [f"{option} is not listed" for option, row in known.items() if option not in listed and row["state"] == "shown" and
                  not row["removed"] and number(row["since"]) <= release and option != "--help"]
    passed += not wrong
    failed += bool(wrong)
    if wrong:
        print(f"FAILED: docker {name}: {'; '.join(wrong)}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
