"""tests/attack/probe.py WHAT … - single system calls of an attacker inside a machine. Says REACHED where one of them gets at
what is not the machine's."""
import ctypes
import os
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


WHAT = {'handle': lambda w: handle(w), 'memory': lambda w: memory(int(w[0])), 'attach': lambda w: attach(int(w[0])),
        'descriptors': lambda w: descriptors(int(w[0])), 'parents': lambda w: parents(), 'keys': lambda w: keys(),
        'refused': lambda w: refused(), 'typing': lambda w: typing(), 'abstract': lambda w: abstract(w[0]),
        'families': lambda w: families(), 'raw': lambda w: raw(), 'connect': lambda w: connect(w[0])}
WHAT[sys.argv[1]](sys.argv[2:])
