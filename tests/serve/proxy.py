"""A reverse proxy in front of one server: proxy.py TARGET PREFIX keep|strip. What is not below the prefix is not there."""
import http.client, http.server, sys, urllib.parse

target, prefix, strips = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2], sys.argv[3] == "strip"


class Proxy(http.server.BaseHTTPRequestHandler):
    def pass_on(self):
        path = self.path
        if path != prefix and not path.startswith((prefix + "/", prefix + "?")):
            self.send_error(404, "outside")
            return
        if strips:
            path = "/" + path[len(prefix):].lstrip("/")
        server = http.client.HTTPConnection(target.hostname, target.port)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
        server.request(self.command, path, body, {**headers, "X-Forwarded-For": self.client_address[0]})
        answer = server.getresponse()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding"):
                self.send_header(name, value)
        self.end_headers()
        try:
            while piece := answer.read1(65536):  # events arrive at once
                self.wfile.write(piece)
                self.wfile.flush()
        except OSError:
            pass  # who listened has left
        server.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = pass_on

    def log_message(self, *_):
        pass


proxy = http.server.ThreadingHTTPServer((sys.argv[4] if len(sys.argv) > 4 else "127.0.0.1", 0), Proxy)
print(f"listening: http://{proxy.server_address[0]}:{proxy.server_address[1]}{prefix}", flush=True)
proxy.serve_forever()
