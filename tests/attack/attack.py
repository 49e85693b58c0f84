#!/usr/bin/env python3
"""tests/attack/attack.py DATA - attacks from inside a practice machine, judged by the outside.

DATA is a folder of attacks (tests/data/attack). A learner's machine is attacked while another one's, with secrets in it, runs
beside; $ROPES is the program. What is outside is looked at before and after, and nothing that an attack said may have a secret.
Ends with "N passed, N failed".
"""
import glob
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

import outside

HERE = os.path.dirname(os.path.abspath(__file__))
ROPES = os.environ['ROPES']
MARK = 'REACHED'
passed = failed = 0


def good(count=1):
    global passed
    passed += count


def bad(what, *details):
    global failed
    failed += 1
    print('FAILED:', what)
    for detail in details:
        print('    ' + str(detail)[:2000].replace('\n', '\n    '))


def check(held, what, *details):
    if held:
        good()
    else:
        bad(what, *details)


class Learner:
    """A machine with folders of its own, and sessions in it."""

    def __init__(self, name, folder, environment):
        self.name, self.folder = name, os.path.join(folder, name)
        for part in ('run', 'home'):
            os.makedirs(os.path.join(self.folder, part), 0o700)
        self.environment = dict(os.environ, **environment, XDG_RUNTIME_DIR=self.folder + '/run', HOME=self.folder + '/home',
                                XDG_DATA_HOME=self.folder + '/data', XDG_STATE_HOME=self.folder + '/state', TERM='dumb')
        self.note = os.path.join(self.folder, 'note.md')
        with open(self.note, 'w', encoding='ascii') as file:
            file.write('# Attack\n\n```sh\n$ docker ps\n```\n')
        self.state = self.folder + '/run/ropes/daemon'
        self.workspaces = self.folder + '/data/ropes/workspaces'
        self.workspace = self.workspaces + '/' + name

    def ropes(self, *words, text='', seconds=120):
        """Status and all that was said; -1: it did not end."""
        process = subprocess.Popen([ROPES, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env=self.environment, start_new_session=True)
        try:
            said, _ = process.communicate(text.encode('utf-8', 'surrogateescape'), seconds)
            return process.returncode, said.decode('utf-8', 'replace')
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return -1, process.communicate()[0].decode('utf-8', 'replace')

    def learn(self, *lines, seconds=120):
        return self.ropes('learn', self.note, '--trust', '--learner', self.name,
                          text=''.join(line + '\n' for line in (*lines, ':quit')), seconds=seconds)

    def status(self):
        return dict(re.findall(r'^(\w+): *(.*)$', self.ropes('daemon', 'status')[1], re.M))

    def put(self, name, text):
        """A file in the workspace, whoever owns it."""
        path = os.path.join(self.workspace, name)
        with open(path, 'w', encoding='utf-8', errors='surrogateescape') as file:
            file.write(text)
        os.chmod(path, 0o755)

    @property
    def group(self):
        """The name of its control group."""
        value = 2166136261
        for byte in self.state.encode():
            value = (value ^ byte) * 16777619 & 0xffffffff
        return f'ropes-{os.getuid()}-{value:08x}'


def rows_of(path, words):
    """The attacks of a text file."""
    rows, row = [], None
    with open(path, encoding='utf-8') as file:
        for line in file:
            if line.startswith('@ '):
                id_, where, says = (line[2:].rstrip('\n').split(' ', 2) + [''])[:3]
                row = {'id': id_, 'where': where, 'says': says, 'text': ''}
                rows.append(row)
            elif row is not None and not (line.startswith('# ') and row['text'] == ''):
                row['text'] += line
    for row in rows:
        row['text'] = re.sub(r'\{([A-Z0-9]+)\}', lambda m: words.get(m[1], m[0]), row['text'].strip('\n'))
    assert len({row['id'] for row in rows}) == len(rows), f'{path}: an id twice'
    return rows


class Scene:
    def __init__(self, folder):
        self.folder = folder
        self.secrets = {what: f'SECRET-{what}-{secrets.token_hex(8)}'
                        for what in ('environment', 'file', 'process', 'service', 'volume', 'image', 'workspace')}
        tutor = {'SECRET_TOKEN': self.secrets['environment']}
        self.victim, self.attacker = Learner('victim', folder, tutor), Learner('mallory', folder, tutor)
        self.canaries = tempfile.mkdtemp(prefix='ropes-canary-', dir='/tmp')
        self.files = [outside.Files(place, self.secrets['file'])
                      for place in (self.canaries, self.attacker.folder + '/home/canary')]
        self.process = outside.Canary(self.secrets['process'])
        self.services = outside.Services(self.secrets['service'])
        self.words = {}

    def prepare(self):
        for learner in (self.victim, self.attacker):
            status, said = learner.ropes('daemon', 'start', seconds=300)
            check(status == 0, f'the machine of {learner.name} starts', said)
        status, said = self.victim.learn(
            'docker volume create store', f"docker run --rm -v store:/s busybox sh -c 'echo {self.secrets['volume']} >/s/secret'",
            f"printf 'FROM busybox\\nRUN echo {self.secrets['image']} >/secret\\n' >Dockerfile; docker build -t secret-image .",
            'docker run -d --name standing -v store:/s secret-image sleep 30000',
            f"echo {self.secrets['workspace']} >secret-file", 'docker ps')
        check(status == 0 and 'standing' in said, "the other learner's machine is there", said)
        status, said = self.attacker.learn('pwd')
        check(status == 0 and '/home/mallory' in said, "the attacker's machine is there", said)
        self.tutor = subprocess.Popen([ROPES, 'learn', self.victim.note, '--trust', '--learner', 'victim'], stdin=subprocess.PIPE,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, env=self.victim.environment)
        addresses = subprocess.run(['hostname', '-I'], capture_output=True, text=True, check=False).stdout.split()
        ports = self.services.ports
        self.words = {'CANARY': self.canaries, 'PORT': str(ports['loopback']), 'ANY': str(ports['any']),
                      'SIX': str(ports.get('six', ports['any'])), 'DATAGRAM': str(ports['datagram']),
                      'ABSTRACT': self.services.abstract, 'PID': str(self.process.pid), 'RUN': self.victim.folder + '/run',
                      'WORKSPACES': self.victim.workspaces, 'STATE': self.attacker.state, 'IMAGE': 'secret-image', 'VT': '\v',
                      'ADDRESSES': ' '.join(addresses), 'PROBE': '/home/mallory/probe.py'}
        self.before = outside.snapshot(self.attacker.group)

    def leaks(self, text):
        return [what for what, secret in self.secrets.items() if secret in text]

    def harm(self, what):
        """Looks at everything that is outside."""
        wrong = outside.compare(self.before, outside.snapshot(self.attacker.group))
        for one in (*self.files, self.process, self.services):
            wrong += one.wrong()
        if self.tutor.poll() is not None:
            wrong.append(f"the other learner's tutor ended with {self.tutor.returncode}")
        wrong += strays(self.attacker)
        check(not wrong, f'the outside is as before, after {what}', *wrong)

    def victim_harmed(self):
        status, said = self.victim.learn("docker exec standing cat /s/secret /secret", 'cat secret-file', 'docker ps --format {{.Names}}')
        for what in ('volume', 'image', 'workspace'):
            check(self.secrets[what] in said, f"the other learner's {what} is as before", said)
        check(status == 0 and 'standing' in said, "the other learner's container runs", said)

    def close(self):
        self.tutor.kill()
        self.tutor.wait()
        for learner in (self.attacker, self.victim):
            learner.ropes('daemon', 'stop')
        self.process.close()
        self.services.close()
        shutil.rmtree(self.canaries, ignore_errors=True)


def strays(learner):
    """Processes of a machine that are in no group of it, or listen elsewhere than on the loopback of the outside."""
    wrong = []
    status = learner.status()
    if status.get('rootless') != 'no' or not status.get('init', '').isdigit():
        return wrong
    base = outside.read(f"/proc/{status['init']}/uid_map").split()
    if len(base) != 3:
        return wrong
    first, seen = int(base[1]), 0
    for path in glob.glob('/proc/[0-9]*/status'):
        text = outside.read(path).decode('latin1')
        uid = re.search(r'^Uid:\s+(\d+)', text, re.M)
        if not uid or not first <= int(uid[1]) < first + int(base[2]) or '\nState:\tZ' in text:
            continue
        seen += 1
        for line in outside.read(path[:-6] + 'cgroup').decode('latin1').splitlines():
            number, names, group = line.split(':', 2)
            limited = names.split(',')[0] in ('memory', 'pids', 'devices', '')
            if names == '' and os.path.exists('/sys/fs/cgroup/memory'):
                continue  # nothing of version 2 is in use beside version 1
            if limited and f'/{learner.group}' not in group:
                name = re.search(r'^Name:\s+(.*)', text, re.M)[1]
                wrong.append(f'process {path[6:-7]} {name} of the machine is in the group {line}')
    return wrong if seen > 2 else wrong + ["the machine's processes were not found"]


def batch(scene, title, rows):
    """All rows of one file in one line of one session."""
    learner = scene.attacker
    out = os.path.join(learner.workspace, 'out')
    shutil.rmtree(out, ignore_errors=True)
    for name in ('inside.py', 'probe.py'):
        with open(os.path.join(HERE, name), encoding='utf-8') as file:
            learner.put(name, file.read())
    learner.put('rows', ''.join(json.dumps(row) + '\n' for row in rows))
    status, said = learner.learn('python3 inside.py rows out', seconds=300)
    check(status == 0 and 'all rows were run' in said, f'{title}: the rows are run', said)
    results = {}
    for line in outside.read(out + '/results', 1 << 20).splitlines():
        result = json.loads(line)
        results[result['id']] = result
    if os.environ.get('ATTACK_VERBOSE'):
        print(title, *sorted(((r['ms'], r['id'], r['status']) for r in results.values()), reverse=True)[:20])
    for row in rows:
        text = outside.read(os.path.join(out, row['id']), 1 << 22).decode('utf-8', 'replace')
        if os.environ.get('ATTACK_VERBOSE') == '2':
            print('=====', row['id'], results.get(row['id']), '\n' + text[:3000])
        leaked = scene.leaks(text)
        reached = [line for line in text.splitlines() if MARK in line and 'echo ' not in line]
        if row['id'] not in results:
            bad(f"{row['id']}: was not run")
        elif leaked:
            bad(f"{row['id']}: the secret of {leaked} came in", text[-600:])
        elif reached:
            bad(f"{row['id']}: got at what is not the machine's", *reached[:10])
        elif not re.search(row['says'], text):
            bad(f"{row['id']}: was not tried: nothing like {row['says']!r}", results[row['id']], text[-600:])
        else:
            good()
    check(not scene.leaks(said), f'{title}: the session says no secret', said)


def main():
    data = sys.argv[1]
    folder = tempfile.mkdtemp(prefix='attack-')
    scene = Scene(folder)
    try:
        scene.prepare()
        for name in sys.argv[2:] or ('lines',):
            started = time.monotonic()
            batch(scene, name, rows_of(os.path.join(data, name + '.txt'), scene.words))
            scene.harm(name)
            print(f'{name}: {time.monotonic() - started:.1f} s')
        scene.victim_harmed()
    finally:
        scene.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(f'{passed} passed, {failed} failed')


main()
