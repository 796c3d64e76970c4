"""What the kernel tells of the server's processes (proc(5))."""

import os

TICKS = os.sysconf("SC_CLK_TCK")


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def children(pid):
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def worker_of(supervisor):
    """Process id of the supervisor's worker; 0 while there is none."""
    for child in children(supervisor):
        arguments = _read(f"/proc/{child}/cmdline").split(b"\0")
        if len(arguments) > 1 and arguments[1] == b"worker":
            return child
    return 0


def loop_thread(worker):
    """Thread id of the worker's event loop, which names itself; 0 when there is none."""
    try:
        threads = os.listdir(f"/proc/{worker}/task")
    except OSError:
        return 0
    for thread in threads:
        if _read(f"/proc/{worker}/task/{thread}/comm").startswith(b"tt-loop"):
            return int(thread)
    return 0


def run_queue_seconds(path):
    """How long a thread has been runnable without running: what others took from it (schedstat, second number)."""
    fields = _read(path).split()
    return int(fields[1]) / 1e9 if len(fields) == 3 else 0.0


def stolen_seconds():
    """How long each virtual processor was ready to run while the host ran others (steal), since the machine started."""
    lines = _read("/proc/stat").splitlines()
    return [int(line.split()[8]) / TICKS for line in lines if line.startswith(b"cpu") and line[3:4].isdigit()]


def memory(pid):
    """Resident and proportional set size in bytes; zeros for a process that is gone."""
    rss = pss = 0
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Rss:"):
            rss = int(line.split()[1]) * 1024
        elif line.startswith(b"Pss:"):
            pss = int(line.split()[1]) * 1024
    return rss, pss


def descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def client_sockets(pid, port):
    """Connections of clients that a process holds: TCP sockets whose own end is `port`, without the listening one."""
    own = set()
    wanted = f":{port:04X}"
    for line in _read(f"/proc/{pid}/net/tcp").decode("ascii", "replace").splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(wanted) and fields[3] != "0A":
            own.add(f"socket:[{fields[9]}]")
    count = 0
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return 0
    for name in names:
        try:
            if os.readlink(f"/proc/{pid}/fd/{name}") in own:
                count += 1
        except OSError:
            pass
    return count


def in_group(group):
    """The processes of a process group, with their commands; a worker leads a group of its own."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        stat = _read(f"/proc/{name}/stat").decode("utf-8", "replace")
        if ")" not in stat:
            continue
        fields = stat[stat.rindex(")") + 2 :].split()
        if fields[0] != "Z" and int(fields[2]) == group:
            found.append((int(name), stat[stat.index("(") + 1 : stat.rindex(")")]))
    return found
