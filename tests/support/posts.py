"""Every POST of the API, for tests of retries: how to send one that is done, one that is refused, and
one that says something else. A POST of /openapi.json that is missing here fails a test.
"""

import itertools
import uuid

from support.cinema import PASSWORD, new_email, new_session

GUEST = "test@example.com"


class Post:
    """One request. `stable`: the part of its answer that a retry repeats word for word."""

    def __init__(self, path, body=None, stable=lambda answer: answer.body):
        self.path = path
        self.body = body
        self.stable = stable

    def send(self, client, **options):
        return client.post(self.path, self.body, **options)

    def by_the_caller_of(self, other):
        """Guests are told apart by the session that they name."""
        if self.body and "user_session" in self.body:
            self.body["user_session"] = other.body["user_session"]
        return self

    def with_query(self):
        return Post(self.path + ("&" if "?" in self.path else "?") + "x=1", self.body, self.stable)


class World:
    """What the requests are about; each is about seats, bookings and people of its own."""

    def __init__(self, client):
        self.client = client
        self.show = client.new_show(total_seats=400)
        self.seats = iter(self.show.seats)

    def booking(self):
        return self.client.book(self.show, [next(self.seats)], GUEST, new_session()).json

    def payment(self):
        return self.client.initiate(self.booking()).json["transaction_id"]

    def about_seats(self, path, seats, session):
        return Post(path, {"show_id": self.show.id, "seat_ids": seats, "user_session": session})

    def held(self):
        seats, session = [next(self.seats)], new_session()
        self.client.lock(self.show, seats, session)
        return seats, session


def without_token(answer):
    return answer.json.get("user", answer.json)


def movie(_):
    return Post("/api/movies", {"title": f"M {uuid.uuid4()}", "duration": 117, "genre": "Crime",
                                "rating": "PG", "release_date": "1931-05-11"})


def theatre(_):
    return Post("/api/theatres", {"name": f"T {uuid.uuid4()}", "city": "Paris", "address": "1"})


_prices = itertools.count(1)


def show(_, movie_id=1):
    return Post("/api/shows", {"movie_id": movie_id, "theatre_id": 1, "show_date": "2031-01-01",
                               "show_time": "20:00", "price": next(_prices)})


def lock(world):
    return world.about_seats("/api/seats/lock", [next(world.seats)], new_session())


def lock_of_a_taken_seat(world):
    return world.about_seats("/api/seats/lock", world.held()[0], new_session())


def release(world):
    return world.about_seats("/api/seats/release", *world.held())


def release_of_a_free_seat(world):
    return world.about_seats("/api/seats/release", [next(world.seats)], new_session())


def book(world, seats=None):
    return Post("/api/bookings", {"show_id": world.show.id, "user_email": GUEST,
                                  "seat_ids": seats or [next(world.seats)],
                                  "user_session": new_session()})


def book_of_a_taken_seat(world):
    return book(world, world.held()[0])


def cancel(world):
    return Post(f"/api/bookings/{world.booking()['id']}/cancel")


def cancel_of_nothing(_):
    return Post("/api/bookings/4000000/cancel")


def register(_, email=None):
    return Post("/api/users/register", {"email": email or new_email(), "password": PASSWORD,
                                        "first_name": "Ada", "last_name": "Lovelace"},
                without_token)


def register_twice(world):
    return register(world, world.client.new_user().email)


def login(world, password=PASSWORD):
    return Post("/api/users/login", {"email": world.client.new_user().email, "password": password},
                without_token)


def login_in_vain(world):
    return login(world, "not the password")


def initiate(world, more=0):
    booking = world.booking()
    return Post("/api/payments/initiate",
                {"booking_id": booking["id"], "amount": booking["total_amount"] + more})


def initiate_of_too_much(world):
    return initiate(world, more=1)


def confirm(world, transaction=None):
    return Post("/api/payments/confirm", {"transaction_id": transaction or world.payment(),
                                          "status": "success"})


def confirm_of_nothing(world):
    return confirm(world, str(uuid.uuid4()))


def callback(world, transaction=None):
    return Post(f"/api/payments/mock-callback?transaction_id={transaction or world.payment()}")


def callback_of_nothing(world):
    return callback(world, str(uuid.uuid4()))


# By path: what is done, and what is refused; none when nothing that is well-formed ever is.
KEYED = {
    "/api/movies": (movie, None),
    "/api/theatres": (theatre, None),
    "/api/shows": (show, lambda world: show(world, 4_000_000)),
    "/api/seats/lock": (lock, lock_of_a_taken_seat),
    "/api/seats/release": (release, release_of_a_free_seat),
    "/api/bookings": (book, book_of_a_taken_seat),
    "/api/bookings/{booking_id}/cancel": (cancel, cancel_of_nothing),
    "/api/users/register": (register, register_twice),
    "/api/users/login": (login, login_in_vain),
    "/api/payments/initiate": (initiate, initiate_of_too_much),
    "/api/payments/confirm": (confirm, confirm_of_nothing),
    "/api/payments/mock-callback": (callback, callback_of_nothing),
}
# No commands: they leave nothing in the log, and to do them twice is to do them once more.
UNKEYED = {"/api/admin/projections/{name}/rebuild", "/api/admin/projections/{name}/verify"}


def cases():
    """(name, what makes the request) of each path and outcome."""
    for path, (done, refused) in KEYED.items():
        yield f"{path} done", done
        if refused:
            yield f"{path} refused", refused
