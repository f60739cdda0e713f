"""Backups taken beside a running server, and what they are restored to."""

import json
import unittest

from support.case import ServerCase, wait_until
from support.history import History
from support.load import Load, scaled
from support.server import run

CUSTOMERS = 12


class BackupCase(ServerCase):
    def setUp(self):
        super().setUp()
        self.folder = self.server.folder / self.id()
        self.folder.mkdir()
        self.saved = self.folder / "saved"

    def backup(self, *args, check=True):
        return run("backup", *map(str, args), cwd=self.folder, check=check)

    def create(self, *args):
        done = self.server.command("backup", "create", str(self.saved), "--json", *args)
        return json.loads(done.stdout)

    def restore(self, name, *args):
        """The restored data directory, and what `backup restore` said of it."""
        into = self.folder / name
        return into, json.loads(self.backup("restore", self.saved, "--into", into, "--json",
                                            *args).stdout)

    def log_of(self, data):
        printed = run("log", "show", "--json", "--database-url", f"rocksdb:{data}",
                      cwd=self.folder).stdout
        return [json.loads(line) for line in printed.splitlines()]


class UnderLoad(BackupCase):
    backups = 8

    def start_load(self, history):
        shows = [self.client.new_show(total_seats=150) for _ in range(2)]
        users = [self.client.new_user() for _ in range(CUSTOMERS // 2)]
        return Load(self.server, history, shows, users, customers=CUSTOMERS, visits=scaled(120),
                    seed="backup").start()

    def wait_for_more(self, load, history):
        enough = len(history.calls) + 40
        wait_until(lambda: len(history.calls) >= enough
                   or not any(thread.is_alive() for thread in load.threads), "the load goes on")

    def sign(self, data, name):
        """A head of what is restored there: it fixes every byte of every frame."""
        run("log", "head", "--sign", "key", "--output", name, "--database-url", f"rocksdb:{data}",
            cwd=self.folder)
        return self.folder / name

    def test_every_backup_is_a_prefix_of_the_log_and_has_what_was_answered(self):
        run("log", "keygen", "key", cwd=self.folder)
        history = History()
        load = self.start_load(history)
        heads, added = [], 0
        for number in range(self.backups):
            self.wait_for_more(load, history)
            # list() copies at once; the customers go on meanwhile.
            answered = max(call.answer.event_seq or 0 for call in list(history.calls)
                           if call.answer)
            created = self.create()
            added += created["frames_added"] > 0
            self.assertGreaterEqual(created["last_position"], answered)
            self.backup("verify", self.saved)
            data, said = self.restore(f"restored-{number}")
            self.assertEqual(said["last_position"], created["last_position"])
            heads.append(self.sign(data, f"head-{number}"))
        load.join()
        self.assertGreater(added, 2, "the log grew between the backups")
        for head in heads:
            self.server.command("log", "check-head", str(head), "--public-key",
                                str(self.folder / "key.pub"))
        self.create()
        data, _ = self.restore("in the end")
        self.assertEqual(self.log_of(data), self.server.log())


class Backup(BackupCase):
    def test_it_is_restored_up_to_a_position_or_a_time(self):
        self.client.new_show()
        self.create()
        log = self.server.log()
        middle = log[len(log) // 2]
        data, said = self.restore("position", "--to", str(middle["seq"]))
        self.assertEqual(self.log_of(data), log[:said["last_position"]])
        data, said = self.restore("time", "--to", middle["time"])
        restored = self.log_of(data)
        self.assertEqual(restored, log[:len(restored)])
        self.assertEqual(restored, [event for event in log if event["time"] <= middle["time"]])
        for nonsense in ("yesterday", "-1", "2026-01-31"):
            refused = self.backup("restore", self.saved, "--into", self.folder / "no", "--to",
                                  nonsense, check=False)
            self.assertEqual(refused.returncode, 2, refused.stderr)

    def test_segments_are_listed(self):
        for _ in range(2):
            self.client.new_show()
            self.create()
        self.create()
        listed = [json.loads(line) for line in
                  self.backup("list", self.saved, "--json").stdout.splitlines()]
        self.assertEqual([row["number"] for row in listed], [1, 2])
        self.assertEqual(listed[1]["first"], listed[0]["last"] + 1)
        self.assertEqual(listed[1]["last"], self.server.log()[-1]["seq"])
        self.assertEqual(len(self.backup("list", self.saved).stdout.splitlines()), 2)
        self.assertIn("intact", self.backup("verify", self.saved, "2").stdout)

    def test_a_damaged_backup_is_refused_by_name(self):
        self.create()
        segment = self.saved / "000001.frames"
        good = segment.read_bytes()
        segment.write_bytes(good[:100] + bytes([good[100] ^ 1]) + good[101:])
        for args in (("verify", self.saved),
                     ("restore", self.saved, "--into", self.folder / "data")):
            refused = self.backup(*args, check=False)
            self.assertEqual((refused.returncode, refused.stdout), (7, ""), refused.stderr)
            self.assertIn("000001.frames", refused.stderr)
        self.assertFalse((self.folder / "data").exists())

    def test_it_is_never_restored_over_something(self):
        self.create()
        refused = self.backup("restore", self.saved, "--into", self.saved, check=False)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.backup("verify", self.saved)

    def test_it_is_not_made_within_what_it_saves(self):
        data = self.server.folder / "data"
        (self.folder / "link").symlink_to(data)
        for within in (data, data / "saved", self.folder / ".." / "data" / "x" / "y",
                       self.folder / "link" / "saved"):
            done = self.server.command("backup", "create", str(within), check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("would be lost with it", done.stderr)
        self.assertFalse((data / "saved").exists())

    def test_keys_come_along_only_when_asked(self):
        self.create()
        _, said = self.restore("without")
        self.assertFalse(said["keys"])
        self.create("--with-keys")
        data, said = self.restore("with")
        self.assertTrue(said["keys"])
        self.assertEqual((data / "keys" / "fingerprint.key").read_bytes(),
                         (self.server.folder / "data" / "keys" / "fingerprint.key").read_bytes())


if __name__ == "__main__":
    unittest.main()
