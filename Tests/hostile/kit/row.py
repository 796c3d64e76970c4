"""A scripted case: sends exactly what was found to hurt, and tells what it cost everybody else."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from . import processes, wire
from .probe import Probe
from .report import MIB, mib, milliseconds
from .server import Server, wait_until
from .watch import Watch

# No other user may wait longer for an answer, seconds.
LONGEST_WAIT = 0.05
MOST_GROWTH = 64 * MIB
ROWS = []


@dataclass
class Row:
    number: str
    title: str
    body: object
    growth: int
    settings: dict


def row(number, title, growth=MOST_GROWTH, **settings):
    """Registers `body(case)`; each gets a server of its own with these settings.

    - growth: bytes by which the worker may grow meanwhile.
    """

    def register(body):
        ROWS.append(Row(number, title, body, growth, settings))
        return body

    return register


def chosen(numbers):
    """The rows with these numbers, or all, in the order of their numbers."""
    found = [each for each in ROWS if numbers is None or each.number in numbers]
    return sorted(found, key=lambda each: int(each.number.rstrip("+")))


@dataclass
class Case:
    """What a row works with, and what it has found."""

    server: Server
    watch: Watch
    lines: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    checks: list = field(default_factory=list)

    @property
    def bearer(self):
        return [("Authorization", "Bearer " + self.server.token)]

    def say(self, text):
        self.lines.append(text)

    def expect(self, is_right, text):
        """Notes whether something is as it should be."""
        self.checks.append((bool(is_right), text))

    def send(self, what, data, timeout=60.0, says=True, **options):
        """One request on a connection of its own."""
        answer = wire.exchange(self.server.address, data, timeout, **options)
        self.answers.append(answer)
        if says:
            self.say(f"{what} -> {told(answer)}")
        return answer

    def send_all(self, what, requests, timeout=60.0):
        """All at once, each on a connection of its own; returns the answers in order."""
        answers = [None] * len(requests)

        def one(index):
            answers[index] = wire.exchange(self.server.address, requests[index], timeout)

        threads = [threading.Thread(target=one, args=(index,), daemon=True) for index in range(len(requests))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout + 15)
        answers = [answer or wire.Answer(end="lost") for answer in answers]
        self.answers += answers
        outcomes = ", ".join(f"{count} × {outcome}" for outcome, count in Counter(a.outcome for a in answers).items())
        slowest = max(a.seconds for a in answers)
        self.say(f"{what} -> {outcomes}; slowest answer after {slowest:.2f} s")
        return answers


def told(answer):
    """An answer in a few words."""
    text = f"{answer.outcome} after {answer.seconds:.2f} s"
    if answer.status and answer.end:
        text += f" ({answer.end})"
    if answer.status == 0:
        return f"no answer ({answer.end}) after {answer.seconds:.2f} s"
    for name in ("location", "retry-after", "connection"):
        if name in answer.headers:
            text += f", {name}: {answer.headers[name][:80]}"
    body = answer.body.decode("utf-8", "replace").replace("\n", " ")
    if body and not body.startswith("<!"):
        text += f" {body[:110]}"
    return text


@dataclass
class Result:
    row: Row
    seconds: float
    raw: float
    net: float
    unanswered: int
    restarts: int
    memory: tuple
    checks: list

    @property
    def is_right(self):
        return all(is_right for is_right, _ in self.checks)


def run(which, program, services):
    """Runs one row on a server of its own and prints what came of it."""
    print(f"\n=== row {which.number}: {which.title}", flush=True)
    server = Server(program, services, which.settings)
    probe = None
    watch = None
    try:
        # A first request of each sort opens what the worker opens once.
        for target in ("/api/v1/clients", "/login", "/api/v1/health") * 3:
            wire.exchange(server.address, wire.request("GET", target, [("Authorization", "Bearer " + server.token)]))
        probe = Probe(server, services.directory)
        time.sleep(0.5)
        watch = Watch(server, 0.1)
        case = Case(server, watch)
        start = time.monotonic()
        try:
            which.body(case)
        except Exception as error:  # pylint: disable=broad-except
            # A server that behaves in a way that the row doesn't know is a finding, not the end of the others.
            case.expect(False, f"the row runs to its end ({error!r})")
        end = time.monotonic()
        samples = probe.window(start, end)
        probe.stop()
        wait_until(watch.worker, 10)
        return conclude(which, case, samples, end - start)
    finally:
        if probe:
            probe.stop()
        server.stop()
        if watch:
            watch.bury()


def conclude(which, case, samples, seconds):
    seen = case.watch.stop()
    raw = max((s.raw for s in samples), default=0.0)
    net = max((s.net for s in samples), default=0.0)
    unanswered = sum(1 for s in samples if s.status != 200)
    faults = [a for a in case.answers if a.status >= 500 and a.status != 501 and not (a.status == 503 and "retry-after" in a.headers)]
    case.expect(net <= LONGEST_WAIT, f"nobody else waits longer than {milliseconds(LONGEST_WAIT)}")
    case.expect(unanswered == 0, "every question for the server's health is answered")
    case.expect(not faults, "no 5xx but 501 and 503 with Retry-After")
    case.expect(seen.restarts == 0, "the worker lives on")
    case.expect(seen.max_rss - seen.start_rss <= which.growth, f"the worker grows by no more than {mib(which.growth)}")
    leftovers = case.watch.leftovers()
    case.expect(not leftovers, "nothing of a killed worker is left")
    for line in case.lines:
        print(f"  {line}")
    print(
        f"  took {seconds:.2f} s; GET /api/v1/health meanwhile: {len(samples)} asked, "
        f"longest wait {milliseconds(raw)}, {milliseconds(net)} without the machine's share, "
        f"{unanswered} not answered with 200"
    )
    memory = (seen.start_rss, seen.max_rss, seen.end_rss)
    before, most, after = map(mib, memory)
    print(f"  worker: {before} before, {most} at most, {after} after; restarts {seen.restarts}")
    for process, command in leftovers:
        print(f"  left by a killed worker: {process} {command}, {mib(processes.memory(process)[0])}")
    for is_right, text in case.checks:
        if not is_right:
            print(f"  NOT SO: {text}")
    return Result(which, seconds, raw, net, unanswered, seen.restarts, memory, case.checks)


def table(results):
    """All results, a line each."""
    lines = [
        f"{'':61} {'seconds':>7} {'longest wait':>12} {'net':>11} {'no 200':>6} {'killed':>6} "
        f"{'MiB':>6} {'most':>7} {'after':>7}  right"
    ]
    for r in results:
        before, most, after = (size / MIB for size in r.memory)
        lines.append(
            f"{r.row.number:3} {r.row.title[:57]:57} {r.seconds:7.2f} {milliseconds(r.raw):>12} "
            f"{milliseconds(r.net):>11} "
            f"{r.unanswered:6d} {r.restarts:6d} {before:6.1f} {most:7.1f} {after:7.1f}  "
            f"{'yes' if r.is_right else 'NO'}"
        )
    return lines
