"""Row 1: text that takes long to compare."""

import json

from . import texts
from .kinds_of_request import CSV, FORM, JSON
from .row import row
from .wire import request

IMPORT = "/api/v1/time-entries/import-csv"
# Under and over the 64 KiB that an ordinary route may be expected to take.
SIZES = [40_000, 60_000, 160_000]


def expect_refusal(case, *statuses):
    """Every answer is one of these, or the connection was closed, which is a refusal too."""
    got = {a.status for a in case.answers if a.status or a.end not in ("closed", "reset")}
    wanted = ", ".join(map(str, statuses))
    case.expect(got <= set(statuses), f"answers are among {wanted}; got {', '.join(map(str, sorted(got)))}")


@row("1", "login form whose field name is a run of marks")
def login_form(case):
    for size in SIZES:
        case.send(
            f"POST /login, form, field name of {size} B", request("POST", "/login", [FORM], texts.marks(size) + b"=1")
        )
    expect_refusal(case, 302, 303, 400, 413, 422)


@row("1", "login form whose user name is a run of marks")
def login_name(case):
    for size in SIZES:
        send_login_name(case, texts.marks(size), f"{size} B")
    expect_refusal(case, 200, 302, 303, 400, 401, 413, 422)


@row("1", "login form whose user name is a run of hidden marks")
def login_name_of_hidden_marks(case):
    for size in (6_000, 60_000):
        send_login_name(case, texts.hidden_marks(size), f"{size} B of vowel signs")
    expect_refusal(case, 200, 302, 303, 400, 401, 413, 422)


def send_login_name(case, name, says):
    got = case.send("GET /auth/csrf-token", request("GET", "/auth/csrf-token"), says=False)
    cookie = got.headers.get("set-cookie", "").split(";")[0]
    token = got.body.partition(b'"csrf_token":"')[2].partition(b'"')[0]
    body = b"csrf_token=" + token + b"&password=wrong&username=" + name
    case.send(f"POST /login with CSRF token, username of {says}", request("POST", "/login", [FORM, ("Cookie", cookie)], body))


@row("1", "JSON of a sign-in whose member name is a run of marks")
def login_json(case):
    for size in SIZES:
        body = b'{"' + texts.marks(size) + b'":1}'
        case.send(
            f"POST /api/v1/auth/login, member name of {size} B", request("POST", "/api/v1/auth/login", [JSON], body)
        )
    expect_refusal(case, 400, 401, 413)


@row("1", "JSON of an API route whose member name is a run of marks")
def api_json(case):
    for size in SIZES:
        body = b'{"' + texts.marks(size) + b'":1}'
        case.send(
            f"POST /api/v1/clients, member name of {size} B",
            request("POST", "/api/v1/clients", [JSON] + case.bearer, body),
        )
    expect_refusal(case, 400, 413)


@row("1", "Cookie that is a run of marks, 56 kB")
def cookie(case):
    case.send("GET /login, Cookie: <marks>=1", request("GET", "/login", [("Cookie", texts.marks(56_000) + b"=1")]))
    case.send(
        "GET /login, Cookie: session=<marks>", request("GET", "/login", [("Cookie", b"session=" + texts.marks(56_000))])
    )
    expect_refusal(case, 200, 302, 303, 400, 431, 422)


@row("1", "Authorization that is a run of marks, 56 kB")
def authorization(case):
    case.send(
        "GET /api/v1/clients, Authorization: <marks> x",
        request("GET", "/api/v1/clients", [("Authorization", texts.marks(56_000) + b" x")]),
    )
    expect_refusal(case, 400, 401, 431)


@row("1", "other fields that are runs of marks, 56 kB, nobody signed in")
def other_fields(case):
    run = texts.marks(56_000)
    for name, target in [
        ("X-Forwarded-For", "/api/v1/health"),
        ("X-Forwarded-Proto", "/api/v1/health"),
        ("Connection", "/api/v1/health"),
        ("Expect", "/api/v1/health"),
        ("Accept", "/nowhere"),
        ("Content-Type", "/login"),
        ("Host", "/api/v1/health"),
        ("Origin", "/api/v1/health"),
        ("X-Request-ID", "/api/v1/health"),
        ("X-API-Key", "/api/v1/clients"),
    ]:
        headers = [(name, run)]
        host = None if name == "Host" else b"localhost"
        case.send(f"GET {target}, {name}: <marks>", request("GET", target, headers, host=host))
    expect_refusal(case, 200, 302, 303, 400, 401, 404, 415, 417, 431, 422)


@row("1", "other fields that are runs of marks, 56 kB, with a token")
def other_fields_with_token(case):
    run = texts.marks(56_000)
    case.send(
        "POST /api/v1/clients", request("POST", "/api/v1/clients", [JSON] + case.bearer, b'{"name":"Acme"}'), says=False
    )
    case.answers.clear()
    case.send(
        "GET /api/v1/clients/1, If-None-Match: <marks>",
        request("GET", "/api/v1/clients/1", [("If-None-Match", run)] + case.bearer),
    )
    body = b'{"name":"Acme 2"}'
    case.send(
        "PUT /api/v1/clients/1, If-Match: <marks>",
        request("PUT", "/api/v1/clients/1", [JSON, ("If-Match", run)] + case.bearer, body),
    )
    case.send(
        "POST /api/v1/clients, Content-Type: <marks>",
        request("POST", "/api/v1/clients", [("Content-Type", run)] + case.bearer, body),
    )
    key = [JSON, ("Idempotency-Key", run)] + case.bearer
    case.send(
        "POST /api/v1/clients, Idempotency-Key: <marks>", request("POST", "/api/v1/clients", key, b'{"name":"Acme 3"}')
    )
    expect_refusal(case, 200, 201, 304, 400, 412, 415, 431)


@row("1", "query of percent-encoded marks, 56 kB")
def query(case):
    run = texts.encoded_marks(56_000)
    for path, name in [
        ("/api/v1/search", b"q"),
        ("/api/v1/time-entries", b"billable"),
        ("/api/v1/clients", b"search"),
        ("/api/v1/time-entries", run),
    ]:
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
    for name, line in [
        ("billable", b"P,2024-01-15,2024-01-16,t,%s\n"),
        ("tags", b"P,2024-01-15,2024-01-16,%s,y\n"),
        ("start_time", b"P,%s,2024-01-16,t,y\n"),
    ]:
        case.send(
            f"POST {IMPORT}, {name} of 80 kB",
            request("POST", IMPORT, [CSV] + case.bearer, head + line % texts.marks(80_000)),
        )
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
            case.send(
                f"{method} {path} {shown}, {size} B",
                request(method, path, [JSON] + case.bearer, body % texts.marks(size)),
            )
    expect_refusal(case, 400, 404, 413)


@row("1+", "multipart form: nearly the boundary all over, parts without a head")
def multipart(case):
    boundary = b"-" * 30_000 + b"x"
    headers = [("Content-Type", b"multipart/form-data; boundary=" + boundary)] + case.bearer
    case.send("boundary of 30 kB, body of 1 MB of dashes", request("POST", IMPORT, headers, b"-" * 1_000_000), 25)
    headers = [("Content-Type", "multipart/form-data; boundary=b")] + case.bearer
    data = request("POST", IMPORT, headers, b"\r\n--b" * 200_000 + b"--\r\n")
    case.send("1 MB of parts without a blank line", data, 25)
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
        shown = ", ".join(
            f"{key} of {len(value)}" for key, value in body.items() if isinstance(value, str) and len(value) > 10
        )
        case.send(
            f"POST /api/v1/{path}, {shown} scalars", request("POST", f"/api/v1/{path}", [JSON] + case.bearer, data)
        )
    for number in [b"1e999999", b"1e-999999"]:
        data = b'{"name":"n%s","custom_fields":{"a":%s}}' % (number, number)
        case.send(
            f"POST /api/v1/clients, custom_fields: {number.decode()}",
            request("POST", "/api/v1/clients", [JSON] + case.bearer, data),
        )
    expect_refusal(case, 201, 400)
