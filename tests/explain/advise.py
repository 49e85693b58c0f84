#!/usr/bin/env python3
"""advise.py ROPES CASES: what explanations advise, run against the daemon of DOCKER_HOST.

A case in the file CASES is a block of lines, blocks are separated by an empty one: `before:` prepares (any number of them), `line:` is
the line with a fault, and `then:` a command that holds where the line's goal is reached (without it, status 0 counts). A repaired line
replaces the line and must reach the goal, or fail for another reason. Other advice in backticks that is a docker command is run,
each in the same state, and must end with status 0, or fail for another reason than how it is written; afterwards the line is
repeated where the advice changed something, and must reach its goal, or say something new. Prints each that fails, how many lines
have no command in their advice, and "N passed, M failed".
"""
import json
import os
import re
import subprocess
import sys
import tempfile

ROPES, CASES = sys.argv[1:3]
LOOKS = ("ps", "images", "image ls", "logs", "inspect", "container ls", "volume ls", "network ls", "search", "port", "top", "info",
         "version", "stats", "history", "events", "context", "diff", "system df", "compose ps", "compose logs", "compose ls")
MISUSED = re.compile(r"^Usage: |^See 'docker|unknown (shorthand )?flag|invalid argument \"|invalid reference|is not a docker command", re.M)
CLEAR = ("docker ps -aq | xargs -r docker rm -fv; docker volume ls -q | xargs -r docker volume rm -f; docker network prune -f; "
         "docker images -q --filter label=made | xargs -r docker rmi -f; find . -mindepth 1 -delete")


def shell(line, folder):
    """A program that still runs after some seconds has begun well."""
    done = subprocess.run(["timeout", "-k", "1", "15", "bash", "-c", line], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, errors="replace")
    done.returncode = 0 if done.returncode in (124, 137) else done.returncode
    return done


def read_cases(path):
    with open(path, encoding="utf-8") as file:
        for block in re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", file.read(), flags=re.M).strip()):
            case = {"before": []}
            for line in block.splitlines():
                key, value = line.split(": ", 1)
                if key == "before":
                    case["before"].append(value)
                else:
                    case[key] = value
            yield case


def prepare(case, folder):
    shell(CLEAR, folder)
    for line in case["before"]:
        done = shell(line, folder)
        if done.returncode:
            sys.exit(f"advise.py: {line}: {done.stdout}")


def explain(line, failed, folder):
    done = subprocess.run([ROPES, "explain", "--json", "--status", str(failed.returncode), "--", line], cwd=folder,
                          input=failed.stdout, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def reached(case, done, folder):
    return shell(case["then"], folder).returncode == 0 if "then" in case else done.returncode == 0


def plain(text):
    """The message without what differs each time."""
    return re.sub(r"[0-9a-f]{12,}|\d+", "", text)


def advised(explanation):
    """Commands in backticks, but the repaired line; "`docker load`" is the name of one."""
    found = re.findall(r"`(docker [^`]+)`", explanation.get("try") or "")
    return [one for one in found if one != explanation.get("repaired") and
            (len(one.split()) > 2 or one.removeprefix("docker ") in LOOKS)]


def judge(case, folder):
    """What is wrong with the advice for a case, in words, and how many commands were run."""
    prepare(case, folder)
    failed = shell(case["line"], folder)
    if reached(case, failed, folder):
        return [f"{case['line']}: it has no fault"], 1
    told = explain(case["line"], failed, folder)
    faults, count = [], 0
    if told.get("repaired"):
        count += 1
        done = shell(told["repaired"], folder)
        if not reached(case, done, folder) and plain(done.stdout) == plain(failed.stdout):
            faults.append(f"repaired as `{told['repaired']}`: {done.stdout.strip()[:300]}")
    for command in advised(told):
        count += 1
        prepare(case, folder)
        shell(case["line"], folder)
        done = shell(command, folder)
        if done.returncode and MISUSED.search(done.stdout):
            faults.append(f"`{command}` ends with {done.returncode}: {done.stdout.strip()[:300]}")
            continue
        if done.returncode or command.removeprefix("docker ").startswith(LOOKS) or "--help" in command or reached(case, done, folder):
            continue
        again = shell(case["line"], folder)
        if not reached(case, again, folder) and plain(again.stdout) == plain(failed.stdout):
            faults.append(f"after `{command}`, the line says the same: {again.stdout.strip()[:300]}")
    return [f"{case['line']} ({told['rule']}): {fault}" for fault in faults], count


def main():
    passed = failed = silent = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in read_cases(CASES):
            faults, count = judge(case, folder)
            for fault in faults:
                print(f"FAILED: {fault}")
            failed += len(faults)
            passed += count - len(faults)
            silent += count == 0
        shell(CLEAR, folder)
    print(f"{silent} lines are advised in words alone")
    print(f"{passed} passed, {failed} failed")


if __name__ == "__main__":
    main()
