#!/usr/bin/env python3
"""tests/terminal/registry.py LAYOUT ADDRESS - a registry that gives what an OCI image layout holds, as Docker Hub does: with a
token for each repository, and parts from another place. It prints its port.

library/layout:1 is the layout's image; :damaged has a layer of other bytes, :cut one that ends too early, :endless one with
more than was promised; of :busy it says that too much was pulled.
"""
import http.server
import json
import sys
import urllib.parse

LAYOUT, ADDRESS = sys.argv[1:]
REPOSITORY = 'library/layout'
TOKEN = 'for-' + REPOSITORY


def blob(digest):
    with open(f"{LAYOUT}/blobs/{digest.replace(':', '/')}", 'rb') as file:
        return file.read()


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    tag = '1'

    def log_message(self, *_):
        pass

    def answer(self, status, body=b'', length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.close_connection or length is not None

    def do_GET(self):
        here = f'http://{ADDRESS}:{self.server.server_port}'
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == '/token':
            good = query == {'service': ['a registry'], 'scope': [f'repository:{REPOSITORY}:pull']}
            self.answer(200, json.dumps({'token': TOKEN if good else 'for-nothing'}).encode())
        elif url.path.startswith('/elsewhere/'):
            if 'Authorization' in self.headers:  # the token is the registry's alone
                self.answer(400)
            else:
                self.send_blob(url.path.split('/')[2])
        elif self.headers.get('Authorization') != 'Bearer ' + TOKEN:
            self.answer(401, WWW_Authenticate=f'Bearer realm="{here}/token",service="a registry",scope="repository:{REPOSITORY}:pull"')
        elif url.path.startswith(f'/v2/{REPOSITORY}/manifests/'):
            self.send_manifest(url.path.rsplit('/', 1)[1])
        elif url.path.startswith(f'/v2/{REPOSITORY}/blobs/'):
            self.answer(307, Location=f"http://localhost:{self.server.server_port}/elsewhere/{url.path.rsplit('/', 1)[1]}")
        else:
            self.answer(404)

    def send_manifest(self, reference):
        with open(LAYOUT + '/index.json', encoding='ascii') as file:
            index = json.load(file)['manifests'][0]
        if reference == 'busy':
            self.answer(429)
        elif reference in ('1', 'damaged', 'cut', 'endless'):
            Registry.tag = reference
            self.answer(200, blob(index['digest']), Content_Type=index['mediaType'])
        elif ':' in reference:
            self.answer(200, blob(reference), Content_Type='application/vnd.oci.image.manifest.v1+json')
        else:
            self.answer(404)

    def send_blob(self, digest):
        body = blob(digest)
        if body[:2] == b'\x1f\x8b' and Registry.tag == 'damaged':
            body = body[:-1] + b'?'
        if body[:2] == b'\x1f\x8b' and Registry.tag == 'cut':
            self.answer(200, body[:-9], length=len(body))
        elif body[:2] == b'\x1f\x8b' and Registry.tag == 'endless':
            self.answer(200, body * 99)
        else:
            self.answer(200, body)


server = http.server.ThreadingHTTPServer((ADDRESS, 0), Registry)
print(server.server_port, flush=True)
server.serve_forever()
