"""Payments: initiating, results, contradictions, the mock gateway."""

import unittest
import uuid

from support.case import PAYMENT, ServerCase
from support.cinema import new_session

GUEST = "test@example.com"


class Initiating(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show(price=12.5)
        self.booking = self.ok(self.client.book(self.show, self.show.seats[:3], GUEST))

    def test_a_payment_is_pending_and_by_card_unless_said_otherwise(self):
        answer = self.client.initiate(self.booking)
        payment = self.ok(answer)
        self.has_shape(payment, PAYMENT)
        self.assertEqual((payment["booking_id"], payment["status"], payment["payment_method"]),
                         (self.booking["id"], "pending", "card"))
        self.has_money(answer, "amount", 37.5)
        self.is_uuid(payment["transaction_id"])
        self.is_timestamp(payment["created_at"])

    def test_the_method_can_be_chosen(self):
        payment = self.ok(self.client.initiate(self.booking, method="upi"))
        self.assertEqual(payment["payment_method"], "upi")

    def test_the_amount_must_be_the_total(self):
        for amount in (0.01, 37.49, 37.51, 0, 3750):
            self.refused(self.client.initiate(self.booking, amount), 400,
                         "Amount does not match booking total")
        for amount in (37.501, "much"):
            self.invalid_at(self.client.initiate(self.booking, amount), "body", "amount")

    def test_an_unknown_booking_is_not_found(self):
        body = {"booking_id": 99999, "amount": 1}
        self.refused(self.client.post("/api/payments/initiate", body), 404, "Booking not found")

    def test_one_pending_payment_is_enough(self):
        first = self.ok(self.client.initiate(self.booking))
        self.assertEqual(self.ok(self.client.initiate(self.booking)), first)

    def test_what_is_paid_or_cancelled_takes_no_payment(self):
        payment = self.ok(self.client.initiate(self.booking))
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        self.refused(self.client.initiate(self.booking), 400, "Booking is not in pending status")
        other = self.ok(self.client.book(self.show, self.show.seats[5:6], GUEST))
        self.ok(self.client.cancel(other["id"]))
        self.refused(self.client.initiate(other), 400, "Booking is not in pending status")

    def test_bad_members_are_reported_in_field_order(self):
        self.invalid(self.client.post("/api/payments/initiate", {"payment_method": 5}),
                     ("missing", ["body", "booking_id"], "Field required", ...),
                     ("missing", ["body", "amount"], "Field required", ...),
                     ("string_type", ["body", "payment_method"], ..., 5))


class Results(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()
        self.booking, self.payment = self.client.new_payment(self.show, self.show.seats[:2])
        self.transaction = self.payment["transaction_id"]

    def status(self):
        return self.ok(self.client.booking(self.booking["id"]))["status"]

    def test_success_confirms_the_booking(self):
        payment = self.ok(self.client.confirm(self.transaction, "success"))
        self.has_shape(payment, PAYMENT)
        self.assertEqual(payment["status"], "success")
        self.assertEqual({name: payment[name] for name in PAYMENT if name != "status"},
                         {name: self.payment[name] for name in PAYMENT if name != "status"})
        booking = self.ok(self.client.booking(self.booking["id"]))
        self.assertEqual((booking["status"], booking["payment_id"]),
                         ("confirmed", self.transaction))
        self.assert_seats(self.show, self.show.seats[:2], "booked")

    def test_failure_cancels_the_booking_and_frees_its_seats(self):
        payment = self.ok(self.client.confirm(self.transaction, "failed"))
        self.assertEqual(payment["status"], "failed")
        booking = self.ok(self.client.booking(self.booking["id"]))
        self.assertEqual((booking["status"], booking["payment_id"], booking["cancel_reason"]),
                         ("cancelled", self.transaction, "payment_failed"))
        self.assert_seats(self.show, self.show.seats[:2], "free")
        self.locked(self.client.lock(self.show, self.show.seats[:2], "next"))

    def test_the_same_result_again_is_the_same_answer(self):
        for result, seats in (("success", self.show.seats[2:3]), ("failed", self.show.seats[3:4])):
            _, payment = self.client.new_payment(self.show, seats)
            first = self.ok(self.client.confirm(payment["transaction_id"], result))
            self.assertEqual(self.ok(self.client.confirm(payment["transaction_id"], result)),
                             first)

    def test_a_failure_after_success_is_a_conflict(self):
        self.ok(self.client.confirm(self.transaction, "success"))
        self.refused(self.client.confirm(self.transaction, "failed"), 409,
                     "Payment already success")
        self.assertEqual(self.status(), "confirmed")
        self.assert_seats(self.show, self.show.seats[:2], "booked")

    def test_a_result_is_success_or_failed(self):
        for status in ("pending", "refunded", "SUCCESS", "", "ok"):
            self.invalid_at(self.client.confirm(self.transaction, status), "body", "status")
        self.invalid(self.client.confirm(self.transaction, 1), (..., ["body", "status"], ..., 1))
        self.assertEqual(self.status(), "pending")

    def test_an_unknown_transaction_is_not_found(self):
        for transaction in (str(uuid.uuid4()), "nonsense", ""):
            self.refused(self.client.confirm(transaction, "success"), 404, "Payment not found")
        self.invalid(self.client.post("/api/payments/confirm", {}),
                     ("missing", ["body", "transaction_id"], "Field required", {}),
                     ("missing", ["body", "status"], "Field required", {}))

    def test_success_after_the_user_cancelled_is_refunded(self):
        self.ok(self.client.cancel(self.booking["id"]))
        payment = self.ok(self.client.confirm(self.transaction, "success"))
        self.assertEqual(payment["status"], "refunded")
        booking = self.ok(self.client.booking(self.booking["id"]))
        self.assertEqual((booking["status"], booking["cancel_reason"]), ("cancelled", "user"))
        self.assert_seats(self.show, self.show.seats[:2], "free")


class MockGateway(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show(total_seats=100)
        self.booking, payment = self.client.new_payment(self.show, self.show.seats[:2])
        self.transaction = payment["transaction_id"]

    def test_a_forced_outcome_is_answered_and_recorded(self):
        for result, status in (("success", "confirmed"), ("failed", "cancelled")):
            session = new_session()
            seats = self.show.seats[2:3]
            booking, payment = self.client.new_payment(self.show, seats, session=session)
            answer = self.ok(self.client.callback(payment["transaction_id"], result))
            self.assertEqual(list(answer)[:2], ["status", "transaction_id"])
            self.assertEqual((answer["status"], answer["transaction_id"]),
                             (result, payment["transaction_id"]))
            self.assertEqual(self.ok(self.client.booking(booking["id"]))["status"], status)
            if status == "confirmed":
                self.ok(self.client.cancel(booking["id"]))

    def test_a_drawn_outcome_is_kept(self):
        first = self.ok(self.client.callback(self.transaction))
        self.assertIn(first["status"], ("success", "failed"))
        for _ in range(5):
            self.assertEqual(self.ok(self.client.callback(self.transaction)), first)
        booking = self.ok(self.client.booking(self.booking["id"]))
        self.assertEqual(booking["status"],
                         {"success": "confirmed", "failed": "cancelled"}[first["status"]])
        self.assertEqual(self.ok(self.client.confirm(self.transaction, first["status"]))["status"],
                         first["status"])

    def test_both_outcomes_are_drawn(self):
        # 80 draws at 80 %: all alike once in fifty million runs.
        drawn = set()
        for seat in self.show.seats[2:82]:
            _, payment = self.client.new_payment(self.show, [seat], session=new_session())
            drawn.add(self.ok(self.client.callback(payment["transaction_id"]))["status"])
        self.assertEqual(drawn, {"success", "failed"})

    def test_a_contradicting_outcome_is_a_conflict(self):
        self.ok(self.client.callback(self.transaction, "success"))
        self.refused(self.client.callback(self.transaction, "failed"), 409,
                     "Payment already success")
        self.assertEqual(self.ok(self.client.callback(self.transaction))["status"], "success")

    def test_unknown_and_missing_transactions(self):
        self.refused(self.client.callback(str(uuid.uuid4())), 404, "Payment not found")
        self.refused(self.client.callback("nonsense"), 404, "Payment not found")
        self.invalid(self.client.post("/api/payments/mock-callback"),
                     ("missing", ["query", "transaction_id"], "Field required", None))
        self.invalid_at(self.client.callback(self.transaction, "perhaps"), "query", "status")


if __name__ == "__main__":
    unittest.main()
