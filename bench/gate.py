#!/usr/bin/env python3
"""bench/gate.py ROPES FOLDER - what a gate costs: the same requests directly, through one of each profile and, where HAProxy
is installed, through that, in turns in one run. Each row: medians, and how often the direct one's time."""
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

API = '/v1.41'
ROUNDS = 7


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    return s


def request(path, method, target, body=b'', kind='application/x-tar'):
    with connect(path) as s:
        head = f'{method} {target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n'
        if body:
            head += f'Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n'
        s.sendall(head.encode() + b'\r\n' + body)
        size = 0
        while part := s.recv(1 << 16):
            size += len(part)
        return size


def many(target, count, clients=1):
    """Seconds a request, each on a connection of its own."""
    def run(path):
        def work():
            for _ in range(count):
                request(path, 'GET', target)
        threads = [threading.Thread(target=work) for _ in range(clients)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return (time.monotonic() - start) / count / clients
    return run


def docker(path, *words, **options):
    environment = dict(os.environ, DOCKER_HOST=f'unix://{path}', DOCKER_BUILDKIT='0')
    done = subprocess.run(['docker', *words], env=environment, text=True, capture_output=True, **options)
    if done.returncode:
        sys.exit(f'docker {" ".join(words)}: status {done.returncode}: {done.stderr.strip()}')
    return done.stdout.strip()


def timed(function):
    def run(path):
        start = time.monotonic()
        function(path)
        return time.monotonic() - start
    return run


def resident(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS')) / 1024


def row(name, run, paths, unit, scale, rounds=ROUNDS):
    times = {way: [] for way in paths}
    for _ in range(rounds):
        for way, path in paths.items():
            times[way].append(run(path))
    medians = {way: statistics.median(values) for way, values in times.items()}
    told = '  '.join(f'{way} {medians[way] * scale:9.2f} {unit} {medians[way] / medians["direct"]:5.2f}x' for way in paths)
    print(f'{name:<34} {told}', flush=True)
    if report := os.environ.get('BENCH_REPORT'):
        with open(report, 'a', encoding='utf-8') as file:
            for way in paths:
                if way != 'direct':
                    print('gate', f'{name}, by {way}', f'{medians[way] * scale:.4f}', unit, 'directly', f'{medians["direct"] * scale:.4f}',
                          '', sep='\t', file=file)


def start_haproxy(folder, daemon):
    if not (program := shutil.which('haproxy') or shutil.which('haproxy', path='/usr/sbin')):
        return None, None
    path = f'{folder}/haproxy.sock'
    config = f'{folder}/haproxy.cfg'
    with open(config, 'w', encoding='ascii') as file:
        file.write(f'defaults\n mode http\n option http-server-close\n timeout connect 5s\n timeout client 600s\n timeout server 600s\n'
                   f'frontend f\n bind unix@{path}\n default_backend b\nbackend b\n server s unix@{daemon}\n')
    process = subprocess.Popen([program, '-f', config, '-db'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process, path


def wait_for(path):
    for _ in range(200):
        try:
            connect(path).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f'nobody listens at {path}')


def memory(when, gates):
    told = '  '.join(f'{profile} {resident(process.pid):.1f} MB' for profile, process in gates.items())
    print(f'{f"resident {when}":<34} {told}', flush=True)


def followers(gate, gates, talker, count=200):
    """Memory of the witness with so many `logs -f` open."""
    open_ones = []
    for _ in range(count):
        s = connect(gate)
        s.sendall(f'GET {API}/containers/{talker}/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n'.encode())
        open_ones.append(s)
    for s in open_ones:
        s.recv(1)
    memory(f'with {count} logs -f', gates)
    for s in open_ones:
        s.close()


def main():
    ropes, folder = sys.argv[1], sys.argv[2]
    subprocess.run([ropes, 'daemon', 'start'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    told = subprocess.run([ropes, 'daemon', 'env'], check=True, capture_output=True, text=True).stdout
    daemon = told.split('unix://')[1].split()[0].strip('\'"')
    paths, gates = {'direct': daemon}, {}
    for profile in ('witness', 'host'):
        paths[profile] = f'{folder}/{profile}.sock'
        gates[profile] = subprocess.Popen([ropes, 'gate', '--profile', profile, '--listen', paths[profile], '--upstream', daemon,
                                           '--log', f'{folder}/{profile}.log'], stdout=subprocess.DEVNULL)
        wait_for(paths[profile])
    proxy, proxied = start_haproxy(folder, daemon)
    if proxied:
        wait_for(proxied)
        paths['haproxy'] = proxied
    try:
        own = paths['host']  # what is made through it carries its label, so that all ways see the same
        docker(own, 'pull', '-q', 'alpine')
        for i in range(22):
            docker(own, 'create', '--name', f'stopped{i}', 'alpine', 'true')
        talker = docker(own, 'run', '-d', '--name', 'talker', 'alpine', 'sh', '-c', 'while echo line; do sleep 1; done')
        store = docker(own, 'run', '-d', '--name', 'store', 'alpine', 'sleep', '100000')
        docker(own, 'exec', 'store', 'sh', '-c', 'dd if=/dev/zero of=/large bs=1M count=500')
        row('_ping', many('/_ping', 200), paths, 'us', 1e6)
        row('_ping, 8 clients', many('/_ping', 50, 8), paths, 'us', 1e6)
        row('containers/json, 22 of them', many(f'{API}/containers/json?all=1', 50), paths, 'us', 1e6)
        row('containers/json, 8 clients', many(f'{API}/containers/json?all=1', 10, 8), paths, 'us', 1e6)
        row('500 MB out', timed(lambda path: request(path, 'GET', f'{API}/containers/{store}/archive?path=/large')), paths, 's', 1, 3)
        memory('afterwards', gates)
        with open(f'{folder}/large.tar', 'wb') as file:
            subprocess.run(['docker', 'cp', f'{store}:/large', '-'], stdout=file, check=True,
                           env=dict(os.environ, DOCKER_HOST=f'unix://{daemon}'))
        def into(path):
            with open(f'{folder}/large.tar', 'rb') as file:
                docker(path, 'cp', '-', f'{store}:/tmp', stdin=file)
        row('500 MB in', timed(into), paths, 's', 1, 3)
        memory('afterwards', gates)
        row('docker run --rm alpine true', timed(lambda path: docker(path, 'run', '--rm', 'alpine', 'true')), paths, 'ms', 1e3, 11)
        followers(paths['witness'], gates, talker)
    finally:
        for one in (*gates.values(), proxy):
            if one:
                one.send_signal(signal.SIGTERM)
                one.wait()


main()
