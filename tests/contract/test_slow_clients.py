"""A thousand clients that are slow in every way do not hurt one who is not, are cut off at the times
that are promised, and take no more memory than docs/operators.md says.
"""

import collections
import contextlib
import pathlib
import re
import socket
import threading
import time
import unittest

from support.case import WAIT_LIMIT_S, ServerCase, wait_until
from support.cinema import new_session
from support.server import binary

CROWD = 1_000
HEADER_TIME_S, BODY_TIME_S = 5, 10
# A server that waited for each of a thousand slow clients would take hours. This only tells that
# from a machine that is busy with other things.
HURT_S = 30

HEAD = b"POST /api/seats/lock HTTP/1.1\r\nHost: x\r\n"
IDLE = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


class Slow:
    """One of the crowd: what it begins with, and a byte of the same for each turn."""

    def __init__(self, address, kind):
        self.kind = kind
        self.socket = socket.socket()
        if kind == "reader":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(60)
        self.socket.connect(address)
        self.begun = time.monotonic()
        self.ended = None
        self.received = b""
        self.socket.setblocking(False)
        self.send({"header": HEAD + b"X: ", "body": HEAD + b"Content-Length: 99999\r\n\r\n{",
                   "reader": b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 200,
                   "idle": IDLE}[kind])

    def send(self, data):
        with contextlib.suppress(OSError):
            self.socket.send(data)

    def turn(self):
        if self.kind in ("header", "body"):
            self.send(b"x")
        try:
            part = self.socket.recv(1 if self.kind == "reader" else 65536)
        except BlockingIOError:
            return
        except ConnectionError:
            part = b""
        self.received += part
        if not part:
            self.ended = time.monotonic()

    def lasted_s(self):
        return self.ended - self.begun


class Crowd(threading.Thread):
    """Lets everybody have a turn each second, until all but the idle ones and those who do not read
    were cut off: of the latter only the server can tell."""

    def __init__(self, address):
        super().__init__(daemon=True)
        kinds = ("header", "body", "reader", "idle")
        self.all = [Slow(address, kinds[number % len(kinds)]) for number in range(CROWD)]
        self.over = threading.Event()

    def of(self, kind):
        return [slow for slow in self.all if slow.kind == kind]

    def run(self):
        while not self.over.is_set():
            for slow in self.all:
                if slow.ended is None:
                    slow.turn()
            time.sleep(1)  # the pace of the slow

    def close(self):
        self.over.set()
        self.join()
        for slow in self.all:
            slow.socket.close()


def rejected(client):
    text = client.get("/metrics").text
    return {reason: int(float(count)) for reason, count in
            re.findall(r'^boxoffice_http_rejected_total\{reason="(\w+)"\} (\S+)$', text, re.M)}


class SlowClients(ServerCase):
    def test_a_thousand_of_them_do_not_hurt_another(self):
        show = self.client.new_show()
        crowd = Crowd(self.server.address)
        crowd.start()
        self.addCleanup(crowd.close)
        took = []

        def all_cut():
            counts = rejected(self.client)
            return min(counts["header_timeout"], counts["body_timeout"],
                       counts["slow_reader"]) >= CROWD // 4

        start = time.monotonic()
        while not all_cut():
            session, begun = new_session(), time.monotonic()
            self.assertLess(begun - start, WAIT_LIMIT_S, "not all were cut off")
            self.locked(self.client.lock(show, show.seats[:4], session))
            self.assertTrue(self.ok(self.client.release(show, show.seats[:4], session))["success"])
            self.ok(self.client.get("/health"))
            took.append(time.monotonic() - begun)
            self.assertLess(took[-1], HURT_S)
        self.assertGreater(len(took), 10)
        wait_until(lambda: all(slow.ended for slow in crowd.of("header") + crowd.of("body")),
                   "those who were cut off have seen it")
        for kind, limit_s in (("header", HEADER_TIME_S), ("body", BODY_TIME_S)):
            for slow in crowd.of(kind):
                self.assertRegex(slow.received, rb"^HTTP/1.1 408 .*(?s:.*)\r\nConnection: close\r\n")
                self.assertGreaterEqual(slow.lasted_s(), limit_s)
        counts = rejected(self.client)
        self.assertEqual(collections.Counter(counts) - collections.Counter(
            header_timeout=CROWD // 4, body_timeout=CROWD // 4, slow_reader=CROWD // 4), {})
        # Who is only idle may stay for a minute; one that was there first is still served.
        idle = crowd.of("idle")[0]
        if time.monotonic() - idle.begun < 45:
            self.assertIsNone(idle.ended)
            self.assertTrue(idle.received.startswith(b"HTTP/1.1 200 "))


class Memory(ServerCase):
    """The figures of docs/operators.md, "Connections"."""

    env = {"IO_THREADS": "2"}

    @classmethod
    def setUpClass(cls):
        program = pathlib.Path(binary()).read_bytes()
        if any(name in program for name in (b"__asan_init", b"__tsan_init")):
            raise unittest.SkipTest("a sanitizer takes memory of its own")
        super().setUpClass()

    def setUp(self):
        self.server.restart()  # what another test has freed would be used again
        super().setUp()

    def resident_kb(self):
        with open(f"/proc/{self.server.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1])

    def open_connections(self):
        return self.ok(self.client.get("/api/admin/status"))["server"]["connections_open"]

    def cost_kb(self, count, data):
        """What each of `count` connections takes that have sent this."""
        for _ in range(50):
            self.client.get("/health")
        before = self.resident_kb()
        sockets = [socket.create_connection(self.server.address) for _ in range(count)]
        try:
            for connection in sockets:
                connection.sendall(data)
            wait_until(lambda: self.unread(sockets) == 0, "the server has read it all")
            return (self.resident_kb() - before) / count
        finally:
            for connection in sockets:
                connection.close()
            wait_until(lambda: self.open_connections() == 1, "they are closed")

    def unread(self, sockets):
        """Bytes that wait in the kernel for the server to read them."""
        ports = {connection.getsockname()[1] for connection in sockets}
        waiting = 0
        with open("/proc/net/tcp") as table:
            for line in list(table)[1:]:
                local, remote, _, queues = line.split()[1:5]
                pair = [int(end.split(":")[1], 16) for end in (local, remote)]
                sent, received = (int(queue, 16) for queue in queues.split(":"))
                if pair[0] == self.server.address[1] and pair[1] in ports:
                    waiting += received
                elif pair[0] in ports and pair[1] == self.server.address[1]:
                    waiting += sent
        return waiting

    def test_of_a_connection_that_is_idle(self):
        self.assertLess(self.cost_kb(1_000, IDLE), 10)

    def test_of_one_in_the_midst_of_the_largest_header(self):
        fields = b"X: yyyy\r\n" * 90
        self.assertLess(self.cost_kb(500, HEAD + fields + b"Y: " + b"y" * 15_000), 40)

    def test_of_one_in_the_midst_of_the_largest_body(self):
        head = HEAD + b"X: yyyy\r\n" * 90 + b"Y: " + b"y" * 15_000
        for framing in (b"\r\nContent-Length: 262144\r\n\r\n",
                        b"\r\nTransfer-Encoding: chunked\r\n\r\n40000\r\n"):
            with self.subTest(framing):
                self.assertLess(self.cost_kb(200, head + framing + b"x" * 262_143), 400)


if __name__ == "__main__":
    unittest.main()
