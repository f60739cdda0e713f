"""The base of the contract's test cases: one server for each class, and the contract's shapes."""

import re
import time
import unittest

from support.server import Server

MOVIE = ["title", "description", "duration", "genre", "rating", "poster_url", "release_date", "id",
         "created_at"]
THEATRE = ["name", "city", "address", "total_seats", "id", "created_at"]
SHOW = ["movie_id", "theatre_id", "show_date", "show_time", "price", "id", "created_at", "movie",
        "theatre"]
SEAT = ["seat_number", "row", "id", "show_id", "is_booked", "is_locked", "locked_until"]
USER = ["email", "first_name", "last_name", "id", "created_at"]
TOKEN = ["access_token", "token_type", "user"]
LOCK = ["success", "locked_seats", "expires_at", "message"]
BOOKING = ["id", "user_id", "show_id", "total_amount", "status", "payment_id", "created_at",
           "booking_seats", "show"]
BOOKING_SEAT = ["seat_id", "seat_number", "row"]
PAYMENT = ["id", "booking_id", "amount", "status", "payment_method", "transaction_id", "created_at"]
ERROR = ["type", "loc", "msg", "input"]

TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Waits end when what they wait for happens; this only ends a hopeless one.
WAIT_LIMIT_S = 120


def wait_until(condition, what):
    """Polls `condition` until it gives something true, and returns that."""
    limit = time.monotonic() + WAIT_LIMIT_S
    while time.monotonic() < limit:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError(f"waited in vain until {what}")


class ServerCase(unittest.TestCase):
    """`env`, `args` and `seed` say how the server of this class is started."""

    env = {}
    args = ()
    seed = True
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = Server(seed=cls.seed, env=cls.env, args=cls.args)
        try:
            cls.server.start()
        except BaseException:
            cls.server.discard()
            raise
        cls.addClassCleanup(cls.server.close)

    @classmethod
    def promote(cls, *users):
        """Makes them admins, which is done while no server runs."""
        cls.server.stop()
        for user in users:
            cls.server.command("users", "promote", user.email)
        cls.server.start()

    def setUp(self):
        self.connect()

    def connect(self):
        """A fresh connection: for each test, and after the server was started again."""
        self.client = self.server.client()
        self.addCleanup(self.client.close)

    # ---- Answers --------------------------------------------------------------------------------

    def ok(self, answer):
        """Demands 200 and returns the JSON."""
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.headers["Content-Type"].startswith("application/json"), answer)
        return answer.json

    def refused(self, answer, status, detail):
        """Demands an application error: FastAPI's `detail` first, then the RFC 9457 members."""
        self.assertEqual(answer.status, status, answer)
        body = answer.json
        self.assertEqual(list(body)[0], "detail", answer)
        self.assertEqual(body["detail"], detail, answer)
        self.assertTrue(answer.headers["Content-Type"].startswith("application/problem+json"),
                        answer.headers["Content-Type"])
        self.assertEqual(body["status"], status, answer)
        self.assertIsInstance(body["title"], str)
        self.assertRegex(body["code"], "^[a-z_]+$")
        self.assertEqual(body["type"], f"/problems/{body['code']}")
        return answer

    def invalid(self, answer, *expected):
        """Demands 422 with exactly these errors, each (type, loc, msg, input); `...` is any."""
        self.assertEqual(answer.status, 422, answer)
        errors = answer.json["detail"]
        self.assertEqual(len(errors), len(expected), answer)
        for error, wanted in zip(errors, expected):
            self.assertEqual(list(error)[:4], ERROR, answer)
            for name, value in zip(ERROR, wanted):
                if value is not ...:
                    self.assertEqual(error[name], value, answer)

    def invalid_at(self, answer, *loc):
        """Demands 422 with one error at `loc`, whatever its type."""
        self.invalid(answer, (..., list(loc), ..., ...))

    # ---- Shapes ---------------------------------------------------------------------------------

    def has_shape(self, value, keys):
        """The contract's members in its order; members that we add come after them."""
        self.assertEqual(list(value)[:len(keys)], keys)

    def is_timestamp(self, text):
        self.assertRegex(text, f"^{TIMESTAMP}$")

    def is_uuid(self, text):
        self.assertRegex(text, f"^{UUID}$")

    def has_money(self, answer, name, wanted):
        """The member is the JSON number `wanted` with at most two decimals."""
        found = re.search(rf'"{name}":\s*(-?\d+(?:\.\d{{1,2}})?)\s*[,}}]', answer.text)
        self.assertIsNotNone(found, answer)
        self.assertEqual(float(found[1]), wanted)

    # ---- Seats ----------------------------------------------------------------------------------

    def states(self, show):
        """{seat id: "free" | "locked" | "booked"} as the seat map shows it."""
        return {seat["id"]: "booked" if seat["is_booked"] else
                "locked" if seat["is_locked"] else "free"
                for seat in self.ok(self.client.seats(show.id))}

    def assert_seats(self, show, seat_ids, state):
        states = self.states(show)
        self.assertEqual({seat: states[seat] for seat in seat_ids},
                         {seat: state for seat in seat_ids})

    def locked(self, answer):
        """Demands a granted lock."""
        body = self.ok(answer)
        self.assertTrue(body["success"], answer)
        return body

    def lock_refused(self, answer):
        body = self.ok(answer)
        self.assertEqual((body["success"], body["locked_seats"], body["message"]),
                         (False, [], "Some seats are not available"), answer)
        return body

    def booking_refused(self, answer):
        return self.refused(answer, 400,
                            "Unable to create booking. Seats may not be available.")
