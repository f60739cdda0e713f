"""Runs the real program for black-box tests: starts it in a folder of its own on a free port, waits
for the line that it prints when it is ready, stops it by SIGTERM (exit code 0 is demanded) or kills
it. The environment is built from nothing, so neither the developer's variables nor a `.env` file
can change a test.
"""

import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading

from support.cinema import Cinema

# Generous bounds that only end a hopeless wait; sanitizer builds on a busy machine are slow.
START_LIMIT_S = 120
STOP_LIMIT_S = 120
COMMAND_LIMIT_S = 300

SECRET_KEY = "the-secret-key-of-the-black-box-tests"


def binary():
    path = os.environ.get("BOXOFFICE")
    if not path:
        raise RuntimeError("set BOXOFFICE to the program under test, e.g. build/dev/boxoffice")
    return os.path.abspath(path)


def environment(changes=None):
    """A small environment plus `changes`; a value of None removes the variable."""
    kept = ("PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
    variables = {name: os.environ[name] for name in kept if name in os.environ}
    variables["SECRET_KEY"] = SECRET_KEY
    variables["BALLAST_MIB"] = "0"  # dozens of servers run at a time
    # They share a machine that may stand still for a while, and all clients are one address.
    variables["QUEUE_WAIT_MAX_MS"] = "0"
    for name in ("READS", "WRITES", "LOGINS", "STREAMS", "ADMIN"):
        variables[f"RATE_LIMIT_{name}"] = "0"
    for name, value in (changes or {}).items():
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = str(value)
    return variables


class Server:
    """One data directory and, between start() and stop() or kill(), one process that serves it.
    `program`: another build of it than the one under test."""

    def __init__(self, *, seed=True, env=None, args=(), host="127.0.0.1", program=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="boxoffice-test-"))
        self.database_url = f"rocksdb:{self.folder / 'data'}"
        self.env = dict(env or {})
        self.args = list(args)
        self.host = host
        self.program = program or binary()
        self.process = None
        self.address = None
        self._seed = seed

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.discard()
            raise

    def __exit__(self, error, *_):
        if error is None:
            self.close()
        else:
            self.discard()

    # ---- The process ----------------------------------------------------------------------------

    def start(self):
        if self._seed:
            # In production it is refused; what is tested there wants something to work with.
            run("seed", "--database-url", self.database_url, cwd=self.folder,
                env={**self.env, "PROFILE": "demo"}, program=self.program)
            self._seed = False
        self.launch()
        return self.wait_ready()

    def launch(self):
        """Begins to start, and does not wait for it."""
        # If the test itself is killed, the kernel takes the server along.
        follow = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        self.stderr_path = self.folder / "stderr.txt"
        with open(self.stderr_path, "ab") as stderr:
            self.process = subprocess.Popen(
                [*follow, self.program, "serve", "--host", self.host, "--port", "0",
                 "--database-url", self.database_url, *self.args],
                cwd=self.folder, env=environment(self.env), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=stderr, text=True)
        self.stdout_lines = queue.Queue()
        threading.Thread(target=self._drain_stdout, args=(self.process, self.stdout_lines),
                         daemon=True).start()

    def is_ready(self):
        lines = list(self.stdout_lines.queue)
        return bool(lines) and lines[0].startswith("listening on ")

    def wait_ready(self):
        line = self._first_line()
        found = re.fullmatch(r"listening on (http://(\S+):(\d+))", line)
        if not found:
            self.kill()
            raise AssertionError(f"not the ready line: {line!r}; stderr:\n{self.stderr()}")
        self.url, self.address = found[1], (found[2].strip("[]"), int(found[3]))
        return self

    @staticmethod
    def _drain_stdout(process, lines):
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put("")
        process.stdout.close()

    def _first_line(self):
        try:
            return self.stdout_lines.get(timeout=START_LIMIT_S)
        except queue.Empty:
            return "(nothing)"

    def stop(self):
        """Asks the server to stop and demands a clean end."""
        self.terminate()
        self.wait_stopped()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait_stopped(self):
        process, self.process = self.process, None
        try:
            code = process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"did not stop on SIGTERM; stderr:\n{self.stderr()}") from None
        if code != 0:
            raise AssertionError(f"exit code {code} after SIGTERM; stderr:\n{self.stderr()}")

    def kill(self):
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def restart(self):
        self.stop()
        return self.start()

    def close(self):
        """The end of a test that went well: a clean stop is part of it."""
        try:
            if self.process:
                self.stop()
        finally:
            self.discard()

    def discard(self):
        if self.process:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stderr(self):
        """The last of what it said, without the lines of requests."""
        said = self.stderr_path.read_text(errors="replace").splitlines(keepends=True)
        return "".join(line for line in said if '"message":"request"' not in line)[-4000:]

    def request_lines(self, message="request"):
        """The access log, or another message's lines, as objects."""
        lines = self.stderr_path.read_text(errors="strict").splitlines()
        return [found for line in lines if (found := json.loads(line))["message"] == message]

    # ---- Around it ------------------------------------------------------------------------------

    def client(self, token=None):
        return Cinema(self.address, token)

    def command(self, *args, check=True, program=None):
        """Runs another subcommand on the same data directory."""
        return run(*args, "--database-url", self.database_url, cwd=self.folder, env=self.env,
                   check=check, program=program or self.program)

    def log(self, *args):
        """The events of the log, as `log show --json` prints them."""
        printed = self.command("log", "show", "--json", *args).stdout
        return [json.loads(line) for line in printed.splitlines()]


def run(*args, cwd, env=None, check=True, program=None):
    """Runs the program to its end and returns its exit code, standard output and error."""
    done = subprocess.run([program or binary(), *args], cwd=cwd, env=environment(env), capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, timeout=COMMAND_LIMIT_S)
    if check and done.returncode != 0:
        raise AssertionError(f"boxoffice {' '.join(args)}: exit code {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done
