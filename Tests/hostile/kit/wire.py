"""Raw HTTP/1 over sockets: sends whatever it is given and takes whatever comes back."""

import select
import socket
import time
from dataclasses import dataclass, field

CHUNK = 256 * 1024


@dataclass
class Answer:
    """What came back. Status 0 = no status line; `end` says how it ended: "", "closed", "reset", "timeout"."""

    status: int = 0
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    end: str = ""
    seconds: float = 0.0
    sent_all: bool = True

    @property
    def outcome(self):
        return str(self.status) if self.status else self.end or "nothing"


def request(method, target, headers=(), body=None, host=b"localhost"):
    """Bytes of a request. Names, values and target are str or bytes; nothing is checked or escaped."""
    lines = [_bytes(method) + b" " + _bytes(target) + b" HTTP/1.1"]
    if host is not None:
        lines.append(b"Host: " + _bytes(host))
    for name, value in headers:
        lines.append(_bytes(name) + b": " + _bytes(value))
    if body is not None:
        lines.append(b"Content-Length: " + str(len(body)).encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def connect(address, source=None, timeout=10.0):
    """A connected, non-blocking socket. `source` is an address of ours to connect from."""
    end = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        end.settimeout(timeout)
        if source:
            end.setsockopt(socket.SOL_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen by connect
            end.bind((source, 0))
        end.connect(address)
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end.setblocking(False)
    except OSError:
        end.close()
        raise
    return end


def connect_some(address, count, source=None):
    """Up to `count` connections: fewer when the server, or the kernel for it, takes no more."""
    ends = []
    for _ in range(count):
        try:
            ends.append(connect(address, source, 2.0))
        except OSError:
            break
    return ends


def reset(end):
    """Closes with RST, which leaves no TIME_WAIT behind."""
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    except OSError:
        pass
    end.close()


class Reader:
    """Takes responses apart as bytes come in."""

    def __init__(self, is_head=False, keep=4096):
        self.answer = None
        self.is_complete = False
        self._is_head = is_head
        self._keep = keep
        self._buffer = b""
        self._missing = 0

    def feed(self, data):
        """Returns the bytes that follow the response."""
        if self.answer is None:
            self._buffer += data
            while self.answer is None:
                split = self._buffer.find(b"\r\n\r\n")
                if split < 0:
                    return b""
                head, self._buffer = self._buffer[:split], self._buffer[split + 4 :]
                self._begin(head)
            data, self._buffer = self._buffer, b""
        taken = data[: self._missing]
        self._missing -= len(taken)
        if len(self.answer.body) < self._keep:
            self.answer.body += taken[: self._keep - len(self.answer.body)]
        self.is_complete = self._missing == 0
        return data[len(taken) :]

    def _begin(self, head):
        lines = head.split(b"\r\n")
        parts = lines[0].split(b" ", 2)
        status = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
        if 100 <= status < 200:
            return
        answer = Answer(status=status)
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            answer.headers[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
        has_body = not self._is_head and status not in (204, 304)
        self._missing = int(answer.headers.get("content-length", 0)) if has_body else 0
        self.answer = answer


def exchange(address, data, timeout=20.0, source=None, is_head=False, pause=0.0, shut=False):
    """Sends `data` on a connection of its own while it reads, and returns the first answer.

    The server may answer before all is sent, stop reading, or hang up; all of that is an answer too.

    - pause: seconds between pieces of 256 KiB.
    - shut: closes our direction when everything is sent.
    """
    started = time.monotonic()
    try:
        end = connect(address, source, min(timeout, 10.0))
    except OSError as error:
        kind = "timeout" if isinstance(error, TimeoutError) else "refused"
        return Answer(end=kind, seconds=time.monotonic() - started, sent_all=False)
    try:
        answer = converse(end, data, started + timeout, is_head, pause, shut)
    finally:
        reset(end)
    answer.seconds = time.monotonic() - started
    return answer


def converse(end, data, deadline, is_head=False, pause=0.0, shut=False, keep=4096):
    """Like `exchange`, on a connection that exists."""
    view = memoryview(data)
    sent = 0
    can_send = True
    reader = Reader(is_head, keep)
    finish = ""
    while not reader.is_complete:
        now = time.monotonic()
        if now >= deadline:
            finish = "timeout"
            break
        wants = select.POLLIN | (select.POLLOUT if can_send and sent < len(view) else 0)
        poller = select.poll()
        poller.register(end, wants)
        events = poller.poll(min(deadline - now, 1.0) * 1000)
        ready = events[0][1] if events else 0
        if ready & select.POLLOUT:
            try:
                sent += end.send(view[sent : sent + CHUNK])
            except BlockingIOError:
                pass
            except OSError:
                can_send = False
            if sent == len(view) and shut:
                can_send = False
                _shut(end)
            if pause:
                time.sleep(pause)
        if ready & (select.POLLIN | select.POLLHUP | select.POLLERR):
            try:
                data_in = end.recv(CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                finish = "reset"
                break
            if not data_in:
                finish = "closed"
                break
            reader.feed(data_in)
    answer = reader.answer or Answer()
    answer.end = finish
    answer.sent_all = sent == len(view)
    return answer


def _shut(end):
    try:
        end.shutdown(socket.SHUT_WR)
    except OSError:
        pass
