"""The front end of the FastAPI program that this one replaces, call by call as it makes them."""

import unittest

from support.case import ServerCase
from support.cinema import new_email


class FrontEnd(ServerCase):
    def sign_in(self):
        email = new_email()
        self.ok(self.client.post("/api/users/register", {
            "email": email, "password": "password123", "first_name": "Jane", "last_name": "Roe"}))
        token = self.ok(self.client.post("/api/users/login",
                                         {"email": email, "password": "password123"}))
        self.bearer = {"Authorization": f"Bearer {token['access_token']}"}
        self.user = self.ok(self.client.get("/api/users/me", headers=self.bearer))
        self.assertEqual(self.user["email"], email)

    def choose_seats(self, show_id):
        seats = self.ok(self.client.get(f"/api/shows/{show_id}/seats"))
        return [seat["id"] for seat in seats
                if not seat["is_booked"] and not seat["is_locked"]][:2]

    def lock_and_book(self, show_id, seat_ids):
        """As the pages do: `show_id` from the address bar, a string; the lock without a token; the
        booking with one and without `user_session`."""
        lock = self.ok(self.client.post("/api/seats/lock", {
            "show_id": str(show_id), "seat_ids": seat_ids,
            "user_session": "session_1718450000000"}))
        self.assertTrue(lock["success"], lock)
        return self.ok(self.client.post("/api/bookings", {
            "show_id": str(show_id), "seat_ids": seat_ids, "user_email": self.user["email"]},
            headers=self.bearer))

    def test_from_registration_to_my_bookings(self):
        self.sign_in()
        movie = self.ok(self.client.get("/api/movies"))[0]
        self.ok(self.client.get(f"/api/movies/{movie['id']}"))
        show = self.ok(self.client.get(f"/api/movies/{movie['id']}/shows?city=New%20York"))[0]
        self.ok(self.client.get(f"/api/shows/{show['id']}"))
        seat_ids = self.choose_seats(show["id"])
        booking = self.lock_and_book(show["id"], seat_ids)
        self.assertEqual((booking["status"], booking["user_id"]), ("pending", self.user["id"]))
        self.assertEqual(booking["total_amount"], 2 * show["price"])

        payment = self.ok(self.client.post("/api/payments/initiate", {
            "booking_id": booking["id"], "amount": booking["total_amount"],
            "payment_method": "card"}, headers=self.bearer))
        outcome = self.ok(self.client.post(
            f"/api/payments/mock-callback?transaction_id={payment['transaction_id']}",
            headers=self.bearer))
        confirmed = self.ok(self.client.post("/api/payments/confirm", {
            "transaction_id": payment["transaction_id"], "status": outcome["status"]},
            headers=self.bearer))
        self.assertEqual(confirmed["status"], outcome["status"])

        wanted = {"success": "confirmed", "failed": "cancelled"}[outcome["status"]]
        self.assertEqual(
            self.ok(self.client.get(f"/api/bookings/{booking['id']}"))["status"], wanted)
        mine = self.ok(self.client.get(f"/api/users/{self.user['id']}/bookings",
                                       headers=self.bearer))
        self.assertEqual([(each["id"], each["status"]) for each in mine],
                         [(booking["id"], wanted)])
        taken = {seat["id"]: seat["is_booked"]
                 for seat in self.ok(self.client.get(f"/api/shows/{show['id']}/seats"))}
        self.assertEqual([taken[seat] for seat in seat_ids], [wanted == "confirmed"] * 2)


if __name__ == "__main__":
    unittest.main()
