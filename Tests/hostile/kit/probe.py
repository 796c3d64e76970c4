"""Asks for /api/v1/health all the time, in processes of their own, and keeps how long each answer took.

One process asks on a kept-alive connection, one on a fresh connection each time. A wait is kept twice: as measured, and
net of what the machine did to it: the time in which the worker's event loop, or the probe itself, was ready to run but
another process, or another machine of the same host, had the core. What is left is the server's own doing.

The probes come from an address of their own, as a monitor or another user would, so that what the server does against
the attacker's address must not hit them.
"""

import os
import select
import struct
import subprocess
import sys
import time

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from kit import processes, wire

SOURCE = "127.0.9.9"
INTERVAL = {"kept": 0.01, "fresh": 0.02}
TIMEOUT = 60.0
RECORD = struct.Struct("=dddi")
REQUEST = {
    "kept": wire.request("GET", "/api/v1/health"),
    "fresh": wire.request("GET", "/api/v1/health", [("Connection", "close")]),
}


class Sample:
    """One question: monotonic time at which it was asked, waits in seconds, status (0 = no answer)."""

    __slots__ = ("at", "raw", "net", "status", "kind")

    def __init__(self, at, raw, net, status, kind):
        self.at, self.raw, self.net, self.status, self.kind = at, raw, net, status, kind


class Probe:
    """Runs both probes and reads what they have written."""

    def __init__(self, server, directory):
        self._paths = {kind: f"{directory}/probe-{server.port}-{kind}" for kind in INTERVAL}
        self._offsets = {kind: 0 for kind in INTERVAL}
        self.samples = []
        for path in self._paths.values():
            open(path, "wb").close()
        self._processes = [
            subprocess.Popen([sys.executable, os.path.abspath(__file__), kind, str(server.port), str(server.pid), path])
            for kind, path in self._paths.items()
        ]

    def read(self):
        """Takes up what is new."""
        for kind, path in self._paths.items():
            with open(path, "rb") as file:
                file.seek(self._offsets[kind])
                data = file.read()
            usable = len(data) - len(data) % RECORD.size
            self._offsets[kind] += usable
            self.samples += [Sample(*record, kind) for record in RECORD.iter_unpack(data[:usable])]

    def window(self, start, end):
        """The samples of a span of time, complete: waits until each probe has asked again after it."""
        deadline = time.monotonic() + TIMEOUT + 5
        while time.monotonic() < deadline:
            self.read()
            if all(any(s.kind == kind and s.at > end for s in self.samples) for kind in INTERVAL):
                break
            time.sleep(0.02)
        return [s for s in self.samples if s.at + s.raw >= start and s.at <= end]

    def stop(self):
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait()


class Clock:
    """Tells what others take from the worker's event loop and from this process."""

    def __init__(self, supervisor):
        self._supervisor = supervisor
        self._path = ""
        self._looked = 0.0

    def read(self):
        """To be compared with a later reading by ``taken``."""
        if not os.path.exists(self._path):
            self._find()
        waited = processes.run_queue_seconds(self._path) + processes.run_queue_seconds("/proc/self/schedstat")
        return waited, processes.stolen_seconds()

    @staticmethod
    def taken(before, after):
        """Seconds. The worker sits on one processor at a time, so that only one's steal can have been its loss."""
        stolen = max((b - a for a, b in zip(before[1], after[1])), default=0.0)
        return max(0.0, after[0] - before[0]) + max(0.0, stolen)

    def _find(self):
        # Not more often than each 100 ms: while a worker restarts there is nothing to find.
        if time.monotonic() - self._looked < 0.1:
            return
        self._looked = time.monotonic()
        worker = processes.worker_of(self._supervisor)
        self._path = f"/proc/{worker}/task/{processes.loop_thread(worker)}/schedstat"


def ask(address, kind, kept):
    """One question; returns its status and the connection to keep."""
    end = kept
    try:
        if end is None:
            end = wire.connect(address, SOURCE, TIMEOUT)
        answer = wire.converse(end, REQUEST[kind], time.monotonic() + TIMEOUT)
    except OSError:
        answer = wire.Answer(end="refused")
    if kind == "kept" and answer.status == 200 and answer.headers.get("connection") == "keep-alive":
        return answer.status, end
    if end is not None:
        end.close()
    return answer.status, None


def main(kind, port, supervisor, path):
    try:
        # In time even when both cores are busy; without the right to it the correction has to do.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        pass
    clock = Clock(int(supervisor))
    address = ("127.0.0.1", int(port))
    kept = None
    parent = os.getppid()
    # Not in step with each other, nor with the server's timers.
    turn = 0
    with open(path, "ab", buffering=0) as out:
        while os.getppid() == parent:
            before = clock.read()
            start = time.monotonic()
            status, kept = ask(address, kind, kept)
            raw = time.monotonic() - start
            net = max(0.0, raw - clock.taken(before, clock.read()))
            out.write(RECORD.pack(start, raw, net, status))
            turn += 1
            select.select([], [], [], INTERVAL[kind] * (0.75 + 0.5 * (turn * 0.618 % 1)))


if __name__ == "__main__":
    main(*sys.argv[1:])
