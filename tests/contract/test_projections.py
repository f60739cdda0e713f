"""`boxoffice projections` beside a stopped and a running server: read models are compared with the
log, made anew, and one that cannot go on says so while the others answer.
"""

import json
import os
import subprocess
import unittest

from support.case import wait_until
from support.cinema import new_session
from support.server import Server

NAMES = ["catalog", "seat_map", "bookings", "users", "payments"]
DIFFERS, NOT_FOUND, UNAVAILABLE = 3, 4, 6


class Case(unittest.TestCase):
    env = {}

    def setUp(self):
        self.server = Server(env=self.env)
        self.server.__enter__()
        self.addCleanup(self.server.discard)
        self.connect()
        show = self.client.new_show()
        session = new_session()
        self.client.lock(show, show.seats[:2], session)
        self.booking = self.client.book(show, show.seats[:2], "test@example.com", session).json["id"]
        self.show = show

    def connect(self):
        self.client = self.server.client()
        self.addCleanup(self.client.close)

    def projections(self, *args, check=True):
        done = self.server.command("projections", *args, "--json", check=check)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def ldb(self, *args):
        """RocksDB's own tool on the stored read models."""
        done = subprocess.run(
            ["ldb", f"--db={self.server.folder / 'data' / 'read'}", "--column_family=bookings@1",
             "--key_hex", "--value_hex", *args],
            capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
        self.assertEqual(done.returncode, 0, done.stderr)


class Projections(Case):
    def test_on_a_data_directory(self):
        self.server.stop()
        self.assertEqual([model["name"] for model in self.projections("list")[1]], NAMES)
        for model in self.projections("status")[1]:
            self.assertEqual((model["state"], model["behind_events"]), ("current", 0), model)
        for way in ("verify", "rebuild", "verify"):
            reports = self.projections(way, "--all")[1]
            self.assertEqual([report["name"] for report in reports], NAMES)
            self.assertEqual([report["first_difference"] for report in reports], [None] * 5)
        self.assertEqual(self.projections("rebuild", "weather", check=False)[0], NOT_FOUND)

    def test_deleted_they_are_made_again(self):
        before = self.client.seats(self.show.id).json
        self.server.stop()
        for path in (self.server.folder / "data" / "read").iterdir():
            path.unlink()
        self.assertEqual({model["state"] for model in self.projections("status")[1]},
                         {"missing: the next start makes it"})
        self.server.start()
        self.connect()
        self.assertEqual(self.client.seats(self.show.id).json, before)

    def test_a_row_that_the_log_does_not_say_is_found_and_mended(self):
        self.server.stop()
        self.ldb("put", "0x7a", "0x01")
        code, [report] = self.projections("verify", "bookings", check=False)
        self.assertEqual((code, report["first_difference"]),
                         (DIFFERS, "row 7a should not be there"))
        self.assertEqual(self.projections("rebuild", "bookings")[0], 0)
        self.assertEqual(self.projections("verify", "bookings")[0], 0)

    def test_a_server_that_is_not_there(self):
        self.server.stop()
        done = self.server.command("projections", "status", "--url", "http://127.0.0.1:1",
                                   check=False)
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


class Stopped(Case):
    env = {"PAYMENT_DEADLINE_SECONDS": "2"}

    def test_one_that_cannot_go_on_is_named_and_the_others_answer(self):
        self.server.stop()
        self.ldb("delete", f"0x62{self.booking:08x}")  # 'b' booking: its expiry cannot be folded
        self.server.start()
        self.connect()
        ready = wait_until(lambda: (answer := self.client.get("/readyz")).status == 503 and answer,
                           "a read model stops")
        self.assertRegex(ready.json["problems"][0], "read model bookings: cannot fold ")
        self.assertEqual(self.client.booking(self.booking).status, 503)
        self.assertEqual(self.client.seats(self.show.id).status, 200)

        _, models = self.projections("status", "--url", self.server.url)
        self.assertEqual([model["name"] for model in models if model["stopped"]], ["bookings"])
        _, [report] = self.projections("rebuild", "bookings", "--url", self.server.url)
        self.assertTrue(report["name"] == "bookings" and not report["first_difference"])
        self.assertEqual(self.client.get("/readyz").status, 200)
        self.assertEqual(self.client.booking(self.booking).json["status"], "cancelled")


if __name__ == "__main__":
    unittest.main()
