"""Deadlines: pending bookings end by themselves; payments that come after the end."""

import datetime
import unittest

from support.case import ServerCase, wait_until

GUEST = "test@example.com"


class Deadline(ServerCase):
    # An initiated payment extends the deadline, unless the extension is switched off.
    env = {"PAYMENT_DEADLINE_SECONDS": 1, "PAYMENT_GRACE_SECONDS": 0}

    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()

    def expired(self, booking):
        def read():
            now = self.ok(self.client.booking(booking["id"]))
            return now if now["status"] == "cancelled" else None
        return wait_until(read, "the booking has expired")

    def test_an_unpaid_booking_is_cancelled_and_its_seats_are_free(self):
        show = self.show
        booking = self.ok(self.client.book(show, show.seats[:2], GUEST))
        self.assertEqual(self.expired(booking)["cancel_reason"], "expired")
        self.assert_seats(show, show.seats[:2], "free")
        self.refused(self.client.initiate(booking), 400, "Booking is not in pending status")
        self.ok(self.client.book(show, show.seats[:2], GUEST))

    def test_a_confirmed_booking_does_not_expire(self):
        show = self.show
        paid, payment = self.client.new_payment(show, show.seats[:1])
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        unpaid = self.ok(self.client.book(show, show.seats[1:2], GUEST))
        self.expired(unpaid)  # its deadline was later than the other's
        self.assertEqual(self.ok(self.client.booking(paid["id"]))["status"], "confirmed")
        self.assert_seats(show, show.seats[:1], "booked")

    def test_a_late_success_takes_its_seats_again_when_all_are_free(self):
        show = self.show
        booking, payment = self.client.new_payment(show, show.seats[:2])
        self.expired(booking)
        late = self.ok(self.client.confirm(payment["transaction_id"], "success"))
        self.assertEqual((late["status"], late["late"]), ("success", True))
        self.assertEqual(self.ok(self.client.booking(booking["id"]))["status"], "confirmed")
        self.assert_seats(show, show.seats[:2], "booked")
        self.assertEqual(self.ok(self.client.confirm(payment["transaction_id"], "success")), late)

    def test_a_late_success_is_refunded_when_one_seat_is_taken(self):
        show = self.show
        for taken, take in (
                ("locked", lambda seats: self.client.lock(show, seats, "a")),
                ("booked", lambda seats: self.client.new_payment(show, seats, session="b"))):
            with self.subTest(taken):
                seats = show.seats[:2] if taken == "locked" else show.seats[4:6]
                booking, payment = self.client.new_payment(show, seats)
                self.expired(booking)
                took = take(seats[1:])
                if taken == "booked":
                    self.ok(self.client.confirm(took[1]["transaction_id"], "success"))
                late = self.ok(self.client.confirm(payment["transaction_id"], "success"))
                self.assertEqual(late["status"], "refunded")
                again = self.client.confirm(payment["transaction_id"], "success")
                self.assertEqual(self.ok(again), late)
                after = self.ok(self.client.booking(booking["id"]))
                self.assertEqual((after["status"], after["cancel_reason"]),
                                 ("cancelled", "expired"))
                self.assert_seats(show, seats[:1], "free")
                self.assert_seats(show, seats[1:], taken)

    def test_a_late_failure_changes_nothing(self):
        show = self.show
        booking, payment = self.client.new_payment(show, show.seats[:2])
        self.expired(booking)
        self.ok(self.client.book(show, show.seats[:2], GUEST))
        late = self.ok(self.client.confirm(payment["transaction_id"], "failed"))
        self.assertEqual(late["status"], "failed")
        self.assertEqual(self.ok(self.client.booking(booking["id"]))["cancel_reason"], "expired")


class Extension(ServerCase):
    env = {"PAYMENT_DEADLINE_SECONDS": 300}

    def expires_at(self, booking):
        text = self.ok(self.client.booking(booking["id"]))["expires_at"]
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))

    def test_initiating_a_payment_extends_the_deadline_once_by_two_minutes(self):
        show = self.client.new_show()
        booking = self.ok(self.client.book(show, show.seats[:2], GUEST))
        first = self.expires_at(booking)
        self.ok(self.client.initiate(booking))
        extended = self.expires_at(booking)
        self.assertEqual((extended - first).total_seconds(), 120)
        self.ok(self.client.initiate(booking))
        self.assertEqual(self.expires_at(booking), extended)


if __name__ == "__main__":
    unittest.main()
