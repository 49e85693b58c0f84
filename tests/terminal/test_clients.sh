#!/bin/bash
# ropes serve with other people's clients (@xapi/xapi, tincanjs), and what ropes records with another store's rules
# (@learninglocker/xapi-validation). They are fetched once, by tests/serve/clients/package-lock.json, into
# $ROPES_TEST_CACHE. Without node, npm or a registry there is nothing to try: under CI that is a failure.
# shellcheck source-path=SCRIPTDIR source=library.sh
. "$(dirname "$0")/library.sh"
here="$ROPES_SOURCE/tests/serve/clients"
cache="${ROPES_TEST_CACHE:-${XDG_CACHE_HOME:-$folder/cache}/ropes-tests}"

command -v node >/dev/null && command -v npm >/dev/null || missing "node and npm are not installed (tools/deps install check)"

# ---- the clients: a folder for each lock file, complete or not there ----
modules="$cache/node/$(sha256sum "$here/package-lock.json" | cut -c1-16)"
fetch() {
	mkdir -p "$cache/node" || return
	(
		flock 9
		[ ! -e "$modules/complete" ] || exit 0
		rm -rf "$modules"
		mkdir "$modules" && cp "$here"/package*.json "$modules/" && cd "$modules" &&
			install_by_npm ci >"$folder/npm" 2>&1 && : >complete
	) 9>"$cache/node/lock"
}
fetch || missing "the clients can't be fetched: $(grep -m1 -i error "$folder/npm")"

# ---- what ropes records: questions of every kind, right and wrong; steps and lines ----
mkdir -p "$folder/c/quizzes"
printf '# Clients\n\nwords\n\n## More \xc3\xbc \xf0\x9f\x90\xb3\n\nwords\n' >"$folder/c/clients.md"
cat >"$folder/c/quizzes/clients.gift" <<'END'
// [id:one]
::One::Which?{=right ~wrong#no}

// [id:two]
Is it so?{TRUE}

// [id:three]
How many?{#=127:0 =%0%125:0#other}

// [id:four]
Which option?{=-a =--all}

// [id:five]
Which are?{~%50%volumes ~%50%networks ~%-100%files#no}

// [id:six]
What lists what?{
=`docker ps` -> containers
=`docker images` -> images
=`docker volume ls` -> volumes
}
END
for answers in "a,true,127,-a,a b,a1 b2 c3" "b,false,125,x,c,c1 b2 a3" "b,true,0,--all,a,a1 b3 c2" ":quit"; do
	printf '%s\n' "$answers,n" | tr , '\n' | timeout 60 "$ROPES" quiz "$folder/c/clients.md" --seed 1 >/dev/null 2>&1
done
printf 'echo "\xc3\xbc"\nfalse\n\n:quit\n' | timeout 120 "$ROPES" learn "$folder/c/clients.md" >/dev/null 2>&1
python3 - "$XDG_DATA_HOME/ropes/record.db" >"$folder/statements" <<'END'
import json, sqlite3, sys
for (text,) in sqlite3.connect(sys.argv[1]).execute("SELECT json FROM statement ORDER BY number"):
    print(json.dumps(json.loads(text)))
END
verbs=$(grep -o 'expapi/verbs/[a-z]*' "$folder/statements" | sort -u | sed 's,.*/,,' | tr '\n' ' ')
has "$verbs" 'answered .*failed .*passed' "questions are recorded: $verbs"
has "$verbs" 'initialized' "a session, too: $verbs"

# ---- the clients ----
db="$folder/store.db"
"$ROPES" serve key add store --role store --db "$db" >"$folder/key"
start_server "$ROPES" serve --db "$db"
counted "other people's clients find what they need" timeout 300 node "$here/clients.mjs" "$modules" "$address" \
	"$(sed -n 's/^key: //p' "$folder/key")" "$(sed -n 's/^secret: //p' "$folder/key")" "$folder/statements"
kill "$server"
wait "$server" 2>/dev/null
