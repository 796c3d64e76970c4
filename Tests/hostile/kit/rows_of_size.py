"""Rows 2 to 4: workers that get stuck, and bodies that are large."""

import time

from . import processes, texts
from .kinds_of_connection import flood
from .kinds_of_request import CSV, FORM, JSON
from .row import row
from .rows_of_text import IMPORT, expect_refusal
from .server import wait_until
from .texts import KIB, MIB
from .wire import Reader, connect_some, request, reset


@row("2", "two 2 MB posts to /login: what is left of a worker that got stuck")
def stuck(case):
    data = request("POST", "/login", [FORM], texts.marks(2_000_000) + b"=1")
    ends = connect_some(case.server.address, 2)
    try:
        flood(ends, data, _Endless(), 10)
        wait_until(lambda: case.watch.worker() and case.watch.seen.restarts, 25, 0.1)
        time.sleep(5)
        killed = case.watch.seen.restarts
        states = [state(end) for end in ends]
        case.say(f"two POST /login, field name of 2 MB -> {', '.join(states)}; workers killed: {killed}")
        for process, command in case.watch.leftovers():
            case.say(f"5 s after the kill: process {process} {command}, {processes.memory(process)[0] / MIB:.0f} MiB")
        case.expect("open" not in states, "both clients have an answer, or their connection has been closed")
    finally:
        for end in ends:
            reset(end)


class _Endless:
    """For helpers that ask until when they may go on."""

    ends = float("inf")
    patience = float("inf")


def state(end):
    """What a connection has got so far."""
    reader = Reader()
    try:
        while not reader.is_complete:
            data = end.recv(64 * KIB)
            if not data:
                return reader.answer.outcome if reader.answer else "closed"
            reader.feed(data)
        return reader.answer.outcome
    except BlockingIOError:
        return "open"
    except OSError:
        return reader.answer.outcome if reader.answer else "reset"


@row("3", "ASCII user name of nearly 16 MiB")
def long_name(case):
    name = b"a" * (16 * MIB - 100)
    case.send(
        "POST /api/v1/auth/login, username of 16 MiB",
        request("POST", "/api/v1/auth/login", [JSON], b'{"username":"' + name + b'"}'),
    )
    case.send("POST /login, username of 16 MiB", request("POST", "/login", [FORM], b"username=" + name))
    expect_refusal(case, 302, 303, 400, 401, 413, 422)


@row("3", "JSON of 1.2 million members")
def wide_json(case):
    body = b"{" + b",".join(b'"k%d":1' % index for index in range(1_200_000)) + b"}"
    case.send("POST /api/v1/auth/login, 1.2 million members", request("POST", "/api/v1/auth/login", [JSON], body))
    case.send(
        "POST /api/v1/clients, 1.2 million members", request("POST", "/api/v1/clients", [JSON] + case.bearer, body)
    )
    expect_refusal(case, 400, 401, 413)


@row("3", "JSON array of 8 million numbers, 2.7 million escapes, 16 million digits")
def other_json(case):
    for what, body in [
        ("8 million numbers", b'{"username":[' + b"0," * 8_000_000 + b"0]}"),
        ("2.7 million escapes", b'{"username":"' + b"\\u0301" * 2_700_000 + b'"}'),
        ("a number of 16 million digits", b'{"username":' + b"1" * 16_000_000 + b"}"),
    ]:
        case.send(f"POST /api/v1/auth/login, {what}", request("POST", "/api/v1/auth/login", [JSON], body))
    expect_refusal(case, 400, 401, 413)


@row("3", "form of 4 million fields")
def wide_form(case):
    case.send("POST /login, 4 million fields", request("POST", "/login", [FORM], b"a&" * 4_000_000))
    case.send("GET /login with that body", request("GET", "/login", [FORM], b"a&" * 4_000_000))
    expect_refusal(case, 200, 302, 303, 400, 413, 422)


# What is allowed to be 16 MiB long may take some times as much while it is worked on.
@row("3", "imports of 16 MiB: 16 million commas, blank lines, one field", growth=128 * MIB)
def large_import(case):
    head = b"project_name,start_time,end_time\n"
    for what, body in [
        ("a row of 16 million commas", head + b"," * (16 * MIB - 100)),
        ("16 million blank lines", head + b"\n" * (16 * MIB - 100)),
        ("a header of 16 million commas", b"," * (16 * MIB - 100) + head),
        ("one field of 16 MiB", head + b'"' + b"a" * (16 * MIB - 100)),
        (
            "10,000 rows of 1.6 kB",
            b"project_name,start_time,end_time,notes\n"
            + b"P,2024-01-15T09:00Z,2024-01-15T10:00Z,%s\n" % (b"n" * 1600) * 10_000,
        ),
    ]:
        case.send(f"POST {IMPORT}, {what}", request("POST", IMPORT, [CSV] + case.bearer, body[: 16 * MIB]))
    expect_refusal(case, 200, 400, 413)


@row("4", "60 connections that send all but 1 kB of 16 MiB to an unknown path")
def all_but_the_end(case):
    ends = connect_some(case.server.address, 60)
    try:
        data = request("POST", "/nowhere", [("Content-Length", str(16 * MIB))]) + bytes(16 * MIB - KIB)
        flood(ends, data, _Endless(), 20)
        time.sleep(2)
        states = [state(end) for end in ends]
        case.say(
            f"{len(ends)} × POST /nowhere, 16 MiB less 1 kB -> "
            + ", ".join(f"{states.count(s)} × {s}" for s in sorted(set(states)))
        )
        case.expect("open" not in states, "each is answered without its body being taken")
    finally:
        for end in ends:
            reset(end)
