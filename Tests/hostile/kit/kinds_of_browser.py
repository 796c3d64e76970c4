"""Kinds of attack by somebody who has signed in with a browser, as the administrator."""

import threading

from . import bodies, texts, wire
from .attack import kind
from .kinds_of_request import FORM, JSON, body_limit, elsewhere
from .server import PASSWORD
from .wire import request

TOKEN_FIELDS = ["name", "description", "user_id", "scopes", "expires_days", "allowed_ips"]
PASSWORD_FIELDS = ["current_password", "password", "confirm"]
_sessions = {}
_lock = threading.Lock()


def session(server):
    """Cookie and CSRF token of a session, made once for each server; empty texts when it can't be made now."""
    with _lock:
        if server not in _sessions:
            visitor, token = _token(server, "")
            body = b"username=admin&password=" + PASSWORD.replace(" ", "+").encode() + b"&csrf_token=" + token
            headers = [FORM, ("Cookie", visitor), ("X-Forwarded-For", "203.0.113.77")]
            answer = wire.exchange(server.address, request("POST", "/login", headers, body))
            cookie = answer.headers.get("set-cookie", "").split(";")[0]
            if answer.status != 303 or not cookie:
                return "", b""
            _sessions[server] = (cookie, _token(server, cookie)[1])
        return _sessions[server]


def _token(server, cookie):
    answer = wire.exchange(server.address, request("GET", "/auth/csrf-token", [("Cookie", cookie)] if cookie else []))
    token = answer.body.partition(b'"csrf_token":"')[2].partition(b'"')[0]
    return answer.headers.get("set-cookie", "").split(";")[0], token


@kind("signed-in form", 1.5)
def form(context):
    rng = context.rng
    cookie, token = session(context.server)
    path, fields = rng.choice([("/admin/api-tokens", TOKEN_FIELDS), ("/password", PASSWORD_FIELDS)])
    what, body = bodies.form_body(rng, body_limit(rng), fields)
    # Before the rest, where it is found at once, or after it.
    body = b"&".join(rng.choice([[b"csrf_token=" + token, body], [body, b"csrf_token=" + token]]))
    context.send(f"POST {path} {what}", request("POST", path, [FORM, ("Cookie", cookie), elsewhere(rng)], body))


@kind("signed-in json", 1.5)
def json(context):
    rng = context.rng
    cookie, token = session(context.server)
    path, fields = rng.choice([("/admin/api-tokens", TOKEN_FIELDS), ("/api/version/dismiss", ["latest_version"])])
    if rng.random() < 0.3:
        value = rng.choice([b"x,", b"1.2.3.4/33,", b"::1,", texts.marks(60) + b","]) * (
            texts.size(rng, body_limit(rng)) // 8 + 1
        )
        name = rng.choice([b"allowed_ips", b"scopes"])
        what, body = f"{name.decode()} list", b'{"name":"n","user_id":1,"scopes":"read:*","%s":"%s"}' % (name, value)
    else:
        what, body = bodies.json_body(rng, body_limit(rng), fields)
    headers = [JSON, ("Cookie", cookie), ("X-CSRFToken", token)]
    context.send(f"POST {path} {what}", request("POST", path, headers, body))
