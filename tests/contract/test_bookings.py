"""Bookings: what makes one, which lock proves it, cancelling."""

import unittest

from support.case import BOOKING, BOOKING_SEAT, SHOW, ServerCase
from support.cinema import new_email

GUEST = "test@example.com"


class Booking(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show(price=12.5)

    def test_a_booking_is_pending_and_its_seats_are_booked_at_once(self):
        show = self.show
        answer = self.client.book(show, show.seats[:3], GUEST)
        booking = self.ok(answer)
        self.has_shape(booking, BOOKING)
        self.has_shape(booking["show"], SHOW)
        self.assertEqual((booking["user_id"], booking["show_id"], booking["status"],
                          booking["payment_id"]), (1, show.id, "pending", None))
        self.has_money(answer, "total_amount", 37.5)
        self.is_timestamp(booking["created_at"])
        self.assert_seats(show, show.seats[:3], "booked")
        self.assertIsNone(self.client.seat(show, show.seats[0])["locked_until"])

    def test_its_seats_say_where_they_are(self):
        show = self.client.new_show(total_seats=25)
        booking = self.ok(self.client.book(show, show.seats[19:21], GUEST))
        for seat in booking["booking_seats"]:
            self.has_shape(seat, BOOKING_SEAT)
        self.assertEqual([(seat["seat_id"], seat["row"], seat["seat_number"])
                          for seat in booking["booking_seats"]],
                         [(show.seats[19], "A", "20"), (show.seats[20], "B", "1")])

    def test_it_has_a_payment_deadline_and_no_reason_to_be_cancelled(self):
        booking = self.ok(self.client.book(self.show, self.show.seats[:1], GUEST))
        self.is_timestamp(booking["expires_at"])
        self.assertIsNone(booking["cancel_reason"])

    def test_it_can_be_read_at_once_as_it_was_answered(self):
        booking = self.ok(self.client.book(self.show, self.show.seats[:1], GUEST))
        self.assertEqual(self.ok(self.client.booking(booking["id"])), booking)

    def test_an_unknown_booking_is_not_found(self):
        self.refused(self.client.booking(99999), 404, "Booking not found")
        self.invalid(self.client.booking("x"), ("int_parsing", ["path", "booking_id"], ..., "x"))

    def test_what_cannot_be_booked_is_refused_with_one_text(self):
        show, other = self.show, self.client.new_show()
        self.ok(self.client.book(show, show.seats[:1], GUEST))
        for name, (seats, email) in {
                "taken": (show.seats[:2], GUEST), "unknown user": (show.seats[2:3], new_email()),
                "unknown seat": ([10 ** 9], GUEST), "another show's seat": (other.seats[:1], GUEST),
                "twice": ([show.seats[2]] * 2, GUEST), "none": ([], GUEST)}.items():
            with self.subTest(name):
                self.booking_refused(self.client.book(show, seats, email))
        self.booking_refused(self.client.post("/api/bookings", {
            "show_id": 99999, "seat_ids": [1], "user_email": GUEST}))
        self.assert_seats(show, show.seats[1:], "free")

    def test_bad_members_are_reported_in_field_order(self):
        body = {"seat_ids": [None], "user_email": 5}
        self.invalid(self.client.post("/api/bookings", body),
                     ("missing", ["body", "show_id"], "Field required", body),
                     (..., ["body", "seat_ids", 0], ..., None),
                     ("string_type", ["body", "user_email"], ..., 5))

    def test_at_most_ten_seats_can_be_booked_by_one_owner(self):
        show, user = self.show, self.client.new_user()
        self.booking_refused(self.client.book(show, show.seats[:11], user.email,
                                              token=user.token))
        self.ok(self.client.book(show, show.seats[:10], user.email, token=user.token))
        self.booking_refused(self.client.book(show, show.seats[10:11], user.email,
                                              token=user.token))


class Proof(ServerCase):
    """Whose lock opens seats to a booking."""

    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()
        self.ada, self.bob = self.client.new_user(), self.client.new_user()

    def test_the_session_books_what_it_locked(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:2], "a"))
        self.ok(self.client.book(show, show.seats[:2], GUEST, "a"))

    def test_the_session_books_locked_and_free_seats_together(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:2], "a"))
        self.ok(self.client.book(show, show.seats[:4], GUEST, "a"))

    def test_another_session_does_not(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:2], "a"))
        self.booking_refused(self.client.book(show, show.seats[:2], GUEST, "b"))
        self.booking_refused(self.client.book(show, show.seats[:2], GUEST, "b",
                                              token=self.bob.token))
        self.assert_seats(show, show.seats[:2], "locked")

    def test_without_a_session_one_open_lock_is_proof_enough(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:3], "a"))
        self.ok(self.client.book(show, show.seats[:3], GUEST))

    def test_without_a_session_one_open_lock_is_enough_with_a_token_as_well(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:3], "a"))
        booking = self.ok(self.client.book(show, show.seats[:3], self.ada.email,
                                           token=self.ada.token))
        self.assertEqual(booking["user_id"], self.ada.id)

    def test_one_lock_means_one_session(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:2], "a"))
        self.locked(self.client.lock(show, show.seats[2:4], "a"))
        self.locked(self.client.lock(show, show.seats[4:5], "b"))
        self.booking_refused(self.client.book(show, show.seats[:5], GUEST))
        self.ok(self.client.book(show, show.seats[:4], GUEST))

    def test_without_a_session_locked_and_free_seats_do_not_mix(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:2], "a"))
        self.booking_refused(self.client.book(show, show.seats[:3], GUEST))

    def test_a_lock_taken_with_a_token_opens_to_that_user_only(self):
        show, ada, bob = self.show, self.ada, self.bob
        self.locked(self.client.lock(show, show.seats[:2], "a", token=ada.token))
        self.booking_refused(self.client.book(show, show.seats[:2], ada.email))
        self.booking_refused(self.client.book(show, show.seats[:2], ada.email, "a"))
        self.booking_refused(self.client.book(show, show.seats[:2], bob.email, "a",
                                              token=bob.token))
        self.ok(self.client.book(show, show.seats[:2], ada.email, "a", token=ada.token))

    def test_seats_left_in_a_lock_stay_locked(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:3], "a"))
        self.ok(self.client.book(show, show.seats[:2], GUEST, "a"))
        self.assert_seats(show, show.seats[2:3], "locked")
        self.lock_refused(self.client.lock(show, show.seats[2:3], "b"))


class ProofRequired(ServerCase):
    env = {"LOCK_PROOF": "required"}

    def test_only_the_locks_own_session_books(self):
        show = self.client.new_show()
        self.booking_refused(self.client.book(show, show.seats[:1], GUEST))
        self.booking_refused(self.client.book(show, show.seats[:1], GUEST, "a"))
        self.locked(self.client.lock(show, show.seats[:1], "a"))
        self.booking_refused(self.client.book(show, show.seats[:1], GUEST))
        self.booking_refused(self.client.book(show, show.seats[:2], GUEST, "a"))
        self.ok(self.client.book(show, show.seats[:1], GUEST, "a"))


class Cancelling(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()

    def test_a_pending_booking_gives_its_seats_back(self):
        show = self.show
        booking = self.ok(self.client.book(show, show.seats[:2], GUEST))
        cancelled = self.ok(self.client.cancel(booking["id"]))
        self.has_shape(cancelled, BOOKING)
        self.assertEqual((cancelled["status"], cancelled["cancel_reason"]), ("cancelled", "user"))
        self.assertEqual(self.ok(self.client.booking(booking["id"])), cancelled)
        self.assert_seats(show, show.seats[:2], "free")
        self.ok(self.client.book(show, show.seats[:2], GUEST))

    def test_a_paid_booking_is_refunded(self):
        show = self.show
        booking, payment = self.client.new_payment(show, show.seats[:2])
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        self.assertEqual(self.ok(self.client.cancel(booking["id"]))["status"], "cancelled")
        self.assert_seats(show, show.seats[:2], "free")
        refunds = [event for event in self.server.log() if event["type"] == "RefundRequested"
                   and event["data"]["booking_id"] == booking["id"]]
        self.assertEqual([event["data"]["amount"] for event in refunds],
                         [booking["total_amount"]])

    def test_twice_is_a_conflict_and_unknown_is_not_found(self):
        booking = self.ok(self.client.book(self.show, self.show.seats[:2], GUEST))
        self.ok(self.client.cancel(booking["id"]))
        self.refused(self.client.cancel(booking["id"]), 409, "Booking is already cancelled")
        self.refused(self.client.cancel(99999), 404, "Booking not found")

    def test_a_users_booking_is_cancelled_by_its_owner_only(self):
        ada, bob = self.client.new_user(), self.client.new_user()
        booking = self.ok(self.client.book(self.show, self.show.seats[:2], ada.email,
                                           token=ada.token))
        for options in ({}, {"token": bob.token}):
            self.refused(self.client.cancel(booking["id"], **options), 403,
                         "Not authorized to cancel this booking")
        self.assert_seats(self.show, self.show.seats[:2], "booked")
        self.ok(self.client.cancel(booking["id"], token=ada.token))


if __name__ == "__main__":
    unittest.main()
