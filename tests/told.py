"""What programs that check something share: they tell what does not hold, and end with how much did."""
import sys

passed = failed = 0


def ok(good, what, seen=None):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s%s" % (what, "" if seen is None else ": %s" % str(seen)[:400]), flush=True)


def finish():
    print("%d passed, %d failed" % (passed, failed), flush=True)
    sys.exit(failed > 0)
