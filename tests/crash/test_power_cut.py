"""The power is cut, again and again, at any moment of a server's life: under load, while snapshots
are made, while it starts, recovers and stops. Nothing that was answered before is lost, and no start
is refused. A build that does not sync is caught by the same rounds.

The environment variable POWER_CUTS says how many cuts; 100, times STORM_SCALE, when it is not set.
"""

import contextlib
import os
import threading
import time
import unittest

from support import disk
from support.load import scaled
from support.server import Server
from support.trial import Lost, Refused, Trial

CUTS = int(os.environ.get("POWER_CUTS", scaled(100)))
DISKS = 4  # at a time
MOMENTS_PER_LIFE = 12
JOURNALS = ("ordered", "ordered", "ordered", "writeback", "journal")
# Moments are drawn from these: an orderly stop takes about 50 ms, a start as long to begin with.
FIRST_START_S, STOP_S, UNDER_LOAD_S = 0.1, 0.1, 0.3
SNAPSHOT_MAKER_LOOKS_S = 1.0


def setUpModule():
    if reason := disk.why_not():
        raise unittest.SkipTest(reason)


class Life:
    """One cinema on one disk, from its first start to its audit. `cuts`: those that are left."""

    def __init__(self, seed, cuts, env=None, program=None):
        self.cuts = cuts
        self.server = Server(seed=False, program=program,
                             env={"SNAPSHOT_EVERY_EVENTS": "50", "LOG_WRITE_BUFFER_MIB": "1"}
                             | (env or {}))
        self.trial = Trial(self.server, seed)
        self.random = self.trial.random
        self.disk = disk.Disk(self.random.choice(JOURNALS))
        self.server.database_url = f"rocksdb:{self.disk.path / 'data'}"
        self.settled = 0
        self.start_s = FIRST_START_S

    def close(self):
        self.server.discard()
        self.disk.discard()

    def live(self, case):
        self.disk.make()
        while self.random.random() < 0.5:
            self.cut_a_start()
        self.trial.open()
        for _ in range(MOMENTS_PER_LIFE):
            self.random.choice(MOMENTS)(self)
            self.settled += len(self.trial.settle())
            if self.cuts.left <= 0:
                break
        self.trial.audit(case)

    # ---- Moments --------------------------------------------------------------------------------

    def under_load(self):
        load = self.trial.load()
        time.sleep(self.random.uniform(0.02, UNDER_LOAD_S))
        self.cut(load)
        self.start()

    def while_a_snapshot_is_made(self):
        """By the server itself, which looks once a second."""
        self.server.restart()
        started = time.monotonic()
        load = self.trial.load()
        at = started + SNAPSHOT_MAKER_LOOKS_S + self.random.uniform(-0.02, 0.05)
        time.sleep(max(0, at - time.monotonic()))
        self.cut(load)
        self.start()

    def while_it_stops(self):
        load = self.trial.load()
        time.sleep(self.random.uniform(0.02, 0.1))
        self.server.terminate()
        time.sleep(self.random.uniform(0, STOP_S))
        self.cut(load)
        self.start()

    def as_soon_as_it_is_ready(self):
        self.cut(None)
        self.start()

    def while_it_recovers(self):
        """From a cut under load."""
        load = self.trial.load()
        time.sleep(self.random.uniform(0.02, UNDER_LOAD_S))
        self.cut(load)
        self.cut_a_start()
        while self.random.random() < 0.7:
            self.cut_a_start()
        self.start()

    # ---- Steps ----------------------------------------------------------------------------------

    def cut(self, load):
        if load:
            load.stop()
        self.cut_power()
        if load:
            load.join()
        self.disk.restore()
        self.trial.check_log()

    def cut_power(self):
        self.cuts.one()
        self.disk.cut(commit=self.random.random() < 0.5)
        self.server.kill()

    def cut_a_start(self):
        self.server.launch()
        time.sleep(self.random.uniform(0, self.start_s))
        self.cut_power()
        self.disk.restore()
        self.trial.check_log()

    def start(self):
        began = time.monotonic()
        self.trial.start()
        self.start_s = 1.2 * (time.monotonic() - began)


MOMENTS = (Life.under_load, Life.under_load, Life.under_load, Life.while_a_snapshot_is_made,
           Life.while_it_stops, Life.as_soon_as_it_is_ready, Life.while_it_recovers)


class Countdown:
    def __init__(self, count):
        self.left = count
        self.lock = threading.Lock()

    def one(self):
        with self.lock:
            self.left -= 1


class PowerCut(unittest.TestCase):
    def test_nothing_that_was_answered_is_lost_and_no_start_is_refused(self):
        cuts = Countdown(CUTS)
        failures, settled = [], []

        def lives(worker):
            number = 0
            while cuts.left > 0 and not failures:
                number += 1
                life = Life(f"disk {worker}, life {number}", cuts)
                try:
                    life.live(self)
                    settled.append(life.settled)
                except Exception as failure:
                    failures.append(failure)
                    failure.add_note(f"disk {worker}, life {number}; {life.server.stderr()}")
                finally:
                    life.close()

        workers = [threading.Thread(target=lives, args=(worker,)) for worker in range(DISKS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failures:
            raise failures[0]
        self.assertGreater(sum(settled), 0)  # cuts came in the middle of something

    def test_a_build_that_does_not_sync_is_caught(self):
        cuts = Countdown(5)
        life = Life("without syncs", cuts, env={"BOXOFFICE_NO_SYNC": "1"},
                    program=os.environ["BOXOFFICE_WITH_FAULTS"])
        self.addCleanup(life.close)
        life.disk.make()
        life.trial.open()
        # Refused, when the log's own files were damaged: the list of tables, say, older than they are.
        with self.assertRaises((Lost, Refused)):
            while cuts.left > 0:
                life.under_load()
                life.trial.settle()


if __name__ == "__main__":
    unittest.main()
