#!/bin/bash
# An assigned course travels: the lead's notes come to learners who lack them, again when they change, and never over a learner's own.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/team.db"
lead() { "$ROPES" serve "$@" --db "$db"; }
as() {
	XDG_CONFIG_HOME="$folder/$1/config" XDG_DATA_HOME="$folder/$1/data" XDG_STATE_HOME="$folder/$1/state" ROPES_LEARNER=$1 "$ROPES" "${@:2}"
}
due=2999-12-31
notes="$folder/ob"
mkdir -p "$notes/quizzes" "$notes/more"
first() { printf -- '---\nid: %s\n---\n# Onboarding\n\nWelcome to %s.\n' "$1" "$2" >"$notes/index.md"; }
printf '# Later\n\nThe second note.\n' >"$notes/more/later.md"
printf '::One:: Which?{=right ~wrong}\n' >"$notes/quizzes/onboarding.gift"
echo secret >"$folder/secret.md"
ln -s ../secret.md "$notes/link.md"
echo 'rm -rf /' >"$notes/run.sh"

# ---- what can be assigned ----
printf '# Onboarding\n\nWelcome.\n' >"$notes/index.md"
has "$(lead assign "$notes" --due $due 2>&1)" '^ropes: the course .* needs an id' "notes without an id do not travel"
first docker-start-here us
has "$(lead assign "$notes" --due $due 2>&1)" "^ropes: ropes has a course of its own called 'docker-start-here'" "nor with the id of another course"
first '../../x' us
has "$(lead assign "$notes" --due $due 2>&1)" '^ropes: the course .* needs an id' "nor with one that is no name"
has "$(lead assign "$folder/nothing" --due $due 2>&1)" "^ropes: there is no course '.*nothing'" "nor if they are not there"
first onboarding us
printf 'name,account\nAnn Able,ann\nBo Boe,bo\n' >"$folder/roster.csv"
lead roster "$folder/roster.csv" >/dev/null
has "$(lead assign "$notes" --due $due 2>&1)" ': assigned to everyone, due 2999-12-31' "notes with an id do"
start_server "$ROPES" serve --db "$db"
link=$(lead invite roster | sed -n 's/^link: //p')

# ---- they arrive ----
has "$(as ann sync join "$link" 2>&1 </dev/null)" "^ropes: the course 'onboarding' has arrived: \`ropes learn onboarding\`" "they come to who joins"
courses="$folder/ann/data/ropes/courses"
is "$(cd "$courses/onboarding" && find . -type f -o -type l | sort | paste -sd' ')" "./index.md ./more/later.md ./quizzes/onboarding.gift" \
	"notes and questions, no links and programs"
is "$(cat "$courses/onboarding/index.md")" "$(cat "$notes/index.md")" "as they are"
is "$(stat -c %a "$courses/onboarding")" 700 "for the learner alone"
has "$(as ann list 2>&1)" '^onboarding +Onboarding, 2 lessons \(from your team\)' "the list has them"
has "$(as ann list 2>&1)" 'onboarding, due 2999-12-31' "as assigned"
has "$(printf '\n\n\n' | as ann learn onboarding --daemon none 2>&1)" 'Welcome to us' "they are learned by their name"
as ann sync >/dev/null 2>&1
has "$(as ann sync status)" '^waiting: 0$' "what is learned is sent"
read -r key secret < <(lead key add lead --role lead | sed 's/.*: //' | paste -sd' ')
has "$(curl -s -u "$key:$secret" "$origin/export.csv")" 'Ann Able.*/courses/onboarding' "as of the course that is assigned"
lacks "$(as ann sync 2>&1)" 'onboarding' "nothing new, nothing said"

# ---- they change ----
first onboarding them
lead assign "$notes" --due $due >/dev/null
has "$(as ann sync 2>&1)" "the course 'onboarding' has a new version" "a new version comes"
has "$(cat "$courses/onboarding/index.md")" 'Welcome to them' "in place of the old one"
echo 'My own line.' >>"$courses/onboarding/more/later.md"
first onboarding everybody
lead assign "$notes" --due $due >/dev/null
has "$(as ann sync 2>&1)" "you have changed yours.*move this folder: $courses/onboarding" "what the learner changed stays"
has "$(cat "$courses/onboarding/more/later.md")" 'My own line' "with the change"
has "$(cat "$courses/onboarding/index.md")" 'Welcome to them' "as a whole"
mv "$courses/onboarding" "$folder/mine"
has "$(as ann sync 2>&1)" "the course 'onboarding' has arrived" "until it is moved away"
has "$(cat "$courses/onboarding/index.md")" 'Welcome to everybody' "then the new one comes"
echo '# Mine' >"$courses/onboarding/mine.md"
first onboarding all
lead assign "$notes" --due $due >/dev/null
has "$(as ann sync 2>&1)" "you have changed yours" "a note of the learner's own is a change, too"
rm -r "$courses/onboarding"

# ---- a note by itself, with its questions ----
printf -- '---\nid: one-note\n---\n# Only\n\nOne note.\n' >"$folder/only.md"
mkdir -p "$folder/quizzes/only"
printf '::One:: Which?{=right ~wrong}\n' >"$folder/quizzes/only/only.gift"
lead assign "$folder/only.md" --due $due >/dev/null
as ann sync >/dev/null 2>&1
is "$(cd "$courses/one-note" && find . -type f | sort | paste -sd' ')" "./only.md ./quizzes/only/only.gift" "a note by itself travels with its questions"
has "$(printf 'a\nn\n' | as ann quiz one-note --seed 1 2>&1)" 'Which' "which are asked"

# ---- who may change it, and what is refused ----
place="$origin/xapi/activities/profile?activityId=https%3A%2F%2Fropes.invalid%2Fcourses%2Fonboarding&profileId=https%3A%2F%2Fropes.invalid%2Fnotes"
put() { curl -s -o /dev/null -w '%{http_code}' -u "$1" -X PUT -H 'X-Experience-API-Version: 1.0.3' -H 'Content-Type: application/json' -H 'If-Match: *' -d "$2" "$place"; }
own=$(python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(r["key"] + ":" + r["secret"])' "$folder/ann/config/ropes/sync.json")
is "$(put "$own" '{"index.md":"IyBFdmlsCg"}')" 403 "a learner's key does not change notes of others"
is "$(put "$key:$secret" '{"index.md":"IyBFdmlsCg"}')" 204 "somebody changes them in the store"
has "$(as bo sync join "$link" 2>&1 </dev/null)" "cannot fetch the course 'onboarding': it is not what the server announced" "notes that are not those announced"
is "$(ls "$folder/bo/data/ropes/courses")" one-note "are not kept"
mkdir -p "$courses/docker-start-here"
echo '# Evil' >"$courses/docker-start-here/index.md"
lacks "$(as ann list docker-start-here 2>&1)" 'Evil' "no course takes the place of one of ropes' own"
