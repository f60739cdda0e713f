"""haproxy and nginx in front of the server, every row of raw_requests.txt sent to them: do they and
the server agree on how many requests there were, and which answer belongs to which?

What is compared. The proxy gives each request that it passes on a name, in X-Request-Id, and logs
the name, the status that the server answered with, and the X-Request-Id of that answer, which the
server repeats from the request. The server counts the requests that it read, and those that it
refused. After each row, and the harmless request behind it on the same connection:

- the answers that the proxy got are as many as the server gave: had it read two requests where the
  proxy saw one, there would be more (a smuggled one), or where it waits for more bytes, fewer;
  (A body that breaks off, or breaks its framing, ends the exchange while it goes on: the proxy may
  miss the answer, if there was one, to a request that it had begun to pass on.)
- each answer carries the name of the request that it was logged with, or none when the server refused
  to read it: had one been smuggled, its answer would be taken for the next one's;
- one more request, on a connection of its own, is answered as itself: the proxy keeps connections to
  the server, and what a row has left behind on one of them would come before it.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from support import raw
from support.case import ServerCase, wait_until
from support.server import STOP_LIMIT_S

ROOT = pathlib.Path(__file__).parents[2]
PROXIES = ROOT / "build/tools/proxies/usr"
NO_SERVER = {"-", "<NOSRV>"}
REFUSED = {400, 408, 413, 414, 417, 431, 505}

HAPROXY = """
global
    nbthread 1
    log {folder}/log.socket len 16384 format raw local0
defaults
    mode http
    log global
    retries 0
    http-reuse always
    timeout connect 30s
    timeout client 30s
    timeout server 30s
frontend front
    bind unix@{folder}/front.socket
    unique-id-format n%rt
    http-request set-header X-Request-Id %[unique-id]
    http-response set-var(txn.echo) res.hdr(X-Request-Id)
    http-response set-var(txn.status) status
    log-format "%[unique-id] %s %[var(txn.status)] %[var(txn.echo)] %ST %HU"
    default_backend back
backend back
    server one {host}:{port}
"""

NGINX = """
daemon off;
master_process off;
error_log {folder}/error.txt;
pid {folder}/pid;
events {{}}
http {{
    log_format agreed '$request_id $upstream_addr $upstream_status $upstream_http_x_request_id $status $request_uri';
    access_log {folder}/log.txt agreed;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream back {{
        server {host}:{port};
        keepalive 4;
    }}
    server {{
        listen unix:{folder}/front.socket;
        location / {{
            proxy_pass http://back;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Request-Id $request_id;
            proxy_request_buffering off;
            proxy_ignore_client_abort on;
            proxy_next_upstream off;
        }}
    }}
}}
"""


class Agreement:
    """For each proxy: `name`, `config`, `command`, `read_log`."""

    @classmethod
    def setUpClass(cls):
        cls.program = shutil.which(cls.name) or PROXIES / "sbin" / cls.name
        if not os.access(cls.program, os.X_OK):
            raise unittest.SkipTest(f"{cls.name} is not there: `make tests` fetches it where apt is")
        super().setUpClass()
        cls.folder = tempfile.mkdtemp(prefix="boxoffice-proxy-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.prepare()
        config = pathlib.Path(cls.folder, "config")
        host, port = cls.server.address
        config.write_text(cls.config.format(folder=cls.folder, host=host, port=port))
        libraries = ":".join(str(path) for path in (PROXIES / "lib").glob("*-linux-*"))
        cls.proxy = subprocess.Popen([cls.program, *cls.command, config],
                                     env={**os.environ, "LD_LIBRARY_PATH": libraries},
                                     stderr=open(pathlib.Path(cls.folder, "stderr"), "w"))
        cls.addClassCleanup(cls.end)
        cls.front = cls.folder + "/front.socket"
        wait_until(cls.is_up, f"{cls.name} listens")

    @classmethod
    def prepare(cls):
        pass

    @classmethod
    def is_up(cls):
        if cls.proxy.poll() is not None:
            raise AssertionError(pathlib.Path(cls.folder, "stderr").read_text())
        try:
            raw.connect(cls.front).close()
            return True
        except OSError:
            return False

    @classmethod
    def end(cls):
        cls.proxy.kill()
        cls.proxy.wait(STOP_LIMIT_S)

    def count(self):
        """What the server has read and refused, but for the questions that this test asks it."""
        self.asked += 1
        figures = self.ok(self.client.get("/api/admin/status"))["server"]
        return figures["requests_total"] - self.asked, figures["refused_total"]

    def logged_until(self, last):
        """The proxy's lines since the last call, up to the one whose target is `last`."""
        def found():
            self.lines += self.read_log()
            return any(line.split()[5] == last for line in self.lines)
        wait_until(found, f"{self.name} has logged {last}")
        lines, self.lines = self.lines, []
        return [line.split() for line in lines]

    def test_both_see_the_same_requests(self):
        self.asked, self.lines, passed, refused = 0, [], 0, 0
        before = self.count()
        for number, row in enumerate(raw.table()):
            with self.subTest(row.name):
                # What the proxy itself makes of a row is its own affair.
                raw.converse(self.front, row.parts[:-1] + [row.parts[-1] + raw.PROBE])
                last = f"/health?row={number}"
                received = raw.converse(
                    self.front, [f"GET {last} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode()])
                self.assertIn(b'{"status":"healthy"}', received)
                lines = self.logged_until(last)
                after = self.count()
                read, turned_away = after[0] - before[0], after[1] - before[1]
                before = after
                answered = [(name, int(status), echo) for name, _, status, echo, *_ in lines
                            if status.isdigit()]
                begun = [name for name, server, status, *_ in lines
                         if server not in NO_SERVER and not status.isdigit()]
                self.assertIn(read + turned_away - len(answered), range(len(begun) + 1), lines)
                nameless = [status for name, status, echo in answered if echo == "-"]
                self.assertIn(turned_away - len(nameless), range(len(begun) + 1), lines)
                self.assertLessEqual(set(nameless), REFUSED, lines)
                for name, _, echo in answered:
                    self.assertIn(echo, (name, "-"), lines)
                passed, refused = passed + read, refused + turned_away
        self.assertGreater(passed, len(raw.table()))
        self.assertGreater(refused, 10)


class Haproxy(Agreement, ServerCase):
    name = "haproxy"
    config = HAPROXY
    command = ("-db", "-f")

    @classmethod
    def prepare(cls):
        cls.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        cls.addClassCleanup(cls.log.close)
        cls.log.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        cls.log.bind(cls.folder + "/log.socket")
        cls.log.setblocking(False)

    def read_log(self):
        lines = []
        try:
            while True:
                line = self.log.recv(65536).decode("latin-1").strip()
                if line.startswith("n"):  # else it is a word of the proxy's own
                    lines.append(line)
        except BlockingIOError:
            return lines


class Nginx(Agreement, ServerCase):
    name = "nginx"
    config = NGINX
    command = ("-c",)
    read_to = 0

    def read_log(self):
        with open(self.folder + "/log.txt", "rb") as log:
            log.seek(self.read_to)
            whole, newline, _ = log.read().rpartition(b"\n")
            self.read_to += len(whole) + len(newline)
        return whole.decode("latin-1").split("\n") if whole else []


if __name__ == "__main__":
    unittest.main()
