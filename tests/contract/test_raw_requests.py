"""Raw bytes in, statuses out: every row of raw_requests.txt against the real server. Each is followed
by a harmless request in the same bytes: it is answered, as itself, exactly when the connection is to
stay open; so both ends agree on where the row's last message ended.
"""

import collections
import unittest

from support import raw
from support.case import ServerCase, wait_until


class RawRequests(ServerCase):
    def test_every_row(self):
        rows = raw.table()
        self.assertGreaterEqual(len(rows), 200)
        twice = [name for name, count in collections.Counter(row.name for row in rows).items()
                 if count > 1]
        self.assertEqual(twice, [], "each row has a name of its own")
        for row in rows:
            with self.subTest(row.name):
                self.check(row)

    def check(self, row):
        parts = row.parts[:-1] + [row.parts[-1] + raw.PROBE]
        received = raw.converse(self.server.address, parts)
        answers = raw.answers(received, row.to_head)
        probed = [answer for answer in answers if answer.fields.get("x-request-id") == "probe"]
        raw.as_documented(raw.PROBE, probed)
        raw.as_documented(b"".join(row.parts), answers[:len(answers) - len(probed)])
        self.assertEqual([answer.status for answer in answers],
                         row.statuses + [200] * row.stays_open, received[:500])
        self.assertEqual(len(probed), row.stays_open, received[:500])
        if row.stays_open:
            self.assertEqual(probed[0].body, b'{"status":"healthy"}')
            return
        self.assertEqual(answers[-1].fields.get("connection"), "close")
        if answers[-1].status >= 400:
            self.is_short(answers[-1], bodiless=row.to_head and len(answers) == 1)

    def is_short(self, answer, bodiless):
        self.assertEqual(answer.fields["content-type"], "application/problem+json")
        self.assertLess(int(answer.fields["content-length"]), 1024)
        self.assertLess(sum(map(len, answer.fields.values())), 512)
        if not bodiless:
            self.assertIn(b'"detail":', answer.body)

    def test_a_row_that_comes_byte_by_byte_means_the_same(self):
        for row in raw.table():
            if len(row.parts) > 1 or len(row.parts[0]) > 1024:
                continue
            with self.subTest(row.name):
                # One byte a segment: the server reads them as they come.
                received = raw.converse_slowly(self.server.address, row.parts[0] + raw.PROBE)
                statuses = [answer.status for answer in raw.answers(received, row.to_head)
                            if answer.status != 100]
                self.assertEqual(statuses, row.statuses + [200] * row.stays_open)


if __name__ == "__main__":
    unittest.main()
