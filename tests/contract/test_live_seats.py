"""The live seat map: its format, how it is resumed, and how it ends (docs/live-reads.md)."""

import shutil
import unittest

from support.case import SEAT, ServerCase
from support.cinema import new_session
from support.live import SeatMap, Stream


class LiveSeatsCase(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show(total_seats=30)
        self.map = SeatMap(self.show.id)
        self.session = new_session()

    def stream(self, **headers):
        stream = Stream(self.server.address, self.map.path,
                        headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.addCleanup(stream.close)
        return stream

    def change(self, count=1):
        """Locks and renews the lock of a seat: the event positions of the changes."""
        answers = [self.client.lock(self.show, self.show.seats[:1], self.session)
                   for _ in range(count)]
        for answer in answers:
            self.locked(answer)
        return [answer.event_seq for answer in answers]

    def is_resumed(self, stream, *positions):
        """Demands that exactly these changes come first."""
        for position in positions:
            event = stream.wait()
            self.assertEqual((event.name, event.id), ("seats", position))

    def is_fresh(self, stream):
        """Demands that the whole map comes first, as it is now."""
        event = stream.wait()
        answer = self.client.seats(self.show.id)
        self.assertEqual(event.name, "snapshot")
        self.assertEqual(answer.headers["ETag"], f'"{event.id!s}"')
        self.assertEqual(event.data, answer.text)
        return event


class LiveSeats(LiveSeatsCase):
    def test_a_stream_is_a_map_and_then_its_changes(self):
        stream = self.stream()
        self.is_fresh(stream)
        self.assertEqual(stream.status, 200)
        self.assertEqual(stream.headers["content-type"], "text/event-stream")
        self.assertEqual(stream.headers["cache-control"], "no-store")
        self.assertEqual(stream.headers["transfer-encoding"], "chunked")
        self.assertTrue(1_000 <= stream.retry < 3_000, stream.retry)
        chosen = [self.show.seats[4], self.show.seats[2]]
        lock = self.client.lock(self.show, chosen, new_session())
        event = stream.wait()
        self.assertEqual((event.name, event.id), ("seats", lock.event_seq))
        now = {seat["id"]: seat for seat in self.ok(self.client.seats(self.show.id))}
        self.assertEqual(event.json, [now[seat] for seat in sorted(chosen)])
        self.has_shape(event.json[0], SEAT)

    def test_changes_of_other_shows_are_not_told(self):
        stream = self.stream()
        self.is_fresh(stream)
        other = self.client.new_show(total_seats=5)
        self.locked(self.client.lock(other, other.seats, new_session()))
        self.is_resumed(stream, *self.change())

    def test_whoever_was_told_can_read_it_everywhere(self):
        stream = self.stream()
        self.is_fresh(stream)
        booking = self.ok(self.client.book(self.show, self.show.seats[:2], "test@example.com"))
        event = stream.wait()
        self.assertGreaterEqual(self.client.booking(booking["id"]).read_seq, event.id)

    def test_head_is_answered_at_once(self):
        head = self.client.request("HEAD", self.map.path)
        self.assertEqual((head.status, head.headers["Content-Type"], head.body),
                         (200, "text/event-stream", b""))
        self.ok(self.client.get("/health"))

    def test_a_show_that_does_not_exist_has_no_stream(self):
        self.refused(self.client.get("/api/shows/99999/seats/stream"), 404, "Show not found")

    def test_a_deleted_show_says_so_and_ends_its_streams(self):
        streams = [self.stream() for _ in range(3)]
        for stream in streams:
            self.is_fresh(stream)
        deleted = self.client.delete(f"/api/shows/{self.show.id}")
        for stream in streams:
            last, = stream.read_to_end()
            self.assertEqual((last.name, last.id, last.json), ("gone", deleted.event_seq, {}))
            self.assertEqual(stream.ended, "cleanly")
        again = self.client.get(self.map.path, headers={"Last-Event-ID": str(deleted.event_seq)})
        self.refused(again, 404, "Show not found")


class Resuming(LiveSeatsCase):
    def seen(self):
        """The id after which a stream is to go on; the server keeps the changes after it."""
        return self.is_fresh(self.stream()).id

    def test_a_stream_goes_on_after_the_last_event_that_was_seen(self):
        seen = self.seen()
        positions = self.change(5)
        self.is_resumed(self.stream(Last_Event_ID=seen), *positions)
        self.is_resumed(self.stream(Last_Event_ID=seen.at(positions[2])), *positions[3:])
        stream = self.stream(Last_Event_ID=seen.at(positions[4]))
        stream.wait_head()
        self.is_resumed(stream, *self.change(2))

    def test_an_id_may_stand_in_the_address_and_the_header_goes_first(self):
        seen = self.seen()
        positions = self.change(3)
        self.map = type("Map", (), {"path": f"{self.map.path}?last_event_id={seen!s}"})
        self.is_resumed(self.stream(), *positions)
        self.is_resumed(self.stream(Last_Event_ID=seen.at(positions[1])), positions[2])

    def test_what_is_too_long_ago_is_answered_with_a_new_map(self):
        seen = self.seen()
        session = new_session()
        # 10 seats are some 1,100 bytes of 32 KB that are kept.
        for _ in range(20):
            self.locked(self.client.lock(self.show, self.show.seats[:10], session))
            self.ok(self.client.release(self.show, self.show.seats[:10], session))
        self.is_fresh(self.stream(Last_Event_ID=seen))
        self.is_fresh(self.stream(Last_Event_ID=seen.at(1)))
        self.is_fresh(self.stream(Last_Event_ID=seen.at(0)))

    def test_the_id_of_another_log_is_answered_with_a_new_map(self):
        seen = self.seen()
        self.is_fresh(self.stream(Last_Event_ID=seen.at(seen + 1_000_000)))

    def test_the_id_of_a_read_model_that_is_no_more_is_answered_with_a_new_map(self):
        """What a client has of it was perhaps the reason why it was deleted."""
        seen = self.seen()
        self.is_fresh(self.stream(Last_Event_ID=int(seen)))
        self.server.stop()
        shutil.rmtree(self.server.folder / "data" / "read")
        self.server.start()
        self.connect()
        self.is_fresh(self.stream(Last_Event_ID=seen))
        tag = {"If-None-Match": f'"{seen!s}"'}
        self.assertEqual(self.client.seats(self.show.id, headers=tag).status, 200)

    def test_an_id_that_is_none_is_refused(self):
        for text in ("-1", "x", "1.5", "18446744073709551616", "1x", "1-", "1-x", "1-123456789"):
            for path, headers in ((self.map.path, {"Last-Event-ID": text}),
                                  (f"{self.map.path}?last_event_id={text}", {})):
                self.refused(self.client.get(path, headers=headers), 400,
                             "Last-Event-ID must be an id of this stream")


class Restarts(LiveSeatsCase):
    def test_a_stop_ends_streams_cleanly_and_they_go_on_after_the_start(self):
        stream = self.stream()
        seen = self.is_fresh(stream).id
        self.server.stop()
        self.assertEqual(stream.read_to_end(), [])
        self.assertEqual(stream.ended, "cleanly")
        self.server.start()
        self.connect()
        resumed = self.stream(Last_Event_ID=seen)
        resumed.wait_head()
        self.is_resumed(resumed, *self.change(2))
        # What was before the start is not kept.
        self.server.restart()
        self.connect()
        self.is_fresh(self.stream(Last_Event_ID=seen))


class Heartbeats(LiveSeatsCase):
    env = {"STREAM_HEARTBEAT_MS": 250}

    def test_silence_is_broken_by_comments(self):
        stream = self.stream()
        self.is_fresh(stream)
        while stream.comments < 3:
            stream.wait_readable()
            self.assertEqual(stream.receive(), [])


if __name__ == "__main__":
    unittest.main()
