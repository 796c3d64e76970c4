"""Rows 1 to 4: text that takes long to compare, workers that get stuck by it, bodies that are large."""

import json
import time

from . import processes, texts
from .kinds_of_connection import flood
from .kinds_of_request import FORM, JSON
from .row import row
from .server import wait_until
from .texts import KIB, MIB
from .wire import Reader, connect, request, reset

CSV = ("Content-Type", "text/csv")
IMPORT = "/api/v1/time-entries/import-csv"
# Under and over the 64 KiB that an ordinary route may be expected to take.
SIZES = [40_000, 60_000, 160_000]


def expect_refusal(case, *statuses):
    """Everything that was answered is one of these."""
    got = sorted({a.status for a in case.answers})
    case.expect(set(got) <= set(statuses), f"answers are among {', '.join(map(str, statuses))}; got {', '.join(map(str, got))}")


@row("1", "login form whose field name is a run of marks")
def login_form(case):
    for size in SIZES:
        case.send(f"POST /login, form, field name of {size} B", request("POST", "/login", [FORM], texts.marks(size) + b"=1"))
    expect_refusal(case, 302, 400, 413)


@row("1", "login form whose user name is a run of marks")
def login_name(case):
    for size in SIZES:
        got = case.send("GET /auth/csrf-token", request("GET", "/auth/csrf-token"), says=False)
        cookie = got.headers.get("set-cookie", "").split(";")[0]
        token = got.body.partition(b'"csrf_token":"')[2].partition(b'"')[0]
        body = b"csrf_token=" + token + b"&password=wrong&username=" + texts.marks(size)
        data = request("POST", "/login", [FORM, ("Cookie", cookie)], body)
        case.send(f"POST /login with CSRF token, username of {size} B", data)
    expect_refusal(case, 200, 302, 400, 401, 413)


@row("1", "JSON of a sign-in whose member name is a run of marks")
def login_json(case):
    for size in SIZES:
        body = b'{"' + texts.marks(size) + b'":1}'
        case.send(f"POST /api/v1/auth/login, member name of {size} B", request("POST", "/api/v1/auth/login", [JSON], body))
    expect_refusal(case, 400, 401, 413)


@row("1", "JSON of an API route whose member name is a run of marks")
def api_json(case):
    for size in SIZES:
        body = b'{"' + texts.marks(size) + b'":1}'
        case.send(f"POST /api/v1/clients, member name of {size} B", request("POST", "/api/v1/clients", [JSON] + case.bearer, body))
    expect_refusal(case, 400, 413)


@row("1", "Cookie that is a run of marks, 56 kB")
def cookie(case):
    case.send("GET /login, Cookie: <marks>=1", request("GET", "/login", [("Cookie", texts.marks(56_000) + b"=1")]))
    case.send("GET /login, Cookie: session=<marks>", request("GET", "/login", [("Cookie", b"session=" + texts.marks(56_000))]))
    expect_refusal(case, 200, 302, 400, 431)


@row("1", "Authorization that is a run of marks, 56 kB")
def authorization(case):
    case.send("GET /api/v1/clients, Authorization: <marks> x", request("GET", "/api/v1/clients", [("Authorization", texts.marks(56_000) + b" x")]))
    expect_refusal(case, 400, 401, 431)


@row("1", "other fields that are runs of marks, 56 kB, nobody signed in")
def other_fields(case):
    run = texts.marks(56_000)
    for name, target in [
        ("X-Forwarded-For", "/api/v1/health"), ("X-Forwarded-Proto", "/api/v1/health"), ("Connection", "/api/v1/health"),
        ("Expect", "/api/v1/health"), ("Accept", "/nowhere"), ("Content-Type", "/login"), ("Host", "/api/v1/health"),
        ("Origin", "/api/v1/health"), ("X-Request-ID", "/api/v1/health"), ("X-API-Key", "/api/v1/clients"),
    ]:  # fmt: skip
        headers = [(name, run)]
        host = None if name == "Host" else b"localhost"
        case.send(f"GET {target}, {name}: <marks>", request("GET", target, headers, host=host))
    expect_refusal(case, 200, 302, 400, 401, 404, 415, 417, 431)


@row("1", "other fields that are runs of marks, 56 kB, with a token")
def other_fields_with_token(case):
    run = texts.marks(56_000)
    case.send("POST /api/v1/clients", request("POST", "/api/v1/clients", [JSON] + case.bearer, b'{"name":"Acme"}'), says=False)
    case.answers.clear()
    case.send("GET /api/v1/clients/1, If-None-Match: <marks>", request("GET", "/api/v1/clients/1", [("If-None-Match", run)] + case.bearer))
    body = b'{"name":"Acme 2"}'
    case.send("PUT /api/v1/clients/1, If-Match: <marks>", request("PUT", "/api/v1/clients/1", [JSON, ("If-Match", run)] + case.bearer, body))
    case.send("POST /api/v1/clients, Content-Type: <marks>", request("POST", "/api/v1/clients", [("Content-Type", run)] + case.bearer, body))
    key = [JSON, ("Idempotency-Key", run)] + case.bearer
    case.send("POST /api/v1/clients, Idempotency-Key: <marks>", request("POST", "/api/v1/clients", key, b'{"name":"Acme 3"}'))
    expect_refusal(case, 200, 201, 304, 400, 412, 415, 431)


@row("1", "query of percent-encoded marks, 56 kB")
def query(case):
    run = texts.encoded_marks(56_000)
    for path, name in [("/api/v1/search", b"q"), ("/api/v1/time-entries", b"billable"), ("/api/v1/clients", b"search"), ("/api/v1/time-entries", run)]:
        shown = name.decode() if len(name) < 20 else "<marks>"
        case.send(f"GET {path}?{shown}=<marks>", request("GET", path.encode() + b"?" + name + b"=" + run, case.bearer))
    case.send("GET /login?next=<marks>", request("GET", b"/login?next=" + run))
    expect_refusal(case, 200, 400, 414, 431)


@row("1", "CSV whose header is a run of marks")
def csv_header(case):
    for size in [20_000, 80_000]:
        body = texts.marks(size) + b",project_name,start_time\n1,2,3\n"
        case.send(f"POST {IMPORT}, header cell of {size} B", request("POST", IMPORT, [CSV] + case.bearer, body))
    expect_refusal(case, 400)


@row("1", "CSV cells that are runs of marks, 80 kB")
def csv_cells(case):
    head = b"project_name,start_time,end_time,tags,billable\n"
    for name, line in [("billable", b"P,2024-01-15,2024-01-16,t,%s\n"), ("tags", b"P,2024-01-15,2024-01-16,%s,y\n"), ("start_time", b"P,%s,2024-01-16,t,y\n")]:
        case.send(f"POST {IMPORT}, {name} of 80 kB", request("POST", IMPORT, [CSV] + case.bearer, head + line % texts.marks(80_000)))
    expect_refusal(case, 200, 400)


@row("1", "enumerations, booleans and tags that are runs of marks")
def enumerations(case):
    for method, path, body in [
        ("POST", "/api/v1/webhooks", b'{"name":"w","url":"https://example.org/","events":["*"],"http_method":"%s"}'),
        ("POST", "/api/v1/webhooks", b'{"name":"w","url":"https://example.org/","events":["%s"]}'),
        ("POST", "/api/v1/clients", b'{"name":"c","status":"%s"}'),
        ("POST", "/api/v1/clients", b'{"name":"c","email":"%s@example.org"}'),
        ("POST", "/api/v1/projects", b'{"name":"p","client_id":1,"billable":"%s"}'),
        ("POST", "/api/v1/tasks", b'{"name":"t","project_id":1,"priority":"%s"}'),
        ("POST", "/api/v1/time-entries/bulk", b'{"entry_ids":[1],"action":"add_tag","value":"%s"}'),
        ("POST", "/api/version/dismiss", b'{"latest_version":"%s"}'),
    ]:
        shown = (body % b"<marks>").decode()
        for size in [60_000, 160_000] if b"http_method" in body else [60_000]:
            case.send(f"{method} {path} {shown}, {size} B", request(method, path, [JSON] + case.bearer, body % texts.marks(size)))
    expect_refusal(case, 400, 404, 413)


@row("1+", "multipart form: nearly the boundary all over, parts without a head")
def multipart(case):
    boundary = b"-" * 30_000 + b"x"
    content_type = ("Content-Type", b"multipart/form-data; boundary=" + boundary)
    case.send("boundary of 30 kB, body of 1 MB of dashes", request("POST", IMPORT, [content_type] + case.bearer, b"-" * 1_000_000))
    content_type = ("Content-Type", "multipart/form-data; boundary=b")
    case.send("1 MB of parts without a blank line", request("POST", IMPORT, [content_type] + case.bearer, b"\r\n--b" * 200_000 + b"--\r\n"))
    expect_refusal(case, 400, 413)


@row("1+", "texts that get longer than their column when folded or counted otherwise")
def expanding(case):
    for path, body in [
        ("projects", {"name": "p", "client_id": 1, "code": "ß" * 20}),
        ("projects", {"name": "q", "client_id": 1, "code": "\u0390" * 20}),
        ("inventory/warehouses", {"name": "w", "code": "ß" * 50}),
        ("inventory/items", {"name": "i", "sku": "ß" * 100}),
        ("quotes", {"client_id": 1, "title": "t", "coupon_code": "ß" * 50, "items": []}),
        ("clients", {"name": "c", "email": "a" + "\u0301" * 500 + "@example.org"}),
    ]:
        data = json.dumps(body, ensure_ascii=False).encode()
        shown = ", ".join(f"{key} of {len(value)}" for key, value in body.items() if isinstance(value, str) and len(value) > 10)
        case.send(f"POST /api/v1/{path}, {shown} scalars", request("POST", f"/api/v1/{path}", [JSON] + case.bearer, data))
    for number in [b"1e999999", b"1e-999999"]:
        data = b'{"name":"n%s","custom_fields":{"a":%s}}' % (number, number)
        case.send(f"POST /api/v1/clients, custom_fields: {number.decode()}", request("POST", "/api/v1/clients", [JSON] + case.bearer, data))
    expect_refusal(case, 201, 400)


@row("2", "two 2 MB posts to /login: what is left of a worker that got stuck")
def stuck(case):
    data = request("POST", "/login", [FORM], texts.marks(2_000_000) + b"=1")
    ends = [connect(case.server.address) for _ in range(2)]
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
    case.send("POST /api/v1/auth/login, username of 16 MiB", request("POST", "/api/v1/auth/login", [JSON], b'{"username":"' + name + b'"}'))
    case.send("POST /login, username of 16 MiB", request("POST", "/login", [FORM], b"username=" + name))
    expect_refusal(case, 302, 400, 401, 413)


@row("3", "JSON of 1.2 million members")
def wide_json(case):
    body = b"{" + b",".join(b'"k%d":1' % index for index in range(1_200_000)) + b"}"
    case.send("POST /api/v1/auth/login, 1.2 million members", request("POST", "/api/v1/auth/login", [JSON], body))
    case.send("POST /api/v1/clients, 1.2 million members", request("POST", "/api/v1/clients", [JSON] + case.bearer, body))
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
    expect_refusal(case, 200, 302, 400, 413)


# What is allowed to be 16 MiB long may take some times as much while it is worked on.
@row("3", "imports of 16 MiB: 16 million commas, blank lines, one field", growth=128 * MIB)
def large_import(case):
    head = b"project_name,start_time,end_time\n"
    for what, body in [
        ("a row of 16 million commas", head + b"," * (16 * MIB - 100)),
        ("16 million blank lines", head + b"\n" * (16 * MIB - 100)),
        ("a header of 16 million commas", b"," * (16 * MIB - 100) + head),
        ("one field of 16 MiB", head + b'"' + b"a" * (16 * MIB - 100)),
        ("10,000 rows of 1.6 kB", b"project_name,start_time,end_time,notes\n" + b"P,2024-01-15T09:00Z,2024-01-15T10:00Z,%s\n" % (b"n" * 1600) * 10_000),
    ]:
        case.send(f"POST {IMPORT}, {what}", request("POST", IMPORT, [CSV] + case.bearer, body[: 16 * MIB]))
    expect_refusal(case, 200, 400, 413)


@row("4", "60 connections that send all but 1 kB of 16 MiB to an unknown path")
def all_but_the_end(case):
    ends = [connect(case.server.address) for _ in range(60)]
    try:
        data = request("POST", "/nowhere", [("Content-Length", str(16 * MIB))]) + bytes(16 * MIB - KIB)
        flood(ends, data, _Endless(), 20)
        time.sleep(2)
        states = [state(end) for end in ends]
        case.say("60 × POST /nowhere, 16 MiB less 1 kB -> " + ", ".join(f"{states.count(s)} × {s}" for s in sorted(set(states))))
        case.expect("open" not in states, "each is answered without its body being taken")
    finally:
        for end in ends:
            reset(end)
