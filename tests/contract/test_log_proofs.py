"""Signed heads and proofs of inclusion: made beside a running server, checked without one."""

import json
import os
import stat
import unittest

from support.case import ServerCase
from support.server import run


class LogProofs(ServerCase):
    def setUp(self):
        super().setUp()
        self.folder = self.server.folder / self.id()
        self.folder.mkdir()
        self.keygen("key")

    def path(self, name):
        return str(self.folder / name)

    def keygen(self, name, check=True):
        return run("log", "keygen", self.path(name), cwd=self.folder, check=check)

    def sign(self, name, *args, check=True):
        return self.server.command("log", "head", "--sign", self.path("key"), "--output",
                                   self.path(name), *args, check=check)

    def check_proof(self, name, *args):
        """Where there is no data directory."""
        return run("log", "check-proof", self.path(name), *args, cwd=self.folder, check=False)

    def test_a_head_says_what_log_show_says(self):
        printed = json.loads(self.server.command("log", "head", "--json").stdout)
        events = self.server.log()
        self.assertEqual(printed["last_position"], events[-1]["seq"])
        self.assertEqual(printed["log_time"], events[-1]["time"])

    def test_a_head_stays_true_while_the_log_grows(self):
        self.sign("first")
        self.client.new_show()
        checked = self.server.command("log", "check-head", self.path("first"), "--public-key",
                                      self.path("key.pub"))
        self.assertNotIn("WARNING", checked.stderr)
        verified = self.server.command("log", "verify", "--head", self.path("first"),
                                       "--public-key", self.path("key.pub"))
        self.assertIn("the log contains what was signed", verified.stderr)
        self.sign("second", "--since", self.path("first"))
        self.sign("again")
        self.assertEqual((self.folder / "second").read_bytes(),
                         (self.folder / "again").read_bytes())
        unnamed = self.server.command("log", "check-head", self.path("second"))
        self.assertIn("WARNING", unnamed.stderr)

    def test_another_log_and_another_key_are_told(self):
        self.sign("head")
        self.keygen("other")
        by_other = self.server.command("log", "check-head", self.path("head"), "--public-key",
                                       self.path("other.pub"), check=False)
        self.assertEqual(by_other.returncode, 3, by_other.stderr)
        self.assertIn("another key", by_other.stderr)
        elsewhere = f"rocksdb:{self.folder / 'elsewhere'}"
        run("seed", "--database-url", elsewhere, cwd=self.folder)
        for args in (("check-head", self.path("head")),
                     ("verify", "--head", self.path("head")),
                     ("head", "--sign", self.path("key"), "--since", self.path("head"))):
            refused = run("log", *args, "--database-url", elsewhere, cwd=self.folder, check=False)
            self.assertEqual(refused.returncode, 3, refused.stderr)
            self.assertIn("another log", refused.stderr)
            self.assertEqual(refused.stdout == "", args[0] != "verify")
        # The log as such is in order: nobody is woken for damage.
        self.assertFalse((self.folder / "elsewhere/last-verify.json").exists())

    def test_a_booking_is_proved_without_the_log(self):
        show = self.client.new_show()
        self.client.lock(show, show.seats[:2], "a")
        booking = self.client.book(show, show.seats[:2], "test@example.com", "a")
        self.sign("head")
        self.server.command("log", "prove", str(booking.event_seq), "--head", self.path("head"),
                            "--output", self.path("proof"))
        proved = self.check_proof("proof", "--public-key", self.path("key.pub"), "--json")
        self.assertEqual(proved.returncode, 0, proved.stderr)
        self.assertNotIn("WARNING", proved.stderr)
        event = json.loads(proved.stdout)
        self.assertEqual(event, next(e for e in self.server.log()
                                     if e["seq"] == booking.event_seq))
        self.assertIn("WARNING", self.check_proof("proof").stderr)
        proof = (self.folder / "proof").read_bytes()
        middle = len(proof) // 2
        (self.folder / "bad").write_bytes(proof[:middle] + bytes([proof[middle] ^ 1])
                                          + proof[middle + 1:])
        bad = self.check_proof("bad")
        self.assertEqual((bad.returncode, bad.stdout), (7, ""), bad.stderr)

    def test_what_is_newer_than_the_head_cannot_be_proved(self):
        self.sign("head")
        self.client.new_show()
        newer = self.server.log()[-1]["seq"]
        refused = self.server.command("log", "prove", str(newer), "--head", self.path("head"),
                                      check=False)
        self.assertEqual((refused.returncode, refused.stdout), (4, ""), refused.stderr)

    def test_keys_and_heads_are_never_overwritten(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.path("key")).st_mode), 0o600)
        key = (self.folder / "key").read_bytes()
        again = self.keygen("key", check=False)
        self.assertEqual(again.returncode, 2, again.stderr)
        self.assertEqual((self.folder / "key").read_bytes(), key)
        self.sign("head")
        self.assertEqual(self.sign("head", check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
