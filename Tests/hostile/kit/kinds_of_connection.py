"""Kinds of attack that are about connections: slow, idle, flooding, half-closed, reset, many at once."""

import select
import socket
import threading
import time

from . import texts, wire
from .attack import HOME, kind
from .kinds_of_request import CSV, FORM, JSON, elsewhere
from .texts import KIB, MIB
from .wire import Answer, Reader, request

UNFINISHED_HEAD = b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n"


class Crowd:
    """Many connections of one case; closes them all at the end."""

    def __init__(self, context):
        self._context = context
        self.members = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in self.members:
            wire.reset(end)

    def join(self, count, spread=False):
        """Opens connections, from one address or from many; returns how many could be opened."""
        rng = self._context.rng
        for _ in range(count):
            source = f"127.{rng.randrange(1, 200)}.{rng.randrange(256)}.{rng.randrange(1, 255)}" if spread else HOME
            try:
                self.members.append(wire.connect(self._context.address, source, 2.0))
            except OSError:
                break
            if time.monotonic() >= self._context.ends - 1:
                break
        return len(self.members)

    def send(self, data):
        """To everybody, as much as is taken at once."""
        for end in self.members:
            try:
                end.send(data)
            except OSError:
                pass

    def answers(self, what):
        """Notes what each member has got so far."""
        for end in self.members:
            reader = Reader()
            answer = Answer(end="open")
            try:
                reader.feed(end.recv(64 * KIB))
                answer = reader.answer or Answer(end="closed")
            except BlockingIOError:
                pass
            except OSError:
                answer = Answer(end="reset")
            self._context.note(what, answer)


def until(context, seconds):
    """Times at which to go on, each half a second, for `seconds` or as long as the attack allows."""
    end = min(time.monotonic() + min(seconds, context.patience), context.ends - 0.5)
    while time.monotonic() < end:
        yield
        time.sleep(0.5)


@kind("slow heads", is_slow=True)
def slow_heads(context):
    rng = context.rng
    context.what = "a byte each half second"
    with Crowd(context) as crowd:
        crowd.join(rng.choice([10, 50, 200]), spread=rng.random() < 0.3)
        crowd.send(UNFINISHED_HEAD)
        for _ in until(context, rng.choice([3, 12])):
            crowd.send(rng.choice([b"X", b": y\r\nX", b"-"]))
        crowd.answers(context.what)


@kind("slow bodies", is_slow=True)
def slow_bodies(context):
    rng = context.rng
    target, headers = rng.choice([("/nowhere", []), ("/login", [FORM]), ("/api/v1/clients", [JSON] + context.bearer())])
    context.what = f"POST {target}, 100 bytes each half second"
    length = rng.choice([4000, 60_000, 15 * MIB])
    with Crowd(context) as crowd:
        crowd.join(rng.choice([10, 50, 200]), spread=rng.random() < 0.3)
        crowd.send(request("POST", target, headers + [("Content-Length", str(length))]))
        for _ in until(context, rng.choice([3, 12])):
            crowd.send(b"x" * 100)
        crowd.answers(context.what)


@kind("idle connections", is_slow=True)
def idle(context):
    rng = context.rng
    spread = rng.random() < 0.5
    count = rng.choice([300, 1500, 4300])
    context.what = f"{count} from {'many addresses' if spread else 'one address'}"
    with Crowd(context) as crowd:
        crowd.join(count, spread)
        if rng.random() < 0.5:
            crowd.send(request("GET", "/api/v1/health"))
        for _ in until(context, rng.choice([2, 6])):
            pass
        crowd.answers(context.what)


@kind("all but the end", is_slow=True)
def all_but_the_end(context):
    """60 bodies of 16 MiB of which the last kilobyte doesn't come."""
    rng = context.rng
    target, headers = rng.choice(
        [
            ("/nowhere", []),
            ("/nowhere", []),
            ("/login", [FORM]),
            ("/api/v1/time-entries/import-csv", [CSV] + context.bearer()),
        ]
    )
    context.what = f"60 × POST {target}"
    with Crowd(context) as crowd:
        crowd.join(60, spread=rng.random() < 0.3)
        flood(
            crowd.members,
            request("POST", target, headers + [("Content-Length", str(16 * MIB))]) + bytes(16 * MIB - KIB),
            context,
        )
        for _ in until(context, 2):
            pass
        crowd.answers(context.what)


def flood(members, data, context, seconds=15.0):
    """Sends the same bytes to all at once, as fast as they are taken, until they are all sent or refused."""
    view = memoryview(data)
    places = {end.fileno(): (end, 0) for end in members}
    poller = select.poll()
    for number in places:
        poller.register(number, select.POLLOUT)
    deadline = min(time.monotonic() + min(seconds, context.patience), context.ends - 1)
    while places and time.monotonic() < deadline:
        for number, _ in poller.poll(500):
            end, sent = places[number]
            try:
                sent += end.send(view[sent : sent + 64 * KIB])
            except BlockingIOError:
                continue
            except OSError:
                sent = len(view)
            places[number] = (end, sent)
            if sent >= len(view):
                poller.unregister(number)
                del places[number]


@kind("pipelining", 1)
def pipelining(context):
    """Hundreds of requests in one write, whose answers are read, or not."""
    rng = context.rng
    count = rng.choice([100, 1000, 5000])
    piece = rng.choice(
        [
            request("GET", "/api/v1/health"),
            request("GET", "/nowhere"),
            request("GET", "/api/v1/clients", context.bearer()),
            request("POST", "/api/v1/auth/login", [JSON, elsewhere(rng)], b'{"username":"' + b"a" * 500 + b'"'),
            request("GET", "/api/openapi.json"),
        ]
    )
    reads = rng.random() < 0.6
    context.what = f"{count} requests, {'read' if reads else 'not read'}"
    end = context.connect()
    try:
        data = memoryview(piece * count)
        sent = 0
        missing = count
        reader = Reader()
        deadline = min(time.monotonic() + 8, context.ends)
        while time.monotonic() < deadline and missing > 0:
            wants = (select.POLLOUT if sent < len(data) else 0) | (select.POLLIN if reads else 0)
            poller = select.poll()
            poller.register(end, wants)
            ready = poller.poll(200)
            if not ready and not reads:
                break
            for _, event in ready:
                if event & select.POLLOUT:
                    sent += end.send(data[sent : sent + 64 * KIB])
                elif event & (select.POLLERR | select.POLLHUP) and not event & select.POLLIN:
                    missing = 0
                if event & select.POLLIN:
                    rest = end.recv(256 * KIB)
                    if not rest:
                        missing = 0
                    while rest:
                        rest = reader.feed(rest)
                        if not reader.is_complete:
                            break
                        context.note(context.what, reader.answer)
                        missing -= 1
                        reader = Reader()
    finally:
        wire.reset(end)


@kind("half-closed", 1)
def half_closed(context):
    """Closes its direction before, in the middle of, or after a request."""
    rng = context.rng
    whole = request("POST", "/api/v1/auth/login", [JSON, elsewhere(rng)], b'{"username":"' + b"a" * 2000 + b'"}')
    data = rng.choice([b"", whole[:20], whole[:-100], whole, whole * 3])
    context.send(f"{len(data)} B, then end", data, timeout=5, shut=True)


@kind("reset", 1)
def reset_in_the_middle(context):
    rng = context.rng
    target, headers = rng.choice(
        [("/login", [FORM]), ("/api/v1/time-entries/import-csv", [CSV] + context.bearer()), ("/nowhere", [])]
    )
    size = texts.size(rng, 2 * MIB)
    data = request("POST", target, headers + [("Content-Length", str(size))]) + bytes(size)
    context.what = f"POST {target}, RST"
    for _ in range(rng.choice([1, 10, 50])):
        end = context.connect()
        try:
            end.send(data[: rng.randrange(1, len(data))])
        except OSError:
            pass
        wire.reset(end)
        context.note(context.what, Answer(end="reset by us"))


@kind("churn", 1)
def churn(context):
    """Connections that are opened and closed at once."""
    rng = context.rng
    context.what = "connect, close"
    for _ in range(rng.choice([20, 100, 300])):
        end = context.connect()
        if rng.random() < 0.5:
            wire.reset(end)
        else:
            end.close()
        context.note(context.what, Answer(end="closed by us"))


@kind("slow reader", is_slow=True)
def slow_reader(context):
    """Asks for large answers and takes a few bytes of them each half second."""
    rng = context.rng
    context.what = "openapi.json, hardly read"
    with Crowd(context) as crowd:
        crowd.join(rng.choice([5, 40]), spread=rng.random() < 0.3)
        for end in crowd.members:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        crowd.send(request("GET", "/api/openapi.json") * 40)
        for _ in until(context, rng.choice([3, 8])):
            for end in crowd.members:
                try:
                    end.recv(100)
                except OSError:
                    pass
        context.note(context.what, Answer(end="read some"))


@kind("parallel sign-ins", is_slow=True)
def parallel_sign_ins(context):
    """Each costs a password hash."""
    rng = context.rng
    count = rng.choice([20, 60, 150])
    context.what = f"{count} wrong passwords at once"
    body = b'{"username":"admin","password":"wrong"}'
    requests = [request("POST", "/api/v1/auth/login", [JSON, elsewhere(rng)], body) for _ in range(count)]
    timeout = max(1.0, min(15.0, context.ends - time.monotonic()))

    def sign_in(data):
        context.note("sign-in", wire.exchange(context.address, data, timeout))

    threads = [threading.Thread(target=sign_in, args=(data,), daemon=True) for data in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout + 5)
