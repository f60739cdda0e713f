"""Locks: all or nothing, who owns one, renewal and its cap, release, the quota."""

import datetime
import unittest

from support.case import LOCK, ServerCase, wait_until
from support.cinema import new_session


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Locking(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()

    def test_free_seats_are_locked_for_five_minutes(self):
        show = self.show
        body = self.locked(self.client.lock(show, show.seats[:3], "a"))
        self.has_shape(body, LOCK)
        self.assertEqual((body["locked_seats"], body["message"]),
                         (show.seats[:3], "Seats locked successfully"))
        self.is_timestamp(body["expires_at"])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual((instant(body["expires_at"]) - now).total_seconds(), 300, delta=60)

    def test_the_seat_map_shows_the_lock_and_its_end(self):
        show = self.show
        lock = self.locked(self.client.lock(show, show.seats[:2], "a"))
        seat = self.client.seat(show, show.seats[0])
        self.assertEqual((seat["is_booked"], seat["is_locked"], seat["locked_until"]),
                         (False, True, lock["expires_at"]))
        self.assert_seats(show, show.seats[2:], "free")

    def test_a_refusal_is_a_200_that_says_why_and_changes_nothing(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[1:2], "a"))
        body = self.lock_refused(self.client.lock(show, show.seats[:3], "b"))
        self.has_shape(body, LOCK)
        self.assertEqual(body["unavailable_seats"], show.seats[1:2])
        self.assertEqual(body["reason"], "seat_taken")
        self.assert_seats(show, [show.seats[0], show.seats[2]], "free")

    def test_booked_seats_cannot_be_locked(self):
        show = self.show
        self.ok(self.client.book(show, show.seats[:1], "test@example.com"))
        body = self.lock_refused(self.client.lock(show, show.seats[:2], "a"))
        self.assertEqual(body["unavailable_seats"], show.seats[:1])

    def test_unknown_seats_and_shows_and_repeated_seats_are_refused(self):
        show, other = self.show, self.client.new_show()
        for name, (where, seats) in {
                "no such seat": (show, [show.seats[0], 10 ** 9]),
                "a seat of another show": (show, [show.seats[0], other.seats[0]]),
                "twice": (show, [show.seats[0], show.seats[0]]),
                "not positive": (show, [0]), "negative": (show, [-1])}.items():
            with self.subTest(name):
                self.lock_refused(self.client.lock(where, seats, "a"))
        body = {"show_id": 10 ** 9, "seat_ids": [1], "user_session": "a"}
        self.lock_refused(self.client.post("/api/seats/lock", body))
        self.assert_seats(show, show.seats, "free")

    def test_empty_seats_and_an_empty_session_are_invalid(self):
        show = self.show
        self.invalid_at(self.client.lock(show, [], "a"), "body", "seat_ids")
        self.invalid_at(self.client.lock(show, show.seats[:1], ""), "body", "user_session")

    def test_integers_may_come_as_text_or_whole_floats_or_true(self):
        show = self.show
        body = {"show_id": str(show.id), "seat_ids": [str(show.seats[0]), float(show.seats[1])],
                "user_session": "a"}
        self.assertEqual(self.locked(self.client.post("/api/seats/lock", body))["locked_seats"],
                         show.seats[:2])
        self.locked(self.client.post("/api/seats/lock", {
            "show_id": True, "seat_ids": [100], "user_session": new_session()}))

    def test_bad_members_of_a_list_say_which(self):
        body = {"show_id": "one", "seat_ids": [1, "abc", 2.5], "user_session": 7}
        self.invalid(
            self.client.post("/api/seats/lock", body),
            ("int_parsing", ["body", "show_id"], ..., "one"),
            ("int_parsing", ["body", "seat_ids", 1], ..., "abc"),
            ("int_from_float", ["body", "seat_ids", 2], ..., 2.5),
            ("string_type", ["body", "user_session"], "Input should be a valid string", 7))

    def test_all_missing_members_are_reported(self):
        self.invalid(self.client.post("/api/seats/lock", {}), *[
            ("missing", ["body", name], "Field required", {})
            for name in ("show_id", "seat_ids", "user_session")])


class Ownership(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()

    def test_the_owner_may_lock_again_which_renews(self):
        show = self.show
        first = self.locked(self.client.lock(show, show.seats[:2], "a"))
        again = self.locked(self.client.lock(show, show.seats[:2], "a"))
        self.assertGreaterEqual(instant(again["expires_at"]), instant(first["expires_at"]))
        self.assertEqual(self.client.seat(show, show.seats[0])["locked_until"],
                         again["expires_at"])

    def test_own_and_free_seats_may_be_mixed_and_end_together(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:2], "a"))
        mixed = self.locked(self.client.lock(show, show.seats[1:4], "a"))
        self.assertEqual(mixed["locked_seats"], show.seats[1:4])
        ends = {self.client.seat(show, seat)["locked_until"] for seat in show.seats[1:4]}
        self.assertEqual(ends, {mixed["expires_at"]})

    def test_a_lock_taken_with_a_token_is_closed_to_the_same_session_of_somebody_else(self):
        show = self.show
        ada, bob = self.client.new_user(), self.client.new_user()
        self.locked(self.client.lock(show, show.seats[:1], "shared", token=ada.token))
        self.lock_refused(self.client.lock(show, show.seats[:1], "shared", token=bob.token))
        self.lock_refused(self.client.lock(show, show.seats[:1], "shared"))
        self.locked(self.client.lock(show, show.seats[:1], "shared", token=ada.token))

    def test_at_most_ten_seats_per_session_and_show(self):
        show, other = self.show, self.client.new_show()
        self.locked(self.client.lock(show, show.seats[:8], "a"))
        body = self.lock_refused(self.client.lock(show, show.seats[8:11], "a"))
        self.assertEqual(body["reason"], "quota_exceeded")
        self.locked(self.client.lock(show, show.seats[6:10], "a"))  # two of them were held before
        self.lock_refused(self.client.lock(show, show.seats[10:11], "a"))
        self.locked(self.client.lock(show, show.seats[10:11], "b"))
        self.locked(self.client.lock(other, other.seats[:10], "a"))
        self.lock_refused(self.client.lock(other, other.seats[:11], "c"))

    def test_pending_and_confirmed_seats_count_too(self):
        show, user = self.show, self.client.new_user()
        options = {"token": user.token}
        booking, payment = self.client.new_payment(show, show.seats[:4], user.email, **options)
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        self.ok(self.client.book(show, show.seats[4:8], user.email, **options))
        self.locked(self.client.lock(show, show.seats[8:10], "s1", **options))
        self.lock_refused(self.client.lock(show, show.seats[10:11], "s2", **options))
        self.ok(self.client.cancel(booking["id"], **options))
        self.locked(self.client.lock(show, show.seats[10:14], "s2", **options))


class Releasing(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()
        self.locked(self.client.lock(self.show, self.show.seats[:3], "a"))

    def test_the_owner_gives_seats_back(self):
        show = self.show
        body = self.ok(self.client.release(show, show.seats[:2], "a"))
        self.assertEqual(list(body)[:3], ["success", "released_seats", "message"])
        self.assertEqual((body["success"], body["released_seats"]), (True, show.seats[:2]))
        self.assert_seats(show, show.seats[:2], "free")
        self.assert_seats(show, show.seats[2:3], "locked")
        self.locked(self.client.lock(show, show.seats[:2], "b"))

    def test_nobody_else_can(self):
        show = self.show
        for options in ({}, {"token": self.client.new_user().token}):
            body = self.ok(self.client.release(show, show.seats[:2], "b", **options))
            self.assertEqual((body["success"], body["released_seats"]), (False, []))
        self.assert_seats(show, show.seats[:3], "locked")

    def test_seats_that_are_free_or_unknown_are_not_released(self):
        show = self.show
        for seats in (show.seats[5:6], [10 ** 9]):
            body = self.ok(self.client.release(show, seats, "a"))
            self.assertEqual((body["success"], body["released_seats"]), (False, []))

    def test_bad_input_is_invalid(self):
        self.invalid(self.client.post("/api/seats/release", {"seat_ids": "x"}),
                     ("missing", ["body", "show_id"], "Field required", {"seat_ids": "x"}),
                     (..., ["body", "seat_ids"], ..., "x"),
                     ("missing", ["body", "user_session"], "Field required", {"seat_ids": "x"}))


class Ending(ServerCase):
    env = {"LOCK_TTL_SECONDS": 1}

    def test_a_lock_ends_by_itself_and_the_log_says_so(self):
        show = self.client.new_show()
        self.locked(self.client.lock(show, show.seats[:3], "a"))
        wait_until(lambda: set(self.states(show).values()) == {"free"}, "the lock has ended")
        self.locked(self.client.lock(show, show.seats[:3], "b"))

    def test_an_ended_lock_books_nothing_that_another_one_took(self):
        show = self.client.new_show()
        self.locked(self.client.lock(show, show.seats[:1], "a"))
        wait_until(lambda: self.client.lock(show, show.seats[:1], "b").json["success"],
                   "somebody else gets the seat")
        self.booking_refused(self.client.book(show, show.seats[:1], "test@example.com", "a"))


class RenewalCap(ServerCase):
    env = {"LOCK_TTL_SECONDS": 3, "LOCK_TTL_MAX_SECONDS": 4}

    def test_renewals_end_at_the_cap_after_the_first_lock(self):
        show = self.client.new_show()
        first = instant(self.locked(self.client.lock(show, show.seats[:1], "a"))["expires_at"])

        def last_end():
            """Renews until the end stops moving, which it does at the cap."""
            ends.append(instant(self.locked(self.client.lock(show, show.seats[:1], "a"))
                                ["expires_at"]))
            return len(ends) > 1 and ends[-1] == ends[-2] > first

        ends = []
        wait_until(last_end, "a renewal changes nothing")
        # First lock + 4 s is one second after first lock + 3 s.
        self.assertAlmostEqual((ends[-1] - first).total_seconds(), 1, delta=0.001)


if __name__ == "__main__":
    unittest.main()
