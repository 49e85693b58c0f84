#!/bin/bash
# What documents name is there: subcommands and options, targets of make, files, links.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
counted "the documents" python3 "$ROPES_SOURCE/tests/terminal/documents.py" "$ROPES" "$ROPES_SOURCE"
