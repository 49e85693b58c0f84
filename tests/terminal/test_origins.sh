#!/bin/bash
# Pages of other origins: which may use the store by script (--allow-origin), asked as a browser asks, and in a real one.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/store.db"
for role in store lead learner; do
	"$ROPES" serve key add $role --role $role --db "$db" >"$folder/$role.key"
done
field() { sed -n "s/^$1: //p" "$folder/$2.key"; }

# ---- what an origin is ----
for wrong in lms.example.com https://lms.example.com/ https://lms.example.com/content ftp://lms.example.com https:// https://a:x https://a:1x https://a_b 'https://a b' https://user@a 'https://[::1' '*' null ''; do
	has "$("$ROPES" serve --db "$db" --allow-origin https://good.example --allow-origin "$wrong" 2>&1)" '^ropes: --allow-origin: .* is not an origin; ' "'$wrong' is no origin"
done

# ---- asked as a browser asks ----
start_server "$ROPES" serve --db "$db" --allow-origin https://LMS.example.com:443 --allow-origin http://localhost:3000
counted "who is allowed reads, nobody else" python3 "$ROPES_SOURCE/tests/serve/origins.py" "$address" "$(field key store)" "$(field secret store)"
kill $server
wait $server

# ---- in a browser ----
browser_packages
port=$(python3 -c 'import socket, sys; s = socket.socket(); s.bind((sys.argv[1], 0)); print(s.getsockname()[1])' "$loopback")
start_server "$ROPES" serve --db "$db" --allow-origin "http://$loopback:$port"
printf '{"lead": ["%s", "%s"], "learner": ["%s", "%s"]}\n' "$(field key lead)" "$(field secret lead)" "$(field key learner)" "$(field secret learner)" >"$folder/keys"
counted "pages of other origins in a browser" timeout 120 node "$ROPES_SOURCE/tests/browser/origins.mjs" "$origin" "http://$loopback:$port" "$folder/keys"
kill $server
