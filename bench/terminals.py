#!/usr/bin/env python3
"""bench/terminals.py ROPES FOLDER [LEARNERS [KEYS-A-SECOND [SECONDS]]] - a workshop's terminals in browsers: so many learners, each
with a practice machine, type at once. From the key to its echo over the WebSocket, beside one learner who types alone; memory and
processor of each learner, tutor and machine included."""
import asyncio
import base64
import os
import re
import signal
import statistics
import struct
import subprocess
import sys
import time
import urllib.request

PATIENCE_S = 180
QUIET_S = 2.0  # without output: the prompt is there
TICK = os.sysconf('SC_CLK_TCK')


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def join(origin, code, name):
    """A learner's token, from the fragment of the address that joining leads to."""
    form = f'code={code}&name={name}'.encode()
    request = urllib.request.Request(f'{origin}/terminal', data=form, headers={'Origin': origin})
    try:
        urllib.request.build_opener(NoRedirect).open(request, timeout=30)
    except urllib.error.HTTPError as answer:
        return re.search(r'#(.+)$', answer.headers['Location']).group(1)
    raise SystemExit('bench: joining leads to no terminal')


class Terminal:
    """A browser's end of a terminal, as far as a benchmark needs it (RFC 6455)."""

    async def open(self, port, token):
        self.reader, self.writer = await asyncio.open_connection('127.0.0.1', port)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write((f'GET /terminal/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n'
                           f'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
                           f'Sec-WebSocket-Key: {key}\r\n\r\n').encode())
        head = await self.reader.readuntil(b'\r\n\r\n')
        if b' 101 ' not in head.split(b'\r\n')[0]:
            raise SystemExit(f'bench: no WebSocket: {head[:100]}')
        self.send(1, f'{{"token":"{token}","rows":24,"columns":80}}'.encode())
        self.seen_s = time.monotonic()
        self.shown = b''
        self.output = asyncio.Event()
        self.task = asyncio.create_task(self.read())

    def send(self, opcode, data):
        mask = os.urandom(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack('>BH', 0x80 | 126, len(data))
        self.writer.write(bytes([0x80 | opcode]) + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    async def read(self):
        while True:
            first, second = await self.reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                length = struct.unpack('>H', await self.reader.readexactly(2))[0]
            elif length == 127:
                length = struct.unpack('>Q', await self.reader.readexactly(8))[0]
            data = await self.reader.readexactly(length)
            if first & 0x0F == 9:
                self.send(10, data)
            elif first & 0x0F == 8:
                raise SystemExit(f'bench: the terminal was closed: {data[2:]}')
            elif first & 0x0F == 2:
                self.shown += data
                self.seen_s = time.monotonic()
                self.output.set()

    async def rest(self, word):
        """Waits until the word has been printed, and a prompt is there."""
        self.seen_s = time.monotonic()
        end = time.monotonic() + PATIENCE_S
        while word not in self.shown or time.monotonic() - self.seen_s < QUIET_S:
            if time.monotonic() > end:
                raise SystemExit(f'bench: a terminal does not show {word}')
            await asyncio.sleep(0.1)

    async def press(self, key):
        """Milliseconds until the echo."""
        self.output.clear()
        began = time.monotonic()
        self.send(2, key)
        await asyncio.wait_for(self.output.wait(), 30)
        return (time.monotonic() - began) * 1000


async def type_keys(terminal, a_second, seconds, delay):
    """Types letters, and takes them back, in an even pace."""
    took = []
    await asyncio.sleep(delay)
    end, due = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < end:
        took.append(await terminal.press(b'\x7f' if len(took) % 2 else b'x'))
        due = max(due + 1 / a_second, time.monotonic() - 1)
        await asyncio.sleep(max(0, due - time.monotonic()))
    return took


def processes(ropes, since):
    """What began with the server or after it, and is of ropes or in a practice machine."""
    for one in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{one}/stat', encoding='ascii') as file:
                fields = file.read().rsplit(')', 1)[1].split()
            if int(fields[19]) >= since and (os.readlink(f'/proc/{one}/ns/user') != os.readlink('/proc/self/ns/user') or
                                             os.path.samefile(f'/proc/{one}/exe', ropes)):
                yield one, fields
        except OSError:
            pass


def cost(ropes, since):
    """Megabytes (proportional) and seconds of a processor of the server, the tutors and the machines."""
    kilobytes = ticks = 0
    for one, fields in processes(ropes, since):
        try:
            with open(f'/proc/{one}/smaps_rollup', encoding='ascii') as file:
                kilobytes += int(re.search(r'^Pss: +(\d+)', file.read(), re.M).group(1))
            ticks += sum(int(fields[i]) for i in range(11, 15))
        except OSError:
            pass
    return kilobytes / 1024, ticks / TICK


def print_row(name, took):
    took.sort()
    print(f'{name:52} {statistics.median(took):9.2f} {took[min(len(took) - 1, len(took) * 99 // 100)]:9.2f} {took[-1]:9.2f} {len(took):6}')


async def measure(spent, port, code, count, a_second, seconds):
    terminals = []
    origin = f'http://127.0.0.1:{port}'
    alone_mb, _ = spent()

    async def begin(number):
        terminal = Terminal()
        await terminal.open(port, await asyncio.to_thread(join, origin, code, f'learner{number}'))
        await terminal.rest(b'')
        terminal.send(2, b'docker ps\r')
        await terminal.rest(b'CONTAINER ID')
        terminals.append(terminal)
    await begin(0)
    print(f'\n{"from a key to its echo in the browser, ms":52} {"median":>9} {"p99":>9} {"largest":>9} {"keys":>6}')
    print_row('one learner', await type_keys(terminals[0], a_second, seconds, 0))
    began = time.monotonic()
    await asyncio.gather(*(begin(number) for number in range(1, count)))
    started = time.monotonic() - began
    before_mb, before_s = spent()
    began = time.monotonic()
    all_keys = await asyncio.gather(*(type_keys(t, a_second, seconds, i / count / a_second) for i, t in enumerate(terminals)))
    took = time.monotonic() - began
    print_row(f'{count} learners, {a_second} keys a second each', [key for keys in all_keys for key in keys])
    _, after_s = spent()
    print(f'{count - 1} terminals opened at once: all have run `docker ps` after {started:.1f} s; each learner: '
          f'{(before_mb - alone_mb) / count:.0f} MB, {(after_s - before_s) / took / count * 100:.2f} % of a processor while typing')


def main():
    ropes, folder = sys.argv[1:3]
    count, a_second, seconds = (int(word) for word in (sys.argv[3:6] + ['40', '5', '15'][len(sys.argv) - 3:]))
    with open(f'{folder}/terminals.out', 'w+', encoding='utf-8') as said:
        server = subprocess.Popen([ropes, 'serve', '--db', f'{folder}/terminals.db', '--listen', '127.0.0.1:0', '--workshop',
                                   'docker-start-here', '--terminals', str(count)], stdin=subprocess.DEVNULL, stdout=said)
        try:
            text = ''
            while '\nbrowser: ' not in text:
                time.sleep(0.1)
                if server.poll() is not None:
                    raise SystemExit('bench: the server of the terminals ended')
                said.seek(0)
                text = said.read()
            port = int(re.search(r'^browser: http://127\.0\.0\.1:(\d+)/', text, re.M).group(1))
            code = re.search(r'^join: .* (\S+)$', text, re.M).group(1)
            with open(f'/proc/{server.pid}/stat', encoding='ascii') as stat:
                since = int(stat.read().rsplit(')', 1)[1].split()[19])
            asyncio.run(measure(lambda: cost(ropes, since), port, code, count, a_second, seconds))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


main()
