#!/bin/bash
# Nobody's data is lost: a record, a team's store and a workshop's room that the first release wrote are opened by this one.
# tests/data/earlier has them as SQL, with the notes that were learned and what the first release itself said of them.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
cp -r "$ROPES_SOURCE/tests/data/earlier" "$folder/then"
# restore NAME FILE: the database as it was
restore() {
	python3 - "$folder" "$folder/then/$1.sql" "$2" <<'END'
import sqlite3, sys
folder, source, file = sys.argv[1:]
sqlite3.connect(file).executescript(open(source).read().replace("@FOLDER@", folder + "/then"))
END
}

# ---- a learner's record ----
mkdir -p "$XDG_DATA_HOME/ropes"
restore record "$XDG_DATA_HOME/ropes/record.db"
is "$("$ROPES" progress --json --learner ada)" "$(cat "$folder/then/progress.json")" "what was done is known as it was"
said=$(printf ':where\n:back\n:quit\n' | "$ROPES" learn --daemon none "$folder/then/n/knots.md" --learner ada 2>&1)
has "$said" '▸ 1\.2 Hitch  0/1' "the lesson goes on where it stopped"
has "$said" '1\.1 Bowline  3/4' "steps are done or skipped that were so"
said=$("$ROPES" progress --json --learner ada)
is "$(grep -c '"completed":	true' <<<"$said")" "$(grep -c '"completed":	true' "$folder/then/progress.json")" "nothing is done twice or undone"
is "$(grep -c '"best":	0.5' <<<"$said")" 1 "the quiz keeps its score"
printf 'a\n4\n' | "$ROPES" quiz "$folder/then/n/knots.md#bowline" --learner ada --seed 1 >/dev/null 2>&1
has "$("$ROPES" progress --json --learner ada)" '"count":	2' "a new attempt joins the old one"

# ---- a team's store, with a workshop's room ----
restore store "$folder/store.db"
lead=$("$ROPES" serve key add again --role lead --db "$folder/store.db" | sed -n 's/^key: \|^secret: //p' | paste -sd:)
has "$("$ROPES" serve key list --db "$folder/store.db")" '\bada\b.*learner' "keys are there"
start_server "$ROPES" serve --db "$folder/store.db" --workshop "$folder/then/c/tides.md"
get() { curl -s -u "$lead" "$origin/$1"; }
has "$(get export.csv)" '^"Ada Able","account https://ropes.invalid ada","Knots",.*"Bowline","",0,0,1,0.5,0.5,0.5,' "what a learner did is in the table"
has "$(get export.json)" '"name":"Bob".*"due":"2030-01-31' "what is assigned is due"
is "$(curl -s -u "$lead" -H 'X-Experience-API-Version: 1.0.3' "$address/statements?limit=0" | grep -o '"stored"' | wc -l)" 37 "all statements are there"
wait_until grep -q '^board: ' "$folder/serve.out"
board=$(sed -n 's,^board: [^/]*//[^/]*,,p' "$folder/serve.out")
has "$(curl -s "$origin$board")" '"name":"Cleo".*"done":2,"of":3' "the room knows who was in it, and how far"
kill "$server"
wait "$server" 2>/dev/null
