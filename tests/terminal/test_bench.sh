#!/bin/bash
# What `make bench-report` writes of rows that were measured: one table, one plot; nothing is measured here.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
report() { python3 "$ROPES_SOURCE/bench/report" "$folder" 2>&1; }
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$folder/rows.tsv"; }
has "$(report)" 'rows.tsv has no rows' "nothing was measured"
row notes 'ropes list NOTE' 9 ms 'an empty program' 1 'goal 10 ms'
row serve '1 clients, batches of 1 & <more>' 500 /s 'plain SQLite' 1000 ''
row explain 'an explanation' 0.2 ms 'the first time' 0.8 ''
said=$(report)
has "$said" '^ropes list NOTE .*  *#+ +9\.00x of an empty program$' "a bar"
has "$said" '^1 clients.*#.* 2\.00x of plain SQLite$' "half as many a second cost twice"
has "$said" '^an explanation  *#+\|? *.*0\.25x of the first time$' "what costs less is on the other side"
table=$(cat "$folder/report.md")
has "$table" '^\| notes \| ropes list NOTE \| 9 ms \| an empty program \| 1 ms \| 9\.00x \| 10 ms \|$' "a row of the table"
is "$(grep -c '^| ' <<<"$table")" 5 "one table with each row"
is "$(python3 -c 'import sys, xml.dom.minidom as x
print(len(x.parse(sys.argv[1]).getElementsByTagName("rect")))' "$folder/plot.svg" 2>&1)" 4 "the plot is an SVG with a bar for each row"
row broken 'no figure' 0 ms 'nothing' 0 ''
has "$(report)" "no figure in the row 'no figure'" "a row without a figure"
has "$("$ROPES_SOURCE/bench/run" build nosuch 2>&1)" "there is no part 'nosuch'" "a part that is not there"
