#!/bin/bash
# ropes test --jobs: several courses at once report the same as one after the other; a job that is killed is a failure; whoever
# interrupts it finds nothing left of it.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
mkdir -m 711 "$folder/t"
export TMPDIR="$folder/t" # short enough for the folders of tests

# Each note starts a container of the same name on the same port: it needs a machine of its own.
for name in one two three; do
	cat >"$folder/$name.md" <<END
# Note $name

\`\`\`console
\$ docker run -d --name web -p 8080:80 nginx
\$ docker ps --format '{{.Names}} $name'
web one
\$ false
\`\`\`

## More

\`\`\`console
\$ docker logs <name>
\$ docker rm -f web
\`\`\`
END
done
long=$((100000 + $$)) # seconds that no other script's sleep has
cat >"$folder/long.md" <<END
# Long

\`\`\`console
\$ sleep $long
\`\`\`
END
cd "$folder" || exit 1

# ---- the same report ----
without_times() { sed -E 's/duration_ms: [0-9]+/duration_ms/; s/ time(stamp)?="[^"]*"//g'; }
for arguments in 'one.md two.md three.md' 'one.md --alone'; do
	for format in tap junit; do
		for jobs in 1 3; do
			# shellcheck disable=SC2086 # words
			"$ROPES" test $arguments --seed 3 --format $format --jobs $jobs 2>"$folder/err" | without_times >"$folder/$format-$jobs"
			is "${PIPESTATUS[0]}" 1 "$arguments, $format, $jobs jobs: a note that fails"
		done
		is "$(diff "$folder/$format-1" "$folder/$format-3" 2>&1)" "" "$arguments, $format: three jobs report what one reports"
	done
	has "$(cat "$folder/tap-3")" '^not ok [0-9]+ - 1 Note one: example: false' "$arguments: a failure"
	has "$(cat "$folder/tap-3")" '^# Shell in this state: ropes test one.md .*--seed 3 --shell [0-9]+$' "$arguments: the way to its state"
	[ "$arguments" = 'one.md --alone' ] || has "$(cat "$folder/tap-3")" '^1\.\.15$' "TAP counts all points"
	is "$(ls -A "$folder/t")" "" "$arguments: nothing is left"
done

# ---- jobs that end before their time ----
sleepers() { pgrep -fx "sleep $long"; }
sleep_at_once() { [ "$(sleepers | wc -l)" -ge "$1" ]; }
# The control groups of the machines in which a line runs.
groups_of_sleepers() {
	for pid in $(sleepers); do grep -o 'ropes-[0-9]*-[0-9a-f]*' "/proc/$pid/cgroup"; done | sort -u
}
# What there is of the tests: files, processes, mounts, control groups.
remains() { # GROUP…
	ls -A "$folder/t"
	for environment in /proc/[0-9]*/environ; do
		[ "$environment" != /proc/$$/environ ] && grep -qsz "^TMPDIR=$folder/t$" "$environment" &&
			grep -l ropes "${environment%environ}comm"
	done
	grep -F "$folder/t/" /proc/self/mountinfo
	sleepers
	for group; do find /sys/fs/cgroup -depth -type d -name "$group" 2>/dev/null; done
}
nothing_remains() { [ -z "$(remains "$@" 2>/dev/null)" ]; }
patiently() { # COMMAND…: until it succeeds, however busy the machine is
	for _ in $(seq 3000); do
		"$@" && return
		sleep 0.1
	done
	bad "waiting until: $*" "$(remains)"
}

"$ROPES" test long.md one.md long.md --seed 3 --timeout 80000 --jobs 3 --format tap >"$folder/killed" 2>&1 &
test=$!
patiently sleep_at_once 2
mapfile -t groups < <(groups_of_sleepers)
kill -KILL "$(pgrep -P $test | sort -n | head -1)"
patiently grep -q 'More: example: docker rm' "$folder/killed"
kill -TERM $test
wait $test
is $? 3 "a signal ends it"
said=$(cat "$folder/killed")
has "$said" '^not ok 1 - Long: end$' "a job that was killed is a failure"
has "$said" 'long.md:1: the process that tested it was ended by signal 9 \(Killed\)$' "and by what"
has "$said" '^ok 2 - 1 Note one: example: docker run' "the others go on"
has "$said" '^Bail out! interrupted$' "the report does not look complete"
patiently nothing_remains "${groups[@]}"

window 80 24 "TMPDIR='$TMPDIR' '$ROPES' test long.md long.md --timeout 80000 --jobs 2 2>&1; echo status \$?; sleep 600"
patiently sleep_at_once 2
mapfile -t groups < <(groups_of_sleepers)
keys C-c
has_ended() { capture | grep -q '^status'; }
patiently has_ended
has "$(capture)" '^status 3$' "^C ends it"
patiently nothing_remains "${groups[@]}"
