"""A private PostgreSQL and Redis, and servers on them, each with a database of its own."""

import glob
import os
import pwd
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PASSWORD = "correct horse 1"


class Failure(Exception):
    """The surroundings of the test could not be set up."""


def prepare():
    """Lets this process and what it starts open as many descriptors as they may, and ends in order when told to."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def wait_until(condition, seconds, step=0.02):
    """Polls `condition`; returns its last value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() >= end:
            return value
        time.sleep(step)


class Services:
    """PostgreSQL and Redis in a temporary directory, reached by Unix sockets."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="tt-hostile.", dir="/tmp")
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
        if not programs:
            raise Failure("PostgreSQL is not installed; run Tests/install-packages")
        self._programs = programs[-1]
        self._prefix = []
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root.
            account = pwd.getpwnam("postgres")
            os.chown(self.directory, account.pw_uid, account.pw_gid)
            os.chmod(self.directory, 0o755)
            self._prefix = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        self._redis = None
        self._databases = 0
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        data = self.directory + "/pg"
        self._postgres("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8")
        options = (
            f"-k {self.directory} -c listen_addresses='' -c max_connections=100 -c fsync=off -c shared_buffers=64MB"
        )
        self._postgres("pg_ctl", "-D", data, "-l", self.directory + "/postgres.log", "-w", "-o", options, "start")
        socket = self.directory + "/redis.sock"
        self._redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", self.directory],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if not wait_until(lambda: os.path.exists(socket), 10):
            raise Failure("Redis did not start")
        self.redis_url = "unix://" + socket

    def _postgres(self, program, *arguments):
        subprocess.run(
            self._prefix + [f"{self._programs}/{program}", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.directory,
        )

    def database_url(self, name):
        return f"postgresql://postgres@/{name}?host={self.directory}"

    def new_database(self):
        """Makes a database; returns its name."""
        self._databases += 1
        name = f"hostile_{self._databases}"
        self.sql("postgres", f"create database {name}")
        return name

    def sql(self, database, text):
        done = subprocess.run(
            ["psql", "-qXAt", self.database_url(database), "-c", text], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Failure(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def stop(self):
        if os.path.isdir(self.directory + "/pg"):
            try:
                self._postgres("pg_ctl", "-D", self.directory + "/pg", "-m", "immediate", "stop")
            except subprocess.CalledProcessError:
                pass
        if self._redis:
            self._redis.terminate()
            self._redis.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


class Server:
    """A process tree with one worker, set up, with an administrator `admin` and a token that may do everything."""

    def __init__(self, program, services, settings=None):
        self.program = program
        self.services = services
        self.database = services.new_database()
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "DATABASE_URL": services.database_url(self.database),
            "REDIS_URL": services.redis_url,
            "REDIS_KEY_PREFIX": self.database + ":",
            "SECRET_KEY": "0123456789abcdef0123456789abcdef",
            "BIND": "127.0.0.1:0",
            "WORKERS": "1",
            "LOG_FORMAT": "json",
            "DATABASE_POOL_SIZE": "4",
            "DATABASE_SHARED_CONNECTIONS": "1",
            "API_TOKEN_RATE_LIMIT_PER_MINUTE": "1000000",
            "API_TOKEN_RATE_LIMIT_PER_HOUR": "1000000",
            "DRAIN_TIMEOUT": "5",
            "LOOP_HOLD_WARNING_MS": "10",
        }
        if "LD_LIBRARY_PATH" in os.environ:
            self.environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        self.environment.update(settings or {})
        self.log_path = f"{services.directory}/{self.database}.log"
        self.command("migrate")
        self.command("setup", "--admin-username", "admin", "--admin-password", PASSWORD)
        self.token = self.new_token("hostile")
        with open(self.log_path, "wb") as log:
            # A session of its own, so that a ^C here doesn't race with the server's own shutdown.
            self._process = subprocess.Popen(
                [program, "serve"], env=self.environment, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True
            )
        self.pid = self._process.pid
        try:
            self.port = self._wait_for_port()
        except BaseException:
            self.stop()
            raise

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def command(self, *arguments):
        done = subprocess.run(
            [self.program, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode != 0:
            raise Failure(f"timetracker {arguments[0]}: {done.stderr.strip()}")
        return done.stdout.strip()

    def new_token(self, name, *options):
        return self.command("token", "create", "--user", "admin", "--name", name, "--scopes", "admin:all", *options)

    def _wait_for_port(self):
        def port():
            found = re.search(r'"message":"serving","addresses":"http://127\.0\.0\.1:(\d+)', self.log())
            return int(found.group(1)) if found else self._process.poll() is not None and -1

        found = wait_until(port, 30)
        if not found or found < 0:
            raise Failure("the server did not start: " + self.log()[-2000:])
        return found

    def log(self):
        with open(self.log_path, "r", encoding="utf-8", errors="replace") as file:
            return file.read()

    def holds(self):
        """Milliseconds of each single piece of work for which the worker says that its loop was held."""
        return [int(held) for held in re.findall(r'"message":"event loop held".*?"milliseconds":"?(\d+)', self.log())]

    def sql(self, text):
        return self.services.sql(self.database, text)

    def stop(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
