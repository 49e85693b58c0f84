#!/bin/bash
# Learners of a workshop who have only a browser: `ropes serve --workshop COURSE --terminals NUMBER`.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=tests/terminal/node.sh
. "$(dirname "$0")/node.sh"

# ---- wrong use ----
has "$("$ROPES" serve --db "$folder/a.db" --terminals 3 2>&1)" '^ropes: --terminals requires --workshop COURSE' "terminals need a workshop"
has "$("$ROPES" serve --db "$folder/a.db" --workshop docker-start-here --terminals 0 2>&1)" "^ropes: --terminals: '0' is not a number from 1 to" "a number"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
address=http://127.0.0.1:$port
serve() {
	: >"$folder/serve.out"
	ROPES_SECRET=of-the-server "$ROPES" serve --db "$folder/store.db" --listen "127.0.0.1:$port" --workshop docker-start-here --terminals 2 --log json \
		>"$folder/serve.out" 2>>"$folder/serve.log" </dev/null &
	server=$!
	wait_until grep -q '^browser' "$folder/serve.out"
	code=$(sed -n 's/^join:.* //p' "$folder/serve.out")
}
serve
status() { curl -s -m 20 -o /dev/null -w '%{http_code}' "$@"; }

# ---- what opens a terminal, and what does not ----
is "$(status "$address/terminal" -d "code=WRONG&name=Eve")" 404 "a wrong code opens no seat"
is "$(status "$address/terminal" -d "code=$code&name=")" 400 "nor does an empty name"
is "$(status "$address/terminal" -d "code=$code&name=Eve" -H 'Origin: http://evil.example' -H 'Sec-Fetch-Site: cross-site')" 403 "nor a form of another site"
is "$(status "$address/terminal/stream")" 400 "a stream is a WebSocket"
upgrade=(-H 'Connection: keep-alive, Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')
is "$(status "$address/terminal/stream" "${upgrade[@]}" -H 'Sec-WebSocket-Version: 8')" 426 "of version 13"
is "$(status "$address/terminal/stream" "${upgrade[@]}" -H 'Sec-WebSocket-Version: 13' -H 'Origin: http://evil.example')" 403 "not of another origin"
is "$(status -X POST "$address/terminal/stream" "${upgrade[@]}" -H 'Sec-WebSocket-Version: 13')" 400 "asked by GET"
has "$(curl -s -i -m 2 "$address/terminal/stream" "${upgrade[@]}" -H 'Sec-WebSocket-Version: 13' -H "Origin: $address")" \
	'^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=' "the handshake is that of the standard"
has "$(curl -s -i "$address/terminal")" "^Content-Security-Policy: default-src 'none'; style-src 'self' 'nonce-[^']+'; script-src 'self';" "the policy stays strict"

# ---- in real browsers ----
browser_packages
node "$ROPES_SOURCE/tests/browser/terminals.mjs" "$address" "$code" "$(sed -n 's/^board: [a-z]*:\/\/[^/]*//p' "$folder/serve.out")" "$folder" >"$folder/browser.out" 2>&1 &
browser=$!
for _ in $(seq 9000); do [ ! -e "$folder/restart" ] && kill -0 $browser 2>/dev/null || break; sleep 0.1; done
seats=("$folder"/terminals/*/)
is "${#seats[@]}" 2 "each learner has a seat"
is "$(stat -c %a "$folder/terminals" "${seats[@]}" | sort -u)" 700 "which only this account may open"
lacks "$(cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -A99 "^HOME=$folder/terminals" | grep ROPES_SECRET)" . "no learner's program has the server's environment"
kill -9 $server
wait $server 2>/dev/null
for _ in $(seq 9000); do [ ! -e "$folder/away" ] && kill -0 $browser 2>/dev/null || break; sleep 0.1; done
serve
touch "$folder/restarted"
wait $browser
counted "the browsers" cat "$folder/browser.out"

# ---- afterwards nothing runs ----
kill $server
wait $server
is "$(grep -l "^HOME=$folder/terminals" /proc/[0-9]*/environ 2>/dev/null)" "" "with the server its terminals end"
lacks "$(cat "$folder/serve.log")" "token|$code" "the log has no secret"
