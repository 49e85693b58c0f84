#!/usr/bin/env python3
"""tests/attack/inside.py ROWS OUT - runs attacks inside a practice machine, as the learner who can be root there; what each of
them said goes into a file of OUT. It judges nothing: that is done outside.

A row is {"id", "where", "text"}; where: learner, root, container (a shell with everything that docker can give), plain (one
with nothing), build (a Dockerfile), client (a docker command line).
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import time

AT_ONCE = 3  # rows
SOCKET = '/run/docker.sock'
DAEMON = '/run/ropes/docker.sock'
ALL = ['--privileged', '--pid', 'host', '--net', 'host', '--ipc', 'host', '--uts', 'host', '--cgroupns', 'host', '-v', '/:/host',
       '--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined']
IMAGE = 'busybox'


def docker(*words):
    return ['sudo', 'docker', '-H', 'unix://' + DAEMON, *words]


def command(row, folder):
    where, text = row['where'], row['text']
    if where in ('learner', 'root', 'client'):
        path = os.path.join(folder, 'line')
        with open(path, 'w', encoding='utf-8', errors='surrogateescape') as file:
            file.write(text + '\n')
        # mounts of one attack do not stay for the next
        return {'learner': ['bash', path], 'client': ['sudo', 'bash', path],
                'root': ['sudo', 'unshare', '-m', '--propagation', 'private', 'bash', path]}[where]
    if where == 'container':
        return docker('run', '--rm', *ALL, IMAGE, 'sh', '-c', text)
    if where == 'plain':
        return docker('run', '--rm', IMAGE, 'sh', '-c', text)
    if where == 'build':
        with open(os.path.join(folder, 'Dockerfile'), 'w', encoding='utf-8') as file:
            file.write(text + '\n')
        return docker('build', '--no-cache', folder)
    raise SystemExit(f"row {row['id']}: nothing runs in '{where}'")


def run(row, out):
    folder = '/tmp/attacks/' + row['id']
    os.makedirs(folder, exist_ok=True)
    started = time.monotonic()
    seconds = row['seconds']
    with open(os.path.join(out, row['id']), 'wb') as file:
        # a limit for what is written: some rows never end saying something
        process = subprocess.Popen(['bash', '-c', 'ulimit -f 65536; exec "$@"', 'bash', 'timeout', '-k', '2', str(seconds),
                                    *command(row, folder)], stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                   cwd=folder, env=dict(os.environ, DOCKER_HOST='unix://' + DAEMON))
    try:
        status = process.wait(seconds + 10)
    except subprocess.TimeoutExpired:
        process.kill()
        status = -1
    return {'id': row['id'], 'status': status, 'ms': int((time.monotonic() - started) * 1000)}


def main():
    rows, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    with open(rows, encoding='utf-8') as file:
        wanted = [json.loads(line) for line in file]
    if any(' all ' in row['text'] for row in wanted): # a container that rows may name
        subprocess.run(docker('rm', '-f', 'all'), capture_output=True, check=False)
        subprocess.run(docker('run', '-d', '--name', 'all', *ALL, IMAGE, 'sleep', '3000'), check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(out, 'results'), 'w', encoding='ascii') as results, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(lambda row: run(row, out), wanted):
            print(json.dumps(result), file=results, flush=True)
    os.rename(os.path.join(out, 'results'), os.path.join(out, 'finished'))


main()
