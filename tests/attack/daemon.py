#!/usr/bin/env python3
"""tests/attack/daemon.py MODES - as root in a practice machine: takes dockerd's listening socket away from it and answers in its
place, as the file MODES says at the moment; whoever asks is outside. Says "taken" into the file MODES.taken."""
import ctypes
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
CONTAINER = {'Id': 'a' * 64, 'Names': ['/web'], 'Image': 'busybox', 'State': 'running', 'Status': 'Up', 'Labels': {}, 'Ports': [],
             'NetworkSettings': {'Networks': {}}, 'Mounts': []}
DETAIL = {'Id': 'a' * 64, 'Name': '/web', 'State': {'Running': True, 'Status': 'running', 'ExitCode': 0, 'Pid': 1, 'StartedAt': '2026-01-01T00:00:00Z'},
          'Config': {'Image': 'busybox', 'Env': [], 'Labels': {}}, 'HostConfig': {'NetworkMode': 'default'}, 'Mounts': [],
          'NetworkSettings': {'Ports': {'80/tcp': [{'HostIp': '0.0.0.0', 'HostPort': '8080'}]}, 'Networks': {}}}
FOUR = 4 << 20
WORDS = '\x1b]52;c;YXR0YWNr\x07\x1b[2J\x1b[21t\u009b31m\u202e\x1bP$q q\x1b\\'


def taken_socket():
    """The one that dockerd was given by the outside to listen at."""
    pid = int(subprocess.check_output(['pgrep', '-o', '-x', 'dockerd']))
    handle = libc.syscall(434, pid, 0)
    for name in os.listdir(f'/proc/{pid}/fd'):
        if not os.readlink(f'/proc/{pid}/fd/{name}').startswith('socket:'):
            continue
        one = socket.socket(fileno=libc.syscall(438, handle, int(name), 0))
        path = one.getsockname() if one.family == socket.AF_UNIX else ''
        if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and str(path).endswith('daemon/docker.sock'):
            os.kill(pid, signal.SIGSTOP)
            one.setblocking(True)  # Go has it otherwise
            return one
    raise SystemExit('the socket was not found')


def head(kind='application/json', more=''):
    return f'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: {kind}\r\n{more}'.encode()


def whole(body, more=''):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(more=more + f'Content-Length: {len(data)}\r\n\r\n') + data


def plain(target):
    """What a good daemon would say."""
    if target.startswith('/_ping'):
        return whole(b'OK')
    if '/events' in target:
        return head(more='Transfer-Encoding: chunked\r\n\r\n')
    if '/containers/json' in target:
        return whole([CONTAINER])
    if '/containers/' in target:
        return whole(DETAIL)
    if target.endswith('/version') or '/info' in target:
        return whole({'Version': '20.10.24', 'ApiVersion': '1.41', 'CgroupDriver': 'cgroupfs'})
    return whole([])


def chunks(pieces, more=''):
    yield head(more=more + 'Transfer-Encoding: chunked\r\n\r\n')
    for piece in pieces:
        yield b'%x\r\n%b\r\n' % (len(piece), piece)


def event(**more):
    return json.dumps({'Type': 'container', 'Action': 'start', 'Actor': {'ID': 'a' * 64, 'Attributes': {'name': 'web'}},
                       'timeNano': time.time_ns(), **more}).encode() + b'\n'


def many(ports):
    return [dict(CONTAINER, Id=f'{i:064x}', Names=[f'/c{i}'], Ports=[{'PublicPort': p, 'PrivatePort': 80, 'Type': 'tcp', 'IP': '0.0.0.0'}
                                                                       for p in range(1 + i * 1000, 1 + i * 1000 + ports)]) for i in range(60)]


def is_list(target):
    return '/events' not in target and not target.startswith('/_ping')


def answers(mode, target):
    """Pieces to send; None: nothing, for ever."""
    stream = '/events' in target
    forever = itertools.repeat
    if mode == 'silent':
        return None
    if mode == 'drip':
        return itertools.chain([b'HTTP/1.1 200 OK\r\nX: '], ((time.sleep(0.2), b'y')[1] for _ in forever(0)))
    if mode == 'drip-body':
        return itertools.chain([head(more='Content-Length: 9999999\r\n\r\n')], ((time.sleep(0.2), b' ')[1] for _ in forever(0)))
    if mode == 'endless' and not target.startswith('/_ping'):
        return chunks(forever(b'[' + b'1,' * 32000))
    if mode == 'endless-ping':
        return chunks(forever(b'x' * 65536))
    if mode == 'endless-line' and stream:
        return chunks(forever(b'{"Type":"' + b'x' * 65536))
    if mode == 'endless-head':
        return itertools.chain([b'HTTP/1.1 200 OK\r\n'], (b'X%d: ' % i + b'y' * 8000 + b'\r\n' for i in itertools.count()))
    if mode == 'endless-continue':
        return forever(b'HTTP/1.1 100 Continue\r\n\r\n')
    if mode == 'events' and stream:
        return chunks(event() * 400 for _ in forever(0))
    if mode == 'events' and '/containers/json' in target:
        return [whole(many(20))]
    if mode == 'events-odd' and stream:
        return chunks(json.dumps(x).encode() + b'\n' for x in itertools.cycle((1, None, [], {}, {'Type': 7, 'Actor': []}, {'Type': 'container', 'timeNano': 1e308},
                                                                            {'Type': 'container', 'timeNano': 'x', 'Actor': {'Attributes': 'a'}},
                                                                            {'Type': 'container', 'Action': WORDS, 'Actor': {'Attributes': {'name': WORDS}}})))
    if mode == 'events-ended' and stream:
        return [head(more='Connection: close\r\n\r\n')]
    if mode == 'deep' and is_list(target):
        return [whole(b'[' * (FOUR // 2))]
    if mode == 'deep-objects' and is_list(target):
        return [whole(b'{"a":' * (FOUR // 6))]
    if mode == 'wide' and is_list(target):
        return [whole(b'[' + b'[],' * (FOUR // 3 - 2) + b'[]]')]
    if mode == 'strings' and is_list(target):
        return [whole(b'["' + b'\\u0000' * (FOUR // 8) + b'\\ud800", "' + b'\xff\xfe' * 1000 + b'"]')]
    if mode == 'cut' and is_list(target):
        return [head(more='Content-Length: 100000\r\n\r\n') + b'[{"Id":"']
    if mode == 'ports' and '/containers/json' in target:
        return [whole(many(1000))]
    if mode == 'ports-odd' and '/containers' in target:
        ports = [{'PublicPort': p, 'Type': 'tcp'} for p in (-1, 0, 65536, 1e308, 0.5, '80', None, [], {}, 22, 2 ** 53, 80.9)]
        odd = {'Ports': {k: [{'HostPort': p} for p in ('-1', '99999999999999999999', '', '80x', None)] for k in ('80/tcp', 'x', '/', '99999/tcp', '1/aaaaaaaaaaaaaaaa', '')}}
        return [whole([dict(CONTAINER, Ports=ports)] if 'json?' in target or target.endswith('/containers/json') else dict(DETAIL, NetworkSettings=odd))]
    if mode == 'types' and is_list(target):
        return [whole(next(TYPES))]
    if mode == 'redirect':
        port = sys.argv[2]
        return [f'HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:{port}/x\r\nContent-Length: 0\r\n\r\n'.encode()]
    if mode == 'words':
        body = json.dumps({'message': WORDS + 'line\nline ' * 1000}).encode()
        return [b'HTTP/1.1 500 ' + WORDS.encode() + b'\r\nContent-Length: %d\r\n\r\n' % len(body) + body]
    if mode == 'names' and '/containers' in target:
        return [whole([dict(CONTAINER, Names=['/' + WORDS], Image=WORDS, Status=WORDS)] if 'containers/json' in target else dict(DETAIL, Name=WORDS))]
    if mode == 'version':
        return [b'HTTP/1.1 200 OK\r\nApi-Version: 99999999999999999999.99999999999999999999.1.1.1.1.1.1.1.1.1.1.1.1.1\r\nContent-Length: 2\r\n\r\nOK']
    if mode == 'version-odd':
        return [b'HTTP/1.1 200 OK\r\nApi-Version: ../../..\r\nApi-Version:\r\nContent-Length: 2\r\n\r\nOK']
    if mode == 'switch':
        return itertools.chain([b'HTTP/1.1 101 Switching\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n'], forever(b'\0' * 65536))
    if mode == 'junk':
        return [os.urandom(1 << 16) for _ in range(16)]
    if mode == 'old':
        return forever(b'<html>' * 10000)
    if mode == 'lengths':
        return [b'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n[]']
    if mode == 'lengths-negative':
        return [b'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n[]']
    if mode == 'chunk-size':
        return [b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n[]']
    if mode == 'packed':
        return [head(more='Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n') + b'\x1f\x8b' + b'\0' * 18]
    if mode == 'slow-lists' and '/containers' in target:
        time.sleep(9)
    if mode == 'closing':
        return []
    return [plain(target)]


TYPES = itertools.cycle((None, 1, 'x', {}, [], [None], [1], [[]], ['x'], [{}], {'State': 1, 'Config': 1, 'NetworkSettings': [], 'Mounts': {}, 'HostConfig': None},
                         {'State': {'Running': 'x', 'ExitCode': 1e308, 'StartedAt': 7, 'Health': []}, 'Config': {'Env': [1, None, {}], 'Labels': [], 'Cmd': 'x'}, 'Name': 5},
                         [{'Names': 'x'}, {'Names': [1]}, {'Names': []}, {'Ports': [1]}, {'Id': 1}], {'Containers': 'x'}, {'Volumes': 1}, {'Volumes': [1, {}]}))


def mode_of(path):
    with open(path, encoding='ascii') as file:
        return file.read().strip()


def serve(caller, modes):
    try:
        caller.settimeout(30)
        while True:
            request = b''
            while b'\r\n\r\n' not in request:
                got = caller.recv(65536)
                if not got:
                    return
                request += got
            target = request.split(b' ')[1].decode('latin1')
            mode = mode_of(modes)
            pieces = answers(mode, target)
            if pieces is None:
                time.sleep(300)
            for piece in pieces:
                caller.sendall(piece)
                if mode_of(modes) != mode:
                    return
            while '/events' in target and mode != 'events-ended' and mode_of(modes) == mode:
                time.sleep(0.1)  # the next mode is for whoever asks again
            if '/events' in target or mode in ('cut', 'closing', 'old', 'junk'):
                return
    except (OSError, IndexError, UnicodeError):
        pass
    finally:
        caller.close()


def main():
    listener = taken_socket()
    with open(sys.argv[1] + '.taken', 'w', encoding='ascii') as file:
        file.write('taken\n')
    while True:
        caller, _ = listener.accept()
        threading.Thread(target=serve, args=(caller, sys.argv[1]), daemon=True).start()


main()
