#!/bin/bash
# `ropes sync` to a store that others wrote: resumed, halved at a conflict, killed in the middle; never twice what counts.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
# shellcheck source=tests/terminal/foreign.sh
. "$(dirname "$0")/foreign.sh"
export XDG_CONFIG_HOME="$folder/config"
record="$XDG_DATA_HOME/ropes/record.db"
mkdir -p "$folder/c/quizzes"
printf '# Sync\n\nwords\n' >"$folder/c/sync.md"
printf '::One:: Is it?{T}\n\n::Two:: Is it not?{F}\n\n::Three:: How many?{#3}\n' >"$folder/c/quizzes/sync.gift"
quiz() { printf 't\nt\n2\n' | "$ROPES" quiz "$folder/c/sync.md" --seed 1 >/dev/null 2>&1; } # five statements
recorded() { python3 -c 'import sqlite3, sys
print("\n".join(r[0] for r in sqlite3.connect(sys.argv[1]).execute("SELECT id FROM statement WHERE number > ? ORDER BY id", (int(sys.argv[2]),))))' "$record" "$1"; }
ask() { curl -s -H 'X-Experience-API-Version: 1.0.3' -H 'Content-Type: application/json' "$@"; }
stored() { ask "$foreign/statements?limit=100000" | python3 -c 'import json, sys
print("\n".join(sorted(s["id"] for s in json.load(sys.stdin)["statements"])))'; }
state() { cat "$XDG_STATE_HOME"/ropes/sync-*.json 2>/dev/null; }

if ! foreign_lrs; then exit; fi
port=$foreign_port
for _ in $(seq 12); do quiz; done
all=60
echo any | "$ROPES" sync join "$foreign/" --key any >/dev/null || bad "joining"
has "$("$ROPES" sync)" "^sent: $all$" "what is recorded goes out"
is "$(stored)" "$(recorded 0)" "and is there"
has "$("$ROPES" sync)" '^sent: 0$' "once"
rm "$XDG_STATE_HOME"/ropes/sync-*.json
has "$("$ROPES" sync)" "^sent: $all$" "sending again does no harm"
is "$(stored)" "$(recorded 0)" "it is there once"

# ---- the id of one that waits is taken ----
before=$(recorded 0)
quiz
quiz
fresh=$(comm -13 <(echo "$before") <(recorded 0))
taken=$(sed -n 3p <<<"$fresh")
ask "$foreign/statements" -d "{\"id\":\"$taken\",\"actor\":{\"mbox\":\"mailto:o@x.y\"},\"verb\":{\"id\":\"http://x.y/v\"},\"object\":{\"id\":\"http://x.y/o\"}}" >/dev/null
said=$("$ROPES" sync 2>&1)
has "$said" "^sent: $(($(wc -l <<<"$fresh") - 1))$" "the others arrive"
has "$said" "^ropes: statement $taken was rejected: the store has another statement" "a conflict is set aside, and told"
is "$(stored)" "$(recorded 0)" "nothing is there twice"
is "$(ask "$foreign/statements?statementId=$taken" | grep -c 'mailto:o@x.y')" 1 "what was there first is as it was"

# ---- the store is killed in the middle, and forgets what it had ----
for _ in $(seq 120); do quiz; done
reached=$(state)
"$ROPES" sync >"$folder/sync.out" 2>&1 &
sync=$!
while [ "$(state)" = "$reached" ] && kill -0 $sync 2>/dev/null; do :; done
foreign_stop -KILL
after=$(state | sed -n 's/.*"after":[[:space:]]*\([0-9]*\).*/\1/p')
is "$([ -n "$(recorded "$after")" ] && echo some)" some "it was in the middle"
foreign_lrs "$port" || exit
wait $sync || "$ROPES" sync >"$folder/sync.out" 2>&1 || bad "it goes on" "$(cat "$folder/sync.out")"
is "$(stored)" "$(recorded "$after")" "what it had not acknowledged is sent, all of it, once"
has "$("$ROPES" sync status)" '^waiting: 0$' "nothing waits"
foreign_stop
quiz
has "$(timeout 60 "$ROPES" sync 2>&1)" 'not everything was sent; the rest is sent the next time' "without the store it waits"
has "$("$ROPES" sync status)" '^waiting: 5$' "nothing is lost"
