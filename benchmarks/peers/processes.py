"""Starts and ends the programs that are measured: each on a free port of this machine, with a
folder of its own. Only what was started here is ended, by its process id."""

import os
import pathlib
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNPACKED = ROOT / "build/tools/peers/usr"
START_LIMIT_S = 60
STOP_LIMIT_S = 60
PYTHON = "/usr/bin/python3"  # the one that Debian's packages are for


def program(name, *folders):
    """Its path, installed or unpacked by cmake/install_peers.sh; None where there is none."""
    for folder in (*folders, UNPACKED / "bin", "/usr/bin"):
        if os.access(pathlib.Path(folder) / name, os.X_OK):
            return str(pathlib.Path(folder) / name)
    return None


def environment(**more):
    """A small one, in which what was unpacked is found."""
    libraries = f"{UNPACKED}/lib/{platform.machine()}-linux-gnu"
    return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8",
            "LD_LIBRARY_PATH": libraries, "PYTHONPATH": f"{UNPACKED}/lib/python3/dist-packages",
            "PYTHONDONTWRITEBYTECODE": "1", **more}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged_user():
    """For programs that refuse to be root's; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("there is no user postgres, and no nobody")


def as_user(user):
    """What a command line begins with so that it runs as this user."""
    if user is None:
        return []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def run(*command, user=None, env=None, given=None):
    """To its end; what it printed."""
    done = subprocess.run([*as_user(user), *command], env=env or environment(), input=given,
                          stdin=None if given is not None else subprocess.DEVNULL,
                          capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n"
                           f"{done.stdout}{done.stderr}")
    return done.stdout


class Process:
    """One that is started and stopped once. What it says is in `said`, a file."""

    def __init__(self, *command, said, user=None, env=None, stop_by=signal.SIGTERM):
        self.said = said
        self.stop_by = stop_by
        # If we are killed, the kernel asks the server to stop.
        follow = ["setpriv", "--pdeathsig", stop_by.name[3:]] if shutil.which("setpriv") else []
        with open(said, "ab") as out:
            self.popen = subprocess.Popen(
                [*as_user(user), *follow, *command], env=env or environment(), stdout=out,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd="/",
                start_new_session=True)

    def wait_until(self, ready):
        """`ready()` tells, without raising, whether it serves."""
        end = time.monotonic() + START_LIMIT_S
        while not ready():
            if self.popen.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"{self.popen.args} did not start:\n{self.last_words()}")
            time.sleep(0.02)

    def last_words(self):
        return pathlib.Path(self.said).read_text(errors="replace")[-2000:]

    def stop(self):
        if self.popen.poll() is None:
            self.popen.send_signal(self.stop_by)
            try:
                self.popen.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.popen.pid, signal.SIGKILL)  # the session that we made for it
                self.popen.wait()


def processor_seconds(root):
    """Of this process and all that it has started, those included that have ended."""
    parents, used = {}, {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        used[pid] = sum(int(field) for field in fields[11:15])  # its own, its children's
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return sum(used.get(pid, 0) for pid in family) / os.sysconf("SC_CLK_TCK")


def empty_folder(path, user=None):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path
