#!/bin/bash
# A course's own test finds what is wrong with it; evaluations option by option, again and by their rules; tasks come back.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
mkdir "$folder/c" "$folder/c/quizzes"
course="$folder/c/bad.md"
cat >"$course" <<'END'
# Bad

```console
$ docker run --name one alpine false
```

```console
$ docker version
Nothing of this
```

```console
$ docker rm <container>
```

```console
$ docker run -it --name typed alpine sh
```
<!-- input
touch /proof
exit
-->
<!-- check
container typed changed /proof
-->

🧪 It is there already.
<!-- task early
check: image alpine exists
solution: docker pull alpine
-->

🧪 Its solution does something else.
<!-- task other
check: container elsewhere is running
solution: docker run --name here alpine true
-->

🧪 The hint leaves nothing to do.
<!-- task told
check: container mine exists
hint: Type `docker run   --name mine alpine true`
solution: docker run --name mine alpine true
-->

🧪 Type into it.
<!-- task typing
check: container deep changed /deep
hint: look
hint:
solution: docker run -it --name deep alpine sh
input: touch /deep
exit
solution: docker logs deep
cleanup: docker rm -f deep
fresh: deep = low, under
-->

<!-- quiz: nowhere -->
END
printf 'Q1{=a ~b#no}\n\n::Half:: Q2{#=%%50%%3:0 =%%20%%4:0}\n' >"$folder/c/quizzes/bad.gift"
mkdir -m 711 "$folder/apart"
said=$(TMPDIR="$folder/apart" "$ROPES" test "$course" --trust --timeout 20 2>"$folder/err")
is $? 1 "a course with faults fails"
has "$said" '^TAP version 13' "TAP begins"
has "$said" '^not ok [0-9]+ - 1 Bad: example: docker run --name one' "an example that fails"
has "$said" '^ok [0-9]+ - 1 Bad: example: docker version' "an output that is another one"
has "$said" 'bad.md:[0-9]+: warning: its output differs' "is worth a look"
has "$said" '^ok [0-9]+ - 1 Bad: example: docker rm .* # SKIP it has a placeholder' "what has a gap is left out"
has "$said" '^ok [0-9]+ - 1 Bad: example: docker run -it --name typed' "input is typed"
has "$said" "bad.md:[0-9]+: its checks pass before anything was done" "a task that is done already"
has "$said" "bad.md:[0-9]+: its checks fail after its solution" "a solution that is none"
has "$said" "bad.md:[0-9]+: a hint gives away the whole solution" "a hint that tells all"
has "$said" "bad.md:[0-9]+:[0-9]+: 'hint:' requires a value" "an empty hint"
has "$said" '^ok [0-9]+ - 1 Bad: task typing$' "a solution of several lines"
has "$said" '^ok [0-9]+ - 1 Bad: task typing, as a review$' "and the same with other words"
has "$said" '^not ok [0-9]+ - 1 Bad: question nowhere' "a question that is missing"
has "$said" 'question Half: its best answer `3` earns 50 % of the point' "a question that nobody can answer"
points=$(printf '%s\n' "$said" | grep -cE '^(not )?ok ')
has "$said" "^1\.\.$points\$" "the plan counts them"
has "$(cat "$folder/err")" '^ropes: [0-9]+ of [0-9]+ failed' "it is summed up"
is "$(ls -A "$folder/apart")" "" "nothing is left of its sandbox"
has "$(TMPDIR=/nonexistent "$ROPES" test "$course" --trust 2>&1)" "^ropes: cannot create a folder in '/nonexistent'" "which is made where TMPDIR says"
said=$("$ROPES" test "$ROPES_SOURCE/lessons/docker-start-here#the-docker-dashboard" 2>&1)
has "$said" '^ok [0-9]+ - 1.6 The Docker Dashboard: task visit-shop' "a shipped course is ropes' own by its path, too"
has "$("$ROPES" test --daemon none docker-start-here 2>&1)" '^ropes: --daemon none' "nothing is tested without a daemon"

# ---- what a step needs, and the daemon has ----
limits=$(printf '%s\n' 'docker info -f "limits={{.MemoryLimit}}"' | "$ROPES" learn docker-start-here 2>&1 | sed -n 's/^limits=//p')
said=$("$ROPES" test "$ROPES_SOURCE/tests/data/course/needs.md" --trust 2>&1)
is $? 0 "a note with needs is good where they are met, and where they are not: $said"
if [ "$limits" = true ]; then
	lacks "$said" '# SKIP' "all of it is tried, since the daemon has limits"
	has "$said" '^ok 4 - 1 Needs: task modest, as a review$' "the task with another number, too"
else
	has "$said" '^ok 3 - 1 Needs: task modest # SKIP containers have no memory' "what the daemon lacks is left out"
fi
printf '# A\n\n```console\n$ docker ps\n```\n<!-- needs: rain -->\n' >"$folder/c/rain.md"
has "$("$ROPES" lint "$folder/c/rain.md" 2>&1)" "rain.md:6:13: .*'rain'; expected one of: cgroups, limits, compose" "an unknown need is a mistake"

# ---- the guide for authors says what is so: each of its notes is run, its questions are read ----
guide="$ROPES_SOURCE/lessons/AUTHORING.md"
awk -v to="$folder/guide" '/^~~~~markdown/ {out = to (++n) ".md"; next} /^~~~~/ {out = ""} out {print > out}' "$guide"
awk -v to="$folder/guide.gift" '/^```gift/ {out = to; next} /^```/ {out = ""} out {print > out}' "$guide"
is "$(find "$folder" -name 'guide*.md' | wc -l)" 4 "the guide shows notes"
for one in "$folder"/guide?.md; do
	is "$("$ROPES" lint "$one" 2>&1)" "" "a note of the guide can be read"
	said=$("$ROPES" test "$one" --trust 2>&1) || bad "a note of the guide works" "$said"
	has "$said" '^ok 1 ' "and has something to try"
done
is "$("$ROPES" lint "$folder/guide.gift" 2>&1)" "" "its questions can be read"
for word in $(sed -n 's/^| `\([a-z]*\)[ :`].*/\1/p' "$guide" | sort -u); do
	case $word in exit | output | container | image | network | http | file | daemon) continue ;; esac
	has "$(cat "$ROPES_SOURCE"/src/course/steps.c)" "\"$word\"" "the guide's word $word is known"
done

# ---- questions: option by option, why, again, rules ----
printf '# Rules\n\n<!-- evaluation\npass: 50 %%\nattempts: 2\n-->\n\nWords to read again.\n' >"$folder/c/rules.md"
printf '::One:: Which?{=right#yes ~wrong#no}\n\n::Two:: Sure?{T}\n' >"$folder/c/quizzes/rules.gift"
quiz() { "$ROPES" quiz "$folder/c/rules.md" --seed 1 "$@" 2>&1; }
said=$(printf '%s\n' maybe n true n | quiz --one-by-one)
has "$said" 'is that correct\?' "options come one by one"
has "$said" 'Not quite. Correct: a\) right' "who refuses the right one is told"
has "$said" '1 of 2 points \(50 %\): passed' "it is passed as the note says"
said=$(printf '%s\n' zzz b :why false n | quiz)
has "$said" 'See again: 1 Rules' "what was missed leads to its lesson"
has "$said" 'Words to read again' "and shows it"
lacks "$(quiz </dev/null)" '🧪 1/' "a third attempt is refused"
has "$(quiz </dev/null)" 'You have used all 2 attempts; your best score is 50 %' "and why is told"
said=$(printf '%s\n' a b true false y a b true | "$ROPES" quiz "$folder/c/quizzes/rules.gift" --learner eve 2>&1)
has "$said" '🧪 1/2' "a file of questions is an evaluation, too"
printf '%s\n' a true n | quiz --learner one >/dev/null
printf '%s\n' b false n | quiz --learner two >/dev/null
said=$("$ROPES" progress --items "$folder/c/rules.md")
has "$said" 'One .* 3 ' "first attempts are counted"
has "$("$ROPES" progress --items "$folder/c/rules.md" --json)" '"discrimination":' "items as JSON"

# ---- a task comes back with other words ----
cat >"$folder/c/back.md" <<'END'
# Back

🧪 Run `true` in a container `deep` of `alpine`.
<!-- task deep
check: container deep exited with 0
hint: look
solution: docker run --name deep alpine true
cleanup: docker rm -f deep
fresh: deep = low, under
-->
END
printf '%s\n' 'docker run --name deep alpine true' '' | "$ROPES" learn "$folder/c/back.md" --trust >/dev/null 2>&1
has "$("$ROPES" review "$folder/c/back.md" </dev/null 2>&1)" 'Due in the next week: 1 ' "a task that was done will come back"
due() {
	python3 - "$XDG_DATA_HOME/ropes/record.db" <<'END'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db: db.execute("UPDATE review SET due_ms = 1")
END
}
due
said=$(printf '%s\n' 'docker run --name low alpine true' 'docker run --name under alpine true' |
	"$ROPES" review "$folder/c/back.md" --trust 2>&1)
has "$said" 'in a container `(low|under)` of' "it comes with another name"
has "$said" '1 of 1 remembered' "and is done again"
due
said=$(printf '%s\n' ':next' | "$ROPES" review "$folder/c/back.md" --trust 2>&1)
has "$said" '0 of 1 remembered' "or given up"
has "$("$ROPES" progress --json)" '"completed":[[:space:]]*true' "and where one stands does not change"
