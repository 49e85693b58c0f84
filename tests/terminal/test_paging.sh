#!/bin/bash
# The team's pages with a thousand people: a part of each list, links to the rest, and the same numbers as in all of it.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
db="$folder/store.db" people=1000
key=$("$ROPES" serve key add lead --role lead --db "$db" | sed -n 's/^\(key\|secret\): //p' | paste -sd:)
"$ROPES" serve team add Empty --db "$db"
python3 "$ROPES_SOURCE/tests/team/crowd.py" "$db" $people || bad "the store is filled"
# What is counted as it comes is what counting everything gives.
same_totals() {
	python3 - "$db" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for kept, counted in (
        ("SELECT id, people, round(first, 6), round(last, 6) FROM question WHERE people > 0 ORDER BY id",
         "SELECT question, count(*), round(sum(first), 6), round(sum(last), 6) FROM answer GROUP BY question ORDER BY question"),
        ("SELECT day, rows, time_ms FROM total WHERE rows > 0 ORDER BY day",
         "SELECT day, count(*), sum(time_ms) FROM day GROUP BY day ORDER BY day")):
    kept, counted = db.execute(kept).fetchall(), db.execute(counted).fetchall()
    if kept != counted or not kept:
        sys.exit("%s\n%s" % (kept, counted))
END
}
same_totals || bad "totals are kept"
"$ROPES" serve key add store --role store --db "$db" | sed -n 's/^\(key\|secret\): \(.*\)/"\2"/p' | paste -sd, | sed 's/.*/{"store": [&]}/' >"$folder/keys"
"$ROPES" serve --db "$db" --listen 127.0.0.1:0 </dev/null >"$folder/serve.out" 2>&1 &
server=$!
wait_until grep -q '^listening' "$folder/serve.out"
origin=$(sed -n 's,^listening: \(.*\)/xapi,\1,p' "$folder/serve.out")
page() { curl -s -m 60 -u "$key" "$origin$1" "${@:2}"; }
# rows ID: of the table below it
rows() { sed -n "/id=\"$1\"/,/<\/table>/p" | grep -c '<tr><th scope="row">'; }

# ---- the team ----
count=$((2 * people - people / 3)) # everybody in the first course, and two of three in the other
front=$(page /)
is "$(rows positions <<<"$front")" 200 "a page of people"
has "$front" ">1 to 200 of $count\. <a href=\"/\?page=2#people\">Next</a> <a href=\"/\?page=9#people\">Last</a>" "and the way to the next one"
is "$(page '/?page=9' | rows positions)" $((count - 1600)) "the last page has the rest"
has "$(page '/?page=9')" '<a href="/\?page=1#people">First</a> <a href="/\?page=8#people">Previous</a></p>' "and leads back"
is "$(page '/?page=77' | rows positions)" $((count - 1600)) "no page is after the last"
pairs=$(for number in $(seq 9); do
	page "/?sort=person&page=$number" | sed -n '/id="positions"/,$s/.*<tr><th scope="row"><a href="\(\/person?id=[0-9]*\)".*href="\(\/course?id=[0-9]*\)".*/\1 \2/p'
done)
is "$(grep -c . <<<"$pairs") $(sort -u <<<"$pairs" | grep -c .)" "$count $count" "the pages together have everybody in every course, once"
has "$(page '/?sort=-time&q=course')" 'href="/\?page=2&amp;sort=-time&amp;q=course#people">Next' "a page of what was searched and sorted"
has "$(page '/?sort=person&page=3')" '<a href="/\?sort=-person#people">person' "another order begins with its first page"
has "$front" "<b>$people</b> <span>people</span>" "everybody is counted"
late=$(sed -n 's/.*<b><span class="bad">\([0-9]*\)<\/span><\/b> <span>overdue.*/\1/p' <<<"$front")
is "$(rows late <<<"$front")" 100 "a part of what is overdue"
has "$front" "<p>These are 100 of $late\. All of them come first in the <a href=\"#people\">" "and where the rest is"
small=$(page '/?team=Team%203')
is "$(rows positions <<<"$small")" 84 "a small team is on one page"
lacks "$small" 'class="turns"' "with no links to others"

# ---- people, and a course ----
is "$(page /people | grep -c '<tr><th scope="row">')" 200 "a page of the roster"
has "$(page /people)" "<p class=\"lead\">$people people" "which counts everybody"
has "$(page '/people?show=overdue&sort=-name')" 'href="/people\?page=2&amp;sort=-name&amp;show=overdue">Next' "and keeps what is shown"
has "$(page '/people?sort=name' | grep -m 1 '<tr><th scope="row">')" 'Ada Alvarez 100<' "sorted among everybody"
grid=$(page '/course?id=1&people-sort=-12')
has "$grid" 'href="/course\?people-page=2&amp;people-sort=-12&amp;id=1#grid">Next' "a page of who is where"
is "$(rows grid-rows <<<"$grid")" 200 "is as long"
has "$(sed -n '/id="grid-rows"/,$p' <<<"$grid" | grep -m 1 '<tr><th scope="row">')" 'class="g2">[^g]*</tr>' "who completed the lesson that sorts it comes first"

# ---- who is removed is no longer in the totals ----
page /manage -o /dev/null -d do=erase -d person=7 --data-urlencode "name=Ngọc Alvarez 7" \
	-d "token=$(page "/erase?person=7" | sed -n 's/.*name="token" value="\([^"]*\)".*/\1/p' | head -1)"
has "$(page /)" "<b>$((people - 1))</b> <span>people</span>" "one is removed"
same_totals || bad "and from the totals"

# ---- what comes is added, also to answers that are there ----
for _ in 1 2; do
	python3 "$ROPES_SOURCE/tests/team/fill.py" "$origin/xapi" "$folder/keys" || bad "statements arrive"
done
has "$(page /)" "<b>$((people + 1))</b> <span>people</span>" "who was removed is back, and one more has come"
has "$(page '/course?id=3')" 'unbrokenunbroken' "in one more course"
kill $server
wait $server 2>/dev/null
same_totals || bad "and all is in the totals"
