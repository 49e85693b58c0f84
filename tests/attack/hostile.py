"""tests/attack/hostile.py - what a learner's side can do to those outside that deal with it: lines that work against the session's
own shell, files in the workspace, and a daemon that answers whatever it likes."""
import os
import re
import resource
import subprocess
import time

import outside
import scene as s

SANITIZED = 'libasan' in subprocess.run(['ldd', s.ROPES], capture_output=True, text=True, check=False).stdout
MEMORY = (1200 if SANITIZED else 300) << 10  # KiB that a tutor may have had at the most
SESSION_SECONDS = 45
WORKSPACE = 520 << 20  # bytes that a workspace may take outside: a machine's limit is at most 512 MiB

CHECKS = '''# Checks

```console
$ docker run -d --name web -p 8080:80 nginx
```
<!-- check
container web is running
container web publishes 80/tcp on 8080
http web:80 answers 200 with /nginx/
file f has x
-->

```text file=listed
a listing
```

```text file=sub/listed
another listing
```

```console
$ docker ps
```
<!-- check
daemon was asked GET containers/json
any container image nginx
image nginx exists
network none exists
volume v gone
file f has x
file sub/f /x+y/
-->
'''


def talk(learner, note, lines, seconds=SESSION_SECONDS):
    """A tutor with these lines: status, words."""
    return learner.ropes('learn', note, '--trust', '--learner', learner.name, '--timeout', '3',
                         text=''.join(line + '\n' for line in lines), seconds=seconds)


def judge(scene, name, status, said, wanted):
    s.check(status == 0, f'{name}: the tutor comes to an end ({status})', said[-1500:])
    s.check(re.search(wanted, said), f'{name}: and says {wanted}', said[-1500:])
    s.check(not scene.leaks(said), f'{name}: it says no secret', said)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    s.check(most < MEMORY, f'{name}: a tutor took {most >> 10} MiB')


def notes(learner):
    note = os.path.join(learner.folder, 'checks.md')
    with open(note, 'w', encoding='ascii') as file:
        file.write(CHECKS)
    return note


# ---- lines against the session ----

def stored(folder):
    """Bytes on the disk of all files below it."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                info = os.lstat(os.path.join(place, name))
            except OSError:
                continue  # it has just gone
            found[info.st_ino] = info.st_blocks * 512
    return sum(found.values())


def attack_by_sessions(scene, data):
    learner = scene.attacker
    note = notes(learner)
    rows = scene.rows(os.path.join(data, 'sessions.txt'))
    rows = s.some(rows, 4)
    learner.put_program('probe.py')
    for row in rows:
        session(scene, note, row)
    return rows, lambda row: session(scene, note, row)


def session(scene, note, row):
    learner, started = scene.attacker, time.monotonic()
    # whatever happened, the same session goes on
    lines = [*row['text'].split('\n'), 'echo still-$((40 + 2))', ':quit']
    status, said = talk(learner, note, lines)
    taken = stored(learner.workspace)
    s.check(taken < WORKSPACE, f"{row['id']}: the workspace takes {taken >> 20} MiB outside")
    if row['where'] == 'reset':
        status, said = learner.ropes('reset', '--learner', learner.name, text='y\n', seconds=90)
        judge(scene, row['id'] + ', reset', status, said, '')
        s.check(os.listdir(learner.workspace) == [], f"{row['id']}: reset empties the workspace", *os.listdir(learner.workspace))
        learner.put_program('probe.py')
    else:
        judge(scene, row['id'], status, said, row['says'] or ('Bye' if row['where'] == 'stuck' else 'still-42'))
    if row['where'] == 'stuck':
        status, said = learner.ropes('daemon', 'stop', seconds=60)
        s.check(status == 0, f"{row['id']}: the machine is stopped", said)
    if row['where'] != 'lives':  # else the next row's session tells
        status, said = talk(learner, note, ['echo fresh-$((40 + 2))', ':quit'])
        judge(scene, row['id'] + ', the next session', status, said, 'fresh-42')
    if s.VERBOSE:
        print('=====', row['id'], f'{time.monotonic() - started:.1f} s', said if s.VERBOSE == '2' else '', flush=True)


# ---- a daemon of one's own ----

def processor_ms(pid):
    fields = outside.read(f'/proc/{pid}/stat').decode('latin1').rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) * 10 if len(fields) > 12 else 0


def helpers(learner):
    """The supervisor and what it has started outside."""
    supervisor = learner.status().get('supervisor', '')
    found = subprocess.run(['pgrep', '-P', supervisor], capture_output=True, text=True, check=False).stdout.split() if supervisor else []
    init = learner.status().get('init', '')
    return [supervisor, *(pid for pid in found if pid != init)]


def renew_publisher(learner):
    """It still has a connection of the daemon's own: a new one asks whoever is there now. The helpers then."""
    def named():
        return [pid for pid in helpers(learner) if outside.read(f'/proc/{pid}/comm') == b'ropes-publisher\n']

    for pid in named():
        os.kill(int(pid), 9)
    end = time.monotonic() + 20 * s.SLOW
    while not named() and time.monotonic() < end:
        time.sleep(0.1)
    s.check(named(), 'a publisher that ends is started again')
    return helpers(learner)


def memory_kib(pid):
    found = re.search(r'^VmHWM:\s+(\d+)', outside.read(f'/proc/{pid}/status').decode('latin1'), re.M)
    return int(found[1]) if found else 0


def attack_by_answers(scene, data):
    """One machine whose daemon is not the daemon any more; it answers in one way after another."""
    learner = scene.attacker
    note = notes(learner)
    with open(os.path.join(data, 'answers.txt'), encoding='ascii') as file:
        rows = [{'id': line.split()[0]} for line in file if line.strip() and not line.startswith('#')]
    rows = s.some(rows, 4)
    learner.put_program('daemon.py')
    learner.put('mode', 'plain')
    keeper = s.Session(learner)
    keeper.say(f"(sudo python3 daemon.py mode {scene.words['PORT']} </dev/null >daemon.log 2>&1 &)")
    end = time.monotonic() + 20 * s.SLOW
    while not os.path.exists(learner.path('mode.taken')) and time.monotonic() < end:
        time.sleep(0.1)
    s.check(os.path.exists(learner.path('mode.taken')), "the daemon's socket is taken", outside.read(learner.path('daemon.log')).decode())
    pids = renew_publisher(learner)
    for row in rows:
        answer(scene, note, row['id'], pids)
    s.check(pids == helpers(learner), 'supervisor, reaper and publisher are as before', pids, helpers(learner))
    learner.put('mode', 'silent')
    status, said = keeper.end(40)
    judge(scene, 'the session through all of that', status, said, 'Bye')
    status, said = learner.ropes('daemon', 'stop', seconds=60)
    s.check(status == 0, 'a machine with such a daemon is stopped', said)
    status, said = learner.learn('docker ps')
    s.check(status == 0 and 'CONTAINER ID' in said, 'the next one works', said)
    return rows, lambda row: None


def answer(scene, note, mode, pids):
    learner, started = scene.attacker, time.monotonic()
    used = sum(processor_ms(pid) for pid in pids)
    learner.put('mode', mode)
    status, said = talk(learner, note, ['false', ':next', ':next', 'false', ':quit'], 90)
    judge(scene, f'answers {mode}', status, said, 'Bye|last step')
    status, told = learner.ropes('daemon', 'status', seconds=30)
    s.check(status in (0, 1), f'answers {mode}: the status is told ({status})', told)
    raw = re.findall(r'[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x80-\x9f\u202e]|\x1b[^\[]|\x1b\[[0-9;]*[^0-9;m]', said + told)
    s.check(not raw, f'answers {mode}: nothing of it reaches the terminal', sorted(set(raw)))
    took = time.monotonic() - started
    ms = sum(processor_ms(pid) for pid in pids) - used
    s.check(ms < 300 + 500 * took, f'answers {mode}: {ms} ms of processor time outside in {took:.1f} s')
    for pid in pids:
        s.check(memory_kib(pid) < MEMORY, f'answers {mode}: process {pid} took {memory_kib(pid) >> 10} MiB')
    if s.VERBOSE:
        print('=====', mode, f'{took:.1f} s, {ms} ms', said if s.VERBOSE == '2' else '', flush=True)
