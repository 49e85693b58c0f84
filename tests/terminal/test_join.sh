#!/bin/bash
# A workshop from the learner's side, and the board in a terminal: joining, pacing, messages above the line being typed,
# questions, networks that fail, servers that are killed. Against the real server.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
export XDG_CONFIG_HOME="$folder/config"
db="$folder/store.db"
note="$folder/shop.md"
cat >"$note" <<'END'
# The shop

Welcome.

## Opening

The door is opened.

> [!NOTE]
> The light is on.

## Closing

The door is closed.
END
for n in 3 4 5 6; do printf '\n## Day %s\n\nNothing else on day %s.\n' $n $n >>"$note"; done

serve() { # LISTEN OPTION…: the workshop's server in the background
	code='' board=''
	: >"$folder/serve.out" # what the one before said
	"$ROPES" serve --db "$db" --listen "$1" --workshop "$note" "${@:2}" </dev/null >"$folder/serve.out" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		code=$(sed -n 's/^join: ropes join [^ ]* //p' "$folder/serve.out")
		[ -n "$code" ] && break
		sleep 0.05
	done
	board=$(sed -n 's/^board: //p' "$folder/serve.out")
	[ -n "$code" ] || bad "the server begins" "$(cat "$folder/serve.out")"
	address=${board%%/room/*}
}
killed() { # SIGNAL
	kill "-$1" $server 2>/dev/null
	wait $server 2>/dev/null
}
tell() { # FIELD=VALUE…: what the instructor does
	local arguments=() one
	for one in "$@"; do arguments+=(--data-urlencode "$one"); done
	is "$(curl -sk -o /dev/null -w '%{http_code}' "${arguments[@]}" "$board" | cut -c1)" "3" "the instructor: $*"
}
at_board() { # PYTHON: of b, the board
	curl -sk -H 'Accept: application/json' "$board" | python3 -c "import json, sys; b = json.load(sys.stdin); print($1)"
}
wait_board() { # PYTHON EXPECTED NAME
	local seen
	for _ in $(seq 100); do
		seen=$(at_board "$1")
		[ "$seen" = "$2" ] && break
		sleep 0.05
	done
	is "$seen" "$2" "$3"
}
join() { # a learner without a terminal, in folders of their own: WHO, then options; lines from standard input
	local who=$1
	shift
	COLUMNS=100 XDG_DATA_HOME="$folder/$who/data" XDG_STATE_HOME="$folder/$who/state" XDG_CONFIG_HOME="$folder/$who/config" \
		"$ROPES" join "$address" "$code" --daemon none "$@" 2>&1
}
ends_with() { tail -1 "$1" | grep -qE -- "$2"; } # FILE PATTERN
# What was recorded on this machine since joining and what the server has, by id.
same_everywhere() { # ACCOUNT WHO…: one learner's machines
	local account=$1 records=() who
	shift
	for who in "$@"; do records+=("$folder/$who/data/ropes/record.db"); done
	python3 - "$db" "$account" "${records[@]}" <<'END'
import json, sqlite3, sys
mine = [r[0] for path in sys.argv[3:] for r in sqlite3.connect(path).execute("SELECT id FROM statement")]
there = []
for (text,) in sqlite3.connect(sys.argv[1]).execute("SELECT json FROM statement"):
    s = json.loads(text)
    if s["actor"].get("account", {}).get("name") == sys.argv[2]: there.append(s["id"])
print("same" if sorted(mine) == sorted(there) and mine else f"mine {len(mine)} there {len(there)} missing {len(set(mine) - set(there))}")
END
}
END_OF_SESSION='That was the last step|Bye'

# ---- joining ----
serve "$loopback:0"
said=$(join ann --as Ann </dev/null)
has "$said" '^ropes: there is no terminal to ask at; use --yes' "nobody joins without agreeing"
is "$(at_board 'len(b["learners"])')" 0 "and then nobody has joined"
said=$(printf ':room\n' | join ann --as Ann --yes)
has "$said" '^The shop$' "what it is"
has "$said" 'The instructor sees your name \(Ann\)' "what is shared"
has "$said" 'The instructor cannot see your commands, their output' "and what is not"
has "$said" '✔ You are Ann\.' "who one is"
has "$said" 'Your name there is Ann; your commands are not shared' ":room says it, too"
personal=$(printf '%s\n' "$said" | grep -oE "$code-[A-Z0-9]+" | head -1)
is "$(same_everywhere ann ann)" same "what is recorded is there"
said=$(printf '\n' | join other --as Ann --yes)
has "$said" 'You are Ann 2, because there is another Ann' "two with one name are two"
is "$(same_everywhere ann-2 other)" same "each with what is theirs"
said=$(printf ':room\n' | join ann --as Ann)
has "$said" 'You are back as Ann\.' "who comes back is not asked again"
is "$(same_everywhere ann ann)" same "and is the same one"
said=$(printf ':room\n' | (code=$(printf %s "$personal" | tr 'A-Z' 'a-z'); join second --as Somebody --yes))
has "$said" 'Your name there is Ann' "on a second machine the personal code is the same learner"
is "$(at_board '[l["name"] for l in b["learners"]]')" "['Ann', 'Ann 2']" "two learners in all"
said=$(code=WRONGONE join third --yes </dev/null)
has "$said" '^ropes: .*no workshop has this code \(check the code\)' "a wrong code"
said=$(for _ in $(seq 30); do code=WRONGONE join third --yes </dev/null; done)
has "$said" 'too many wrong codes' "which is not guessed"
said=$(printf ':quit\n' | join third --as Cy --yes)
has "$said" 'You are Cy' "a right one is let in"
has "$("$ROPES" join http://example.com X --yes 2>&1)" '^ropes: .*use an https:// address' "nothing goes in the clear to other machines"
has "$("$ROPES" join 127.0.0.1:1 X --yes 2>&1)" "^ropes: cannot reach the workshop" "nobody there"

# ---- what was before joining stays at home ----
mkdir -p "$folder/old"
old() { XDG_DATA_HOME="$folder/old/data" XDG_STATE_HOME="$folder/old/state" XDG_CONFIG_HOME="$folder/old/config" "$@"; }
printf '\n\n\n' | old "$ROPES" learn "$note" --daemon none >/dev/null 2>&1
before=$(python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM statement").fetchone()[0])' "$folder/old/data/ropes/record.db")
printf '\n' | join old --as Old --yes >/dev/null
is "$(same_everywhere old old | sed 's/.* missing //')" "$before" "only what came after it is sent"

# ---- a script is paced ----
tell do=open lesson=opening step=prose-1
printf '\n\n\n\n\n\n\n' | join paced --as Pat --yes >"$folder/paced.out" &
paced=$!
wait_board '[l["done"] for l in b["learners"] if l["name"] == "Pat"]' "[2]" "it goes as far as is open"
wait_until ends_with "$folder/paced.out" '^Not unlocked yet: .* It appears as soon as it is unlocked\.$' && ok
tell do=open lesson=closing step=prose-1
wait_board '[l["done"] for l in b["learners"] if l["name"] == "Pat"]' "[4]" "then it goes on"
tell do=hold
tell do=open-all
wait_until grep -qE 'paused the room|room is paused' "$folder/paced.out"
is "$(at_board '[l["done"] for l in b["learners"] if l["name"] == "Pat"]')" "[4]" "held, nobody goes on"
tell do=go
wait $paced
has "$(cat "$folder/paced.out")" 'The room has resumed' "it is told"
has "$(tail -1 "$folder/paced.out")" "$END_OF_SESSION" "and goes on to the end"
is "$(same_everywhere pat paced)" same "all of it arrived"

# ---- at a terminal ----
window 80 40 "'$ROPES' join $address $code --daemon none --learner una; sleep 1000"
wait_for 'Your name in the room \[una\]:' && keys -l ' Una U.' && keys Enter
wait_for 'The instructor sees your name \(Una U\.\)'
wait_for 'Also share the commands you type\?' && keys n Enter
wait_for 'Join\? \[Y/n\]' && keys n Enter
wait_for 'not joined; nothing was sent' && ok
tell do=open lesson=opening step=prose-1
window 80 40 "$ROPES" join "$address" "$code" --daemon none --as Tess
wait_for 'The instructor sees your name \(Tess\)'
wait_for 'Also share the commands you type\?' && keys y Enter
wait_for 'Join\? \[Y/n\]' && keys Enter
wait_for '✔ You are Tess' && wait_for '^1 ›'
keys -l 'docker run half a li'
tell do=message "text=Look here, $(printf 'all\033[31m of\007 you')"
wait_for 'To everyone: Look here, all.* of you'
wait_for '^1 › docker run half a li$'
is "$(capture | grep -c 'docker run half a li')" 1 "the line being typed is there once"
lacks "$(capture | grep 'Look here')" "$(printf '\033')" "nothing foreign is raw"
keys -l 'ne'
wait_for '^1 › docker run half a line$'
keys C-u
keys Enter
wait_for '^1.1 ›'
keys Enter
wait_for 'Not unlocked yet: .*Opening, step 2'
keys -l 'echo unhar'
tell do=open lesson=opening step=callout-1
wait_for 'Opening, step 2 of [0-9]* is unlocked now'
wait_for '^1.1 › echo unhar$'
keys C-u
tell do=hold
wait_for 'The instructor paused the room'
tell do=go
wait_for 'The room has resumed'
tell do=timer seconds=2 'text=read it'
wait_for '⏰ [12] s: read it'
wait_for 'Time is up: read it'
tell do=ask 'gift=::one:: Which door? {=the front one ~the back one ~none####Doors have bells.}'
wait_for 'A question for the room: Which door\?'
wait_for '^  c\) '
letter=$(capture | sed -n 's/^  \(.\)) the front one$/\1/p' | tail -1)
type_line ":answer $letter"
wait_for "Your answer: $letter"
wait_board 'b["question"]["answers"]' 1 "the answer is counted"
said=$("$ROPES" board "$board")
has "$said" 'Which door\? \(1 answered\)' "the board shows the question"
has "$said" 'the front one +█+ 1' "and the answers"
tell do=close
wait_for "Your answer was correct"
wait_for '→ Doors have bells\.'
type_line ':answer a'
wait_for 'No question is open now'
type_line ':raise the door is stuck'
wait_for 'Your hand is up: the door is stuck'
wait_board '[l["hand"] for l in b["learners"] if l["name"] == "Tess"]' "['the door is stuck']" "a hand is seen"
has "$("$ROPES" board "$board")" '^✋ Tess, .*: the door is stuck' "on the board in the terminal"
type_line ':lower'
wait_for 'Your hand is down'
type_line ':slower'
wait_board '[(l["hand"], l["signal"]) for l in b["learners"] if l["name"] == "Tess"]' "[(None, 'fast')]" "too fast"
type_line ':ready'
wait_board '[l["signal"] for l in b["learners"] if l["name"] == "Tess"]' "['done']" "ready"
type_line ':room'
wait_for 'Your name there is Tess; your commands are shared'

# ---- forty columns ----
resize 40 40
tell do=message 'text=A message that is longer than the window is wide, and so it goes on.'
wait_for '^📣 To everyone: A message that is longer'
wait_for '^   goes on\.$'

# ---- the server is killed ----
tmux -L "$tmux_socket" resize-window -x 80 -y 40
tell do=open-all
wait_for 'All steps are unlocked'
port=${address##*:}
killed KILL
wait_for 'The connection to the workshop is lost' 20
keys Enter
wait_for '^1.2 ›'
type_line ':raise while it was away'
wait_for 'this is sent when it is back'
said=$(printf ':room\n' | join ann --as Ann)
has "$said" 'You are back as Ann' "who comes back while it is away goes on"
serve "$loopback:$port"
wait_for 'The connection to the workshop is back' 20
wait_board '[l["hand"] for l in b["learners"] if l["name"] == "Tess"]' "['while it was away']" "what was said meanwhile arrives"
wait_board '[l["lesson"] for l in b["learners"] if l["name"] == "Tess"]' "['closing']" "and what was done"
tell do=message 'text=Welcome back.' to=tess
wait_for 'To you: Welcome back\.'
is "$(capture | grep -c 'Which door')" 1 "nothing comes twice"
type_line ':quit'
wait_until window_ended
printf ':room\n' | join ann --as Ann >/dev/null
is "$(same_everywhere ann ann second)" same "nothing is lost and nothing doubled"
is "$(mkdir -p "$folder/tess"; ln -sfn "$folder/data" "$folder/tess/data"; same_everywhere tess tess)" same "of the one at the terminal, too"

# ---- the board, live ----
window 80 30 "$ROPES" board "$board"
wait_for '^The shop +[0-9]+:[0-9]+:[0-9]+$'
wait_for '^Tess .* offline' 45
tell do=hold
wait_for 'PAUSED'
for columns in 40 100 80; do
	tmux -L "$tmux_socket" resize-window -x $columns -y 30
	wait_for "^The shop.{$((columns - 20)),}"
	lacks "$(capture)" "^.{$((columns + 1)),}" "the board fits into $columns columns"
done
tmux -L "$tmux_socket" resize-window -x 80 -y 6
wait_for '^… [0-9]+ more$'
tmux -L "$tmux_socket" resize-window -x 80 -y 30
killed KILL
wait_for 'No connection to the server'
serve "$loopback:$port"
tell do=go
wait_for 'all steps unlocked$' 20
lacks "$(capture)" 'No connection to the server' "the board comes back by itself"
keys q
wait_until window_ended && ok
has "$(NO_COLOR=1 "$ROPES" board "$board")" '^Tess ' "printed once where nobody sits"
is "$("$ROPES" board --json "$board" | python3 -c 'import json, sys; print(json.load(sys.stdin)["title"])')" "The shop" "and for programs"
has "$("$ROPES" board "${board}x" 2>&1)" '^ropes: there is no board' "a wrong token"
has "$("$ROPES" board "$address" 2>&1)" '^ropes: .*use the whole address' "no token"

# ---- the end ----
printf '\n\n\n\n\n' | join late --as Late --yes >"$folder/late.out"
has "$(cat "$folder/late.out")" 'You are Late' "who comes late begins at the beginning"
tell do=hold
printf '\n\n\n\n\n\n\n' | join held --as Hal --yes >"$folder/held.out" &
held=$!
wait_board '[l["name"] for l in b["learners"] if l["name"] == "Hal"]' "['Hal']" "one waits"
wait_until grep -qE 'paused the room|room is paused' "$folder/held.out"
tell do=end
wait $held
has "$(cat "$folder/held.out")" 'The workshop is over' "the end is told, and ends the waiting"
has "$(join last --as Last --yes </dev/null)" '^ropes: .*over' "then nobody joins any more"
killed TERM

# ---- TLS with a certificate of one's own ----
if command -v openssl >/dev/null 2>&1; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
	db="$folder/tls.db"
	serve 127.0.0.1:0 --tls-cert "$folder/cert.pem" --tls-key "$folder/key.pem"
	has "$(join tls --as Tim --yes </dev/null)" "^ropes: cannot reach the workshop: .*certificate" "a certificate that nobody vouches for"
	said=$(printf ':raise hello\n' | join tls --as Tim --yes --ca "$folder/cert.pem")
	has "$said" 'You are Tim' "the one that one was given"
	is "$(at_board '[l["hand"] for l in b["learners"]]')" "['hello']" "and what is said arrives"
	is "$(same_everywhere tim tls)" same "and what is recorded"
	has "$("$ROPES" board --ca "$folder/cert.pem" "$board")" '^✋ Tim' "the board, too"
	killed TERM
fi
