#!/bin/bash
# Leads and instructors sign in at a provider of OpenID Connect: a real one, and one that lies.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=tests/terminal/node.sh
. "$(dirname "$0")/node.sh"
node_packages oidc-provider@8.8.1
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
db="$folder/store.db" html='Accept: text/html'
"$ROPES" serve team add Blue --db "$db"
settings() { # ISSUER CLIENT [LINE…]
	printf '%s\n' "# who may sign in" "issuer: $1" "client: $2" "name: The <lab>" "${@:3}" 'lead: ann@example.com' 'instructor: *@example.org' \
		'lead: bob@example.com, Blue' 'instructor: sub:number' >"$folder/oidc"
}
provider_port=$(free_port) own_port=$(free_port)
provider_origin=http://127.0.0.1:$provider_port issuer=http://127.0.0.1:$provider_port origin=http://127.0.0.1:$own_port
start_provider() { # [NAME=VALUE…]
	: >"$folder/provider.out"
	env NODE_FOLDER="$node_folder" "$@" node "$ROPES_SOURCE/tests/oidc/provider.mjs" "$provider_port" "$origin/signin/callback" >"$folder/provider.out" 2>&1 &
	provider=$!
	wait_until grep -q '^ready' "$folder/provider.out"
}
end_provider() {
	kill $provider
	wait $provider 2>/dev/null
}
serve() { # OPTION…
	: >"$folder/serve.out" # what the one before said
	"$ROPES" serve --db "$db" --listen "127.0.0.1:$own_port" "$@" --log json >"$folder/serve.out" 2>&1 </dev/null &
	server=$!
	wait_until grep -q '^listening' "$folder/serve.out"
}
end_server() {
	kill $server
	wait $server 2>/dev/null
}
# visit JAR PATH OPTION…: as a browser with these cookies; headers are in $folder/head
visit() { curl -s -m 20 -D "$folder/head" -b "$folder/$1" -c "$folder/$1" -H "$html" "$origin$2" "${@:3}"; }
code() { sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$folder/head" | tail -1; }
# sign_in JAR USER [NEXT]: from the page to wherever it ends
sign_in() { visit "$1" "/signin/provider?next=${3:-/account}" -L -H "X-User: $2"; }
# there JAR USER: the address with which the provider sends the browser back, which is not visited
there() {
	visit "$1" /signin/provider -o /dev/null
	local next
	next=$(tr -d '\r' <"$folder/head" | sed -n 's/^Location: //p')
	while [[ $next == "$issuer"* || $next == /* ]]; do
		[[ $next != /* ]] || next=$provider_origin$next
		next=$(curl -s -m 20 -o /dev/null -D - -b "$folder/$1.there" -c "$folder/$1.there" -H "X-User: $2" "$next" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
	done
	echo "${next#"$origin"}"
}

# ---- settings ----
for line in 'issuer: http://login.example.com' 'lead: x' 'frobnicate: 1' 'issuer: https://b.example' 'client'; do
	printf 'issuer: https://a.example\nclient: x\nlead: y\n%s\n' "$line" >"$folder/oidc"
	case $line in lead*) continue ;; esac
	[[ $line != 'issuer: http:'* ]] || printf '%s\nclient: x\nlead: y\n' "$line" >"$folder/oidc"
	has "$("$ROPES" serve --db "$db" --oidc "$folder/oidc" 2>&1)" "^ropes: --oidc '.*oidc': (line 4 is not one of|issuer: 'http://login.example.com' does not begin with https)" "settings with '$line'"
done
printf 'issuer: https://a.example\nclient: x\n' >"$folder/oidc"
has "$("$ROPES" serve --db "$db" --oidc "$folder/oidc" 2>&1)" 'and one that says who may sign in' "settings for nobody"

# ---- who is who ----
settings "$issuer" ropes 'secret: a secret: with/odd+characters'
serve --oidc "$folder/oidc"
has "$(visit a /signin)" 'href="/signin/provider\?next=%2F">Sign in with The &lt;lab&gt;</a>' "the page names the provider"
has "$(visit a /signin/provider)" 'cannot ask The &lt;lab&gt;' "a provider that is away"
is "$(code)" 503 "is not the browser's fault"
has "$(visit a /signin/provider)" 'did not answer a moment ago' "and is not asked again at once"
start_provider
rested() { ! visit a /signin/provider | grep -q 'did not answer a moment ago'; }
wait_until rested # it is left alone for five seconds
has "$(sign_in a ann)" 'Signed in as <b>ann@example.com' "a lead signs in, by an address in any case"
has "$(visit a /manage)" '<h1>Manage' "and manages"
has "$(sign_in c cyd /people)" '<h1>People' "an instructor of a domain goes on where they wanted"
visit c /manage >/dev/null
is "$(code)" 403 "and manages nothing"
has "$(sign_in b bob)" 'bob@example.com' "a lead of one team"
visit b '/?team=Red' >/dev/null
is "$(code)" 403 "sees no other"
has "$(sign_in n number)" 'Signed in as <b>sub:number' "somebody without an address"
has "$(sign_in l liar)" 'sub:liar may not sign in here' "an address that the provider has not verified does not count"
is "$(code)" 403 "nor who is not named"
has "$(sign_in m disguised)" 'sub:disguised may not sign in here' "nor an address that is somebody's number"
has "$(sign_in d nobody)" 'You were not signed in there' "who is refused there"
lacks "$(cat "$folder/head")" 'Set-Cookie: ropes=[^;]' "is not signed in here"
end_provider
has "$(visit a /account)" 'Signed in as <b>ann@example.com' "a session needs no provider"
start_provider IN_TOKEN=1
has "$(sign_in e ann)" 'Signed in as <b>ann@example.com' "an address in the token itself"

# ---- attempts of others ----
back=$(there f ann)
has "$back" '^/signin/callback\?.*code=' "the provider sends a code"
has "$(visit g "$back")" 'was not begun here' "which is worth nothing in another browser"
is "$(code)" 400 "nor an answer"
has "$(visit f "${back/state=/state=x}")" 'was not begun here' "nor with another state"
has "$(visit f "$back")" 'was not begun here' "nor after a failed try"
back=$(there f ann)
has "$(visit f "${back/code=/code=x}")" 'invalid_grant|grant request is invalid' "a code that was made up"
back=$(there f ann)
has "$(visit f "$(sed -E 's/iss=[^&]*/iss=https%3A%2F%2Fevil.example/' <<<"$back")")" 'of another provider' "an answer of another provider"
back=$(there f ann)
cp "$folder/f" "$folder/h"
visit f "$back" >/dev/null
is "$(code)" 303 "the right one"
has "$(visit h "$back")" 'invalid_grant|grant request is invalid' "a code is used once"
back=$(there i ann)
sed -i -E 's/(ropes-oidc\t[^.]*\.)[^.]*/\1AAAA/' "$folder/i"
has "$(visit i "$back")" 'for another attempt' "a token is for the attempt alone"
for next in https://evil.example //evil.example '/\evil.example'; do
	visit j "/signin/provider" -G --data-urlencode "next=$next" -L -H 'X-User: ann' >/dev/null
	lacks "$(cat "$folder/head")" '[Ll]ocation: .*evil' "it does not lead to $next"
done

# ---- what is recorded, and what counts afterwards ----
audit=$("$ROPES" serve audit --db "$db")
has "$audit" '"who":"ann@example.com","role":"lead".*"what":"sign-in"' "who signed in is recorded"
has "$audit" '"what":"sign-in refused"' "and who could not"
lacks "$audit$(cat "$folder/serve.out")" 'a secret|code=|odd' "no secret and no code is"
end_server
sed -i '/ann@/d' "$folder/oidc"
serve --oidc "$folder/oidc"
has "$(visit a /account)" '<h1>Sign in</h1>' "who is no longer named is out"
has "$(visit c /people)" '<h1>People' "others stay"
end_server
serve
lacks "$(visit c /people)" '<h1>People' "without a provider nobody is in by it"
visit c /signin/provider >/dev/null
is "$(code)" 404 "and nobody comes in"
end_server

# ---- a client without a secret ----
settings "$issuer" public
serve --oidc "$folder/oidc"
has "$(sign_in k ann)" 'Signed in as <b>ann@example.com' "a public client, by PKCE alone"
end_server
end_provider

# ---- a provider, a server, and both below a path ----
for where in '/realms/lab|' '|/lab/ropes' '/realms/lab|/lab/ropes' '/realms/lab/|/realms'; do
	IFS='|' read -r below path <<<"$where"
	issuer=$provider_origin${below%/} origin=http://127.0.0.1:$own_port$path
	start_provider BELOW="${below%/}"
	settings "$provider_origin$below" ropes 'secret: a secret: with/odd+characters'
	serve --oidc "$folder/oidc" --url "$origin"
	rm -f "$folder"/{p,q,r,s}{,.there}
	has "$(visit p /signin)" "href=\"$path/signin/provider\?next=%2F\">Sign in with" "$where: the page leads to the provider"
	has "$(sign_in p ann)" 'Signed in as <b>ann@example.com' "$where: a lead signs in"
	has "$(sign_in q cyd /people)" '<h1>People' "$where: an instructor goes on where they wanted"
	is "$(code)" 200 "$where: and is there"
	back=$(there r ann)
	has "$back" '^/signin/callback\?.*code=' "$where: the provider leads back"
	has "$(visit s "$back")" 'was not begun here' "$where: not another browser"
	visit r "$back" >/dev/null
	is "$(code)" 303 "$where: but this one"
	has "$(tr -d '\r' <"$folder/head")" "^Location: $path/\$" "$where: to a page below the path"
	has "$(tr -d '\r' <"$folder/head")" "^Set-Cookie: ropes=[^;]+; Path=${path:-/};" "$where: with a cookie for the path"
	is "$(sed -n 's/^#HttpOnly_//p' "$folder/r" | cut -f 3 | sort -u)" "${path:-/}" "$where: and no other"
	end_server
	end_provider
done
