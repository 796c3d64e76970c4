"""Times requests one after the other over one connection and prints p50, p99 and the total that was counted.

Afterwards each request is sent again while auto_explain (PostgreSQL manual, F.4) logs the plans that the server's own
prepared statements get; they go to a file, and a request for which time_entries was read from end to end is told of.
Exits with 1 if there is one.
"""

import datetime
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse

SERVER, ADMIN, MEMBER, WORK, PLANS = sys.argv[1:6]
ADDRESS = ("127.0.0.1", 18098)
SECONDS = float(os.environ.get("SECONDS_EACH", "2"))
MOST = 300
DAY = datetime.timedelta(days=1)
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def ago(days):
    return str(TODAY - days * DAY)


ENTRIES = "/api/v1/time-entries?per_page=50"
# Project 1 has the most entries, 4000 few.
LISTS = [
    "", "&page=2", "&page=200", "&page=40000", "&include_active=true", "&user_id=9", "&project_id=1", "&project_id=4000",
    "&task_id=1", "&client_id=21", "&billable=false", "&billable=true", "&paid=true", "&paid=false",
    "&billable=false&paid=true", "&billable=false&page=4000",
    f"&start_date={ago(1)}&end_date={ago(1)}", f"&start_date={ago(60)}&end_date={ago(30)}",
    f"&start_date={ago(700)}&end_date={ago(335)}", "&start_date=2000-01-01", f"&end_date={ago(1000)}",
    f"&billable=false&start_date={ago(700)}&end_date={ago(335)}", f"&paid=true&end_date={ago(1400)}",
    f"&paid=true&start_date={ago(100)}",
    "&user_id=9&billable=false", "&user_id=9&paid=true", f"&user_id=9&start_date={ago(700)}&end_date={ago(335)}",
    f"&user_id=9&paid=true&start_date={ago(900)}", "&user_id=9&project_id=1", "&user_id=9&task_id=1", "&user_id=9&client_id=21",
    "&project_id=1&billable=false", "&project_id=1&paid=true&billable=false", f"&project_id=1&start_date={ago(700)}&end_date={ago(335)}",
    f"&project_id=1&user_id=9&billable=false&start_date={ago(900)}", "&task_id=1&paid=true", "&client_id=21&paid=true",
    "&tag=nosuch", "&tag=Remote", "&tag=development", "&tag=sprint-50", "&tag=remote&page=1000", "&tag=remote&user_id=9",
    "&tag=remote&billable=false", "&tag=remote&paid=true&billable=false", f"&tag=remote&start_date={ago(700)}&end_date={ago(335)}",
    "&tag=remote&project_id=1", "&tag=sprint-50&project_id=1", "&tag=nosuch&project_id=1", "&tag=remote&task_id=1",
    "&tag=remote&include_active=true",
]
# Beside words of the notes: what occurs nowhere, what has no trigram, what only few or old entries have.
TEXTS = ["qx", "xq", "wo", "er", "7,", "--", "日本", "qxqx", "login page", "Überarbeitung", "ticket 54321", "ticket 5432",
         "sprint-99", "sprint-50", "sprint-1", "remote", "code for budget", "ed mobile"]
REPORTS = [
    "", "?user_id=9", "?project_id=1", f"?start_date={ago(365)}", f"?start_date={ago(700)}&end_date={ago(335)}",
    f"?start_date={ago(1500)}&user_id=9", f"?start_date={ago(1500)}&project_id=1", f"?start_date={ago(1500)}",
]
OTHERS = [
    "/api/v1/projects", "/api/v1/projects?status=all", "/api/v1/projects?status=all&page=100", "/api/v1/projects?client_id=21",
    "/api/v1/projects/1", "/api/v1/clients", "/api/v1/clients?search=qx", "/api/v1/clients?search=company%2017",
    "/api/v1/clients?status=inactive", "/api/v1/tasks", "/api/v1/tasks?page=400", "/api/v1/tasks?project_id=1",
    "/api/v1/tasks?status=review", "/api/v1/tasks?tags=bug", "/api/v1/tasks?tags=nosuch", "/api/v1/tasks?tags=nosuch,URGENT",
    "/api/v1/tasks?assigned_to=9", "/api/v1/tasks?search=qx", "/api/v1/tasks?search=task%20777", "/api/v1/tasks/1",
    "/api/v1/users", "/api/v1/timer/status", "/api/v1/time-entries/1000000",
]
MEMBERS = ["", "&page=100", "&billable=false", "&paid=true", "&tag=nosuch", "&tag=remote", f"&start_date={ago(700)}&end_date={ago(335)}",
           "&project_id=1", "&tag=remote&billable=false"]


def requests():
    """Token, path."""
    search = lambda text: "/api/v1/search?q=" + urllib.parse.quote(text)
    yield from ((ADMIN, ENTRIES + filter) for filter in LISTS)
    yield from ((MEMBER, ENTRIES + filter) for filter in MEMBERS)
    yield from ((ADMIN, search(text)) for text in TEXTS)
    yield from ((MEMBER, search(text)) for text in TEXTS)
    yield from ((ADMIN, "/api/v1/reports/summary" + span) for span in REPORTS)
    yield from ((MEMBER, "/api/v1/reports/summary" + span) for span in ("", f"?start_date={ago(1500)}"))
    yield from ((ADMIN, path) for path in OTHERS)


class Client:
    def __init__(self):
        self.connection = http.client.HTTPConnection(*ADDRESS)
        self.cookies = {}

    def send(self, method, path, headers=None, body=None):
        """Status, text, milliseconds."""
        headers = dict(headers or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        text = reply.read().decode()
        elapsed = (time.perf_counter() - began) * 1000
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return reply.status, text, elapsed

    def sign_in(self):
        """So that the dashboards answer."""
        _, page, _ = self.send("GET", "/login")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        form = urllib.parse.urlencode({"csrf_token": token, "username": "admin", "password": "benchmark1"})
        status, text, _ = self.send("POST", "/login", {"Content-Type": "application/x-www-form-urlencoded"}, form)
        if status not in (302, 303):
            sys.exit(f"sign-in: {status} {text}")


def psql(sql):
    subprocess.run(["psql", "-qXAt", os.environ["DATABASE_URL"], "-c", sql], check=True, stdout=subprocess.DEVNULL)


def forget_dashboards():
    subprocess.run(["redis-cli", "-s", f"{WORK}/redis.sock", "flushall"], check=True, stdout=subprocess.DEVNULL)


def explain(is_on):
    for name, value in [("log_min_duration", "0" if is_on else "-1"), ("log_analyze", "on"), ("log_buffers", "on"),
                        ("log_timing", "on"), ("log_nested_statements", "on")]:
        psql(f"alter system set auto_explain.{name} = '{value}'")
    psql("select pg_reload_conf()")
    time.sleep(0.5)


def own_plans(log):
    """What the log has of a worker's statements, without those that every request needs."""
    entries = re.split(r"^(?=[\w-]*:LOG: )", log, flags=re.M)
    return "".join(
        entry for entry in entries
        if entry.startswith("timetracker:LOG: ") and not re.search(r"\bapi_tokens\b|\bfrom settings\b", entry))


def summary(text):
    """What a reply says of its size."""
    try:
        reply = json.loads(text)
    except ValueError:
        return ""
    if "pagination" in reply:
        return f"{reply['pagination']['total']:,}"
    if "results" in reply:
        return f"{reply['count']} hits" + (", partial" if reply["partial"] else "")
    if "summary" in reply:
        return f"{reply['summary']['total_entries']:,} entries"
    return ""


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def timed(send):
    """Sends until there are enough; the first ones warm up, and make PostgreSQL choose its final plans."""
    times, status, text, began = [], 0, "", time.monotonic()
    for _ in range(8):
        status, text, elapsed = send()
        if elapsed > 500:
            break
    while len(times) < MOST and (len(times) < 3 or time.monotonic() - began < SECONDS):
        status, text, elapsed = send()
        times.append(elapsed)
    if status not in (200, 201):
        sys.exit(f"{status} {text[:300]}")
    return times, text


def senders(client):
    """Name, function that sends the request once."""
    for token, path in requests():
        headers = {"X-API-Key": token}
        name = "GET " + urllib.parse.unquote(path).replace("/api/v1", "").replace("?per_page=50", "")
        yield name + (" (a member)" if token == MEMBER else ""), lambda: client.send("GET", path, headers)
    browser = Client()
    browser.sign_in()
    for path in ("/api/stats/value-dashboard", "/api/reports/week-comparison"):

        def dashboard():
            forget_dashboards()
            return browser.send("GET", path)

        yield f"GET {path} (nothing cached)", dashboard
    for tags in ("", '"tags":"remote, development",'):
        body = ('{"project_id":17,"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T17:00:00Z",%s'
                '"notes":"Worked on mobile layout, ticket 4711"}' % tags)
        headers = {"X-API-Key": ADMIN, "Content-Type": "application/json"}
        name = "POST /time-entries" + (", two tags" if tags else "")
        yield name, lambda: client.send("POST", "/api/v1/time-entries", headers, body)


def start():
    log = open(f"{WORK}/serve.log", "w")
    process = subprocess.Popen([SERVER, "serve"], env=dict(os.environ, LOG_LEVEL="info"), stderr=log)
    while '"serving"' not in open(f"{WORK}/serve.log").read():
        if process.poll() is not None:
            sys.exit(open(f"{WORK}/serve.log").read())
        time.sleep(0.01)
    return process


def main():
    process = start()
    scanned = []
    try:
        client = Client()
        figures = {}
        for name, send in senders(client):
            times, text = timed(send)
            figures[name] = (percentile(times, 0.5), percentile(times, 0.99), summary(text))
        explain(True)
        print("\n| request | found | p50 ms | p99 ms | reads all of time_entries |\n|---|---|---|---|---|")
        with open(PLANS, "w") as plans, open(f"{WORK}/postgres.log") as log:
            for name, send in senders(client):
                log.seek(0, os.SEEK_END)
                send()
                text = own_plans(log.read())
                scans = bool(re.search(r"Seq Scan on (public\.)?time_entries\b", text))
                if scans:
                    scanned.append(name)
                p50, p99, found = figures[name]
                plans.write(f"==== {name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {found}\n{text}\n")
                print(f"| {name} | {found} | {p50:.1f} | {p99:.1f} | {'YES' if scans else 'no'} |", flush=True)
        explain(False)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    print(f"\nThe plans are in {PLANS}.")
    if scanned:
        print(f"{len(scanned)} requests read all of time_entries: {', '.join(scanned)}")
        sys.exit(1)


main()
