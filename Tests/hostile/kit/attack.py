"""Runs cases against a server: a case is one kind of attack with a random generator of its own, and can be repeated."""

import random
import threading
import time
from collections import Counter, defaultdict

from . import wire

# Where attackers come from: mostly one address, sometimes one of many.
HOME = "127.0.0.1"


class Kind:
    def __init__(self, name, body, weight, is_slow):
        self.name, self.body, self.weight, self.is_slow = name, body, weight, is_slow


KINDS = {}


def kind(name, weight=1.0, is_slow=False):
    """Registers `body(context)` as a kind. A slow one holds connections for seconds and runs beside the others."""

    def register(body):
        KINDS[name] = Kind(name, body, weight, is_slow)
        return body

    return register


class Tally:
    """What has been sent and what came back; all threads write here."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests = Counter()
        self.outcomes = defaultdict(Counter)
        self.overloads = Counter()
        self.faults = []
        self.spans = []
        self.problems = []

    def answer(self, kind, number, what, answer):
        with self.lock:
            self.requests[kind] += 1
            self.outcomes[kind][answer.outcome] += 1
            if answer.status == 503 and "retry-after" in answer.headers:
                self.overloads[kind] += 1
            # 501 is the right answer to a transfer coding that nobody knows (RFC 9112, section 6.1).
            elif answer.status >= 500 and answer.status != 501:
                body = answer.body[:200].decode("utf-8", "replace")
                self.faults.append(f"{kind}:{number} {what}: {answer.status} {body}")

    def span(self, number, kind, what, start, end):
        with self.lock:
            self.spans.append((start, end, number, kind, what))

    def problem(self, text):
        with self.lock:
            self.problems.append(text)


class Context:
    """What a case works with.

    - ends: monotonic time at which the attack is over.
    - patience: seconds that a slow case may take at most, so that a short attack has time for all of them.
    """

    def __init__(self, server, tally, kind, number, rng, ends, patience):
        self.server = server
        self.address = server.address
        self.token = server.token
        self.rng = rng
        self.kind = kind
        self.number = number
        self.what = kind
        self.ends = ends
        self.patience = patience
        self._tally = tally
        self.source = (
            HOME if rng.random() < 0.7 else f"127.{rng.randrange(1, 200)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
        )

    def send(self, what, data, timeout=20.0, **options):
        """One request on a connection of its own, written down under the case's kind."""
        self.what = what
        answer = wire.exchange(
            self.address, data, min(timeout, max(1.0, self.ends - time.monotonic())), self.source, **options
        )
        self.note(what, answer)
        return answer

    def note(self, what, answer):
        self._tally.answer(self.kind, self.number, what, answer)

    def connect(self):
        return wire.connect(self.address, self.source, 5.0)

    def bearer(self):
        """Mostly a good token, else a bad one or none."""
        pick = self.rng.random()
        if pick < 0.75:
            return [("Authorization", "Bearer " + self.token)]
        return [] if pick < 0.9 else [("X-API-Key", "tt_" + "x" * 32)]


class Attack:
    """Works through cases until the time is over.

    Case n of a seed is always the same: its kind and its generator come from the seed and n. The first cases are every
    kind once, so that a short run leaves none out.
    """

    def __init__(self, server, tally, seed, seconds, rate, quick=4, slow=2):
        self._server, self._tally, self._seed = server, tally, seed
        self._start = time.monotonic()
        self._ends = self._start + seconds
        self._patience = max(2.0, seconds / 8)
        self._rate = rate
        self._numbers = {False: 0, True: 0}
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(False,), daemon=True) for _ in range(quick)]
        self._threads += [threading.Thread(target=self._work, args=(True,), daemon=True) for _ in range(slow)]

    def run(self):
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join(max(0.0, self._ends - time.monotonic()) + 60)
            if thread.is_alive():
                self._tally.problem("a case did not end")

    @staticmethod
    def order(seed, is_slow):
        kinds = sorted(name for name, kind in KINDS.items() if kind.is_slow == is_slow)
        random.Random(f"{seed} {is_slow} order").shuffle(kinds)
        return kinds

    @classmethod
    def case(cls, seed, is_slow, number):
        """Kind and generator of a case."""
        rng = random.Random(f"{seed} {is_slow} {number}")
        kinds = cls.order(seed, is_slow)
        if number < len(kinds):
            return KINDS[kinds[number]], rng
        name = rng.choices(kinds, [KINDS[name].weight for name in kinds])[0]
        return KINDS[name], rng

    def _next(self, is_slow):
        with self._lock:
            number = self._numbers[is_slow]
            self._numbers[is_slow] += 1
        if not is_slow:
            # Paced: the point is what one request can do, not how many this machine can send.
            time.sleep(max(0.0, min(self._start + number / self._rate, self._ends) - time.monotonic()))
        return number

    def _work(self, is_slow):
        while True:
            number = self._next(is_slow)
            if time.monotonic() >= self._ends - 0.5:
                return
            self.repeat(is_slow, number)

    def repeat(self, is_slow, number):
        """One case; returns its description."""
        kind, rng = self.case(self._seed, is_slow, number)
        context = Context(self._server, self._tally, kind.name, number, rng, self._ends, self._patience)
        start = time.monotonic()
        try:
            kind.body(context)
        except OSError as error:
            context.note(context.what, wire.Answer(end=type(error).__name__))
        except Exception as error:  # pylint: disable=broad-except
            self._tally.problem(f"{kind.name}:{number} {error!r}")
        self._tally.span(number, kind.name, context.what, start, time.monotonic())
        return f"{kind.name}:{number} {context.what}"
