"""For programs that check something: prints each failed check with what came, and at the end how many passed."""
import sys

passed = failed = 0


def ok(good, what, seen=None):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED: expected: %s%s" % (what, "" if seen is None else "; got: %s" % str(seen)[:400]), flush=True)


def finish():
    print("%d passed, %d failed" % (passed, failed), flush=True)
    sys.exit(failed > 0)
