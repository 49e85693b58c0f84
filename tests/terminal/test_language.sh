#!/bin/bash
# ropes in another language: the learner's in the terminal, the reader's in a browser; programs read the same in each.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
unset LANGUAGE LC_MESSAGES LANG
export XDG_CONFIG_HOME="$folder/config"

# ---- whose language ----
has "$(LC_ALL=de_DE.UTF-8 "$ROPES" --help)" '^Aufruf: ropes' "the locale's, though it is not installed"
has "$(LC_ALL=es_MX.UTF-8 "$ROPES" --help)" '^uso: ropes' "whatever its territory"
has "$(LC_ALL=C.UTF-8 "$ROPES" --help)" '^usage: ropes' "English without one"
"$ROPES" config language de
has "$(LC_ALL=C.UTF-8 "$ROPES" --help)" '^Aufruf: ropes' "the setting's"
has "$(LC_ALL=C.UTF-8 ROPES_LANGUAGE=en "$ROPES" --help)" '^usage: ropes' "the environment wins"
has "$(LC_ALL=C.UTF-8 "$ROPES" zzz 2>&1)" "^ropes: unbekannter Unterbefehl 'zzz'" "errors, too"
has "$("$ROPES" config language 'no such' 2>&1)" 'language' "a name of no language is refused"

# ---- what programs read ----
for language in de en; do ROPES_LANGUAGE=$language "$ROPES" progress --json >"$folder/$language.json"; done
is "$(cmp "$folder/de.json" "$folder/en.json" && echo same)" same "progress as JSON is the same"
for language in de en; do
	ROPES_LANGUAGE=$language "$ROPES" list --json docker-start-here | python3 -c '
import json, sys
for lesson in json.load(sys.stdin)["lessons"]:
	print(lesson["anchor"], *(step["id"] for step in lesson["steps"]))' >"$folder/$language.steps"
done
is "$(cmp "$folder/de.steps" "$folder/en.steps" && echo same)" same "the shipped course has the same steps in both"
has "$(ROPES_LANGUAGE=de "$ROPES" list docker-start-here)" 'Die Plattform Docker' "its lessons are translated"

# ---- a lesson: in German, with its hints and verdicts ----
lesson=$(printf '\n\n\n' | ROPES_LANGUAGE=de COLUMNS=80 "$ROPES" learn docker-start-here 2>&1)
has "$lesson" 'Docker packt ein Programm' "the text"
has "$lesson" 'Enter: ausführen|Enter: weiter' "the hints"
has "$lesson" 'Tschüss' "and the farewell"

# ---- a question with words to answer ----
printf '::One:: Is it?{T}\n\n::Two:: Is it not?{F}\n' >"$folder/truth.gift"
said=$(printf 'wahr\nWahr\n' | ROPES_LANGUAGE=de "$ROPES" quiz "$folder/truth.gift" --learner tina 2>&1)
has "$said" 'richtig' "the word of the prompt is understood"
has "$said" 'Richtig: Falsch' "and the right one is in the same language"
is "$("$ROPES" export xapi --learner tina | grep -o '"response": *"[^"]*"' | sort | uniq -c | tr -s ' ')" ' 2 "response":"true"' "the record has the word that programs read"

# ---- pages: the language of each reader ----
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
: >"$folder/serve.out"
ROPES_LANGUAGE=en "$ROPES" serve --db "$folder/store.db" --listen "127.0.0.1:$port" >"$folder/serve.out" 2>&1 &
server=$!
wait_until grep -q '^listening' "$folder/serve.out"
page() { curl -s -H 'Accept: text/html' -H "Accept-Language: $1" "http://127.0.0.1:$port/signin"; }
has "$(page 'de-AT,de;q=0.9,en;q=0.5')" '<html lang="de"' "a German browser"
has "$(page 'de-AT,de;q=0.9,en;q=0.5')" 'Anmelden' "reads German"
has "$(page en)" '<html lang="en"' "an English one"
has "$(page 'fr')" 'Sign in' "and one of a language that there is not reads the server's"
kill $server
wait $server
