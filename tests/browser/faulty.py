#!/usr/bin/env python3
"""faulty.py FOLDER: pages of a folder on 127.0.0.1, any port (told as "listening: URL"), with a policy that they break.

What looks for faults is tried on pages that have them.
"""
import functools
import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", "script-src 'none'")
        super().end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
print("listening: http://127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
