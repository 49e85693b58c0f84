"""tests/attack/outside.py - the outside of a practice machine: canaries to look at afterwards, and a snapshot of what no line
in a machine may change."""
import hashlib
import os
import re
import secrets
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

# Values that change by themselves.
RESTLESS = re.compile(r'/proc/sys/(fs/(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota/.*|binfmt_misc/.*)|'
                      r'kernel/(random/.*|hung_task_(detect_count|warnings)|ns_last_pid|pty/nr|tainted|cad_pid|sched_domain/.*|perf_cpu_time_max_percent|'
                      r'perf_event_max_sample_rate)|'
                      r'net/ipv[46]/(neigh|conf)/.*|net/netfilter/nf_conntrack_count|net/ipv4/tcp_fastopen_key|'
                      r'vm/(stat_refresh|compact_memory|drop_caches))')
FILES = ('/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', '/etc/hosts', '/etc/resolv.conf', '/etc/hostname',
         '/etc/subuid', '/etc/subgid', '/etc/sudoers', '/etc/ld.so.preload', '/etc/ld.so.cache', '/etc/crontab', '/etc/profile',
         '/etc/docker/daemon.json', '/etc/machine-id')
FOLDERS = ('/etc', '/etc/cron.d', '/etc/profile.d', '/etc/ssl', '/etc/alternatives', '/usr', '/usr/bin', '/usr/sbin', '/usr/lib',
           '/usr/local/bin', '/boot', '/bin', '/sbin', '/root/.ssh')
DEVICES = ('null', 'zero', 'full', 'random', 'urandom', 'tty', 'fuse', 'net/tun', 'ptmx', 'console')
LIMITS = re.compile(r'^(cgroup\.(subtree_control|max\.depth|max\.descendants|freeze|type|clone_children)|release_agent|'
                    r'notify_on_release|(memory|pids|cpu|io|cpuset|hugetlb)\..*(max|min|high|low|weight|limit_in_bytes|'
                    r'oom_control|swappiness|use_hierarchy|cpus|mems|exclusive)|cpu\.(shares|cfs_.*|rt_.*|idle)|'
                    r'freezer\.state|devices\.list|blkio\..*(device|weight)|net_cls\.classid)$')


def read(path, limit=1 << 16):
    try:
        with open(path, 'rb') as file:
            return file.read(limit)
    except OSError as error:
        return b'errno %d' % error.errno


def describe(path, content=True):
    try:
        info = os.lstat(path)
    except OSError as error:
        return f'errno {error.errno}'
    text = f'{info.st_mode:o} {info.st_uid}:{info.st_gid} {info.st_size} {info.st_mtime_ns} {info.st_rdev}'
    if content and stat.S_ISREG(info.st_mode):
        text += ' ' + hashlib.sha256(read(path, 1 << 22)).hexdigest()[:16]
    return text


def sysctls():
    found = {}
    for folder, _, names in os.walk('/proc/sys'):
        for name in names:
            path = os.path.join(folder, name)
            try:
                readable = os.stat(path).st_mode & 0o444
            except OSError:
                continue  # it has just gone
            if readable and not RESTLESS.match(path):
                found[path] = read(path).decode('latin1')
    return found


def groups(own):
    """Limits of all control groups that are not `own`; and the own group's, as far as they are the outside's to set."""
    found = {}
    for folder, below, names in os.walk('/sys/fs/cgroup'):
        for name in names:
            if not LIMITS.match(name):
                continue
            if own and f'/{own}/' in folder + '/' and (not folder.endswith('/' + own) or name == 'cgroup.subtree_control'):
                continue  # what is below the machine's group is the machine's
            found[os.path.join(folder, name)] = read(os.path.join(folder, name)).decode('latin1')
    return found


def mounts():
    lines = read('/proc/self/mountinfo', 1 << 22).decode('latin1').splitlines()
    # a daemon of the system's own may be at work
    return {line for line in lines if not re.search(r' (/var/lib/(docker|containerd)|/run/(docker|containerd|netns))/', line)}


def clock():
    """How far the wall clock is from the one that nobody can set."""
    return time.clock_gettime(time.CLOCK_REALTIME) - time.clock_gettime(time.CLOCK_BOOTTIME)


def snapshot(own=''):
    return {
        'sysctl': sysctls(),
        'cgroup': groups(own),
        'file': {path: describe(path) for path in FILES + FOLDERS},
        'device': {name: re.sub(r' \d+ (\d+)$', r' \1', describe('/dev/' + name, False)) for name in DEVICES},
        'module': {line.split()[0]: 'loaded' for line in read('/proc/modules', 1 << 20).decode().splitlines()},
        'binfmt': {name: '' for name in (os.listdir('/proc/sys/fs/binfmt_misc')
                                         if os.path.isdir('/proc/sys/fs/binfmt_misc') else [])},
        'mount': {line: 'mounted' for line in mounts()},
        'ipc': {line: 'there' for kind in ('shm', 'msg', 'sem')
                for line in (f'{kind} {row}' for row in (b' '.join(row.split()[:2]).decode()
                             for row in read('/proc/sysvipc/' + kind).splitlines()[1:]))},
        'name': {'hostname': os.uname().nodename, 'domain': read('/proc/sys/kernel/domainname').decode()},
        'clock': {'offset': clock()},
    }


def compare(before, after):
    """What has changed: a line each."""
    wrong = []
    for kind, old in before.items():
        new = after[kind]
        if kind == 'clock':
            if abs(old['offset'] - new['offset']) > 2:
                wrong.append(f"the system's clock was set by {new['offset'] - old['offset']:.1f} s")
            continue
        # values of sysctls and groups come and go with interfaces and with what else runs here
        fleeting = kind in ('sysctl', 'cgroup')
        for name in sorted(set(old) | set(new)):
            if fleeting and (name not in old or name not in new):
                continue
            if old.get(name) != new.get(name):
                wrong.append(f'{kind} {name}: {old.get(name)!r} became {new.get(name)!r}')
    return wrong


class Canary:
    """A process with a secret in its environment that nobody may signal or look into."""

    def __init__(self, secret):
        self.process = subprocess.Popen([sys.executable, '-c', 'import time\nwhile True: time.sleep(9)'],
                                        env={'CANARY_SECRET': secret, 'PATH': '/usr/bin:/bin'})

    @property
    def pid(self):
        return self.process.pid

    def wrong(self):
        state = read(f'/proc/{self.pid}/stat').decode('latin1').rpartition(')')[2].split()
        if self.process.poll() is not None:
            return [f'the canary process ended with {self.process.returncode}']
        return [] if state[0] in 'SR' else [f'the canary process is in state {state[0]}']

    def close(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Services:
    """Services of the outside: whoever connects is written down, and gets the secret."""

    def __init__(self, secret):
        self.secret, self.callers, self.sockets, self.ports = secret.encode(), [], [], {}
        self.abstract = 'ropes-canary-' + secrets.token_hex(4)
        for name, family, address in (('loopback', socket.AF_INET, ('127.0.0.1', 0)), ('any', socket.AF_INET, ('0.0.0.0', 0)),
                                      ('six', socket.AF_INET6, ('::1', 0)), ('abstract', socket.AF_UNIX, '\0' + self.abstract)):
            try:
                listener = socket.socket(family, socket.SOCK_STREAM)
                listener.bind(address)
                listener.listen(64)
            except OSError:
                if name == 'six':
                    continue  # not every system has IPv6
                raise
            self.sockets.append(listener)
            if family != socket.AF_UNIX:
                self.ports[name] = listener.getsockname()[1]
            threading.Thread(target=self.serve, args=(name, listener), daemon=True).start()
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(('0.0.0.0', 0))
        self.sockets.append(datagrams)
        self.ports['datagram'] = datagrams.getsockname()[1]
        threading.Thread(target=self.hear, args=(datagrams,), daemon=True).start()

    def serve(self, name, listener):
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            self.callers.append(name)
            with caller:
                try:
                    caller.sendall(self.secret + b'\n')
                except OSError:
                    pass

    def hear(self, datagrams):
        while True:
            try:
                datagrams.recv(100)
            except OSError:
                return
            self.callers.append('datagram')

    def wrong(self):
        found = [f'the service "{name}" of the outside was reached' for name in sorted(set(self.callers))]
        for name in ('loopback', 'any'):
            try:
                with socket.create_connection(('127.0.0.1', self.ports[name]), 3) as caller:
                    if caller.recv(200).strip() != self.secret:
                        found.append(f'another service answers at the port of "{name}"')
            except OSError as error:
                found.append(f'the service "{name}" does not answer any more: {error}')
        self.callers.clear()
        return found

    def close(self):
        for one in self.sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()


class Files:
    """Files of the outside with a secret each, of several modes, at places that machines are known to pass by."""

    def __init__(self, folder, secret):
        self.before = {}
        os.makedirs(folder, exist_ok=True)
        for name, mode in (('private', 0o600), ('readable', 0o644), ('writable', 0o666), ('program', 0o777)):
            path = os.path.join(folder, 'canary-' + name)
            with open(path, 'w', encoding='ascii') as file:
                file.write(f'{secret}\n')
            os.chmod(path, mode)
            self.before[path] = describe(path)
        os.chmod(folder, 0o777)
        self.folder, self.listing = folder, sorted(os.listdir(folder))

    def wrong(self):
        found = [f'the canary file {path} was changed' for path, old in self.before.items() if describe(path) != old]
        if sorted(os.listdir(self.folder)) != self.listing:
            found.append(f'files appeared in {self.folder}: {sorted(os.listdir(self.folder))}')
        return found
