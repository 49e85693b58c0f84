# tools/layers.awk - fails where a file of src/X or include/X.h includes a face or a library that
# tools/layers.txt does not allow X.   awk -f tools/layers.awk tools/layers.txt FILES
FILENAME ~ /layers\.txt$/ {
	if ($0 ~ /^#/ || NF == 0) next
	x = $1; sub(/:$/, "", x); known[x] = 1; may[x, x] = 1
	for (i = 2; i <= NF; i++) { may[x, $i] = 1; if ($i ~ /^</) library[$i] = 1 }
	next
}
FNR == 1 {
	n = split(FILENAME, p, "/")
	here = p[1] == "include" ? p[2] : p[2]; sub(/\.h$/, "", here)
	if (!(here in known)) { printf "%s: module '%s' is not in tools/layers.txt\n", FILENAME, here; bad = 1 }
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	q = $0; sub(/^[^"]*"/, "", q); sub(/".*/, "", q)
	if (q ~ /\//) { printf "%s:%d: a path in an include\n", FILENAME, FNR; bad = 1; next }
	y = q; sub(/\.h$/, "", y)
	if (y in known && !((here, y) in may)) { printf "%s:%d: %s may not include %s\n", FILENAME, FNR, here, q; bad = 1 }
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	q = $0; sub(/^[^<]*/, "", q); sub(/>.*/, ">", q)
	if (q in library && !((here, q) in may)) { printf "%s:%d: %s may not know %s\n", FILENAME, FNR, here, q; bad = 1 }
}
END { exit bad }
