"""For programs that check something: prints each failed check with what came, and at the end how many passed. What they
start ends with them."""
import atexit, signal, subprocess, sys

passed = failed = 0
started = []


def start(words, **options):
    if not started:
        atexit.register(end_all)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started.append(subprocess.Popen(words, **options))
    return started[-1]


def end_all():
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
