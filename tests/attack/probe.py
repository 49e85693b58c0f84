"""tests/attack/probe.py WHAT … - single system calls of an attacker inside a machine. Says REACHED where one of them gets at
what is not the machine's."""
import ctypes
import os
import re
import socket
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *words):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(w) if isinstance(w, int) else w for w in words])
    return result, ctypes.get_errno()


def handle(paths):
    """Files of the filesystem below a mount, by their numbers: open_by_handle_at(2)."""
    name_to_handle, open_by_handle = 303, 304
    for path in paths:
        try:
            mount = os.open(path, os.O_RDONLY)
        except OSError as error:
            print(path, error)
            continue
        for inode in (2, 1, 128, 256):
            for kind, bytes_ in ((1, struct.pack('<II', inode, 0)), (0x81, struct.pack('<QI', inode, 0)),
                                 (1, struct.pack('<QI', inode, 0))):
                buffer = ctypes.create_string_buffer(struct.pack('<Ii', len(bytes_), kind) + bytes_, 64)
                for flags in (0o200000, 0o2000000, 0o10000000):  # a folder, O_PATH
                    fd, number = call(open_by_handle, mount, ctypes.byref(buffer), flags)
                    if fd < 0:
                        print(path, inode, kind, flags, os.strerror(number))
                        continue
                    where = os.readlink(f'/proc/self/fd/{fd}')
                    own = os.fstat(mount)
                    same = (os.fstat(fd).st_dev, os.fstat(fd).st_ino) == (own.st_dev, own.st_ino)
                    # what is below the mount may be had by its number, too
                    print(path, inode, kind, where, '' if same else 'REACHED' if path in ('/usr', '/home', '/etc/ssl') else '')
                    os.close(fd)
        os.close(mount)


def memory(pid):
    for name in ('environ', 'mem', 'maps', 'auxv', 'pagemap', 'syscall', 'stack', 'io'):
        try:
            with open(f'/proc/{pid}/{name}', 'rb') as file:
                print(pid, name, file.read(4096))
        except OSError as error:
            print(pid, name, error)
    local = ctypes.create_string_buffer(64)
    piece = (ctypes.c_void_p * 2)(ctypes.addressof(local), 64)
    print('process_vm_readv', call(310, pid, piece, 1, (ctypes.c_void_p * 2)(0x400000, 64), 1, 0))


def attach(pid):
    for request in (16, 0x4206):
        print('ptrace', request, libc.ptrace(request, pid, None, None), ctypes.get_errno())


def descriptors(pid):
    handle_, number = call(434, pid, 0)
    print('pidfd_open', handle_, number)
    for fd in range(64):
        got, number = call(438, handle_, fd, 0)
        if got >= 0:
            print(pid, fd, os.readlink(f'/proc/self/fd/{got}'), 'REACHED' if pid == 1 else '')


def parents():
    """Namespaces above ours: ioctl_ns(2)."""
    import fcntl
    for name in ('user', 'pid', 'mnt', 'net'):
        try:
            fd = os.open(f'/proc/self/ns/{name}', os.O_RDONLY)
        except OSError as error:
            print(name, error)
            continue
        for request in (0xb701, 0xb702):  # NS_GET_USERNS, NS_GET_PARENT
            try:
                other = fcntl.ioctl(fd, request)
            except OSError as error:
                print(name, hex(request), error)
                continue
            there, own = os.readlink(f'/proc/self/fd/{other}'), os.readlink('/proc/self/ns/user')
            print(name, hex(request), there, libc.setns(other, 0), ctypes.get_errno(), '' if there == own else 'REACHED')


def keys():
    names = {'add_key': 248, 'request_key': 249, 'keyctl': 250}
    for name, number in names.items():
        result, error = call(number, 0, -3, 0, 0, 0)
        print(name, result, error, 'REACHED' if result >= 0 else '')


# Names and numbers on x86-64; what a call that the filter lets through would say to these words is never EPERM.
REFUSED = {'bpf': 321, 'perf_event_open': 298, 'kexec_load': 246, 'kexec_file_load': 320, 'init_module': 175, 'finit_module': 313,
           'delete_module': 176, 'io_uring_setup': 425, 'io_uring_enter': 426, 'io_uring_register': 427, 'userfaultfd': 323,
           'swapon': 167, 'swapoff': 168, 'settimeofday': 164, 'clock_settime': 227, 'adjtimex': 159, 'acct': 163,
           'quotactl': 179, 'syslog': 103, 'iopl': 172, 'ioperm': 173}


def refused():
    if os.uname().machine != 'x86_64':
        return
    for name, number in REFUSED.items():
        for way, add in (('64', 0), ('x32', 0x40000000)):
            result, error = call(number + add, 0, 0, 0, 0, 0, 0)
            # 38: a kernel that does not have it at all
            print(name, way, result, error, '' if result < 0 and error in (1, 38) else 'REACHED')


# Calls by their numbers on 32-bit x86, which a 64-bit program may use, too (int 0x80).
THIRTYTWO = {'bpf': 357, 'perf_event_open': 336, 'kexec_load': 283, 'init_module': 128, 'finit_module': 350, 'delete_module': 129,
             'io_uring_setup': 425, 'userfaultfd': 374, 'swapon': 87, 'swapoff': 115, 'reboot': 88, 'settimeofday': 79,
             'clock_settime': 264, 'clock_settime64': 404, 'stime': 25, 'adjtimex': 124, 'clock_adjtime': 343,
             'clock_adjtime64': 405, 'acct': 51, 'quotactl': 131, 'open_by_handle_at': 342, 'syslog': 103, 'iopl': 110,
             'ioperm': 101, 'keyctl': 288, 'add_key': 286, 'request_key': 287, 'io_setup': 245}


def thirtytwo():
    import mmap
    if os.uname().machine != 'x86_64':
        return
    low = 0x40  # MAP_32BIT: words that such a call can be told
    # push rbx; mov eax, edi; mov ebx, esi; mov ecx, edx; mov edx, 0; int 0x80; pop rbx; ret
    code = bytes.fromhex('53 89f8 89f3 89d1 ba00000000 cd80 5b c3')
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | low, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    words = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | low)
    at = ctypes.addressof(ctypes.c_char.from_buffer(words))
    call32 = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int)(
        ctypes.addressof(ctypes.c_char.from_buffer(page)))
    for name, number in THIRTYTWO.items():
        result = call32(number, 0, 0)
        print(name, result, '' if result in (-1, -38) else 'REACHED')
    for family in (40, 42, 31):
        words.seek(0)
        words.write(struct.pack('<3i', family, 1, 0))
        for name, result in (('socketcall', call32(102, 1, at)), ('socket', call32(359, family, 1))):
            print(name, family, result, '' if result < 0 else 'REACHED')
    words.seek(0)
    words.write(b'x')
    for request in (0x5412, 0x541c):
        print('ioctl', hex(request), call32(54, 0, request))


def typing():
    import fcntl
    import pty
    master, line = pty.openpty()
    for name, number, word in (('TIOCSTI', 0x5412, b'x'), ('TIOCLINUX', 0x541c, b'\3'), ('TIOCSTI, high bits', 0x100005412, b'x')):
        buffer = ctypes.create_string_buffer(word, 16)
        for fd in (0, 1, 2, line, master):
            ctypes.set_errno(0)
            result = libc.ioctl(fd, ctypes.c_ulong(number), buffer)
            print(name, fd, result, ctypes.get_errno(), 'REACHED' if result >= 0 else '')
    try:
        tty = os.open('/dev/tty', os.O_RDWR)
        print('/dev/tty', fcntl.ioctl(tty, 0x5412, b'x'), 'REACHED')
    except OSError as error:
        print('/dev/tty', error)


def abstract(name):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_UNIX, kind) as s:
            s.settimeout(2)
            try:
                s.connect('\0' + name)
                print(s.recv(100))
            except OSError as error:
                print(error)


def families():
    """Kinds of sockets that know no network namespaces reach past them."""
    for name, family in (('vsock', 40), ('bluetooth', 31), ('qipcrtr', 42), ('nfc', 39), ('phonet', 35), ('ieee802154', 36),
                         ('caif', 37), ('iucv', 32), ('rds', 21), ('ax25', 3), ('rose', 11), ('netrom', 6), ('x25', 9),
                         ('atmpvc', 8), ('decnet', 12), ('llc', 26), ('isdn', 34), ('smc', 43), ('tipc', 30)):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind).close()
                print(name, kind, 'REACHED' if name in ('vsock', 'bluetooth', 'qipcrtr') else 'made')
            except OSError as error:
                print(name, kind, error.strerror)


def raw():
    for family, kind, protocol in ((17, 3, 0x300), (17, 2, 0x300), (2, 3, 255), (2, 3, 1), (16, 3, 15), (16, 3, 0), (16, 3, 9)):
        try:
            with socket.socket(family, kind, protocol) as s:
                s.settimeout(0.2)
                if family == 17:
                    s.bind(('lo', 0))
                if protocol == 15 and family == 16:
                    s.bind((0, 1))
                    s.send(b'add@/devices/ropes\0ACTION=add\0DEVPATH=/devices/ropes\0SUBSYSTEM=block\0')
                print(family, kind, protocol, 'made')
        except OSError as error:
            print(family, kind, protocol, error)


def connect(path):
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        with socket.socket(socket.AF_UNIX, kind) as s:
            try:
                s.connect(path)
                print(path, 'REACHED')
            except OSError as error:
                print(path, error)


# What belongs to the machine's own namespaces, or is known to reach nothing.
OWN = re.compile(r'/proc/sys/(net|user|fs/mqueue)/|/proc/sys/kernel/(hostname|domainname|ns_last_pid|pid_max|msg.*|shm.*|sem.*|'
                 r'auto_msgmni)$|/net/|/fs/cgroup/')


def writable(folders):
    for top in folders:
        for folder, below, names in os.walk(top):
            below[:] = [name for name in below if not OWN.search(f'{folder}/{name}/')]
            for name in names:
                path = os.path.join(folder, name)
                try:
                    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                except OSError:
                    continue
                if not OWN.search(path[len(top.rstrip('/')):] if top.startswith('/tmp') else path):
                    print(path, 'REACHED')


def claim(what):
    """Takes all of something that is counted for the whole system, and keeps it for a moment."""
    import time
    kept = []
    try:
        if what == 'aio':
            for _ in range(64):
                context = ctypes.c_ulong(0)
                result, number = call(206, 65535, ctypes.byref(context))
                print('io_setup', result, number, 'REACHED' if result >= 0 else '')
                if result < 0:
                    break
        elif what == 'inotify':
            while len(kept) < 4096:
                fd = libc.inotify_init1(0)
                if fd < 0:
                    break
                kept.append(fd)
        elif what == 'files':
            while len(kept) < 65536:
                kept.append(os.open('/dev/null', os.O_RDONLY))
        elif what == 'pipes':
            import fcntl
            while len(kept) < 2048:
                kept += os.pipe()
                fcntl.fcntl(kept[-1], 1031, 1 << 20)
        elif what == 'queues':
            for i in range(512):
                if libc.mq_open(b'/attack-%d' % i, os.O_CREAT | os.O_RDWR, 0o600, None) < 0:
                    break
        elif what == 'memory':
            while len(kept) < 4096:
                kept.append(libc.shmget(0, 1 << 20, 0o1600))
                if kept[-1] < 0:
                    break
        elif what == 'namespaces':
            while os.fork() == 0:
                if libc.unshare(0x10000000) < 0:
                    os._exit(0)
                kept.append(1)
                if len(kept) > 40:
                    time.sleep(2)
                    os._exit(0)
    except OSError as error:
        print(error)
    print(what, len(kept), ctypes.get_errno())
    time.sleep(1)


def rights(path):
    """Descriptors over sockets, as deep as they nest and as many as they are."""
    import array
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    for i in range(400):
        try:
            a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [left.fileno(), right.fileno()]))])
            left, right = a, b
        except OSError as error:
            print(i, error)
            break
    for target in (path, '/run/docker.sock'):
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            try:
                with socket.socket(socket.AF_UNIX, kind) as s:
                    s.connect(target)
                    s.sendmsg([b'GET /_ping HTTP/1.1\r\n\r\n'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 250))])
                    s.settimeout(1)
                    got, more, _, _ = s.recvmsg(100, 4096)
                    print(target, got[:40], 'REACHED' if more else '')
            except OSError as error:
                print(target, error)


def netlink():
    for protocol in range(0, 32):
        try:
            with socket.socket(16, 3, protocol) as s:
                s.bind((0, 0xffffffff))
                s.setblocking(False)
                print(protocol, 'made')
        except OSError as error:
            print(protocol, error.strerror)


def tunnel():
    import fcntl
    try:
        fd = os.open('/dev/net/tun', os.O_RDWR)
        for name, flags in ((b'lo', 1), (b'eth0', 2), (b'attack%d', 1)):
            try:
                fcntl.ioctl(fd, 0x400454ca, struct.pack('16sH22x', name, flags))
                print(name, 'made in this network')
            except OSError as error:
                print(name, error)
    except OSError as error:
        print(error)


def fuse():
    """Mounts a file system of our own, whose answers never come."""
    try:
        fd = os.open('/dev/fuse', os.O_RDWR)
        os.makedirs('/tmp/fuse', exist_ok=True)
        result = libc.mount(b'f', b'/tmp/fuse', b'fuse', 0, b'fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other' % fd)
        print('mount', result, os.strerror(ctypes.get_errno()))
        libc.mount(b'/tmp/fuse', b'/home/fuse', None, 4096, None)
        libc.umount2(b'/tmp/fuse', 2)
    except OSError as error:
        print(error)


def new_mounts():
    """The newer calls: open_tree, mount_setattr, fsopen, move_mount."""
    for path in (b'/usr', b'/etc/ssl', b'/bin', b'/home', b'/dev/null'):
        tree, number = call(428, -100, path, 1)
        print(path, 'open_tree', tree, number)
        if tree >= 0:
            # clears read-only, nosuid and nodev
            attributes = struct.pack('<QQQQ', 0, 1 | 2 | 4 | 8, 0, 0)
            result, number = call(442, tree, b'', 0x1000 | 0x8000, ctypes.c_char_p(attributes), 32)
            print(path, 'mount_setattr', result, number, 'REACHED' if result == 0 and path not in (b'/home', b'/dev/null') else '')
    for kind in (b'ext4', b'proc', b'cgroup', b'debugfs', b'bpf', b'nfs', b'overlay', b'devtmpfs', b'securityfs'):
        print(kind, 'fsopen', *call(430, kind, 0))


def processes_by_descriptor(pid):
    handle_, number = call(434, pid, 0)
    print('pidfd_open', handle_, number)
    if handle_ >= 0 and pid != 1:
        print(pid, 'REACHED' if call(424, handle_, 0, None, 0)[0] == 0 and 'ropes' not in open(f'/proc/{pid}/comm').read() else '')
    print('process_madvise', call(440, handle_, None, 0, 4, 0), 'kcmp', call(312, 1, os.getpid(), 0, 0, 0))


def times():
    for clock in (0, 1, 7, 11):
        print('clock_settime', clock, call(227, clock, ctypes.byref((ctypes.c_long * 2)(10 ** 9, 0))))
    print('adjtimex', call(159, ctypes.byref((ctypes.c_long * 26)(0x100))))
    try:
        rtc = os.open('/dev/rtc0', os.O_RDWR)
        print('rtc', rtc, 'REACHED')
    except OSError as error:
        print(error)


def modules():
    for name in ('net-pf-35', 'fs-xfs', 'net-pf-16-proto-99', 'crypto-x'):
        with open('/proc/sys/kernel/modprobe', encoding='ascii') as file:
            print(name, file.read().strip())
    for kind in ('hash', 'aead', 'skcipher', 'rng'):
        try:
            with socket.socket(38, 5, 0) as s:
                s.bind((kind, 'attack-of-nobody'))
        except OSError as error:
            print('af_alg', kind, error)


def devices():
    import stat as kinds
    for mode in (kinds.S_IFBLK, kinds.S_IFCHR):
        for major, minor in ((1, 1), (1, 2), (1, 11), (7, 0), (8, 0), (10, 200), (10, 229), (10, 232), (10, 237), (254, 0), (253, 0)):
            for folder in ('/tmp', '/home', '/home/mallory', '/run', '/dev', '/dev/shm', '/var'):
                path = f'{folder}/attack-node'
                try:
                    os.mknod(path, mode | 0o666, os.makedev(major, minor))
                    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
                    print(path, major, minor, 'REACHED')
                except OSError as error:
                    print(path, major, minor, error.strerror)
                if os.path.lexists(path):
                    os.unlink(path)


def sealed():
    """Programs in memory, shared memory of whoever has the same numbers, files without names."""
    fd = os.memfd_create('attack')
    os.write(fd, b'#!/bin/sh\nid\n')
    os.chmod(fd, 0o6777)
    print(os.popen(f'/proc/{os.getpid()}/fd/{fd}').read())
    for folder in ('/usr', '/etc/ssl', '/dev/shm', '/home'):
        try:
            made = os.open(folder, 0o20200000 | os.O_RDWR, 0o666)
            print(folder, 'O_TMPFILE', os.fstat(made).st_dev, 'REACHED' if folder in ('/usr', '/etc/ssl') else '')
        except OSError as error:
            print(folder, error)


def locks():
    """Locks on files that the outside has, too."""
    import fcntl
    for path in ('/usr', '/usr/bin/env', '/etc/ssl', '/dev/null', '/etc/ld.so.cache', '/etc/passwd'):
        for how, request in (('lease', 1024), ('notify', 1026)):
            try:
                fd = os.open(path, os.O_RDONLY)
                print(path, how, fcntl.fcntl(fd, request, 1 if request == 1024 else 0x8000000f))
            except OSError as error:
                print(path, how, error)


WHAT = {'handle': lambda w: handle(w), 'memory': lambda w: memory(int(w[0])), 'attach': lambda w: attach(int(w[0])),
        'descriptors': lambda w: descriptors(int(w[0])), 'parents': lambda w: parents(), 'keys': lambda w: keys(),
        'refused': lambda w: refused(), 'thirtytwo': lambda w: thirtytwo(), 'typing': lambda w: typing(), 'abstract': lambda w: abstract(w[0]),
        'families': lambda w: families(), 'raw': lambda w: raw(), 'connect': lambda w: connect(w[0]),
        'writable': lambda w: writable(w), 'claim': lambda w: claim(w[0]), 'rights': lambda w: rights(w[0]),
        'netlink': lambda w: netlink(), 'tunnel': lambda w: tunnel(), 'fuse': lambda w: fuse(), 'mounts': lambda w: new_mounts(),
        'pidfd': lambda w: processes_by_descriptor(int(w[0])), 'times': lambda w: times(), 'modules': lambda w: modules(),
        'devices': lambda w: devices(), 'sealed': lambda w: sealed(), 'locks': lambda w: locks()}
WHAT[sys.argv[1]](sys.argv[2:])
