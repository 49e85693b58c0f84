"""What the requirements of tests/serve share: asking a running store, and telling what held.

Every program that imports it is run as: PROGRAM URL KEY SECRET [LEARNER_KEY LEARNER_SECRET], and ends with finish().
"""
import base64
import http.client
import json
import os
import sys
import urllib.parse
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from told import finish, ok  # noqa: E402

url = urllib.parse.urlparse(sys.argv[1])
auth = base64.b64encode((sys.argv[2] + ":" + sys.argv[3]).encode()).decode()


class Reply:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)


def ask(method, path, body=None, headers=None, version="1.0.3", key=auth, **parameters):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    all_headers = {}
    if key:
        all_headers["Authorization"] = "Basic " + key
    if version:
        all_headers["X-Experience-API-Version"] = version
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
        all_headers["Content-Type"] = "application/json"
    all_headers.update(headers or {})
    all_headers = {k: v for k, v in all_headers.items() if v is not None}
    query = urllib.parse.urlencode({k: json.dumps(v) if isinstance(v, dict) else v for k, v in parameters.items()})
    full = url.path + path + ("?" + query if query else "")
    connection.request(method, full, body.encode() if isinstance(body, str) else body, all_headers)
    reply = Reply(connection.getresponse())
    connection.close()
    return reply


def status(due, what, reply):
    ok(reply.status == due, "%s: %d is due, not %d" % (what, due, reply.status), reply.body)
    return reply


def new():
    return str(uuid.uuid4())


def mail(name=None):
    return {"objectType": "Agent", "mbox": "mailto:%s@example.com" % (name or new())}


def plain(**more):
    s = {"actor": mail("ada"), "verb": {"id": "http://example.com/did", "display": {"en": "did"}},
         "object": {"objectType": "Activity", "id": "http://example.com/act"}}
    s.update(more)
    return s


def run(*tests):
    for test in tests:
        try:
            test()
        except Exception as e:  # one that breaks is told, and the others go on
            ok(False, test.__name__, repr(e))
    finish()
