"""How many connections one client may have, and what operators see of those who are turned away."""

import contextlib
import re
import unittest

from support import raw
from support.case import ServerCase, wait_until

GET = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


class Connections(ServerCase):
    def open(self):
        """A connection that was answered, or the answer that turned it away."""
        connection = self.stack.enter_context(raw.connect(self.server.address))
        with contextlib.suppress(ConnectionError):
            connection.sendall(GET)
        received = b""
        while not received.endswith(b"}"):
            part = connection.recv(65536)
            if not part:
                break
            received += part
        [answer] = raw.answers(received)
        raw.as_documented(GET, [answer])
        return connection, answer

    def setUp(self):
        super().setUp()
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def rejected(self):
        figures = self.ok(self.client.get("/api/admin/status", token=self.token))["server"]
        counts = {reject["reason"]: reject["count"] for reject in figures["rejected"]}
        self.assertEqual(sum(counts.values()), figures["refused_total"])
        text = self.client.get("/metrics", token=self.token).text
        shown = {reason: int(float(count)) for reason, count in
                 re.findall(r'^boxoffice_http_rejected_total\{reason="(\w+)"\} (\S+)$', text, re.M)}
        self.assertEqual(shown, counts)
        return counts


class OneAddress(Connections):
    env = {"PROFILE": "production", "CONNECTIONS_PER_ADDRESS_MAX": "5",
           "METRICS_TOKEN": "a-token-that-only-looks"}
    token = "a-token-that-only-looks"

    def test_has_as_many_as_the_setting_says_and_is_told_so(self):
        self.ok(self.client.get("/health"))  # which is the first of them
        within = [self.open() for _ in range(4)]
        self.assertEqual([answer.status for _, answer in within], [200] * 4)
        for number in range(1, 4):
            connection, answer = self.open()
            self.assertEqual(answer.status, 503)
            self.assertEqual(answer.fields["connection"], "close")
            self.assertGreaterEqual(int(answer.fields["retry-after"]), 0)
            self.assertEqual(connection.recv(1), b"")
            self.assertEqual(self.rejected()["address_limit"], number)
        within[0][0].close()
        wait_until(lambda: self.open()[1].status == 200, "there is room again")


class ThisMachine(Connections):
    env = {"CONNECTIONS_PER_ADDRESS_MAX": "1"}
    token = None

    def test_is_not_limited_in_the_demo_profile(self):
        self.assertEqual({self.open()[1].status for _ in range(20)}, {200})

    def test_what_is_turned_away_is_counted_by_its_reason(self):
        before = self.rejected()
        head = b"POST /api/seats/lock HTTP/1.1\r\nHost: x\r\n"
        for data in (b"nonsense\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n", head + b"Content-Length: x\r\n\r\n",
                     b"GET /" + b"x" * 9000, head + b"X: y\r\n" * 101 + b"\r\n",
                     head + b"Content-Length: 999999\r\n\r\n"):
            raw.exchange(self.server.address, data)
        after = self.rejected()
        self.assertEqual({reason: count - before[reason] for reason, count in after.items()
                          if count != before[reason]},
                         {"framing": 3, "header_too_large": 2, "body_too_large": 1})


if __name__ == "__main__":
    unittest.main()
