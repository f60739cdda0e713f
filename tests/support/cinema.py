"""The API in the words of its users: what tests say instead of paths and bodies."""

import itertools
import uuid
from urllib.parse import urlencode

from support.client import Client

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def new_email():
    return f"user{next(_numbers)}.{uuid.uuid4().hex[:8]}@example.com"


def new_session():
    return f"session-{uuid.uuid4()}"


def with_given(body, **optional):
    """`body` plus the optional members that are not None."""
    return body | {name: value for name, value in optional.items() if value is not None}


class NewShow:
    """A show made for one test: `seats` are its seat ids in order."""

    def __init__(self, show, seats):
        self.json = show
        self.id = show["id"]
        self.seats = seats


class Cinema(Client):
    # ---- Catalogue ------------------------------------------------------------------------------

    def new_movie(self, **changes):
        body = {"title": "Metropolis", "duration": 153, "genre": "Drama", "rating": "PG",
                "release_date": "1927-01-10"} | changes
        return self.post("/api/movies", body).json

    def new_theatre(self, **changes):
        body = {"name": "Rex", "city": "Paris", "address": "1 Boulevard Poissonniere"} | changes
        return self.post("/api/theatres", body).json

    def new_show(self, total_seats=20, price=12.5, **theatre):
        show = self.post("/api/shows", {
            "movie_id": self.new_movie()["id"],
            "theatre_id": self.new_theatre(total_seats=total_seats, **theatre)["id"],
            "show_date": "2030-06-15", "show_time": "20:00", "price": price}).json
        return NewShow(show, [seat["id"] for seat in self.seats(show["id"]).json])

    # ---- Users ----------------------------------------------------------------------------------

    def register(self, email=None, **options):
        return self.post("/api/users/register", {
            "email": email or new_email(), "password": PASSWORD,
            "first_name": "Ada", "last_name": "Lovelace"}, **options)

    def login(self, email, password=PASSWORD, **options):
        return self.post("/api/users/login", {"email": email, "password": password}, **options)

    def new_user(self):
        """A fresh user: the Token answer with `email` and `token` at hand."""
        token = self.register().json
        return User(token)

    # ---- Seats ----------------------------------------------------------------------------------

    def seats(self, show_id, **options):
        return self.get(f"/api/shows/{show_id}/seats", **options)

    def seat(self, show, seat_id):
        return next(seat for seat in self.seats(show.id).json if seat["id"] == seat_id)

    def lock(self, show, seat_ids, session, **options):
        return self.post("/api/seats/lock", {
            "show_id": show.id, "seat_ids": seat_ids, "user_session": session}, **options)

    def release(self, show, seat_ids, session, **options):
        return self.post("/api/seats/release", {
            "show_id": show.id, "seat_ids": seat_ids, "user_session": session}, **options)

    # ---- Bookings -------------------------------------------------------------------------------

    def book(self, show, seat_ids, email, session=None, **options):
        body = {"show_id": show.id, "seat_ids": seat_ids, "user_email": email}
        return self.post("/api/bookings", with_given(body, user_session=session), **options)

    def booking(self, booking_id, **options):
        return self.get(f"/api/bookings/{booking_id}", **options)

    def cancel(self, booking_id, **options):
        return self.post(f"/api/bookings/{booking_id}/cancel", **options)

    # ---- Payments -------------------------------------------------------------------------------

    def initiate(self, booking, amount=None, method=None, **options):
        body = {"booking_id": booking["id"],
                "amount": booking["total_amount"] if amount is None else amount}
        return self.post("/api/payments/initiate", with_given(body, payment_method=method),
                         **options)

    def confirm(self, transaction_id, status, **options):
        return self.post("/api/payments/confirm",
                         {"transaction_id": transaction_id, "status": status}, **options)

    def callback(self, transaction_id, status=None, **options):
        query = urlencode(with_given({"transaction_id": transaction_id}, status=status))
        return self.post(f"/api/payments/mock-callback?{query}", **options)

    def new_payment(self, show, seat_ids, email="test@example.com", session=None, **options):
        """A pending booking and its pending payment."""
        booking = self.book(show, seat_ids, email, session, **options).json
        return booking, self.initiate(booking, **options).json


class User:
    def __init__(self, token):
        self.json = token["user"]
        self.id = token["user"]["id"]
        self.email = token["user"]["email"]
        self.token = token["access_token"]
