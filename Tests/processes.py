"""What tests of whole installations share: databases and servers as processes, clients that retry, and a list of checks."""
import collections
import glob
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
SECRET = "0123456789abcdef0123456789abcdef"
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]


def built():
    """The program that `make build` and `make test` build."""
    return f"{ROOT}/.build/release/timetracker"


class Checks:
    """Prints each result; its `end` is the script's."""

    def __init__(self):
        self.failed = []

    def __call__(self, what, ok, detail=""):
        print(("ok    " if ok else "FAIL  ") + what, flush=True)
        if not ok:
            self.failed.append(what)
            print(detail, flush=True)
        return ok

    def end(self):
        sys.exit(1 if self.failed else 0)


def free_port(address="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def until(condition, seconds=30, pause=0.02):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return False


def listens(port, address="127.0.0.1"):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def tree(pid):
    """The process and all below it."""
    found = [pid]
    for parent in found:
        try:
            found += [int(child) for child in open(f"/proc/{parent}/task/{parent}/children").read().split()]
        except OSError:
            pass
    return found


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Work:
    """A directory, and processes that end with it. `prefix` runs commands elsewhere, such as in a network namespace."""

    def __init__(self, name):
        self.path = tempfile.mkdtemp(prefix=f"tt-{name}-")
        os.chmod(self.path, 0o755)
        self.started = []

    def start(self, command, log=None, env=None, cwd=None):
        out = open(log, "a") if log else subprocess.DEVNULL
        process = subprocess.Popen(command, stdout=out, stderr=out, env=env, cwd=cwd)
        self.started.append(process)
        return process

    def end(self, keep=False):
        for process in reversed(self.started):
            pids = tree(process.pid) if process.poll() is None else []
            # One that has been stopped for a test takes no other signal.
            signal_all(pids, signal.SIGCONT)
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                signal_all(pids, signal.SIGKILL)
        if keep:
            print(f"kept: {self.path}")
        else:
            shutil.rmtree(self.path, ignore_errors=True)


def as_postgres(work):
    """The prefix of commands that must not be root's."""
    if os.getuid() != 0:
        return []
    account = pwd.getpwnam("postgres")
    os.chown(work, account.pw_uid, account.pw_gid)
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]


class Postgres:
    """A server of its own at 127.0.0.1, or at `address` behind `prefix`."""

    def __init__(self, work, name, address="127.0.0.1", port=None, prefix=(), directory=None, options=()):
        self.work, self.name, self.address, self.prefix = work, name, address, list(prefix)
        self.port = port or free_port()
        self.directory = directory or f"{work.path}/{name}"
        self.log = f"{work.path}/{name}.log"
        self.user = as_postgres(work.path)
        self.options = list(options)
        self.process = None

    def create(self):
        self.tool("initdb", "-D", self.directory, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "-N")
        with open(f"{self.directory}/pg_hba.conf", "a") as file:
            file.write("host all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\n")
        return self

    def follow(self, primary):
        """Becomes a standby of a running server."""
        self.tool(
            "pg_basebackup", "-D", self.directory, "-h", primary.address, "-p", str(primary.port), "-U", "postgres", "-R", "-X",
            "stream", "-c", "fast", "-N")
        with open(f"{self.directory}/postgresql.auto.conf", "a") as file:
            file.write(
                f"primary_conninfo = 'host={primary.address} port={primary.port} user=postgres application_name={self.name}'\n")
        return self

    def tool(self, name, *arguments):
        done = subprocess.run(
            self.prefix + self.user + [f"{POSTGRES}/{name}", *arguments], capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            sys.exit(f"{name}: {done.stdout}{done.stderr}")

    def start(self, *more):
        settings = [
            f"port={self.port}", f"listen_addresses={self.address}", f"unix_socket_directories={self.work.path}",
            "max_connections=200", "shared_buffers=64MB", "wal_level=replica", "max_wal_senders=8", "hot_standby=on",
            "wal_keep_size=256MB", "wal_receiver_status_interval=1s", "wal_retrieve_retry_interval=200ms",
            *self.options, *more]
        command = [f"{POSTGRES}/postgres", "-D", self.directory]
        for setting in settings:
            command += ["-c", setting]
        self.process = self.work.start(self.prefix + self.user + command, self.log, cwd="/")
        if not until(lambda: self.ask("select 1") == "1"):
            sys.exit(f"PostgreSQL {self.name} doesn't start:\n{open(self.log).read()[-2000:]}")
        return self

    def ask(self, sql, database="postgres"):
        """Rows as lines of fields with | between; empty when it can't be asked."""
        done = subprocess.run(
            ["psql", "-qXAt", "-h", self.work.path, "-p", str(self.port), "-U", "postgres", "-d", database, "-c", sql],
            capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "PGCONNECT_TIMEOUT": "3"}, check=False)
        return done.stdout.strip()

    def signal(self, number):
        signal_all(tree(self.process.pid), number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def promote(self):
        if self.ask("select pg_promote(true, 30)") != "t":
            sys.exit(f"{self.name} was not promoted:\n{open(self.log).read()[-2000:]}")


class Redis:
    def __init__(self, work, name, address="127.0.0.1", port=None, prefix=()):
        self.work, self.name, self.address, self.prefix = work, name, address, list(prefix)
        self.port = port or free_port()
        self.process = None

    def start(self, *more):
        directory = f"{self.work.path}/{self.name}"
        os.makedirs(directory, exist_ok=True)
        self.process = self.work.start(
            self.prefix + [
                "redis-server", "--port", str(self.port), "--bind", self.address, "--dir", directory, "--save", "",
                "--protected-mode", "no", "--repl-diskless-sync-delay", "0", *more], f"{directory}.log")
        if not until(lambda: self.ask("ping") == "PONG"):
            sys.exit(f"Redis {self.name} doesn't start")
        return self

    def follow(self, master):
        self.start("--replicaof", master.address, str(master.port))
        if not until(lambda: "master_link_status:up" in self.ask("info", "replication")):
            sys.exit(f"Redis {self.name} doesn't follow")
        return self

    def ask(self, *command):
        done = subprocess.run(
            self.prefix + ["redis-cli", "-h", self.address, "-p", str(self.port), *command], capture_output=True, text=True,
            timeout=10, check=False)
        return done.stdout.strip()

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Sentinel(Redis):
    def watch(self, master, name="mymaster", quorum=2, down_after=500):
        path = f"{self.work.path}/{self.name}.conf"
        with open(path, "w") as file:
            file.write(
                f"port {self.port}\nbind {self.address}\nprotected-mode no\ndir {self.work.path}\n"
                f"sentinel monitor {name} {master.address} {master.port} {quorum}\n"
                f"sentinel down-after-milliseconds {name} {down_after}\nsentinel failover-timeout {name} 5000\n")
        program = shutil.which("redis-sentinel") or sys.exit("redis-sentinel is not installed; run Tests/install-packages")
        self.process = self.work.start(self.prefix + [program, path], f"{self.work.path}/{self.name}.log")
        if not until(lambda: self.ask("ping") == "PONG"):
            sys.exit(f"Sentinel {self.name} doesn't start")
        return self

    def master(self, name="mymaster"):
        lines = self.ask("sentinel", "get-master-addr-by-name", name).split()
        return (lines[0], int(lines[1])) if len(lines) == 2 else None


class Server:
    """`timetracker serve` on services of its own."""

    def __init__(self, work, program, database, redis=None, name="server", prefix=(), bind="127.0.0.1:0", **settings):
        self.work, self.program, self.name, self.prefix = work, program, name, list(prefix)
        self.environment = {
            "PATH": "/usr/bin:/bin", "DATABASE_URL": database, "SECRET_KEY": SECRET, "BIND": bind, "WORKERS": "2",
            "LOG_FORMAT": "json", "API_TOKEN_RATE_LIMIT_PER_MINUTE": "1000000", "API_TOKEN_RATE_LIMIT_PER_HOUR": "100000000",
            "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""), **settings}
        if redis:
            self.environment["REDIS_URL"] = redis
        else:
            self.environment["REDIS_ENABLED"] = "false"
        self.log = f"{work.path}/{name}.log"
        self.process = self.port = None

    def run(self, *arguments, check=True, **more):
        done = subprocess.run(
            self.prefix + [self.program, *arguments], env={**self.environment, **more}, capture_output=True, text=True,
            timeout=120, check=False)
        if check and done.returncode:
            sys.exit(f"timetracker {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def prepare(self):
        self.run("migrate")
        self.run("setup", "--admin-username", "admin", "--admin-password", "correct horse 1")
        return self

    def start(self):
        before = len(self.text())
        self.process = self.work.start(self.prefix + [self.program, "serve"], self.log, env=self.environment)
        pattern = re.compile(r'"serving","addresses":"http://[0-9.]+:(\d+)')
        if not until(lambda: pattern.search(self.text(), before), 60):
            sys.exit(f"the server doesn't start:\n{self.text()[-3000:]}")
        self.port = int(pattern.search(self.text(), before).group(1))
        return self

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)

    def text(self):
        try:
            with open(self.log, errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def workers(self):
        def command(pid):
            try:
                return open(f"/proc/{pid}/cmdline").read().split("\0")
            except OSError:
                return []
        return [pid for pid in tree(self.process.pid) if command(pid)[1:2] == ["worker"]]

    def token(self, name, scopes="admin:all"):
        return self.run("token", "create", "--user", "admin", "--name", name, "--scopes", scopes).stdout.strip()

    def client(self, token, timeout=30, address="127.0.0.1"):
        return Client(address, self.port, token, timeout)


class Client:
    """One connection that is kept alive, and made anew when it has gone."""

    def __init__(self, address, port, token, timeout=30):
        self.address, self.port, self.token, self.timeout = address, port, token, timeout
        self.connection = None
        self.headers = {}

    def request(self, method, path, body=None, headers=None):
        """Status, or None when there was no answer, and the body."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address, self.port, timeout=self.timeout)
        try:
            fields = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
            self.connection.request(method, path, json.dumps(body) if body is not None else None, fields)
            reply = self.connection.getresponse()
            text = reply.read()
            self.headers = {name.lower(): value for name, value in reply.getheaders()}
            if reply.getheader("Connection") == "close":
                self.close()
            return reply.status, text
        except (OSError, http.client.HTTPException):
            self.close()
            return None, b""

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def json(self, method, path, body=None, headers=None):
        status, text = self.request(method, path, body, headers)
        if status is None or status >= 300:
            sys.exit(f"{method} {path}: {status} {text[:300]}")
        return json.loads(text)

    def project(self):
        client = self.json("POST", "/api/v1/clients", {"name": "C"})["client"]["id"]
        return self.json("POST", "/api/v1/projects", {"name": "P", "client_id": client})["project"]["id"]


class Writers:
    """Clients that book entries, each with an Idempotency-Key of its own, and repeat each until it is acknowledged."""

    def __init__(self, clients, project, pause=0.005):
        self.project, self.pause = project, pause
        self.stopping = False
        # Answers after which a request is sent again.
        self.repeated = (None, 409, 429, 502, 503, 504)
        self.acknowledged = {}
        # When, which status, how long since the request was sent.
        self.errors = []
        self.wrong = []
        # When each write was acknowledged, and how long it took with all repetitions.
        self.times = []
        # Since when each client waits.
        self.pending = {}
        self.threads = [
            threading.Thread(target=self.write, args=(number, client), daemon=True) for number, client in enumerate(clients)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(60)

    def write(self, number, client):
        sequence = 0
        while not self.stopping:
            sequence += 1
            key = f"{number}-{sequence}"
            body = {
                "project_id": self.project, "start_time": "2024-01-15T09:00:00Z", "end_time": "2024-01-15T10:00:00Z",
                "notes": key}
            begun = self.pending[number] = time.monotonic()
            while True:
                sent = time.monotonic()
                status, text = client.request("POST", "/api/v1/time-entries", body, {"Idempotency-Key": key})
                if status == 201:
                    self.acknowledged[key] = json.loads(text)["time_entry"]["id"]
                    self.times.append((time.monotonic(), time.monotonic() - begun))
                    break
                self.errors.append((time.monotonic(), status, time.monotonic() - sent))
                if status not in self.repeated:
                    self.wrong.append((status, text[:200]))
                    break
                time.sleep(self.pause)

    def compare(self, database, name="tt"):
        """Keys that were acknowledged and are not stored; stored twice; stored under another id."""
        rows = database.ask("select notes, count(*), min(id) from time_entries group by notes", name)
        stored = {key: (int(count), int(first)) for key, count, first in (row.split("|") for row in rows.splitlines())}
        lost = [key for key in self.acknowledged if key not in stored]
        doubled = [key for key, (count, _) in stored.items() if count > 1]
        other = [key for key, number in self.acknowledged.items() if key in stored and stored[key][1] != number]
        return lost, doubled, other

    def outage(self, since):
        """First acknowledgement of all writers' after the last error, and errors by status, since a moment."""
        errors = [error for error in self.errors if error[0] >= since]
        last = max((error[0] for error in errors), default=since)
        return last, collections.Counter(str(error[1]) for error in errors)
