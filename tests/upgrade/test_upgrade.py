"""Another version of the program takes over, back and forth, in the middle of booking load: it has
made its read models beside the one that served (`projections prepare`). What customers are answered
stays right, and the start has next to nothing to fold.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import unittest

from support.case import ServerCase
from support.cinema import new_session
from support.server import Server, binary, environment

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "crash"))
import test_kill

NEXT = os.path.abspath(os.environ["BOXOFFICE_NEXT"])


class Upgrades(ServerCase):
    """Two programs and one data directory."""

    @property
    def data(self):
        return self.server.folder / "data"

    def other(self):
        return NEXT if self.server.program == binary() else binary()

    def prepare(self, program=None):
        """Beside the server, if it runs. Returns the position that was reached."""
        done = self.server.command("projections", "prepare", "--json",
                                   program=program or self.other())
        return json.loads(done.stdout)["position"]

    def take_over(self):
        """The other program starts, and what it says of it."""
        self.server.program = self.other()
        self.server.start()
        self.connect()
        return self.said()

    def said(self):
        """(position of the read models that were taken over, or None; events that were folded) by
        the last start."""
        start = self.server.stderr().rsplit("folded into read models", 1)[0].splitlines()
        folded = int(re.search(r"(\d+) $", start[-1])[1])
        taken = re.search(r"read models taken over, prepared up to position (\d+)",
                          "\n".join(start[-2:-1]))
        return (int(taken[1]) if taken else None), folded

    def version(self):
        done = self.server.command("projections", "status", "--json")
        return {model["name"]: model for model in map(json.loads, done.stdout.splitlines())}[
            "seat_map"]["stored_version"]

    def is_right(self):
        """Every row is what the log says."""
        for line in self.server.command("projections", "verify", "--all",
                                        "--json").stdout.splitlines():
            self.assertIsNone(json.loads(line)["first_difference"], line)


class UnderLoad(Upgrades, test_kill.Kill):
    rounds = 4

    def interrupt(self):
        self.prepared = self.prepare()
        self.server.terminate()
        self.server.wait_stopped()
        self.server.program = self.other()

    def check_interruptions(self, load):
        """The old program finished what it had begun."""
        self.assertEqual(load.torn_answers(), [])

    def settle(self, history):
        taken, folded = self.said()
        self.assertEqual(taken, self.prepared)
        self.assertGreater(folded, 0, "nothing was booked meanwhile")
        retried = super().settle(history)
        return retried or 1

    def survives_as_it_was(self, shows):
        super().survives_as_it_was(shows)
        self.server.stop()
        self.is_right()
        self.assertFalse((self.data / "read.next").exists())
        self.server.start()


class Prepared(Upgrades):
    @classmethod
    def setUpClass(cls):
        """Each test has a server of its own."""

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.discard)
        self.server.start()
        self.connect()

    def book(self, count=3):
        show = self.client.new_show(total_seats=30)
        for seat in show.seats[:count]:
            self.locked(self.client.lock(show, [seat], new_session()))
        return show

    def answers(self, show):
        return [self.client.get(path).body for path in
                ("/api/movies", "/api/shows", f"/api/shows/{show.id}/seats",
                 f"/api/shows/{show.id}/history", "/api/reports/sales")]

    def test_the_new_program_answers_as_the_old_one_and_folds_only_what_came_since(self):
        old_version = self.server.stop() or self.version()
        self.server.start()
        self.connect()
        show = self.book()
        position = self.prepare()
        self.assertEqual(position, self.client.get("/api/movies").read_seq)
        self.locked(self.client.lock(show, show.seats[5:6], new_session()))
        before = self.answers(show)
        self.server.stop()
        self.assertEqual(self.take_over(), (position, 1))
        self.assertEqual(self.answers(show), before)
        self.server.stop()
        self.assertNotEqual(self.version(), old_version)
        self.is_right()
        # And back, as after an upgrade that was regretted.
        refused = self.server.command("projections", "rebuild", "catalog", program=self.other(),
                                      check=False)
        self.assertEqual(refused.returncode, 7, refused)
        self.prepare()
        self.take_over()
        self.assertEqual(self.answers(show), before)

    def test_without_it_the_start_folds_the_whole_log(self):
        show = self.book()
        before = self.answers(show)
        head = self.client.get("/api/movies").read_seq
        self.server.stop()
        shutil.rmtree(self.data / "read")
        self.assertEqual(self.take_over(), (None, head))
        self.assertEqual(self.answers(show), before)

    def test_interrupted_anywhere_it_goes_on(self):
        show = self.book()
        chance = random.Random(7)
        for number in range(10):
            self.locked(self.client.lock(show, [show.seats[10 + number]], new_session()))
            preparing = subprocess.Popen(
                [self.other(), "projections", "prepare", "--database-url",
                 self.server.database_url], env=environment(), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            try:
                preparing.wait(chance.uniform(0, 0.2))
            except subprocess.TimeoutExpired:
                preparing.kill()
                preparing.wait()
        position = self.prepare()
        before = self.answers(show)
        self.server.stop()
        self.assertEqual(self.take_over(), (position, 0))
        self.assertEqual(self.answers(show), before)
        self.server.stop()
        self.is_right()
        self.server.start()

    def test_a_start_that_was_interrupted_while_it_took_over_goes_on(self):
        show = self.book()
        position = self.prepare()
        before = self.answers(show)
        self.server.stop()
        (self.data / "read").rename(self.data / "read.old")
        self.assertEqual(self.take_over(), (position, 0))
        self.assertEqual(self.answers(show), before)
        self.assertFalse((self.data / "read.old").exists())
        # Later: the new ones are there, the old ones not removed yet.
        self.server.stop()
        shutil.copytree(self.data / "read", self.data / "read.old")
        self.server.start()
        self.connect()
        self.assertEqual(self.answers(show), before)
        self.assertFalse((self.data / "read.old").exists())

    def test_what_was_prepared_for_another_program_is_left_alone(self):
        show = self.book()
        position = self.prepare()
        before = self.answers(show)
        self.server.restart()
        self.connect()
        self.assertEqual(self.said(), (None, 0))
        self.assertEqual(self.answers(show), before)
        self.server.stop()
        self.assertEqual(self.take_over(), (position, 0))

    def test_what_was_prepared_for_nothing_is_removed(self):
        self.prepare(program=self.server.program)
        self.server.restart()
        self.connect()
        self.assertEqual(self.said(), (None, 0))
        self.assertFalse((self.data / "read.next").exists())

    def test_damaged_it_is_not_used_and_a_start_goes_on_without(self):
        show = self.book()
        self.prepare()
        before = self.answers(show)
        self.server.stop()
        for file in (self.data / "read.next").iterdir():
            if file.suffix in (".sst", ".log") or file.name.startswith("MANIFEST"):
                file.write_bytes(b"nonsense")
        taken, _ = self.take_over()
        self.assertIsNone(taken)
        self.assertEqual(self.answers(show), before)
        # Who prepares again begins anew.
        self.server.stop()
        position = self.prepare()
        self.assertEqual(self.take_over(), (position, 0))
        self.assertEqual(self.answers(show), before)

    def test_of_a_log_that_has_lost_its_end_it_is_not_used(self):
        self.book()
        self.server.stop()
        shutil.copytree(self.data, self.server.folder / "older")
        self.server.start()
        self.connect()
        self.book()
        self.prepare()
        self.server.stop()
        shutil.move(self.data / "read.next", self.server.folder / "older" / "read.next")
        shutil.rmtree(self.data)
        (self.server.folder / "older").rename(self.data)
        taken, folded = self.take_over()
        self.assertIsNone(taken)
        self.assertGreater(folded, 0)

    def test_status_tells_of_it(self):
        position = self.prepare()
        done = self.server.command("projections", "status", program=self.other())
        self.assertIn(f"the next start takes the one prepared up to {position}", done.stdout)

    def test_there_must_be_a_log(self):
        self.server.stop()
        shutil.move(self.data / "log", self.server.folder / "elsewhere")
        done = self.server.command("projections", "prepare", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse((self.data / "read.next").exists(), "a folder was made for nothing")


if __name__ == "__main__":
    unittest.main()
