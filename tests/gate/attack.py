#!/usr/bin/env python3
"""tests/gate/attack.py [--victim GATE LEARNER] DAEMON GATE FILE - sends the attacks of a JSON-lines file through a gate of
the host profile, whose learner is `me`.

A victim is made beside the attacker through the daemon's own socket, or as another learner through that one's gate; then
the attacks know the names that the daemon has for it. Each row says what must come of it: a status (404
means exactly that; 400, 403, 405, 413 and 501 are refusals alike), or in words (rewrite, clamp, 200 ...) that it goes
through changed. In a row, `{x*5000}` is x 5000 times. Afterwards the victim and the daemon must be unharmed. Ends with
"N passed, N failed".
"""
import base64
import json
import re
import socket
import sys

API = '/v1.41'
REFUSALS = {400, 403, 405, 413, 501}
SECONDS = 8  # to wait for an answer


def talk(path, data, seconds=None):
    """All that comes back until the other side closes; b'' where nothing does."""
    answer = b''
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(seconds or SECONDS)
        try:
            s.connect(path)
            try:
                s.sendall(data)
            except OSError:
                pass  # refused in the middle: the answer is there all the same
            while len(answer) < 1 << 20:
                part = s.recv(65536)
                if not part:
                    break
                answer += part
        except OSError:
            pass
    return answer


def unchunk(body):
    whole = b''
    while body:
        size, _, body = body.partition(b'\r\n')
        if not re.fullmatch(rb'[0-9a-fA-F]+', size) or int(size, 16) == 0:
            break
        whole += body[:int(size, 16)]
        body = body[int(size, 16) + 2:]
    return whole


def request(path, method, target, body=None, kind='application/json', extra=''):
    head = f'{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n{extra}'
    data = body.encode() if isinstance(body, str) else body
    if data is not None:
        head += f'Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n'
    answer = talk(path, head.encode() + b'\r\n' + (data or b''))
    front, _, rest = answer.partition(b'\r\n\r\n')
    if b'chunked' in front.lower():
        rest = unchunk(rest)
    status = re.match(rb'HTTP/1.1 (\d+)', front)
    try:
        return (int(status[1]) if status else 0), json.loads(rest)
    except ValueError:
        return (int(status[1]) if status else 0), rest.decode('latin1')


class Scene:
    """The attacker's objects, made through the gate, and the victim's, made beside it."""

    def __init__(self, daemon, gate, beside, learner):
        self.daemon, self.gate, self.beside = daemon, gate, beside
        front = f'ropes-{learner}-' if learner else ''
        victim = self.container(beside, 'av-victim')
        own, other = self.container(gate, 'av-own'), self.container(gate, 'av-own2')
        self.victim = victim
        self.groups = request(daemon, 'GET', API + '/info')[1].get('CgroupDriver') != 'none'
        self.network = self.make(beside, '/networks/create', {'Name': 'av-victims'})
        self.make(beside, '/volumes/create', {'Name': 'av-volume'})
        image = self.make(beside, f'/commit?container={victim}&repo=av-image&tag=1', {})
        self.make(gate, f'/commit?container={own}&repo=av-mine&tag=1', {})
        self.words = {
            '{VICTIM}': victim, '{VSHORT}': victim[:12], '{V1}': victim[:1], '{V3}': victim[:3],
            '{VUPPER}': victim.upper(), '{VNAME}': front + 'av-victim', '{OWN2}': other, '{OWN}': own,
            '{VEXEC}': self.make(beside, f'/containers/{victim}/exec', {'Cmd': ['true']}),
            '{OEXEC}': self.make(gate, f'/containers/{own}/exec', {'Cmd': ['true']}),
            '{VVOL}': front + 'av-volume', '{VNETNAME}': front + 'av-victims', '{VNET}': self.network,
            '{ONET}': self.make(gate, '/networks/create', {'Name': 'av-own-net'}),
            '{VIMGID}': image, '{VIMG}': 'av-image:1', '{OIMG}': 'av-mine:1', '{LABEL}': 'ropes.owner'}

    def make(self, path, target, body):
        status, answer = request(path, 'POST', API + target, json.dumps(body))
        if status not in (200, 201):
            sys.exit(f'the scene is not set: {target}: {status} {answer}')
        return answer.get('Id')

    def container(self, path, name):
        made = self.make(path, f'/containers/create?name={name}', {'Image': 'busybox:local', 'Cmd': ['sleep', '900']})
        request(path, 'POST', f'{API}/containers/{made}/start')
        return made

    def fill(self, text):
        for word, value in self.words.items():
            text = text.replace(word, value)
        return re.sub(r'\{(.)\*(\d+)\}', lambda many: many[1] * int(many[2]), text)

    def harmed(self):
        """What is wrong afterwards."""
        wrong = []
        status, victim = request(self.beside, 'GET', f'{API}/containers/{self.victim}/json')
        if status != 200 or not victim['State']['Running'] or victim['Name'] != '/av-victim':
            wrong.append('the victim does not run any more')
        for target in (f'/networks/{self.network}', '/volumes/av-volume', '/images/av-image:1/json'):
            if request(self.beside, 'GET', API + target)[0] != 200:
                wrong.append(f'{target} of the victim is gone')
        status, made = request(self.daemon, 'POST', API + '/containers/create', '{"Image":"busybox:local","Cmd":["true"]}')
        if status != 201 or request(self.daemon, 'POST', f"{API}/containers/{made['Id']}/start")[0] != 204:
            wrong.append('the daemon starts no containers any more')
        return wrong


# What a container that went through the gate must never have, however it was asked for: read from the daemon itself, which
# folds keys, merges objects and takes the last of two as it will.
def granted(host):
    wrong = [key for key in ('Privileged', 'CapAdd', 'Devices', 'DeviceRequests', 'DeviceCgroupRules', 'Sysctls', 'GroupAdd',
                             'UTSMode', 'UsernsMode', 'CgroupParent', 'OomKillDisable', 'OomScoreAdj', 'StorageOpt',
                             'VolumeDriver') if host.get(key)]
    wrong += [bind for bind in host.get('Binds') or [] if bind.startswith('/')]
    wrong += [mount for mount in host.get('Mounts') or [] if mount.get('Type') == 'bind']
    wrong += [key for key in ('NetworkMode', 'PidMode', 'IpcMode') if host.get(key) == 'host']
    wrong += ['PidMode of the victim'] if 'container:' in host.get('PidMode', '') else []
    wrong += [option for option in host.get('SecurityOpt') or [] if not option.startswith('no-new-privileges')]
    if not host.get('MaskedPaths') or not host.get('ReadonlyPaths'):
        wrong.append('what protects the host is off')
    return wrong


def met(row, status, groups):
    due = {int(word) for word in re.findall(r'\b[45]\d\d\b', row['expect'])}
    if status in due or (due & {400, 403} and status in REFUSALS | {404}) or (due == {400} and status == 0):
        return True
    changed = not due or re.search(r'rewrite|clamp|allow|drop|forward|200|unless|append', row['expect'])
    if changed and row['path'].startswith(API + '/build') and not row.get('body_b64'):
        return 100 < status < 400 or status == 500  # judged, and the daemon finds no Dockerfile in it
    if changed and row['path'].endswith('/update') and not groups:
        return status == 500  # judged, and the daemon has no control groups to change
    return bool(changed) and 100 < status < 400


def attack(scene, row):
    """The status, and whether more than the first of several requests was answered."""
    if row.get('raw'):
        answer = talk(scene.gate, scene.fill(row['raw']).encode('latin1', 'replace'), 3)
        codes = [int(code) for code in re.findall(rb'HTTP/1\.[01] (\d{3})', answer)]
        return (codes[0] if codes else 0), sum(code < 400 for code in codes) > 1
    body = row['body']
    if row.get('body_b64'):
        body = base64.b64decode(row['body_b64'])
    elif isinstance(body, str):
        body = scene.fill(body)
    status, _ = request(scene.gate, row['method'], scene.fill(row['path']), body, row['ct'], row.get('extra') or '')
    return status, False


def main():
    words = sys.argv[1:]
    beside, learner = (words[1], words[2]) if words[0] == '--victim' else (words[0], '')
    daemon, gate, name = words[3 if learner else 0:]
    scene = Scene(daemon, gate, beside, learner)
    passed = failed = 0
    for line in open(name, encoding='utf-8'):
        row = json.loads(line)
        status, twice = attack(scene, row)
        if met(row, status, scene.groups) and not twice:
            passed += 1
        else:
            failed += 1
            print(f"FAILED: {row['id']} {row['title']}: {status}, due: {row['expect']}")
    made = request(daemon, 'GET', API + '/containers/json?all=1&filters=%7B%22label%22%3A%5B%22ropes.owner%3Dme%22%5D%7D')[1]
    for one in made:
        host = request(daemon, 'GET', f"{API}/containers/{one['Id']}/json")[1]['HostConfig']
        if granted(host):
            failed += 1
            print(f"FAILED: {one['Names']} has {granted(host)}")
        else:
            passed += 1
    harmed = scene.harmed()
    passed += not harmed
    failed += len(harmed)
    for wrong in harmed:
        print('FAILED:', wrong)
    print(f'{passed} passed, {failed} failed')


if __name__ == '__main__':
    main()
