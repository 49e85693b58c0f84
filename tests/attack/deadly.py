#!/usr/bin/env python3
"""tests/attack/deadly.py DATA [ID …] - a learner's machine takes all that there is to take, row by row (DATA/deadly.txt). Meanwhile
another learner's `docker ps` must answer within two seconds, the tutor must live, and afterwards the machine must come back, at
worst by `ropes reset`. $ROPES is the program. Without an ID each second row is tried, with ROPES_ATTACKS=all each one. Ends with
"N passed, N failed".
"""
import os
import subprocess
import sys
import threading
import time

import scene as s

ANSWER_SECONDS = 2
BUSY_TIMES = 4  # where the system is slow without any attack, too
FREE_MIB = 512  # that the outside's disk and memory may have less
WORKSPACE_MIB = 512  # that a workspace may have on the outside's disk


class Watch(threading.Thread):
    """Asks the other learner's daemon again and again."""

    def __init__(self, victim):
        super().__init__(daemon=True)
        self.victim, self.over, self.took, self.failed = victim, threading.Event(), [], []

    def ask(self):
        started = time.monotonic()
        done = subprocess.run(['docker', '-H', f'unix://{self.victim.state}/docker.sock', 'ps', '--format', '{{.Names}}'],
                              capture_output=True, text=True, timeout=60, check=False)
        self.took.append(time.monotonic() - started)
        if 'standing' not in done.stdout:
            self.failed.append(done.stdout + done.stderr)

    def run(self):
        while not self.over.is_set():
            self.ask()
            self.over.wait(0.3)

    def limit(self):
        """What it may take: asked before the attack."""
        for _ in range(3):
            self.ask()
        most, self.took = max(self.took), []
        return max(ANSWER_SECONDS * s.SLOW, BUSY_TIMES * most)

    def end(self):
        self.over.set()
        self.join()


def free_mib(folder):
    disk = os.statvfs(folder)
    with open('/proc/meminfo', encoding='ascii') as file:
        memory = next(int(line.split()[1]) for line in file if line.startswith('MemAvailable'))
    return disk.f_bavail * disk.f_frsize >> 20, memory >> 10


def row_is(scene, row):
    learner, started = scene.attacker, time.monotonic()
    before = free_mib(scene.folder)
    watch = Watch(scene.victim)
    limit = watch.limit()
    watch.start()
    status, said = learner.ropes('learn', learner.note, '--trust', '--learner', learner.name, '--timeout', '8',
                                 text=row['text'] + '\n:quit\n', seconds=60)
    during = free_mib(scene.folder)
    watch.end()
    name = row['id']
    s.check(status == 0 and 'Bye' in said, f'{name}: the tutor comes to an end ({status})', said[-1500:])
    s.check(row['says'] in said, f'{name}: was tried', said[-1500:])
    s.check(not watch.failed, f"{name}: the other learner's daemon answers", *watch.failed[:3])
    s.check(max(watch.took) < limit, f'{name}: the other learner waited {max(watch.took):.1f} s')
    disk = FREE_MIB + (WORKSPACE_MIB if 'workspace' in name else 0)
    s.check(before[0] - during[0] < disk, f"{name}: the outside's disk has {before[0] - during[0]} MiB less")
    memory = 0 if os.getuid() else 2200  # what a machine may have
    s.check(memory == 0 or before[1] - during[1] < memory + FREE_MIB, f'{name}: the memory of all has {before[1] - during[1]} MiB less')
    said = '' if row['where'] == 'reset' else learner.learn('echo back-$((40 + 2))', 'docker ps')[1]
    came = 'back-42' in said and 'CONTAINER ID' in said
    if not came:
        status, told = learner.ropes('reset', '--learner', learner.name, text='y\n', seconds=90)
        _, said = learner.learn('echo back-$((40 + 2))', 'docker ps')
        s.check('back-42' in said and 'CONTAINER ID' in said, f'{name}: the machine comes back', told[-1500:], said[-1500:])
    else:
        s.good()
    if s.VERBOSE:
        print(f'===== {name} {time.monotonic() - started:.1f} s, the other waited {max(watch.took):.2f} s, disk and memory took',
              before[0] - during[0], before[1] - during[1], '' if came else '(reset)', flush=True)


def main():
    scene = s.Scene()
    try:
        scene.prepare()
        rows = scene.rows(os.path.join(sys.argv[1], 'deadly.txt'))
        rows = [row for row in rows if row['id'] in sys.argv[2:]] or s.some(rows, 2)
        for row in rows:
            row_is(scene, row)
        wrong = scene.harm()
        s.check(not wrong, 'the outside is as before', *wrong)
        scene.victim_harmed()
    finally:
        scene.close()
    print(f'{s.Count.passed} passed, {s.Count.failed} failed')


main()
