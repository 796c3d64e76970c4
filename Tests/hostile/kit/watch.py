"""Watches the server's processes while something happens to it."""

import os
import signal
import threading
import time
from dataclasses import dataclass, field

from . import processes


@dataclass
class Seen:
    """What has been seen of the worker: bytes, counts, and the process ids of all workers so far."""

    start_rss: int = 0
    start_pss: int = 0
    start_descriptors: int = 0
    max_rss: int = 0
    max_pss: int = 0
    max_descriptors: int = 0
    end_rss: int = 0
    end_pss: int = 0
    end_descriptors: int = 0
    workers: list = field(default_factory=list)
    samples: list = field(default_factory=list)

    @property
    def restarts(self):
        return max(0, len(self.workers) - 1)


class Watch:
    def __init__(self, server, interval=0.25):
        self._server = server
        self._interval = interval
        self._stop = threading.Event()
        self._began = time.monotonic()
        self.seen = Seen()
        worker = self.worker()
        self.seen.start_rss, self.seen.start_pss = processes.memory(worker)
        self.seen.start_descriptors = processes.descriptors(worker)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def worker(self):
        worker = processes.worker_of(self._server.pid)
        if worker and worker not in self.seen.workers:
            self.seen.workers.append(worker)
        return worker

    def _run(self):
        while not self._stop.wait(self._interval):
            self._look()

    def _look(self):
        worker = self.worker()
        rss, pss = processes.memory(worker)
        descriptors = processes.descriptors(worker)
        if not rss:
            return
        seen = self.seen
        seen.max_rss = max(seen.max_rss, rss)
        seen.max_pss = max(seen.max_pss, pss)
        seen.max_descriptors = max(seen.max_descriptors, descriptors)
        seen.end_rss, seen.end_pss, seen.end_descriptors = rss, pss, descriptors
        seen.samples.append((time.monotonic() - self._began, rss, pss, descriptors))

    def stop(self):
        self._stop.set()
        self._thread.join()
        self._look()
        return self.seen

    def bury(self):
        """Ends what killed workers have left, once the server has been stopped."""
        for process, _ in self.leftovers():
            try:
                os.kill(process, signal.SIGKILL)
            except OSError:
                pass

    def leftovers(self):
        """What still lives in the process groups of workers that are gone: (process id, command)."""
        current = self.worker()
        return [found for worker in self.seen.workers if worker != current for found in processes.in_group(worker)]
