"""Kinds of attack by what a request holds: bodies and fields."""

from . import bodies, texts
from .attack import kind
from .texts import KIB, MIB
from .wire import request

JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
CSV = ("Content-Type", "text/csv")

# Method, path and the fields that the route knows, of every family of token routes.
ROUTES = [
    ("POST", "/api/v1/clients", ["name", "email", "status", "description", "custom_fields", "default_hourly_rate"]),
    ("POST", "/api/v1/projects", ["name", "client_id", "status", "code", "color", "billable", "hourly_rate"]),
    ("POST", "/api/v1/tasks", ["name", "project_id", "status", "priority", "tags", "due_date", "estimated_hours"]),
    (
        "POST",
        "/api/v1/time-entries",
        ["project_id", "start_time", "end_time", "notes", "tags", "billable", "break_seconds"],
    ),
    ("POST", "/api/v1/time-entries/bulk", ["entry_ids", "action", "value"]),
    ("POST", "/api/v1/timer/start", ["project_id", "notes", "tags"]),
    ("POST", "/api/v1/quotes", ["client_id", "title", "status", "items", "currency_code", "discount_type"]),
    ("POST", "/api/v1/inventory/items", ["sku", "name", "category", "default_cost"]),
    ("POST", "/api/v1/inventory/movements", ["stock_item_id", "warehouse_id", "movement_type", "quantity"]),
    ("POST", "/api/v1/webhooks", ["name", "url", "events", "http_method", "content_type", "headers", "secret"]),
    ("PUT", "/api/v1/clients/1", ["name", "status", "email"]),
    ("PATCH", "/api/v1/webhooks/1", ["http_method", "events", "headers"]),
    ("POST", "/api/version/dismiss", ["latest_version"]),
]
LOGIN_FIELDS = ["username", "password", "next", "csrf_token", "remember"]
READS = [
    "/api/v1/health",
    "/api/v1/info",
    "/api/openapi.json",
    "/login",
    "/",
    "/setup",
    "/auth/csrf-token",
    "/nowhere",
    "/api/v1/nowhere",
    "/api/v1/clients",
    "/api/v1/projects",
    "/api/v1/tasks",
    "/api/v1/time-entries",
    "/api/v1/users/me",
    "/api/v1/search?q=ab",
    "/api/search?q=ab",
    "/api/version/check",
    "/api/v1/webhooks",
    "/admin/api-tokens",
]
QUERIES = [
    ("/api/v1/search", ["q", "limit", "types"]),
    ("/api/v1/time-entries", ["project_id", "start_date", "end_date", "billable", "tag", "page", "per_page"]),
    ("/api/v1/tasks", ["status", "tags", "search", "page"]),
    ("/api/v1/clients", ["status", "search", "per_page"]),
    ("/api/v1/projects", ["status", "client_id"]),
    ("/api/v1/inventory/items", ["search", "category", "active_only"]),
    ("/api/v1/inventory/reports/valuation", ["currency_code", "category"]),
    ("/login", ["next"]),
    ("/nowhere", ["a"]),
]
FIELDS = [
    "Cookie",
    "Authorization",
    "X-API-Key",
    "Idempotency-Key",
    "If-None-Match",
    "If-Match",
    "X-Forwarded-For",
    "User-Agent",
    "Accept",
    "Content-Type",
    "Origin",
    "Connection",
    "X-Forwarded-Proto",
    "X-Request-ID",
    "X-CSRFToken",
    "Expect",
    "Referer",
    "X-Forwarded-Host",
    "Forwarded",
    "Accept-Language",
    "Range",
    "TE",
    "Upgrade",
    "Content-Encoding",
    "X-Odd",
    "Host",
]
SEPARATORS = {
    "Cookie": b"; ",
    "Accept": b", ",
    "X-Forwarded-For": b",",
    "If-None-Match": b", ",
    "If-Match": b", ",
    "Connection": b",",
}


def body_limit(rng):
    """Mostly what ordinary routes take, sometimes what only imports take."""
    return rng.choices([64 * KIB, 2 * MIB, 16 * MIB], [6, 2, 1])[0]


def elsewhere(rng):
    """A forged address, so that the limit of sign-ins for one address isn't all that is tested."""
    return ("X-Forwarded-For", f"198.51.{rng.randrange(256)}.{rng.randrange(1, 255)}")


@kind("json login", 2)
def json_login(context):
    rng = context.rng
    what, body = bodies.json_body(rng, body_limit(rng), ["username", "password"])
    context.send(what, request("POST", "/api/v1/auth/login", [JSON, elsewhere(rng)], body))


@kind("json api", 3)
def json_api(context):
    rng = context.rng
    method, path, fields = rng.choice(ROUTES)
    what, body = bodies.json_body(rng, body_limit(rng), fields)
    headers = [JSON] + context.bearer()
    if rng.random() < 0.2:
        headers.append(("Idempotency-Key", "k%d" % rng.randrange(100)))
    context.send(f"{method} {path} {what}", request(method, path, headers, body))


@kind("enumeration", 2)
def enumeration(context):
    """A field of few allowed words holds a long run."""
    rng = context.rng
    method, path, field = rng.choice(
        [
            ("POST", "/api/v1/webhooks", "http_method"),
            ("POST", "/api/v1/webhooks", "events"),
            ("POST", "/api/v1/clients", "status"),
            ("POST", "/api/v1/projects", "status"),
            ("POST", "/api/v1/tasks", "priority"),
            ("POST", "/api/v1/projects", "billable"),
            ("POST", "/api/v1/time-entries/bulk", "value"),
            ("POST", "/api/v1/quotes", "discount_type"),
            ("POST", "/api/v1/inventory/movements", "devalue_method"),
        ]
    )
    size = texts.size(rng, 64 * KIB)
    value = bodies.quoted(texts.marks(size))
    if field == "events":
        value = b"[" + b",".join([value, b'"*"']) + b"]"
    extra = b',"entry_ids":[1],"action":"add_tag"' if field == "value" else b""
    body = b'{"name":"x","' + field.encode() + b'":' + value + extra + b"}"
    context.send(f"{path} {field} {size} B", request(method, path, [JSON] + context.bearer(), body))


# Fields with a longest length, and one number that PostgreSQL can't hold.
LIMITED = [
    ("clients", "name", 200),
    ("clients", "email", 200),
    ("clients", "phone", 50),
    ("clients", "address", 2000),
    ("projects", "name", 200),
    ("projects", "code", 20),
    ("projects", "billing_ref", 100),
    ("projects", "description", 10_000),
    ("tasks", "name", 200),
    ("tasks", "tags", 500),
    ("time-entries", "notes", 5000),
    ("time-entries", "invoice_number", 100),
    ("quotes", "coupon_code", 50),
    ("quotes", "title", 200),
    ("inventory/items", "sku", 100),
    ("inventory/items", "barcode", 100),
    ("inventory/warehouses", "code", 50),
    ("webhooks", "name", 200),
    ("webhooks", "content_type", 50),
    ("webhooks", "secret", 128),
    ("clients", "custom_fields", 0),
    ("projects", "custom_fields", 0),
]
SMALL = {
    "projects": b'"client_id":1,',
    "tasks": b'"project_id":1,',
    "quotes": b'"client_id":1,"items":[],',
    "time-entries": b'"project_id":1,"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:00:00Z",',
    "webhooks": b'"url":"https://example.org/","events":["*"],',
}


@kind("fields at their limit", 2)
def limits(context):
    """As long as is allowed, of characters that grow when folded or are counted differently."""
    rng = context.rng
    path, name, most = rng.choice(LIMITED)
    scalar = rng.choice(
        ["\u00df", "\u0390", "\ufb03", "\u0130", "\u0149", "\U00010400", "e\u0301", "a", "\ufdfa", "\u200d"]
    )
    value = bodies.quoted(scalar.encode() * (most + rng.choice([-1, 0, 0, 1])))
    if name == "email":
        value = value[:-1] + b'@example.org"'
    if name == "custom_fields":
        number = rng.choice(
            [b"1e999999", b"-1e-999999", b"1e131072", b"0e999999", b"1" * 60_000, b"0." + b"1" * 60_000]
        )
        value = b'{"a":' + number + b"}"
    body = b"{" + SMALL.get(path, b"") + b'"%s":%s' % (name.encode(), value)
    if name not in ("name", "title"):
        body += b',"name":"n%d","title":"t"' % rng.randrange(10**9)
    context.send(
        f"{path} {name} of {len(value)} B {scalar!r}",
        request("POST", "/api/v1/" + path, [JSON] + context.bearer(), body + b"}"),
    )


@kind("form", 2)
def form(context):
    rng = context.rng
    path = rng.choice(["/login", "/login", "/setup", "/password", "/logout", "/admin/api-tokens", "/nowhere"])
    what, body = bodies.form_body(rng, body_limit(rng), LOGIN_FIELDS)
    context.send(
        f"POST {path} {what}", request(rng.choice(["POST", "POST", "GET"]), path, [FORM, elsewhere(rng)], body)
    )


@kind("form with CSRF token", 1)
def form_with_token(context):
    """Comes past the CSRF check, so that the handler sees the fields."""
    rng = context.rng
    got = context.send("GET /auth/csrf-token", request("GET", "/auth/csrf-token"))
    cookie = got.headers.get("set-cookie", "").split(";")[0]
    token = got.body.partition(b'"csrf_token":"')[2].partition(b'"')[0]
    size = texts.size(rng, body_limit(rng))
    sort, value = texts.text(rng, size)
    fields = {b"username": b"admin", b"password": b"wrong", b"next": b"/"}
    fields[rng.choice(list(fields))] = value
    body = b"&".join(name + b"=" + content for name, content in fields.items()) + b"&csrf_token=" + token
    context.send(
        f"POST /login {sort} {size} B", request("POST", "/login", [FORM, ("Cookie", cookie), elsewhere(rng)], body)
    )


@kind("multipart", 1.5)
def multipart(context):
    rng = context.rng
    what, content_type, body = bodies.multipart_body(rng, body_limit(rng))
    headers = [(b"Content-Type", content_type.translate(None, b"\0\r\n"))] + context.bearer()
    context.send(what, request("POST", "/api/v1/time-entries/import-csv", headers, body))


@kind("csv import", 2)
def csv_import(context):
    rng = context.rng
    what, body = bodies.csv_body(rng, body_limit(rng))
    headers = [CSV] + context.bearer()
    context.send(what, request("POST", "/api/v1/time-entries/import-csv", headers, body), timeout=40)


@kind("csv in json", 0.7)
def csv_in_json(context):
    rng = context.rng
    what, body = bodies.csv_body(rng, body_limit(rng) // 2)
    body = b'{"csv":' + bodies.quoted(body).replace(b"\n", b"\\n").replace(b"\r", b"\\r").replace(b"\t", b"\\t") + b"}"
    context.send(what, request("POST", "/api/v1/time-entries/import-csv", [JSON] + context.bearer(), body), timeout=40)


def odd_field(rng, size):
    name = rng.choice(FIELDS)
    if rng.random() < 0.3:
        piece = rng.choice([b"a", b"a=b", b'"x"', b"close", b"1.2.3.4", b""]) + SEPARATORS.get(name, b",")
        value = piece * (size // max(1, len(piece)) + 1)
        sort = "list"
    else:
        sort, value = texts.field_value(rng, size)
        if name == "Authorization" and rng.random() < 0.5:
            value = rng.choice([b"Bearer ", value + b" "]) + value
        if name == "Cookie" and rng.random() < 0.7:
            value = rng.choice([b"session=", b"visitor=", b"flash=", value + b"="]) + value
    return f"{name} {sort} {len(value)} B", name, value


@kind("field", 5)
def field(context):
    rng = context.rng
    what, name, value = odd_field(rng, texts.size(rng, 63 * KIB))
    target = rng.choice(READS)
    headers = [(name, value)] + (context.bearer() if name != "Authorization" else [])
    method = rng.choice(["GET", "GET", "HEAD", "POST"])
    body = b"{}" if method == "POST" and rng.random() < 0.7 else None
    host = None if name == "Host" else b"localhost"
    context.send(f"{method} {target} {what}", request(method, target, headers, body, host), is_head=method == "HEAD")


@kind("many fields", 0.7)
def many_fields(context):
    rng = context.rng
    count = rng.choice([50, 99, 100, 101, 255, 256, 257, 2000, 20_000])
    pairs = [odd_field(rng, rng.randrange(1, max(2, 60_000 // count))) for _ in range(min(count, 300))]
    headers = [pairs[index % len(pairs)][1:] for index in range(count)]
    context.send(f"{count} fields", request("GET", rng.choice(READS), headers))
