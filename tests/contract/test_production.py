"""The production profile: roles and ownership. (Signed callbacks: test_callbacks.py.)"""

import unittest
import uuid

from support.case import ServerCase
from support.cinema import new_session

MOVIE = {"title": "M", "duration": 117, "genre": "Crime", "rating": "PG",
         "release_date": "1931-05-11"}


class Production(ServerCase):
    env = {"PROFILE": "production"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.server.client()
        cls.admin, cls.ada, cls.bob = (client.new_user() for _ in range(3))
        client.close()
        cls.promote(cls.admin)

    def new_show(self):
        """A show of its own for a test, made by the admin."""
        admin = self.server.client(self.admin.token)
        self.addCleanup(admin.close)
        return admin.new_show()


class Catalogue(Production):
    def changes(self, **options):
        client = self.client
        return [client.post("/api/movies", MOVIE, **options),
                client.post("/api/theatres", {"name": "A", "city": "B", "address": "C"}, **options),
                client.post("/api/shows", {"movie_id": 1, "theatre_id": 1, "price": 5,
                                           "show_date": "2031-01-01", "show_time": "20:00"},
                            **options),
                client.put("/api/movies/1", MOVIE, **options),
                client.delete("/api/movies/1", **options),
                client.delete("/api/theatres/1", **options),
                client.delete("/api/shows/1", **options)]

    def test_changes_need_a_token(self):
        for answer in self.changes():
            self.refused(answer, 403, "Not authenticated")

    def test_changes_need_the_admin_role(self):
        for answer in self.changes(token=self.ada.token):
            self.refused(answer, 403, "Admin privileges required")

    def test_changes_with_a_bad_token_are_not_authorized(self):
        for answer in self.changes(token="nonsense"):
            self.refused(answer, 401, "Could not validate credentials")

    def test_an_admin_makes_changes(self):
        movie = self.ok(self.client.post("/api/movies", MOVIE, token=self.admin.token))
        self.ok(self.client.delete(f"/api/movies/{movie['id']}", token=self.admin.token))

    def test_everybody_may_browse(self):
        for path in ("/api/movies", "/api/movies/1", "/api/movies/1/shows", "/api/shows/1",
                     "/api/shows/1/seats", "/api/theatres?city=Mumbai"):
            self.ok(self.client.get(path))

    def test_a_bad_token_is_refused_even_where_none_is_needed(self):
        self.refused(self.client.get("/api/movies", token="nonsense"), 401,
                     "Could not validate credentials")

    def test_a_new_user_is_no_admin_whatever_the_body_says(self):
        body = {"email": f"{uuid.uuid4().hex}@example.com", "password": "password123",
                "first_name": "M", "last_name": "H", "role": "admin"}
        token = self.ok(self.client.post("/api/users/register", body))["access_token"]
        self.refused(self.client.post("/api/movies", MOVIE, token=token), 403,
                     "Admin privileges required")


class Reports(Production):
    def questions(self, **options):
        return [self.client.get(path, **options) for path in (
            "/api/reports/sales", "/api/reports/sales?format=csv", "/api/shows/1/report",
            "/api/shows/1/history", "/api/seats/1/history", "/api/shows/99999/history")]

    def test_need_the_admin_role(self):
        for answer in self.questions():
            self.refused(answer, 403, "Not authenticated")
        for answer in self.questions(token=self.ada.token):
            self.refused(answer, 403, "Admin privileges required")
        for answer in self.questions(token="nonsense"):
            self.refused(answer, 401, "Could not validate credentials")

    def test_are_given_to_an_admin(self):
        *found, missing = self.questions(token=self.admin.token)
        self.assertEqual([answer.status for answer in found], [200] * len(found))
        self.refused(missing, 404, "Show not found")


class Visibility(Production):
    def setUp(self):
        super().setUp()
        self.show = self.new_show()
        self.booking = self.ok(self.client.book(self.show, self.show.seats[:2], self.ada.email,
                                                token=self.ada.token))

    def same_as_missing(self, ask):
        for options in ({}, {"token": self.bob.token}):
            foreign, missing = ask(self.booking["id"], **options), ask(99999, **options)
            self.refused(foreign, 404, "Booking not found")
            self.assertEqual(foreign.json, missing.json)

    def test_a_booking_is_shown_to_its_owner_and_to_admins(self):
        for user in (self.ada, self.admin):
            self.assertEqual(self.ok(self.client.booking(self.booking["id"], token=user.token)),
                             self.booking)

    def test_to_anyone_else_it_is_missing(self):
        self.same_as_missing(self.client.booking)

    def test_only_its_owner_or_an_admin_can_cancel_it(self):
        self.same_as_missing(self.client.cancel)
        self.assert_seats(self.show, self.show.seats[:2], "booked")
        self.ok(self.client.cancel(self.booking["id"], token=self.admin.token))

    def test_an_admin_sees_everybodys_bookings(self):
        path = f"/api/users/{self.ada.id}/bookings"
        self.assertIn(self.booking, self.ok(self.client.get(path, token=self.admin.token)))
        self.refused(self.client.get(path, token=self.bob.token), 403,
                     "Not authorized to access these bookings")

    def test_booking_needs_a_token_or_the_locks_session(self):
        show, seats, session = self.show, self.show.seats[5:7], new_session()
        self.locked(self.client.lock(show, seats, session))
        for answer in (self.client.book(show, seats, self.ada.email),
                       self.client.book(show, seats, self.ada.email, "another session")):
            self.assertIn(answer.status, (400, 401, 403), answer)
        self.assert_seats(show, seats, "locked")
        self.ok(self.client.book(show, seats, self.ada.email, session))

    def test_a_guests_booking_is_paid_for_with_its_session_only(self):
        show, session = self.new_show(), new_session()
        seats = show.seats[:2]
        self.locked(self.client.lock(show, seats, session))
        booking = self.ok(self.client.book(show, seats, self.ada.email, session))
        self.refused(self.client.initiate(booking), 404, "Booking not found")
        body = {"booking_id": booking["id"], "amount": booking["total_amount"],
                "user_session": session}
        self.ok(self.client.post("/api/payments/initiate", body))


if __name__ == "__main__":
    unittest.main()
