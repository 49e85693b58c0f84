#!/usr/bin/env python3
"""drive.py SCRIPT LOG COMMAND...: types a script of learner.c into a command on a pty and checks what it shows.

Ends with "N passed, M failed"; LOG gets all that was shown.
"""
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import fcntl

LIMIT_S = 90  # for any one prompt
QUIET_S = 0.6  # a program that says nothing for so long waits for input
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>()][0-9A-B]?|\r|\x01|\x02")
PROMPTS = {
    "prompt": re.compile(r"(?:^|\n)[0-9]+(?:\.[0-9]+)* (?:\S+ )?› $"),
    "answer": re.compile(r"(?:letter|letters|true or false \(t or f\)|answer|\(a2 b1 …\)|number|100) › $"),
    "again": re.compile(r"\[Y/n\] $"),
}


class Learner:
    def __init__(self, command, log):
        self.log = log
        self.shown = ""  # since the last line was typed
        self.passed = self.failed = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def read(self, seconds):
        """False: nothing came in that time. None: the program has ended."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            return None
        text = ESCAPES.sub("", data.decode("utf-8", "replace"))
        self.log.write(text)
        self.shown += text
        return True

    def wait(self, kind):
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            if kind == "input":
                if self.read(QUIET_S) is False:
                    return True
            elif PROMPTS[kind].search(self.shown):
                return True
            elif self.read(0.2) is None:
                break
        return False

    def type(self, text):
        os.write(self.fd, (text.replace("\\n", "\n") + "\r").encode())

    def expect(self, ere, what):
        if re.search(ere, self.shown):
            self.passed += 1
            return
        self.failed += 1
        print("FAILED: nothing like /%s/ after: %s" % (ere, what))
        print("\n".join("    " + line for line in self.shown.strip().split("\n")[-25:]), flush=True)


def settle(learner, kind):
    """What an expectation looks at is all that is shown until the next time something can be typed."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if any(p.search(learner.shown) for p in PROMPTS.values()):
            return
        if learner.read(0.2) is None:
            return


def ends_within(pid, seconds):
    end = time.monotonic() + seconds
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def main():
    script, log_path, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    with open(log_path, "w", encoding="utf-8") as log, open(script, encoding="utf-8") as lines:
        learner = Learner(command, log)
        what = "the beginning"
        leaves_out = False
        for number, line in enumerate(lines, 1):
            kind, text = line.rstrip("\n").split("\t", 1)
            if kind == "unless":
                settle(learner, kind)
                leaves_out = re.search(text, learner.shown) is not None
            elif kind == "end":
                leaves_out = False
            if leaves_out or kind in ("unless", "end"):
                continue
            if kind == "expect":
                settle(learner, kind)
                learner.expect(text, what)
                continue
            if not learner.wait(kind):
                learner.failed += 1
                print("FAILED: line %d waits for %s: %s" % (number, kind, text))
                print(learner.shown[-1500:])
                break
            what = "%s %s" % (kind, text)
            learner.shown = ""
            learner.type(text)
        while learner.read(30) is True:
            pass
        os.kill(learner.pid, signal.SIGHUP)
        if not ends_within(learner.pid, 30):
            learner.failed += 1
            print("FAILED: a hangup does not end it")
            os.kill(learner.pid, signal.SIGKILL)
            os.waitpid(learner.pid, 0)
        if "That was the last step" not in learner.shown:
            learner.failed += 1
            print("FAILED: the last step was not reached")
        print("%d passed, %d failed" % (learner.passed, learner.failed))
        return learner.failed > 0


sys.exit(main())
