#!/bin/bash
# The whole note headless: standard input is no terminal, the daemon is real. From the first heading to the last, each
# command and a few wrong ones, a quit in the middle, the way back, an evaluation.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
note=$ROPES_SOURCE/tests/data/note/kinds/docker_start_here.md
"$ROPES" daemon start >/dev/null 2>&1 || bad "the practice daemon starts"

# ---- the first part: to the interactive example, then quit ----
{
	for _ in $(seq 10); do echo ':next'; done
	echo ':goto example'
	echo ':next'
	echo 'docker run -i -t ubunut /bin/bash'
	echo ''
	echo ':quit'
} >"$folder/first"
first=$("$ROPES" learn "$note" <"$folder/first" 2>&1)
is $? 0 "the first part ends well"
has "$first" 'Docker daemon' "a lesson is shown"
has "$first" "docker run -i -t ubuntu /bin/bash" "the example is shown"
has "$first" '✘ ' "the misspelt image is told"
has "$first" '✔ ' "the example holds"
has "$first" 'to continue here' "it says that it can be gone on with"

# ---- the second part: it goes on where one stopped ----
{
	echo ':where'
	echo ':goto install'
	echo ':next'
	echo 'docker run -d -p 80:80 docker/getting-started'
	echo ''
	echo ':next'
	echo 'docker run -dp 80:80 docker/getting-started'
	echo 'docker rm -f $(docker ps -q)'
	echo 'docker run -dp 8081:80 docker/getting-started'
	echo 'curl -s localhost:8081'
	echo ':goto basic'
	for _ in 1 2 3; do echo ':next'; done
	echo ':back'
	echo 'docker version'
	echo ':quit'
} >"$folder/second"
second=$("$ROPES" learn "$note" <"$folder/second" 2>&1)
has "$second" 'Welcome back' "it knows where one stopped"
has "$second" 'port is already allocated|address already in use' "the daemon's words are shown"
has "$second" 'Getting started' "the container answers"
lacks "$second" $'\033' "no escape sequence where there is no terminal"

# ---- from the first heading to the last: Enter runs what is shown, or goes on; then what was made is removed ----
"$ROPES" reset --learner walker >/dev/null 2>&1
for _ in $(seq 60); do
	echo
	echo 'docker rm -fv $(docker ps -aq) >/dev/null 2>&1 || true'
done >"$folder/walk"
walk=$("$ROPES" learn "$note" --learner walker <"$folder/walk" 2>&1)
is $? 0 "the walk ends well"
titles=0
while read -r title; do
	titles=$((titles + 1))
	has "$walk" "^[0-9.]+  $(printf %s "$title" | sed 's/[][\.*^$()+?{|]/\\&/g')" "the walk meets $title"
done < <("$ROPES" list "$note" --json | python3 -c 'import json, sys; [print(l["title"]) for l in json.load(sys.stdin)["lessons"]]')
is "$([ "$titles" -ge 5 ] && echo many)" many "the note has lessons"
lacks "$walk" '✘' "each of the note's commands does what it should"
has "$walk" 'That was the last step' "the walk reaches the end"
lacks "$("$ROPES" progress --learner walker --json)" '"completed":[[:space:]]*false' "all lessons are completed"

# ---- the record ----
progress=$("$ROPES" progress --json)
has "$progress" '"install-docker"' "the lesson is recorded"
has "$("$ROPES" progress)" 'Install Docker' "and told"
is "$("$ROPES" progress --learner nobody-yet | grep -c "no records")" 1 "another learner has nothing"

# ---- an evaluation ----
printf '%s\n' a a a true -p a a n | "$ROPES" quiz docker-start-here#install-docker --seed 7 >"$folder/quiz" 2>&1
has "$(cat "$folder/quiz")" '🧪 1/' "questions are asked"
has "$(cat "$folder/quiz")" 'passed' "and scored"

has "$("$ROPES" review docker-start-here </dev/null 2>&1)" 'Due in the next week: [0-9]+ (today|in 1 day)' "answered questions will come back"
has "$("$ROPES" review docker-start-here --learner nobody-yet </dev/null 2>&1)" 'Nothing to review yet' "of who answered nothing none does"
has "$("$ROPES" review --most 0 2>&1)" '^ropes: --most' "how many is a number"
printf '# Bare\n\nwords\n' >"$folder/bare.md"
has "$("$ROPES" quiz --gift "$folder/bare.md#bare" 2>&1)" "^ropes: lesson 'bare' has no quiz" "a lesson without questions is named"
mkdir -p "$folder/config/ropes"
printf 'rule mine\nmessage odd ([a-z]+)\nwhat: $1!\nwhy: because\ntry: again\n' >"$folder/config/ropes/explain.txt"
has "$(echo 'odd words' | XDG_CONFIG_HOME="$folder/config" "$ROPES" explain --status 3 -- ls)" '^→ words!' "one's own rules go first"
printf 'rule mine\nmassage x\n' >"$folder/config/ropes/explain.txt"
has "$(echo x | XDG_CONFIG_HOME="$folder/config" "$ROPES" explain -- ls 2>&1)" 'explain.txt:2: a rule has by, message,.* not: massage x' "and have their places"
printf '#1700000000\ndocker rum alpine\nls\n' >"$folder/history"
printf ': 1700000000:0;docker rum alpine\n: 1700000001:0;ls\n' >"$folder/history.zsh"
printf -- '- cmd: docker rum alpine\n  when: 1700000000\n- cmd: ls\n' >"$folder/history.fish"
for history in history history.zsh history.fish; do
	has "$(echo 'docker: unknown command: docker rum' | HISTFILE=$folder/$history "$ROPES" explain --last)" \
		'docker run alpine' "the last docker command is in $history"
done
is "$(echo odd | "$ROPES" explain --status 3 -- ls 2>/dev/null; echo $?)" 1 "what is not known ends with 1"
"$ROPES" quiz --gift docker-start-here#install-docker >"$folder/bank.gift"
is "$("$ROPES" quiz --gift "$folder/bank.gift" | cmp - "$folder/bank.gift" && echo same)" same "questions go out as GIFT and come back"

# ---- what only asks is judged by what the daemon was asked ----
printf '# A\n\n```sh\n$ docker ps\n```\n' >"$folder/asks.md"
said=$(printf '%s\n' 'docker() { echo CONTAINER ID; }; docker ps' 'unset -f docker; docker container ls -a' ':quit' |
	"$ROPES" learn "$folder/asks.md" --trust 2>&1)
has "$said" '✘ the daemon was asked: GET containers/json' "a client that asks nobody does not do"
has "$said" '✔ the daemon was asked: GET containers/json' "one that asks does"

# ---- without a daemon: reading, nothing passed ----
none=$(printf '%s\n' ':goto basic' ':next' '' 'docker version' ':quit' |
	"$ROPES" learn "$note" --daemon none --learner reader 2>&1)
has "$none" 'no daemon' "it is said plainly"
lacks "$("$ROPES" progress --learner reader --json)" '"completed":[[:space:]]*true' "nothing counts as done"

# ---- the first thing that anybody sees: a command that ran, and nothing about trust in a course of ropes' own ----
once=$("$ROPES" learn docker-start-here --once </dev/null 2>&1)
has "$once" '✔ your container is of image hello-world' "the first command is shown at work"
lacks "$once" 'trust' "and nothing stands in its way"
