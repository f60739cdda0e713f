"""The event feed: pages with a cursor, filters, the live stream, and who may read it."""

import json
import re
import unittest

from support.case import ServerCase, wait_until
from support.cinema import new_session
from support.live import Stream
from test_production import Production


class Feed(ServerCase):
    """A history with every area in it, made once; each test reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.server.client()
        user = client.new_user()
        cls.user_id = user.id
        cls.show, cls.other = client.new_show(), client.new_show()
        client.token = user.token
        cls.session = new_session()
        client.lock(cls.show, cls.show.seats[:2], cls.session)
        booking, payment = client.new_payment(cls.show, cls.show.seats[:2], user.email, cls.session)
        client.confirm(payment["transaction_id"], "success")
        client.cancel(booking["id"])
        client.lock(cls.other, cls.other.seats[:2], new_session())
        client.cancel(99999)
        client.close()
        cls.booking_id = booking["id"]

    def setUp(self):
        super().setUp()
        # As `log export --redact` prints them.
        folder = self.server.folder / self.id()
        self.server.command("log", "export", "--format", "jsonl", "--redact", "--output",
                            str(folder))
        self.lines = (folder / "events.jsonl").read_text().splitlines()
        self.events = [json.loads(line) for line in self.lines]

    def page(self, query=""):
        answer = self.client.get(f"/api/events{query}")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/x-ndjson")
        return answer

    def stream(self, query="", **headers):
        stream = Stream(self.server.address, f"/api/events{query}",
                        headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.addCleanup(stream.close)
        return stream

    def lines_of(self, stream, count):
        events = [stream.wait() for _ in range(count)]
        for event in events:
            self.assertEqual((event.name, event.json["seq"]), ("message", event.id))
        return [event.data for event in events]

    def matching(self, condition):
        found = [line for line, event in zip(self.lines, self.events) if condition(event)]
        self.assertNotIn(len(found), (0, len(self.lines)), "the filter would not be seen")
        return found


class Pages(Feed):
    def test_the_feed_is_the_redacted_log(self):
        answer = self.page()
        self.assertEqual(answer.text.splitlines(), self.lines)
        self.assertEqual(answer.headers["X-Next-After"], str(len(self.lines)))
        self.assertEqual(answer.read_seq, len(self.lines))

    def test_nobody_is_named(self):
        text = self.page().text
        self.assertNotIn(self.session, text)
        self.assertIn('"user_session":"[redacted]"', text)
        registered = next(event for event in self.events if event["type"] == "UserRegistered")
        self.assertEqual((registered["data"]["email"], registered["data"]["first_name"]), ("", ""))

    def test_pages_follow_each_other(self):
        for query in ("?limit=3", "?limit=3&type=SeatsLocked&"):
            wanted = self.page(query.replace("limit=3", "limit=1000")).text.splitlines()
            lines, path = [], f"/api/events{query}"
            while True:
                answer = self.client.get(path)
                page = answer.text.splitlines()
                self.assertLessEqual(len(page), 3)
                lines += page
                if answer.headers["X-Next-After"] == str(answer.read_seq):
                    break
                path = re.fullmatch(r'<(.*)>; rel="next"', answer.headers["Link"])[1]
            self.assertEqual(lines, wanted)

    def test_the_end_is_an_empty_page(self):
        answer = self.page(f"?after={len(self.lines)}")
        self.assertEqual((answer.text, answer.headers["X-Next-After"]), ("", str(len(self.lines))))

    def test_filters(self):
        booking, show, user = self.booking_id, self.show.id, self.user_id

        def about_booking(event):
            return event["data"].get("booking_id") == booking

        def by(event):
            return user in (event["data"].get("user_id"), event["actor"]["user_id"])
        for query, condition in {
                "?type=SeatsLocked": lambda event: event["type"] == "SeatsLocked",
                f"?booking_id={booking}": about_booking,
                f"?show_id={show}": lambda event: event["data"].get("show_id") == show
                or about_booking(event),
                f"?user_id={user}": lambda event: by(event) or about_booking(event),
                f"?type=SeatsLocked&show_id={show}": lambda event: event["type"] == "SeatsLocked"
                and event["data"]["show_id"] == show}.items():
            with self.subTest(query):
                self.assertEqual(self.page(query).text.splitlines(), self.matching(condition))
        self.assertEqual(self.page("?show_id=99999").text, "")

    def test_what_makes_no_sense_is_refused(self):
        for query, member in {"?after=-1": "after", "?after=x": "after", "?limit=0": "limit",
                              "?limit=1001": "limit", "?type=Nothing": "type",
                              "?show_id=x": "show_id"}.items():
            self.invalid_at(self.client.get(f"/api/events{query}"), "query", member)
        self.refused(self.client.get("/api/events?after=1000000"), 400,
                     "The log ends before that position")


class LiveFeed(Feed):
    def test_a_stream_is_the_past_and_then_what_happens(self):
        stream = self.stream()
        self.assertEqual(self.lines_of(stream, len(self.lines)), self.lines)
        self.assertEqual(stream.headers["content-type"], "text/event-stream")
        for _ in range(3):
            answer = self.client.cancel(99999)
            event = stream.wait()
            self.assertEqual((event.id, event.json["type"]), (answer.event_seq, "CommandRefused"))

    def test_a_stream_goes_on_after_what_was_seen(self):
        self.assertEqual(self.lines_of(self.stream("?after=5"), 3), self.lines[5:8])
        self.assertEqual(self.lines_of(self.stream("?after=5", Last_Event_ID=7), 3),
                         self.lines[7:10])
        self.assertEqual(self.lines_of(self.stream("?after=5&last_event_id=8"), 3),
                         self.lines[8:11])
        for headers, status in (({"Last_Event_ID": 1_000_000}, 400), ({"Last_Event_ID": "x"}, 400)):
            stream = self.stream(**headers)
            stream.wait_head()
            self.assertEqual(stream.status, status)

    def test_a_stream_is_filtered(self):
        wanted = self.matching(lambda event: event["type"] == "SeatsLocked")
        stream = self.stream("?type=SeatsLocked")
        self.assertEqual(self.lines_of(stream, len(wanted)), wanted)
        self.client.cancel(99999)
        lock = self.client.lock(self.other, self.other.seats[5:6], new_session())
        self.assertEqual(stream.wait().id, lock.event_seq)

    def test_a_stream_that_has_nothing_to_show_tells_how_far_it_has_looked(self):
        stream = self.stream("?type=ShowDeleted")
        stream.wait_head()
        for _ in range(1_100):
            answer = self.client.cancel(99999)
        while (stream.last_id or 0) <= 1_000:
            stream.wait_readable()
            self.assertEqual(stream.receive(), [])
        self.assertLessEqual(stream.last_id, answer.event_seq)

    def test_only_so_many_may_read_it_at_once(self):
        streams = [self.stream(f"?after={len(self.lines)}") for _ in range(64)]
        for stream in streams:
            stream.wait_head()
            self.assertEqual(stream.status, 200)
        one_more = self.client.get("/api/events", headers={"Accept": "text/event-stream"})
        self.refused(one_more, 503, "Too many read the feed. Please try again.")
        streams.pop().close()
        wait_until(lambda: self.has_room(), "there is room again")

    def has_room(self):
        stream = self.stream()
        stream.wait_head()
        return stream.status == 200

    def test_a_stop_ends_it_cleanly_and_it_goes_on_after_the_start(self):
        stream = self.stream()
        self.lines_of(stream, len(self.lines))
        self.server.stop()
        self.assertEqual((stream.read_to_end(), stream.ended), ([], "cleanly"))
        self.server.start()
        self.connect()
        again = self.stream(Last_Event_ID=stream.last_id)
        again.wait_head()
        answer = self.client.cancel(99999)
        self.assertEqual(again.wait().id, answer.event_seq)


class Permission(Production):
    def test_the_feed_is_for_admins(self):
        for token, status in ((None, 403), (self.ada.token, 403), ("nonsense", 401),
                              (self.admin.token, 200)):
            self.assertEqual(self.client.get("/api/events", token=token).status, status)
            stream = Stream(self.server.address, "/api/events",
                            headers={"Authorization": f"Bearer {token}"} if token else {})
            self.addCleanup(stream.close)
            stream.wait_head()
            self.assertEqual(stream.status, status)


class LostRights(Production):
    def test_who_is_no_admin_any_more_is_told_no_more(self):
        stream = Stream(self.server.address, "/api/events",
                        headers={"Authorization": f"Bearer {self.admin.token}"})
        self.addCleanup(stream.close)
        while stream.wait().id < self.client.get("/api/movies").read_seq:
            pass
        self.ok(self.client.delete("/api/users/me", token=self.admin.token))
        self.assertEqual((stream.read_to_end(), stream.ended), ([], "cleanly"))


if __name__ == "__main__":
    unittest.main()
