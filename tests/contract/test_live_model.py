"""Two hundred live seat maps with connections that break, a server that restarts, and a read model
that is made anew under them: every map that a
client ever held is the one that an independent fold of the log gives at the same position, and
nothing came twice or was left out.
"""

import collections
import random
import selectors
import threading
import unittest

from support.case import wait_until
from support.cinema import new_session
from support.live import SeatMap
from support.server import Server

SHOWS = 4
STREAMS = 200
ROUNDS = 6
WRITERS = 3
VISITS = 100  # of each writer in a round


def maps_of(log):
    """{(show, position): its seats} for every position that changed a show's seats."""
    seats, bookings, maps = {}, {}, {}
    owners = {}
    for event in log:
        data, kind = event["data"], event["type"]
        show, changed, state = data.get("show_id"), data.get("seat_ids", []), (False, False, None)
        if kind == "ShowCreated":
            first, count = data["first_seat"], sum(data["rows"])
            seats[show] = {seat: state for seat in range(first, first + count)}
        elif kind == "SeatsLocked":
            state = (False, True, data["until"])
        elif kind == "BookingCreated":
            bookings[data["booking_id"]] = (show, changed)
            owners.update({seat: data["booking_id"] for seat in changed})
            state = (True, False, None)
        elif kind in ("BookingCancelled", "BookingExpired"):
            show, changed = bookings[data["booking_id"]]
            changed = [seat for seat in changed if owners.get(seat) == data["booking_id"]]
        elif kind not in ("SeatsReleased", "LockExpired"):
            continue
        if kind != "BookingCreated":
            for seat in changed:
                owners.pop(seat, None)
        seats[show].update({seat: state for seat in changed})
        maps[show, event["seq"]] = tuple((seat, *seats[show][seat])
                                         for seat in sorted(seats[show]))
    return maps


class Writer:
    """A customer who locks, releases, books and cancels at random."""

    def __init__(self, server, shows, seed):
        self.client = server.client()
        self.shows = shows
        self.random = random.Random(seed)
        self.failure = None
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            for _ in range(VISITS):
                self.visit()
        except Exception as failure:  # told by the test's own thread
            self.failure = failure
        finally:
            self.client.close()

    def visit(self):
        show, session = self.random.choice(self.shows), new_session()
        seats = self.random.sample(show.seats, self.random.randint(1, 4))
        if not self.client.lock(show, seats, session).json["success"]:
            return
        choice = self.random.random()
        if choice < 0.4:
            self.client.release(show, seats, session)
        elif choice < 0.7:
            booked = self.client.book(show, seats, "test@example.com", session)
            # On a slow machine the lock's second may be over, and its seats another's.
            if booked.status == 200:
                self.client.cancel(booked.json["id"])
        # Otherwise the lock expires by itself.


class Viewer:
    """A client that holds one show's map; `taken` is what it took, in order, connection by
    connection: (position, event name, connection)."""

    def __init__(self, show):
        self.map = SeatMap(show.id)
        self.stream = None
        self.connections = 0
        self.taken = []
        self.held = {}  # the map at each position

    def connect(self, server, selector):
        self.stream = self.map.open(server.address)
        self.connections += 1
        selector.register(self.stream, selectors.EVENT_READ, self)

    def disconnect(self, selector):
        selector.unregister(self.stream)
        self.stream.close()
        self.stream = None

    def read(self):
        for event in self.stream.receive():
            self.map.take(event)
            self.taken.append((event.id, event.name, self.connections))
            self.held[event.id] = self.map.states


class LiveModel(unittest.TestCase):
    def setUp(self):
        self.random = random.Random("live model")
        self.server = Server(env={"LOCK_TTL_SECONDS": 1, "IO_THREADS": 2,
                                  "SEATS_PER_OWNER_MAX": 1000})
        self.server.start()
        self.addCleanup(self.server.discard)
        self.client = self.server.client()
        self.shows = [self.client.new_show(total_seats=24) for _ in range(SHOWS)]
        self.selector = selectors.DefaultSelector()
        self.ended = 0
        self.viewers = [Viewer(self.shows[i % SHOWS]) for i in range(STREAMS)]

    # ---- What happens ---------------------------------------------------------------------------

    def read_what_came(self):
        for key, _ in self.selector.select(0.01):
            key.data.read()

    def come_and_go(self, chance):
        for viewer in self.viewers:
            if viewer.stream is not None and viewer.stream.ended:
                self.assertEqual(viewer.stream.ended, "cleanly")
                self.ended += 1
                viewer.disconnect(self.selector)
            elif self.random.random() >= chance:
                continue
            if viewer.stream is None:
                viewer.connect(self.server, self.selector)
            else:
                viewer.disconnect(self.selector)

    def round(self, number):
        writers = [Writer(self.server, self.shows, f"{number} {i}") for i in range(WRITERS)]
        asked = self.client.post("/api/admin/projections/seat_map/rebuild")
        self.assertEqual(asked.status, 202, asked)
        while any(writer.thread.is_alive() for writer in writers):
            self.read_what_came()
            self.come_and_go(0.02)
        for writer in writers:
            writer.thread.join()
            if writer.failure:
                raise writer.failure
        wait_until(self.is_made_anew, "the seat map is made anew")
        edition = self.client.seats(self.shows[0].id).headers["ETag"].strip('"').split("-")[1]
        # Whoever has another one is on a stream that is about to end.
        while any(viewer.stream and not (viewer.map.id and viewer.map.id.text.endswith(edition))
                  for viewer in self.viewers):
            self.read_what_came()
            self.come_and_go(0)

    def is_made_anew(self):
        self.read_what_came()
        rebuild = self.client.get("/api/admin/projections/seat_map").json["rebuild"]
        self.assertIsNone(rebuild["fault"], rebuild)
        self.assertIsNone(rebuild["first_difference"], rebuild)
        return rebuild["state"] == "done"

    def restart(self, number):
        """By a stop or by a kill, in turn; whoever is connected reads to the end."""
        connected = [viewer for viewer in self.viewers if viewer.stream]
        # A connection whose request has not been read yet is closed without a word.
        while any(viewer.stream.status is None for viewer in connected):
            self.read_what_came()
        self.client.close()
        if number % 2:
            self.server.kill()
        else:
            # A stream ends when its client has read it, so the clients go on meanwhile.
            self.server.terminate()
        while any(viewer.stream.ended is None for viewer in connected):
            self.read_what_came()
        for viewer in connected:
            self.assertEqual(viewer.stream.ended, "cut" if number % 2 else "cleanly")
            viewer.disconnect(self.selector)
        if not number % 2:
            self.server.wait_stopped()
        self.server.start()
        self.client = self.server.client()

    def come_to_rest(self):
        """Everybody connects and is up to date, when all locks have expired."""
        wait_until(lambda: not any(seat["is_locked"] for show in self.shows
                                   for seat in self.client.seats(show.id).json), "locks expired")
        versions = {show.id: int(self.client.seats(show.id).headers["ETag"].strip('"').split("-")[0])
                    for show in self.shows}
        for viewer in self.viewers:
            if viewer.stream is None:
                viewer.connect(self.server, self.selector)

        def all_there():
            self.read_what_came()
            return all(viewer.map.id == versions[viewer.map.show_id] for viewer in self.viewers)
        wait_until(all_there, "every map is up to date")

    # ---- What must be true ----------------------------------------------------------------------

    def check_maps(self):
        truth = maps_of(self.server.log())
        for viewer in self.viewers:
            for position, states in viewer.held.items():
                self.assertEqual(states, truth[viewer.map.show_id, position], position)

    def check_no_gap(self):
        """Between two changes that one client was told, nobody else was told of another."""
        told = collections.defaultdict(set)
        for viewer in self.viewers:
            told[viewer.map.show_id].update(position for position, _, _ in viewer.taken)
        order = {show: {position: i for i, position in enumerate(sorted(positions))}
                 for show, positions in told.items()}
        for viewer in self.viewers:
            place = order[viewer.map.show_id]
            for (before, _, _), (after, name, _) in zip(viewer.taken, viewer.taken[1:]):
                if name == "seats":
                    self.assertEqual(place[after], place[before] + 1, (before, after))

    def check_it_happened(self):
        """A run in which nothing was resumed would prove nothing."""
        counts = collections.Counter()
        for viewer in self.viewers:
            counts["connections"] += viewer.connections
            for (_, _, before), (_, name, after) in zip(viewer.taken, viewer.taken[1:]):
                counts["in a connection" if before == after else f"resumed with {name}"] += 1
        self.assertGreater(self.ended, ROUNDS, "streams end when their read model is made anew")
        self.assertGreater(counts["connections"], 3 * STREAMS, counts)
        self.assertGreater(counts["in a connection"], 10 * STREAMS, counts)
        self.assertGreater(counts["resumed with seats"], STREAMS, counts)
        self.assertGreater(counts["resumed with snapshot"], STREAMS // 2, counts)

    def test_every_map_is_the_servers_at_its_position(self):
        for viewer in self.viewers:
            viewer.connect(self.server, self.selector)
        for number in range(ROUNDS):
            self.round(number)
            self.restart(number)
        self.come_to_rest()
        for viewer in self.viewers:
            viewer.disconnect(self.selector)
        self.client.close()
        self.server.stop()
        self.check_maps()
        self.check_no_gap()
        self.check_it_happened()


if __name__ == "__main__":
    unittest.main()
