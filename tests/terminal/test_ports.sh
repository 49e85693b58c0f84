#!/bin/bash
# The published ports of learners' containers in the browser: `ropes serve --workshop COURSE --terminals NUMBER`.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=tests/terminal/node.sh
. "$(dirname "$0")/node.sh"

# ---- wrong use ----
has "$("$ROPES" serve --db "$folder/a.db" --ports-domain ports.example 2>&1)" '^ropes: --ports-domain requires --terminals NUMBER' "a domain needs terminals"
for name in '' . .example 'a b' a/b http://a a_b a..b; do
	has "$("$ROPES" serve --db "$folder/a.db" --workshop docker-start-here --terminals 1 --ports-domain "$name" 2>&1)" "^ropes: --ports-domain: '.*' is not a domain" "'$name' is none"
done

browser_packages

# ---- a service of this system, which no learner may reach ----
python3 - "$folder/service" <<'END' &
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		self.send_response(200)
		self.end_headers()
		self.wfile.write(b"secret of the system")
	def log_message(self, *rest):
		pass
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port, file=open(sys.argv[1], "w"))
server.serve_forever()
END
wait_until test -s "$folder/service"

for domain in "" localhost; do
	db="$folder/of${domain}/store.db"
	mkdir -p "${db%/*}"
	: >"$folder/serve.out"
	"$ROPES" serve key add lead --role lead --db "$db" | sed -n 's/^\(key\|secret\): \(.*\)/"\2"/p' | paste -sd, | sed 's/.*/{"lead": [&]}/' >"$folder/keys"
	"$ROPES" serve --db "$db" --listen 127.0.0.1:0 --workshop docker-start-here --terminals 2 --log json ${domain:+--ports-domain "$domain"} \
		>"$folder/serve.out" 2>>"$folder/serve.log" </dev/null &
	server=$!
	wait_until grep -q '^browser' "$folder/serve.out"
	code=$(sed -n 's/^join:.* //p' "$folder/serve.out")
	address=$(sed -n 's/^listening: \(.*\)\/xapi$/\1/p' "$folder/serve.out")
	counted "the browser${domain:+, with a domain}" node "$ROPES_SOURCE/tests/browser/ports.mjs" "$address" "$code" "$folder" "$(cat "$folder/service")" ${domain:+"$domain"}
	kill $server
	wait $server
	is "$(grep -l "^HOME=${db%/*}/terminals" /proc/[0-9]*/environ 2>/dev/null)" "" "with the server its terminals end"
done
lacks "$(cat "$folder/serve.log")" "[0-9a-f]{32}" "the log has no keys of seats"
