"""Requests that are framed in odd or forbidden ways (RFC 9112), and what may be answered."""

H = b"GET /api/v1/health HTTP/1.1\r\n"
P = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
OK = {200, 401, 429}
CLOSED = {0}
# More may come, so that the server may wait for it until its time is over.
WAITING = -1
NAMES = {0: "closed", WAITING: "waiting for the rest"}

# Name, bytes, statuses that are right, whether the connection has to close.
ODDITIES = [
    ("no Host", H + b"\r\n", {400}, True),
    ("two Hosts", H + b"Host: localhost\r\nHost: example.org\r\n\r\n", {400}, True),
    ("the same Host twice", H + b"Host: localhost\r\nHost: localhost\r\n\r\n", {400}, True),
    ("Host with a space", H + b"Host: local host\r\n\r\n", {400}, True),
    ("Host with a path", H + b"Host: localhost/x\r\n\r\n", {400}, True),
    ("Host with user information", H + b"Host: admin@localhost\r\n\r\n", {400}, True),
    ("Host with port 99999", H + b"Host: localhost:99999\r\n\r\n", {400}, True),
    ("Host list", H + b"Host: localhost, example.org\r\n\r\n", {400}, True),
    ("Host of combining marks", H + b"Host: e" + b"\xcc\x81\xcc\xa3" * 5000 + b"\r\n\r\n", {400}, True),
    ("HTTP/1.0 without Host", b"GET /api/v1/health HTTP/1.0\r\n\r\n", {200}, True),
    (
        "HTTP/1.0 chunked",
        P.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        {400} | CLOSED,
        True,
    ),
    ("gzip, chunked", P + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", {400, 501}, True),
    ("chunked, gzip", P + b"Transfer-Encoding: chunked, gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n", {400, 501}, True),
    ("identity", P + b"Transfer-Encoding: identity\r\n\r\n{}", {400, 501}, True),
    ("chunked twice", P + b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", {400, 501}, True),
    (
        "Transfer-Encoding in two fields",
        P + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        {400, 501},
        True,
    ),
    (
        "Content-Length and Transfer-Encoding",
        P + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        {400},
        True,
    ),
    ("two Content-Lengths", P + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", {400}, True),
    ("Content-Length: +2", P + b"Content-Length: +2\r\n\r\n{}", {400}, True),
    ("Content-Length: -1", P + b"Content-Length: -1\r\n\r\n{}", {400}, True),
    ("Content-Length: 0x2", P + b"Content-Length: 0x2\r\n\r\n{}", {400}, True),
    ("Content-Length: 99999999999999999999", P + b"Content-Length: 99999999999999999999\r\n\r\n{}", {400, 413}, True),
    ("Content-Length: 9223372036854775807", P + b"Content-Length: 9223372036854775807\r\n\r\n{}", {413}, True),
    ("chunk size FFFFFFFFFFFFFFF", P + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFF\r\n{}", {400, 413}, True),
    (
        "chunk size FFFFFFFFFFFFFFFFF",
        P + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}",
        {400, 413},
        True,
    ),
    ("chunk size 2000000 (32 MiB)", P + b"Transfer-Encoding: chunked\r\n\r\n2000000\r\n{}", {400, 413, WAITING}, True),
    ("chunk size not hexadecimal", P + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n", {400}, True),
    ("chunk extension", P + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n", OK | {400}, False),
    (
        "chunk extension of 60 kB",
        P + b"Transfer-Encoding: chunked\r\n\r\n2;a=" + b"b" * 60_000 + b"\r\n{}\r\n0\r\n\r\n",
        OK | {400, 413, 431},
        False,
    ),
    ("trailers", P + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-A: b\r\n\r\n", OK | {400}, False),
    ("bare LF", b"GET /api/v1/health HTTP/1.1\nHost: localhost\n\n", {400}, True),
    ("bare CR", H + b"Host: localhost\r\nX-A: b\rX-B: c\r\n\r\n", {400}, True),
    ("obs-fold", H + b"Host: localhost\r\nX-A: b\r\n c\r\n\r\n", {400, 200}, False),
    ("space before the colon", H + b"Host : localhost\r\n\r\n", {400}, True),
    ("field without a name", H + b"Host: localhost\r\n: x\r\n\r\n", {400}, True),
    ("NUL in a field", H + b"Host: localhost\r\nX-A: b\0c\r\n\r\n", {400}, True),
    (
        "absolute-form target",
        b"GET http://localhost/api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        {200, 400},
        False,
    ),
    (
        "absolute-form with another host",
        b"GET http://example.org/api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        {200, 400, 421},
        False,
    ),
    ("authority-form", b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n", {400, 404, 405, 501}, False),
    ("asterisk-form", b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", {200, 204, 400, 404, 405}, False),
    ("target without a slash", b"GET api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n", {400, 404}, False),
    (
        "target of raw marks",
        b"GET /e" + b"\xcc\x81\xcc\xa3" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        {400, 404, 414},
        False,
    ),
    ("target with NUL", b"GET /a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}, True),
    ("target of 70 kB", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {414, 431, 400}, True),
    ("HTTP/2.0", b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", {400, 505}, True),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505} | CLOSED, True),
    ("HTTP/0.9", b"GET /\r\n", {400, WAITING} | CLOSED, True),
    ("HTTP/1.2", b"GET /api/v1/health HTTP/1.2\r\nHost: localhost\r\n\r\n", {200, 400, 505}, False),
    ("unknown method", b"BREW /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n", {400, 405, 501}, False),
    ("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64, {400, 405} | CLOSED, True),
    ("garbage", b"\x00\xff" * 2000 + b"\r\n\r\n", {400, 405} | CLOSED, True),
    ("only line ends", b"\r\n" * 40_000, {400, 408, 431} | CLOSED, True),
    (
        "300 fields",
        H + b"Host: localhost\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(300)) + b"\r\n",
        {400, 431},
        True,
    ),
]
