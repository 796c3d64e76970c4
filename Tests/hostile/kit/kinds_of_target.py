"""Kinds of attack by the target, the size and the framing of a request."""

import random

from . import framing, texts
from .attack import kind
from .kinds_of_request import CSV, FORM, JSON, QUERIES, elsewhere
from .texts import KIB, MIB
from .wire import request


@kind("query", 2)
def query(context):
    rng = context.rng
    path, names = rng.choice(QUERIES)
    size = texts.size(rng, 62 * KIB)
    sort = rng.choice(["marks", "pairs", "percent", "long", "name", "plus", "invalid"])
    name = rng.choice(names)
    value = {
        "marks": name.encode() + b"=" + texts.encoded_marks(size),
        "pairs": b"a=b&" * (size // 4),
        "percent": name.encode() + b"=" + b"%" * size,
        "long": name.encode() + b"=" + b"9" * size,
        "name": texts.encoded_marks(size) + b"=1",
        "plus": b"&".join(n.encode() + b"=" + b"+" * (size // len(names)) for n in names),
        "invalid": name.encode() + b"=" + b"%ff%00%ed%a0%80" * (size // 15),
    }[sort]
    context.send(f"{path} {sort} {size} B", request("GET", path.encode() + b"?" + value, context.bearer()))


@kind("path", 2)
def path(context):
    rng = context.rng
    size = texts.size(rng, 62 * KIB)
    sort, target = rng.choice(
        [
            ("slashes", b"/" * size),
            ("segments", b"/a" * (size // 2)),
            ("percent", b"/" + b"%CC%81" * (size // 6)),
            ("raw marks", b"/" + texts.marks(size)),
            ("id", b"/api/v1/clients/" + b"9" * size),
            ("dots", b"/.." * (size // 3)),
            ("api", b"/api/v1/" + b"x" * size),
            ("long id", b"/api/v1/time-entries/" + b"0" * size + b"1"),
            ("//login", b"//login"),
            ("//api", b"//api/v1/health"),
            ("backslash", b"/\\login"),
            ("trailing", b"/login/"),
        ]
    )
    headers = context.bearer() + ([("Accept", "text/html")] if rng.random() < 0.5 else [])
    context.send(f"{sort} {len(target)} B", request(rng.choice(["GET", "POST", "OPTIONS", "DELETE"]), target, headers))


@kind("size", 1.5)
def size(context):
    """Bodies at a limit and just beyond it, with and without a length, and lengths that are not kept."""
    rng = context.rng
    target, headers = rng.choice(
        [
            ("/nowhere", []),
            ("/api/v1/auth/login", [JSON]),
            ("/login", [FORM]),
            ("/api/v1/health", []),
            ("/api/v1/clients", [JSON] + context.bearer()),
            ("/api/v1/time-entries/import-csv", [CSV] + context.bearer()),
        ]
    )
    count = rng.choice([64 * KIB, 64 * KIB, 16 * MIB]) + rng.choice([-1, 0, 1])
    sort = rng.choice(["length", "chunked", "small chunks", "100-continue", "short", "long", "claims"])
    body = b" " * count
    if sort == "length":
        data = request("POST", target, headers, body)
    elif sort in ("chunked", "small chunks"):
        step = 64 * KIB if sort == "chunked" else 16
        body = body[: 256 * KIB] if step == 16 else body
        chunks = b"".join(
            b"%x\r\n%s\r\n" % (len(body[i : i + step]), body[i : i + step]) for i in range(0, len(body), step)
        )
        data = request("POST", target, headers + [("Transfer-Encoding", "chunked")]) + chunks + b"0\r\n\r\n"
    elif sort == "100-continue":
        data = request("POST", target, headers + [("Expect", "100-continue")], body)
    elif sort == "short":
        data = request("POST", target, headers + [("Content-Length", str(count))]) + body[: count // 2]
        return context.send(f"{target} {sort} {count} B", data, timeout=2, shut=True)
    elif sort == "long":
        data = request("POST", target, headers, body[:1000]) + body[: 64 * KIB]
    else:
        data = (
            request("POST", target, headers + [("Content-Length", str(10 ** rng.randrange(8, 19)))]) + body[: 64 * KIB]
        )
    return context.send(f"{target} {sort} {count} B", data, timeout=15)


@kind("framing", 3)
def odd_framing(context):
    name, data, _, _ = context.rng.choice(framing.ODDITIES)
    if context.rng.random() < 0.3:
        # Also as the second request of a connection.
        data = request("GET", "/api/v1/health") + data
    context.send(name, data, timeout=4)


@kind("garbage", 1)
def garbage(context):
    """A good request with some bytes changed."""
    rng = context.rng
    data = bytearray(
        request("POST", "/api/v1/auth/login", [JSON, ("Cookie", "session=abc"), elsewhere(rng)], b'{"username":"a"}')
    )
    for _ in range(rng.choice([1, 1, 2, 5, 40])):
        place = rng.randrange(len(data))
        data[place : place + rng.randrange(2)] = random.Random(rng.random()).randbytes(rng.choice([0, 1, 1, 2, 200]))
    context.send("changed bytes", bytes(data), timeout=4)
