#!/bin/bash
# Listings are files of the workspace: a later one takes the place of an earlier one that nobody has touched; what the
# learner has changed stays.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
cat >"$folder/files.md" <<'NOTE'
# Files

## First

```text file=say.txt
the first text
```

## Second

```text file=say.txt
the second text
```

## Third

```text file=say.txt
the third text
```
NOTE
said=$("$ROPES" learn "$folder/files.md" --trust 2>&1 <<'LINES'
:goto first
echo "one: $(cat say.txt)"
:goto second
echo "two: $(cat say.txt)"
:goto first
echo "three: $(cat say.txt)"
echo "my own text" >say.txt
:goto third
echo "four: $(cat say.txt)"
:quit
LINES
)
has "$said" '^one: the first text' "a listing is written"
has "$said" '^two: the second text' "a later listing replaces an untouched earlier one"
has "$said" '^three: the first text' "also on the way back"
has "$said" '^four: my own text' "the learner's own changes stay"
