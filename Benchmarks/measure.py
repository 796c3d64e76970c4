"""Runs wrk against the server with one and two workers and prints what each request costs.

CPU is what the operating system counted for the processes themselves (/proc/PID/stat), divided by the requests
answered, so that the load generator's own share doesn't matter.
"""

import os
import re
import signal
import subprocess
import sys
import time

SERVER, TOKEN, WORK, BIN, SECONDS, CONNECTIONS = sys.argv[1:7]
URL = "http://127.0.0.1:18099"
TICK = os.sysconf("SC_CLK_TCK")
REQUESTS = [
    ("GET /api/v1/health", "/api/v1/health", None),
    ("GET /api/v1/projects/{id}", "/api/v1/projects/17", None),
    ("GET /api/v1/projects?per_page=50", "/api/v1/projects?per_page=50", None),
    ("GET /api/v1/time-entries?per_page=50", "/api/v1/time-entries?per_page=50", None),
    ("POST /api/v1/time-entries, Idempotency-Key", "/api/v1/time-entries", "post"),
]
POST_SCRIPT = """
local counter = 0
local id = 0
function setup(thread) id = id + 1; thread:set("id", id .. "-%d") end
function request()
  counter = counter + 1
  wrk.headers["Idempotency-Key"] = id .. "-" .. counter
  return wrk.format("POST", nil, nil,
    '{"project_id":17,"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T17:00:00Z","notes":"Development work","billable":true}')
end
"""


def stat(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def tree(pid):
    pids = [pid]
    for parent in pids:
        with open(f"/proc/{parent}/task/{parent}/children") as file:
            pids += [int(child) for child in file.read().split()]
    return pids


def cpu(pids):
    """CPU seconds of each process."""
    times = {}
    for pid in pids:
        try:
            times[pid] = stat(pid)
        except OSError:
            pass
    return times


def pss(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1)) / 1024


def wrk(path, script):
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-H", f"X-API-Key: {TOKEN}"]
    if script:
        name = f"{WORK}/post.lua"
        with open(name, "w") as file:
            file.write(POST_SCRIPT % time.time_ns())
        command += ["-H", "Content-Type: application/json", "-s", name]
    text = subprocess.run(command + [URL + path], capture_output=True, text=True, check=True).stdout
    count = int(re.search(r"(\d+) requests in", text).group(1))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    if bad:
        print(f"  !! {bad.group(1)} of {count} replies to {path} were errors")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    percentile = lambda name: re.search(rf"{name}%\s+([\d.]+\w+)", text).group(1)
    return count, rate, percentile(50), percentile(99)


def forget():
    """Takes the entries of the POST run out again, so that both rounds see the same rows."""
    statements = ["delete from time_entries where notes = 'Development work'", "truncate api_idempotency_keys", "vacuum analyze"]
    for statement in statements:
        subprocess.run(["psql", "-qX", os.environ["DATABASE_URL"], "-c", statement], check=True)


def start(workers):
    environment = dict(os.environ, WORKERS=str(workers))
    began = time.monotonic()
    log = open(f"{WORK}/serve.log", "w+")
    process = subprocess.Popen([SERVER, "serve"], env=environment, stderr=log)
    while '"serving"' not in open(f"{WORK}/serve.log").read():
        if process.poll() is not None:
            sys.exit(open(f"{WORK}/serve.log").read())
        time.sleep(0.005)
    return process, time.monotonic() - began


def main():
    postmaster = int(open(f"{WORK}/pg/postmaster.pid").readline())
    redis = int(open(f"{WORK}/redis.pid").read())
    one = {}
    for workers in (1, 2):
        process, ready = start(workers)
        print(f"\n{workers} worker{'s' if workers > 1 else ''}, {CONNECTIONS} connections, ready after {ready:.2f} s\n")
        print("| request | req/s | p50 | p99 | worker CPU µs | PostgreSQL CPU µs | Redis CPU µs |")
        print("|---|---|---|---|---|---|---|")
        for name, path, script in REQUESTS:
            warm_up = ["wrk", "-t1", "-c8", "-d1s", "-H", f"X-API-Key: {TOKEN}", URL + "/api/v1/users/me"]
            subprocess.run(warm_up, capture_output=True)
            groups = [lambda: tree(process.pid)[1:], lambda: tree(postmaster), lambda: [redis]]
            before = [cpu(group()) for group in groups]
            count, rate, p50, p99 = wrk(path, script)
            # Connections that were opened meanwhile count from zero.
            after = [cpu(group()) for group in groups]
            costs = [sum(b[pid] - a.get(pid, 0) for pid in b) * 1e6 / count for a, b in zip(before, after)]
            ratio = ""
            if workers == 1:
                one[name] = rate
            else:
                ratio = f" ({rate / one[name]:.2f}×)"
            print(f"| {name} | {rate:,.0f}{ratio} | {p50} | {p99} | {costs[0]:.0f} | {costs[1]:.0f} | {costs[2]:.0f} |")
            if script and workers == 1:
                forget()
        memory = [pss(pid) for pid in tree(process.pid)[1:]]
        print(f"\nmemory per worker after this: {max(memory):.0f} MB PSS")
        process.send_signal(signal.SIGTERM)
        process.wait()
    select = f"{WORK}/select.sql"
    with open(select, "w") as file:
        file.write("\\set id random(1, 1000)\nselect * from projects where id = :id;\n")
    command = [f"{BIN}/pgbench", "-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", SECONDS, "-f", select]
    text = subprocess.run(
        command + ["-h", WORK, "-U", "postgres", "postgres"], capture_output=True, text=True, check=True).stdout
    tps = float(re.search(r"tps = ([\d.]+)", text).group(1))
    ratio = one["GET /api/v1/projects/{id}"] / tps
    print(f"\npgbench -M prepared -c 8, one row by id: {tps:,.0f}/s; GET /projects/{{id}}, one worker: {ratio:.2f} of it")


main()
