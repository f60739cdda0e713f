"""Time travel: `at_seq` and `at_time` give the bytes that were answered then."""

import datetime
import unittest
from urllib.parse import quote

from support.case import ServerCase, wait_until
from support.model import instant

PARAMETERS = ["at_seq", "at_time"]


def at(path, position):
    return f"{path}?at_seq={position}"


def at_time(path, time):
    return f"{path}?at_time={quote(time)}"


class Recorded(ServerCase):
    """One show's life, with every answer on the way: locks that end by themselves, bookings that
    are paid, cancelled, lapse, and are paid late."""

    env = {"LOCK_TTL_SECONDS": 2, "PAYMENT_DEADLINE_SECONDS": 3, "PAYMENT_GRACE_SECONDS": 0}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = client = cls.server.client()
        cls.addClassCleanup(client.close)
        cls.user = client.new_user()
        cls.show = client.new_show()
        cls.paths = [f"/api/shows/{cls.show.id}/seats", f"/api/users/{cls.user.id}/bookings"]
        cls.answers = []  # (path, position, body)
        cls.live()
        cls.log = cls.server.log()

    @classmethod
    def record(cls):
        for path in cls.paths:
            answer = cls.client.get(path, token=cls.user.token)
            cls.answers.append((path, answer.read_seq, answer.body))

    @classmethod
    def book(cls, seats):
        booking = cls.client.book(cls.show, seats, cls.user.email, token=cls.user.token).json
        cls.paths.append(f"/api/bookings/{booking['id']}")
        cls.record()
        payment = cls.client.initiate(booking, token=cls.user.token).json
        cls.record()
        return booking, payment["transaction_id"]

    @classmethod
    def live(cls):
        client, show = cls.client, cls.show
        cls.record()
        client.lock(show, show.seats[:3], "a")
        cls.record()
        client.release(show, show.seats[:1], "a")
        cls.record()
        client.lock(show, show.seats[1:4], "b")  # refused
        cls.record()
        _, transaction = cls.book(show.seats[4:6])
        client.confirm(transaction, "success")
        cls.record()
        _, transaction = cls.book(show.seats[6:8])
        client.confirm(transaction, "failed")
        cls.record()
        cancelled, _ = cls.book(show.seats[6:8])
        client.cancel(cancelled["id"], token=cls.user.token)
        cls.record()
        late, transaction = cls.book(show.seats[8:10])
        wait_until(lambda: client.booking(late["id"]).json["status"] == "cancelled", "it lapsed")
        wait_until(lambda: not any(seat["is_locked"] for seat in client.seats(show.id).json),
                   "the lock ended")
        cls.record()
        client.confirm(transaction, "success")
        cls.record()

    def past(self, path):
        return self.client.get(path, token=self.user.token)

    def assert_recorded(self):
        for path, position, body in self.answers:
            answer = self.past(at(path, position))
            self.assertEqual((answer.status, answer.body, answer.read_seq), (200, body, position),
                             answer)

    def test_the_recording_has_something_to_tell(self):
        types = {event["type"] for event in self.log}
        self.assertLessEqual({"SeatsLocked", "SeatsReleased", "LockExpired", "BookingExpired",
                              "BookingCancelled", "BookingConfirmed", "CommandRefused"}, types)
        self.assertGreater(len({body for _, _, body in self.answers}), 20)

    def test_every_answer_of_the_past_is_given_again(self):
        self.assert_recorded()

    def test_also_after_a_restart_and_when_the_read_models_were_folded_again(self):
        self.server.stop()
        self.server.start()
        self.connect()
        self.assert_recorded()
        self.server.stop()
        for name in ("history", "catalog", "bookings"):
            self.server.command("projections", "rebuild", name)
        self.server.start()
        self.connect()
        self.assert_recorded()

    def test_a_time_is_the_last_position_by_then(self):
        born = next(event["seq"] for event in self.log if event["type"] == "ShowCreated"
                    and event["data"]["show_id"] == self.show.id)
        moment = datetime.timedelta(microseconds=1)
        for event in self.log:
            time = instant(event["time"])
            for asked in (time - moment, time, time + moment):
                wanted = max((each["seq"] for each in self.log if instant(each["time"]) <= asked),
                             default=0)
                text = asked.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                answer = self.past(at_time(self.paths[0], text))
                self.assertEqual(answer.read_seq, wanted, text)
                self.assertEqual(answer.status, 200 if wanted >= born else 404, answer)
                if wanted >= born:
                    self.assertEqual(answer.body, self.past(at(self.paths[0], wanted)).body)

    def test_a_time_may_be_written_in_any_zone(self):
        path, position, body = self.answers[-3]
        event = next(event for event in self.log if event["seq"] == position)
        there = instant(event["time"]).astimezone(
            datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
        answer = self.past(at_time(path, there.isoformat()))
        self.assertEqual((answer.body, answer.read_seq), (body, position))

    def test_what_did_not_exist_yet_is_not_found(self):
        for path in self.paths:
            if path.endswith("/bookings"):
                self.assertEqual(self.ok(self.past(at(path, 0))), [])
                continue
            detail = "Show not found" if path.endswith("seats") else "Booking not found"
            self.assertEqual(self.refused(self.past(at(path, 0)), 404, detail).read_seq, 0)
            self.refused(self.past(at_time(path, "2000-01-01T00:00:00Z")), 404, detail)

    def test_the_future_and_nonsense_are_refused(self):
        for path in self.paths:
            end = self.past(path).read_seq
            self.refused(self.past(at(path, end + 1_000)), 400,
                         "The log ends before that position")
            self.refused(self.past(at_time(path, "2999-01-01T00:00:00Z")), 400,
                         "That time has not come yet")
            self.invalid(self.past(f"{path}?at_seq=x&at_time=y"),
                         ("int_parsing", ["query", "at_seq"], ..., "x"),
                         ("datetime_from_date_parsing", ["query", "at_time"], ..., "y"))
            self.invalid(self.past(f"{path}?at_seq=-1"), (..., ["query", "at_seq"], ..., ...))
            self.invalid(self.past(at_time(path, "2024-01-01T00:00:00")),
                         ("timezone_aware", ["query", "at_time"], ..., "2024-01-01T00:00:00"))
            self.invalid(self.past(f"{path}?at_seq=1&at_time=2024-01-01T00:00:00Z"),
                         ("value_error", ["query", "at_time"],
                          "Value error, at_seq and at_time exclude each other", ...))

    def test_who_has_it_already_is_not_sent_it_again(self):
        for path, position, body in self.answers[::5]:
            first = self.past(at(path, position))
            again = self.client.get(at(path, position), token=self.user.token,
                                    headers={"If-None-Match": first.headers["ETag"]})
            self.assertEqual((again.status, again.body, again.read_seq), (304, b"", position))

    def test_a_users_bookings_are_walked_as_of_one_position(self):
        path, position, body = next(each for each in reversed(self.answers)
                                    if each[0].endswith("/bookings"))
        walked, page = [], f"{path}?at_seq={position}&limit=1"
        while page:
            answer = self.past(page)
            self.assertEqual(answer.read_seq, position)
            walked += self.ok(answer)
            page = answer.next_path
        self.assertEqual(walked, self.ok(self.past(at(path, position))))
        self.assertEqual(len(walked), 4)

    def test_the_past_is_nobody_elses_business_either(self):
        path = next(path for path in self.paths if path.endswith("/bookings"))
        position = self.answers[-1][1]
        stranger = self.client.new_user()
        self.refused(self.client.get(at(path, position), token=stranger.token), 403,
                     "Not authorized to access these bookings")
        self.refused(self.client.get(at(path, position)), 403, "Not authenticated")
        self.ok(self.client.get(at(self.paths[0], position)))  # seats are anybody's, then as now

    def test_the_document_knows_the_parameters(self):
        paths = self.ok(self.client.get("/openapi.json"))["paths"]
        for path, names in (("/api/shows/{show_id}/seats", ["show_id", *PARAMETERS]),
                            ("/api/bookings/{booking_id}", ["booking_id", *PARAMETERS]),
                            ("/api/users/{user_id}/bookings",
                             ["user_id", "limit", "after", *PARAMETERS])):
            parameters = [each for each in paths[path]["get"]["parameters"] if "name" in each]
            self.assertEqual([each["name"] for each in parameters], names)
            self.assertIn("date-time", str(parameters[-1]["schema"]))


class Deleted(ServerCase):
    def test_a_deleted_show_has_seats_in_the_past_alone(self):
        show = self.client.new_show()
        self.client.lock(show, show.seats[:1], "a")
        before = self.client.seats(show.id)
        gone = self.client.delete(f"/api/shows/{show.id}")
        if gone.status == 409:
            self.client.release(show, show.seats[:1], "a")
            gone = self.client.delete(f"/api/shows/{show.id}")
        self.ok(gone)
        path = f"/api/shows/{show.id}/seats"
        self.refused(self.client.get(path), 404, "Show not found")
        self.refused(self.client.get(at(path, gone.event_seq)), 404, "Show not found")
        past = self.client.get(at(path, before.read_seq))
        self.assertEqual((past.status, past.body), (200, before.body))


class Production(ServerCase):
    env = {"PROFILE": "production", "WEBHOOK_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"}

    def test_a_strangers_booking_was_missing_in_the_past_too(self):
        user, stranger = self.client.new_user(), self.client.new_user()
        seats = self.ok(self.client.seats(1))
        answer = self.client.post("/api/bookings", {
            "show_id": 1, "seat_ids": [seats[0]["id"]], "user_email": user.email},
            token=user.token)
        path = at(f"/api/bookings/{self.ok(answer)['id']}", answer.event_seq)
        self.assertEqual(self.ok(self.client.get(path, token=user.token)), answer.json)
        self.refused(self.client.get(path, token=stranger.token), 404, "Booking not found")
        self.refused(self.client.get(path), 404, "Booking not found")


if __name__ == "__main__":
    unittest.main()
