"""Ten thousand live seat maps at a time: everybody is told, and the server stays within its memory."""

import collections
import resource
import selectors
import unittest

from support.case import ServerCase
from support.cinema import new_session
from support.live import SeatMap

STREAMS = 10_000
SHOWS = 50
MEMORY_MAX_MIB = 1024


def can_open(files):
    """Raises this process's limit of open files, which the server inherits; False when it cannot."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < files:
        return False
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return True


def resident_mib(process_id):
    """Now, and at the most so far."""
    with open(f"/proc/{process_id}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return tuple(int(fields[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))


@unittest.skipUnless(can_open(STREAMS + 1_000), "too few files may be open at a time")
class Streams(ServerCase):
    seed = False

    def setUp(self):
        super().setUp()
        self.selector = selectors.DefaultSelector()
        self.addCleanup(self.selector.close)

    def connect_all(self, shows):
        for i in range(STREAMS):
            seats = SeatMap(shows[i % SHOWS].id)
            stream = seats.open(self.server.address)
            self.addCleanup(stream.close)
            self.selector.register(stream, selectors.EVENT_READ, seats)
            if i % 500 == 0:
                self.read_until(lambda: True)

    def read_until(self, condition):
        while True:
            for key, _ in self.selector.select(0.01):
                for event in key.fileobj.receive():
                    key.data.take(event)
                    self.told[key.data.show_id, event.id] += 1
                self.assertIsNone(key.fileobj.ended)
            if condition():
                return

    def test_ten_thousand_are_told_of_every_change(self):
        self.told = collections.Counter()
        shows = [self.client.new_show(total_seats=100) for _ in range(SHOWS)]
        before, _ = resident_mib(self.server.process.pid)
        self.connect_all(shows)
        self.read_until(lambda: self.told.total() == STREAMS)
        idle, _ = resident_mib(self.server.process.pid)
        locks = {show.id: self.locked_at(show) for show in shows}
        self.read_until(lambda: self.told.total() == 2 * STREAMS)
        for show in shows:
            self.assertEqual(self.told[show.id, locks[show.id]], STREAMS // SHOWS)
        now, most = resident_mib(self.server.process.pid)
        print(f"resident: {before} MiB before, {idle} MiB with {STREAMS} streams, {now} MiB after a"
              f" change of each show, {most} MiB at the most")
        self.assertLess(most, MEMORY_MAX_MIB)

    def locked_at(self, show):
        answer = self.client.lock(show, show.seats[:10], new_session())
        self.locked(answer)
        return answer.event_seq


if __name__ == "__main__":
    unittest.main()
