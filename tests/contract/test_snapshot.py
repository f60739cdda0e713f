"""Snapshots of the running server: made in the background, started from, and never trusted."""

import json
import time
import unittest
from pathlib import Path

from support.server import Server

DEADLINE_S = 60


class Snapshots(unittest.TestCase):
    def setUp(self):
        self.server = Server(env={"SNAPSHOT_EVERY_EVENTS": "20"})
        self.server.__enter__()
        self.addCleanup(self.server.discard)

    def verify(self, check=True):
        done = self.server.command("snapshot", "verify", "--json", check=check)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def files(self):
        return sorted((self.server.folder / "data" / "snapshots").glob("snapshot-" + "[0-9]" * 20))

    def fill(self):
        """Locks seats until a snapshot was made."""
        client = self.server.client()
        show = client.new_show(total_seats=200)
        until = time.monotonic() + DEADLINE_S
        for seat in show.seats:
            self.assertEqual(client.lock(show, [seat], f"s{seat}").status, 200)
            if self.files():
                return client, show
            self.assertLess(time.monotonic(), until, "no snapshot was made")
            time.sleep(0.05)  # the maker looks once a second
        self.fail("no snapshot was made")

    def test_a_restart_goes_on_from_the_newest_and_answers_the_same(self):
        client, show = self.fill()
        code, found = self.verify()
        self.assertEqual((code, {entry["state"] for entry in found}), (0, {"verified"}))
        seats = client.seats(show.id).json
        self.server.restart()
        self.assertRegex(self.server.stderr(), r"from the snapshot of position \d+")
        after = self.server.client().seats(show.id).json
        self.assertEqual(after, seats)

    def test_a_damaged_one_is_named_and_passed_over(self):
        client, show = self.fill()
        seats = client.seats(show.id).json
        self.server.stop()
        for path in self.files():
            damaged = bytearray(Path(path).read_bytes())
            damaged[100] ^= 1
            path.write_bytes(damaged)
        code, found = self.verify(check=False)
        self.assertEqual((code, {entry["state"] for entry in found}), (7, {"damaged"}))
        self.server.start()
        self.assertIn("passed over: ", self.server.stderr())
        after = self.server.client().seats(show.id).json
        self.assertEqual(after, seats)

    def test_create_works_beside_the_server_and_without_it(self):
        self.server.command("snapshot", "create")
        client = self.server.client()
        client.new_show()
        created = self.server.command("snapshot", "create").stdout
        self.assertRegex(created, r"snapshot-\d{20} written, \d+ bytes")
        self.server.stop()
        again = self.server.command("snapshot", "create").stdout
        self.assertIn("the newest snapshot is of the log's end already", again)
        code, found = self.verify()
        self.assertEqual((code, len(found)), (0, 2))


if __name__ == "__main__":
    unittest.main()
