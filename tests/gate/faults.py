#!/usr/bin/env python3
"""tests/gate/faults.py PROFILE GATE PID CONTAINER - clients that go away, are slow, or are many, before a gate that must stay
whole. A witness waits for a head as long as the daemon itself would.

After each fault the gate must answer, have no more descriptors and threads than before, and not use the processor while
nobody wants anything. CONTAINER runs and prints a line a second. Ends with "N passed, N failed".
"""
import os
import resource
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from told import finish, ok  # noqa: E402

API = '/v1.41'
PATIENCE = 120  # seconds until a gate that accepts nothing is given up
profile, gate, pid, container = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]


def connect(seconds=20):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(seconds)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            s.connect(gate)
            return s
        except BlockingIOError:  # more are waiting than the queue holds
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def ask(target='/_ping', half_close=False):
    with connect() as s:
        s.sendall(f'GET {target} HTTP/1.1\r\nHost: d\r\n\r\n'.encode())
        if half_close:
            s.shutdown(socket.SHUT_WR)
        answer = b''
        while part := s.recv(65536):
            answer += part
        return answer


def begin(text):
    s = connect()
    s.sendall(text.encode())
    return s


def follow():
    s = begin(f'GET {API}/containers/{container}/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n')
    s.recv(1)
    return s


def counts():
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        threads = next(int(line.split()[1]) for line in status if line.startswith('Threads'))
    return len(os.listdir(f'/proc/{pid}/fd')), threads


def ticks():
    with open(f'/proc/{pid}/stat', encoding='ascii') as stat:
        fields = stat.read().rsplit(')', 1)[1].split()
    return int(fields[11]) + int(fields[12])


def settles(before, name, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end and counts() > before:
        time.sleep(0.1)
    ok(counts() <= before, f'{name}: descriptors and threads {counts()}, before {before}')
    ok(b'200 OK' in ask(), f'{name}: the gate answers')


def slam(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()


ask()
before = counts()

ok(b'200 OK' in ask(half_close=True), 'a client that has no more to say is answered')

followers = [follow() for _ in range(50)]
ok(b'200 OK' in ask(), 'others are served meanwhile')
used = ticks()
time.sleep(2)
ok(ticks() - used < 30, f'waiting costs nothing: {ticks() - used} ticks in two seconds')
for s in followers:
    slam(s)
settles(before, 'clients gone in the middle of a stream')

reader = begin(f'GET {API}/containers/{container}/archive?path=/large HTTP/1.1\r\nHost: d\r\n\r\n')
reader.recv(100)
used = ticks()
time.sleep(2)
ok(ticks() - used < 30, f'a slow reader costs nothing: {ticks() - used} ticks')
ok(b'200 OK' in ask(), 'others are served beside a slow reader')
slam(reader)
settles(before, 'a slow reader')

reader = begin(f'GET {API}/containers/{container}/archive?path=/small HTTP/1.1\r\nHost: d\r\n\r\n')
reader.recv(100)
used = ticks()
time.sleep(2)
ok(ticks() - used < 30, f'a slow reader costs nothing when the daemon is done: {ticks() - used} ticks')
slam(reader)
settles(before, 'a slow reader of a short answer')

writer = begin(f'PUT {API}/containers/{container}/archive?path=/ HTTP/1.1\r\nHost: d\r\n'
               'Content-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n\r\n')
for _ in range(5):
    writer.sendall(b'1\r\nx\r\n')
    time.sleep(0.1)
ok(b'200 OK' in ask(), 'others are served beside a slow writer')
slam(writer)
settles(before, 'a writer gone in the middle of a chunked body')

halves = [begin('GET /_ping HTT') for _ in range(40)]
ok(b'200 OK' in ask(), 'others are served beside half requests')
if profile == 'host':
    settles(before, 'heads that never end')
    ok(all(b'408' in s.recv(100) for s in halves), 'they are told so')
for s in halves:
    s.close()
settles(before, 'clients gone in the middle of a head')

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
crowd, most = [], min(10000, hard - 100)
while len(crowd) < most:
    crowd.append(connect())
ok(len(crowd) >= min(10000, hard - 100), 'a crowd connects')
ok(counts()[1] <= 1100, f'threads are bounded: {counts()[1]}')
for s in crowd:
    s.close()
settles(before, f'{most} connections that say nothing')

finish()
