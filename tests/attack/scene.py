"""tests/attack/scene.py - two learners with a machine each, one with secrets, and everything outside that could be harmed."""
import glob
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time

import outside

HERE = os.path.dirname(os.path.abspath(__file__))
ROPES = os.environ['ROPES']
VERBOSE = os.environ.get('ATTACK_VERBOSE', '')
MARK = 'REACHED'
ALL = os.environ.get('ROPES_ATTACKS') == 'all'  # each row; else a share of those that take long
SLOW = float(os.environ.get('ATTACK_SLOW', '1'))  # of a machine that does much else


class Count:
    passed = failed = 0


def good(count=1):
    Count.passed += count


def bad(what, *details):
    Count.failed += 1
    print('FAILED:', what)
    for detail in details:
        print('    ' + str(detail)[:2000].replace('\n', '\n    '), flush=True)


def check(held, what, *details):
    if held:
        good()
    else:
        bad(what, *details)
    return held


class Session:
    """A tutor that waits for lines."""

    def __init__(self, learner):
        self.process = subprocess.Popen([ROPES, 'learn', learner.note, '--trust', '--learner', learner.name], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=learner.environment,
                                        start_new_session=True)
        self.started = time.monotonic()

    def say(self, line):
        try:
            self.process.stdin.write(line.encode('utf-8', 'surrogateescape') + b'\n')
            self.process.stdin.flush()
        except OSError:
            pass  # it has ended; that is seen

    def end(self, seconds=60, line=':quit'):
        """Status and all that was said; -1: it did not end."""
        self.say(line)
        try:
            said, _ = self.process.communicate(timeout=seconds * SLOW)
            return self.process.returncode, said.decode('utf-8', 'replace')
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            return -1, self.process.communicate()[0].decode('utf-8', 'replace')


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
            said, _ = process.communicate(text.encode('utf-8', 'surrogateescape'), seconds * SLOW)
            return process.returncode, said.decode('utf-8', 'replace')
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return -1, process.communicate()[0].decode('utf-8', 'replace')

    def learn(self, *lines, seconds=120):
        return self.ropes('learn', self.note, '--trust', '--learner', self.name,
                          text=''.join(line + '\n' for line in (*lines, ':quit')), seconds=seconds)

    def status(self):
        return dict(re.findall(r'^(\w+): *(.*)$', self.ropes('daemon', 'status')[1], re.M))

    def path(self, name):
        return os.path.join(self.workspace, name)

    def put(self, name, text):
        """A file in the workspace, whoever owns it."""
        with open(self.path(name), 'w', encoding='utf-8', errors='surrogateescape') as file:
            file.write(text)
        os.chmod(self.path(name), 0o755)

    def put_program(self, name, source=None):
        with open(os.path.join(HERE, source or name), encoding='utf-8') as file:
            self.put(name, file.read())

    def run_long(self, line, seconds):
        """Runs a line beside a session, whose lines have a limit of time; status, and what was said."""
        sign = self.path('long.ended')
        if os.path.lexists(sign):
            os.unlink(sign)
        session = Session(self)
        session.say(f'({line}; touch long.ended) </dev/null >long.log 2>&1 &')
        end = time.monotonic() + seconds * SLOW
        while time.monotonic() < end and session.process.poll() is None and not os.path.lexists(sign):
            time.sleep(0.05)
        status, said = session.end()
        return status, said + outside.read(self.path('long.log'), 1 << 22).decode('utf-8', 'replace')

    @property
    def group(self):
        """The name of its control group."""
        value = 2166136261
        for byte in self.state.encode():
            value = (value ^ byte) * 16777619 & 0xffffffff
        return f'ropes-{os.getuid()}-{value:08x}'


class Scene:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='attack-')
        self.secrets = {what: f'SECRET-{what}-{secrets.token_hex(8)}'
                        for what in ('environment', 'file', 'process', 'service', 'volume', 'image', 'workspace')}
        tutor = {'SECRET_TOKEN': self.secrets['environment']}
        self.victim, self.attacker = Learner('victim', self.folder, tutor), Learner('mallory', self.folder, tutor)
        self.canaries = tempfile.mkdtemp(prefix='ropes-canary-', dir='/tmp')
        self.files = [outside.Files(place, self.secrets['file'])
                      for place in (self.canaries, self.attacker.folder + '/home/canary')]
        self.process = outside.Canary(self.secrets['process'])
        self.services = outside.Services(self.secrets['service'])
        self.tutor, self.words = None, {}

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
        self.tutor = Session(self.victim)
        addresses = subprocess.run(['hostname', '-I'], capture_output=True, text=True, check=False).stdout.split()
        ports = self.services.ports
        self.words = {'CANARY': self.canaries, 'PORT': str(ports['loopback']), 'ANY': str(ports['any']),
                      'SIX': str(ports.get('six', ports['any'])), 'DATAGRAM': str(ports['datagram']),
                      'ABSTRACT': self.services.abstract, 'PID': str(self.process.pid), 'RUN': self.victim.folder + '/run',
                      'WORKSPACES': self.victim.workspaces, 'STATE': self.attacker.state, 'IMAGE': 'secret-image', 'VT': '\v',
                      'ADDRESSES': ' '.join(addresses), 'PROBE': '/home/mallory/probe.py', 'LONG': 'x' * 200000}
        self.before = outside.snapshot(self.attacker.group)

    def rows(self, path):
        return rows_of(path, self.words)

    def leaks(self, text):
        return [what for what, secret in self.secrets.items() if secret in text]

    def harm(self):
        """What is wrong with what is outside."""
        wrong = outside.compare(self.before, outside.snapshot(self.attacker.group))
        for one in (*self.files, self.process, self.services):
            wrong += one.wrong()
        if self.tutor.process.poll() is not None:
            wrong.append(f"the other learner's tutor ended with {self.tutor.process.returncode}")
            self.tutor = Session(self.victim)
        return wrong + strays(self.attacker)

    def victim_harmed(self):
        status, said = self.victim.learn("docker exec standing cat /s/secret /secret", 'cat secret-file', 'docker ps --format {{.Names}}')
        for what in ('volume', 'image', 'workspace'):
            check(self.secrets[what] in said, f"the other learner's {what} is as before", said)
        check(status == 0 and 'standing' in said, "the other learner's container runs", said)

    def close(self):
        if self.tutor is not None:
            self.tutor.process.kill()
            self.tutor.process.communicate()
        for learner in (self.attacker, self.victim):
            learner.ropes('daemon', 'stop')
        self.process.close()
        self.services.close()
        shutil.rmtree(self.canaries, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def some(rows, share):
    """One row of so many, or those that $ATTACK_ONLY names."""
    only = os.environ.get('ATTACK_ONLY')
    if only is not None:
        return [row for row in rows if re.fullmatch(only, str(row['id']))]
    return rows if ALL else rows[::share]


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


def strays(learner):
    """Processes of a machine that are in no group of it. One that is ending is in none for a moment."""
    found = strays_now(learner)
    for _ in range(3):
        if found:
            time.sleep(0.5)
            found = [one for one in strays_now(learner) if one in found]
    return found


def strays_now(learner):
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
            _, names, group = line.split(':', 2)
            limited = names.split(',')[0] in ('memory', 'pids', 'devices', '')
            if names == '' and os.path.exists('/sys/fs/cgroup/memory'):
                continue  # nothing of version 2 is in use beside version 1
            if limited and f'/{learner.group}' not in group:
                name = re.search(r'^Name:\s+(.*)', text, re.M)[1]
                wrong.append(f'process {path[6:-7]} {name} of the machine is in the group {line}')
    return wrong if seen > 2 else wrong + ["the machine's processes were not found"]


def results_of(learner, folder):
    """Of rows that have ended; the file's name tells whether all have."""
    found = {}
    for name in ('/finished', '/results'):
        if os.path.exists(learner.path(folder + name)):
            for line in outside.read(learner.path(folder + name), 1 << 20).splitlines():
                result = json.loads(line)
                found[result['id']] = result
    return found
