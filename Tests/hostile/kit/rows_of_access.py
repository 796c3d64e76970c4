"""Rows 5 to 12: connections, addresses, sign-ins, redirects, framing, secrets."""

import json
import time

from . import framing, processes, wire
from .kinds_of_request import JSON
from .probe import SOURCE
from .row import row, told
from .server import PASSWORD
from .wire import request

LOGIN = "/api/v1/auth/login"
# Nobody here comes from it, so that a forged header must count for nothing (RFC 5737).
ELSEWHERE = "192.0.2.1"


def sign_in(password="wrong", address=None, user="admin"):
    body = json.dumps({"username": user, "password": password}).encode()
    return request("POST", LOGIN, [JSON] + ([("X-Forwarded-For", address)] if address else []), body)


def outcomes(answers):
    statuses = [a.outcome for a in answers]
    return ", ".join(f"{statuses.count(s)} × {s}" for s in sorted(set(statuses)))


@row("5", "4,120 idle connections of one address")
def idle(case):
    ends = wire.connect_some(case.server.address, 4120, "127.0.0.1")
    try:
        case.say(f"{len(ends)} connections opened from 127.0.0.1, nothing sent")
        time.sleep(1)
        held = processes.client_sockets(case.watch.worker(), case.server.port)
        case.say(f"a second later the worker holds {held} connections (2 at most are the probe's)")
        same = case.send(
            "GET /api/v1/health from the same address", request("GET", "/api/v1/health"), 10, source="127.0.0.1"
        )
        other = case.send(
            "GET /api/v1/health from another address", request("GET", "/api/v1/health"), 10, source=SOURCE
        )
        case.expect(other.status == 200, "another address is served at once")
        case.expect(
            same.status in (200, 429, 503) or same.end in ("closed", "reset", "refused"),
            "the address itself is served or turned away, not left waiting",
        )
        case.expect(held < 4096, "one address doesn't get the whole table")
    finally:
        for end in ends:
            wire.reset(end)


@row("5", "4,300 idle connections of 4,300 addresses")
def idle_of_many(case):
    ends = []
    try:
        for index in range(4300):
            ends += wire.connect_some(case.server.address, 1, f"127.{10 + index // 250}.0.{1 + index % 250}")
        time.sleep(1)
        case.say(
            f"{len(ends)} connections opened, nothing sent; the worker holds "
            f"{processes.client_sockets(case.watch.worker(), case.server.port)}"
        )
        answer = case.send(
            "GET /api/v1/health from a new address", request("GET", "/api/v1/health"), 10, source="127.200.0.1"
        )
        case.expect(answer.status == 200, "a new address is served: the longest idle connection makes room")
    finally:
        for end in ends:
            wire.reset(end)


@row("6", "forged X-Forwarded-For of a client that is no proxy", TRUSTED_PROXIES=ELSEWHERE)
def forged_address(case):
    answers = [case.send("", sign_in(address=f"198.51.100.{n}"), says=False) for n in range(1, 13)]
    case.say(f"12 sign-ins from one socket, another X-Forwarded-For each -> {outcomes(answers)}")
    case.expect(sum(a.status == 429 for a in answers) >= 7, "only five of them are tried; the header doesn't count")
    token = case.server.new_token("listed", "--allowed-ips", "203.0.113.7")
    headers = [("Authorization", "Bearer " + token)]
    plain = case.send("GET /api/v1/clients with a token for 203.0.113.7", request("GET", "/api/v1/clients", headers))
    forged = case.send(
        "the same with X-Forwarded-For: 203.0.113.7",
        request("GET", "/api/v1/clients", headers + [("X-Forwarded-For", "203.0.113.7")]),
    )
    case.expect(plain.status == 401 and forged.status == 401, "the token's address list holds against a forged header")


@row("7", "sign-ins from many IPv6 addresses of one /64, told by a proxy")
def network(case):
    answers = [case.send("", sign_in(address=f"2001:db8:1:2::{n:x}"), says=False) for n in range(1, 13)]
    case.say(f"12 sign-ins, X-Forwarded-For: 2001:db8:1:2::1 to ::c -> {outcomes(answers)}")
    case.expect(sum(a.status == 429 for a in answers) >= 7, "they count as one client")
    other = case.send("one from 2001:db8:1:3::1", sign_in(address="2001:db8:1:3::1", user="somebody"))
    case.expect(other.status == 401, "the next /64 is another client")


@row("7", "sign-ins to one account from addresses of all over")
def account(case):
    answers = [case.send("", sign_in(address=f"198.51.{n}.1"), says=False) for n in range(1, 41)]
    case.say(f"40 sign-ins with wrong passwords, each from an address of its own -> {outcomes(answers)}")
    case.expect(any(a.status == 429 for a in answers), "there is a limit for the account, too")
    waits = [a.headers.get("retry-after", "-") for a in answers if a.status == 429]
    case.say(f"Retry-After of the refusals: {', '.join(waits[:12]) or 'none'}")
    case.send("the right password from a new address", sign_in(PASSWORD, "203.0.113.9"))


@row("8", "150 sign-ins at once")
def parallel(case):
    start = time.monotonic()
    answers = case.send_all(
        "150 × POST /api/v1/auth/login, wrong passwords, an address and a name each",
        [sign_in(address=f"198.51.{n}.1", user=f"user{n}") for n in range(150)],
    )
    case.say(f"all answered after {time.monotonic() - start:.2f} s")
    overloads = [a for a in answers if a.status == 503]
    case.expect(all("retry-after" in a.headers for a in overloads), "each 503 has Retry-After")
    case.expect(max(a.seconds for a in answers) < 5, "nobody waits for the hashing of 150 passwords")
    good = case.send("a good sign-in right after them", sign_in(PASSWORD, "203.0.113.9"))
    case.expect(good.status in (200, 503), "the next one is served, or told to come back")


@row("9", "a webhook's secret, shown once, and the same Idempotency-Key again")
def secret(case):
    body = b'{"name":"w","url":"https://example.org/","events":["*"]}'
    data = request("POST", "/api/v1/webhooks", [JSON, ("Idempotency-Key", "once")] + case.bearer, body)
    shown = []
    for what in ("first", "second"):
        answer = case.send(what, data, says=False)
        secret_text = json.loads(answer.body).get("webhook", {}).get("secret") if answer.status in (200, 201) else None
        shown.append(secret_text)
        case.say(
            f"{what} POST /api/v1/webhooks with Idempotency-Key -> {answer.status}, "
            f"replayed: {answer.headers.get('idempotency-replayed', 'no')}, "
            f"secret: {'shown' if secret_text else 'not shown'}"
        )
    stored = case.server.sql("select coalesce(string_agg(response_body::text, ' '), '') from api_idempotency_keys")
    case.expect(shown[0], "the first answer shows it")
    case.expect(not shown[1], "the second one doesn't")
    case.expect(not shown[0] or shown[0] not in stored, "it isn't in what is stored for the key")


@row("10", "targets that begin with two slashes")
def slashes(case):
    for target in ["//login", "//login?next=//example.org", "//api/v1/clients", "///", "/\\login", "//setup"]:
        for method in ("GET", "POST"):
            answer = case.send(f"{method} {target}", request(method, target))
            location = answer.headers.get("location", "")
            case.expect(not location.startswith(("//", "/\\", "http")), f"{method} {target} redirects to no other host")


@row("11", "framing that RFC 9112 forbids, or that is odd")
def odd_framing(case):
    for name, data, statuses, closes in framing.ODDITIES:
        answer = case.send(name, data, timeout=3, says=False)
        has_closed = answer.end in ("closed", "reset") or answer.headers.get("connection") == "close"
        got = answer.status if answer.status or answer.end != "timeout" else framing.WAITING
        is_right = got in statuses and (has_closed or not closes or got == framing.WAITING)
        case.say(f"{'  ' if is_right else '! '}{name:40} -> {told(answer)[:100]}")
        wanted = " or ".join(framing.NAMES.get(s, str(s)) for s in sorted(statuses)) + (", closed" if closes else "")
        case.expect(is_right, f"{name}: {wanted}")


@row(
    "12", "ADMIN_PASSWORD in the environment of the server's processes", ADMIN_PASSWORD=PASSWORD, ADMIN_USERNAME="admin"
)
def environment(case):
    time.sleep(0.2)
    for process in processes.children(case.server.pid):
        with open(f"/proc/{process}/environ", "rb") as file:
            has_it = b"ADMIN_PASSWORD=" in file.read()
        with open(f"/proc/{process}/cmdline", "rb") as file:
            name = file.read().split(b"\0")[1].decode()
        case.say(f"{name}: {'has' if has_it else 'has not got'} ADMIN_PASSWORD")
        case.expect(not has_it, f"{name} doesn't have it")
