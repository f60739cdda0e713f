"""The server ends at named places: before and after each append, sync, head mark, projection write,
reply and snapshot rename. Every place is reached, every start after it succeeds, every answer still
holds, and a retry of the request whose answer was lost finds its outcome. Once the process alone
ends there, as by kill -9, and once the power is cut there.
"""

import http.client
import os
import pathlib
import random
import re
import signal
import unittest

from support import disk
from support.case import wait_until
from support.server import Server
from support.trial import Trial

# At which passing after a start it ends: up to so many, drawn.
PASSINGS_MAX = {
    "before_append": 40, "after_append": 40,
    "before_sync": 40, "after_sync": 40,
    "before_manifest_sync": 5, "after_manifest_sync": 5,  # a start has some, and each new table
    "before_head_mark": 6, "after_head_mark": 6,  # at most every 50 ms
    "before_projection_write": 40, "after_projection_write": 40,
    "before_reply": 40, "after_reply": 40,
    "before_snapshot_rename": 1, "after_snapshot_rename": 1,  # a second after the start
}
# These are passed when somebody is erased, and then nowhere else.
ERASURE = ("before_key_destruction", "after_key_destruction")
# Here the frame is durable, and nobody was told.
DURABLE_UNANSWERED = ("after_sync", "after_append", "before_projection_write",
                      "after_projection_write")


def points_of_the_source():
    header = pathlib.Path(__file__).resolve().parents[2] / "base" / "fail_point.h"
    enum = re.search(r"enum class FailPoint \{(.*?)\};", header.read_text(), re.S)[1]
    return set(re.findall(r"^ *(\w+),", enum, re.M))


class Ending(unittest.TestCase):
    """Ends at each point in turn, on one data directory; the order and the passings are drawn. It is
    done twice: after an orderly stop a start has nothing to fold, so the end comes under load."""

    def trial_on(self, data):
        self.server = Server(seed=False, program=os.environ["BOXOFFICE_WITH_FAULTS"],
                             env={"SNAPSHOT_EVERY_EVENTS": "1", "LOG_WRITE_BUFFER_MIB": "1"})
        self.addCleanup(self.server.discard)
        if data:
            self.server.database_url = f"rocksdb:{data}"
        self.trial = Trial(self.server, self.id())
        self.trial.open()

    def end_everywhere(self):
        draw = random.Random(self.id())
        for is_orderly in (True, False):
            for point in draw.sample(sorted(PASSINGS_MAX), len(PASSINGS_MAX)):
                passing = draw.randint(1, PASSINGS_MAX[point])
                try:
                    self.server.stop() if is_orderly else self.server.kill()
                    self.end_and_go_on(point, passing)
                except Exception as failure:
                    failure.add_note(f"{point}, passing {passing}")
                    raise
        self.trial.audit(self)

    def end_and_go_on(self, point, passing):
        was_loaded = self.end_at(point, passing)
        has_unanswered = self.trial.check_log()
        if was_loaded and point in DURABLE_UNANSWERED:
            self.assertTrue(has_unanswered)
        self.trial.start()
        retried = self.trial.settle()
        if has_unanswered:
            self.assertTrue(any(call.answer.replayed for call in retried), retried)

    def end_at(self, point, passing):
        """Returns whether it was under load; it may come before the server is ready."""
        usual = self.server.env
        said_before = len(self.server.stderr_path.read_bytes())
        self.server.env = usual | self.orders | {"BOXOFFICE_FAIL_POINT": f"{point}:{passing}"}
        self.server.launch()
        self.server.env = usual
        wait_until(lambda: self.has_ended() or self.server.is_ready(), "it starts")
        load = None
        if not self.has_ended():
            self.server.wait_ready()
            load = self.trial.load()
        wait_until(self.has_ended, "it comes to the point")
        self.interrupt(load)
        said = self.server.stderr_path.read_bytes()[said_before:].decode()
        self.assertIn(f"ends at fail point {point}\n", said)
        return load is not None


class Kill(Ending):
    orders = {}

    def test_of_the_process_at_every_point_loses_nothing(self):
        self.trial_on(None)
        self.end_everywhere()

    def has_ended(self):
        return self.server.process.poll() == -signal.SIGKILL

    def interrupt(self, load):
        self.server.kill()  # it is dead already
        if load:
            load.join()

    def test_no_point_is_forgotten(self):
        outside = {f"{when}_{what}" for when in ("before", "after")
                   for what in ("sync", "manifest_sync")}
        self.assertEqual(points_of_the_source() | outside, set(PASSINGS_MAX) | set(ERASURE))

    def test_the_program_that_is_shipped_knows_none(self):
        program = pathlib.Path(os.environ["BOXOFFICE"]).read_bytes()
        with_faults = pathlib.Path(os.environ["BOXOFFICE_WITH_FAULTS"]).read_bytes()
        for word in (b"BOXOFFICE_FAIL_POINT", b"BOXOFFICE_NO_SYNC", b"before_append"):
            self.assertIn(word, with_faults)
            self.assertNotIn(word, program)


class Erasure(unittest.TestCase):
    def test_that_the_process_did_not_finish_is_finished_by_the_next_start(self):
        for point in ERASURE:
            with self.subTest(point):
                self.end_at(point)

    def end_at(self, point):
        server = Server(seed=False, program=os.environ["BOXOFFICE_WITH_FAULTS"],
                        env={"BOXOFFICE_FAIL_POINT": f"{point}:1"})
        self.addCleanup(server.discard)
        client = server.start().client()
        user = client.new_user()
        stays = client.new_user()
        with self.assertRaises((OSError, http.client.HTTPException)):
            client.delete("/api/users/me", token=user.token)
        wait_until(lambda: server.process.poll() == -signal.SIGKILL, "it ends there")
        server.kill()
        keys = server.folder / "data" / "keys" / "users.keys"
        slot = slice(64, 128)
        self.assertEqual(any(keys.read_bytes()[slot]), point.startswith("before"))
        server.env = {}
        client = server.start().client()
        self.assertFalse(any(keys.read_bytes()[slot]))
        self.assertEqual(client.get("/api/users/me", token=user.token).status, 401)
        self.assertEqual(client.login(user.email).status, 401)
        self.assertEqual(client.login(stays.email).status, 200)
        client.close()


class PowerCut(Ending):
    """The process stops at the point, then its power is cut."""

    orders = {"BOXOFFICE_FAIL_BY": "STOP"}

    def setUp(self):
        if reason := disk.why_not():
            self.skipTest(reason)
        self.disk = disk.Disk()
        self.addCleanup(self.disk.discard)
        self.draw = random.Random(self.id())

    def test_at_every_point_loses_nothing(self):
        self.disk.make()
        self.trial_on(self.disk.path / "data")
        self.end_everywhere()

    def has_ended(self):
        """Once all its threads have stopped, so that none is in the middle of a sync: one that the
        cut catches there may be told that it succeeded, as no real power cut could tell."""
        state = os.waitid(os.P_PID, self.server.process.pid,
                          os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return state is not None and state.si_code == os.CLD_STOPPED

    def interrupt(self, load):
        self.disk.cut(commit=self.draw.random() < 0.5)
        self.server.kill()
        if load:
            load.join()
        self.disk.restore()


if __name__ == "__main__":
    unittest.main()
