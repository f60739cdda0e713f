"""Who may do what in production: every endpoint of the document, asked by everybody about everything.

A rule is a table: a line for what is asked about, a column for who asks. A cell is the status; `yes`
and `no` are a 200 that says so in `success`. The rules are written from the contract. An endpoint
that has none fails the test, and so does a rule that has no endpoint.
"""

import http.client
import json
import re
import time
import unittest
from urllib.parse import urlencode

from support.case import ServerCase, wait_until
from support.cinema import PASSWORD, new_email, new_session
from support.client import ANSWER_LIMIT_S, Answer
from support.gateway import SECRET, signed
from support.tokens import base64url, claims_of, signed_token

# expired, tampered: the owner's token, of an hour ago; with the admin's address put into it.
# gateway: without a token, signed as payment callbacks are.
CALLERS = ("nobody", "owner", "another", "admin", "expired", "tampered", "gateway")


def table(text):
    """{(what is asked about, caller): expected}"""
    header, *lines = (line.split() for line in text.strip().splitlines())
    if tuple(header) != CALLERS:
        raise ValueError(f"not the columns of a rule: {header}")
    cells = {}
    for what, *row in lines:
        if len(row) != len(CALLERS):
            raise ValueError(f"not a cell for each caller: {what} {row}")
        cells |= {(what, caller): cell for caller, cell in zip(CALLERS, row)}
    return cells


# A bad token is refused also where none is needed.
OPEN = table("""
           nobody  owner  another  admin  expired  tampered  gateway
it         200     200    200      200    401      401       200
""")
OPEN_THING = table("""
           nobody  owner  another  admin  expired  tampered  gateway
there      200     200    200      200    401      401       200
missing    404     404    404      404    401      401       404
malformed  422     422    422      422    401      401       422
""")
OPEN_NAMED = table("""
           nobody  owner  another  admin  expired  tampered  gateway
there      200     200    200      200    401      401       200
missing    404     404    404      404    401      401       404
""")
# Who is no admin does not learn what there is, nor what is well-formed.
ADMIN = table("""
           nobody  owner  another  admin  expired  tampered  gateway
it         403     403    403      200    401      401       403
""")
ADMIN_THING = table("""
           nobody  owner  another  admin  expired  tampered  gateway
there      403     403    403      200    401      401       403
missing    403     403    403      404    401      401       403
malformed  403     403    403      422    401      401       403
""")
ADMIN_NAMED = table("""
           nobody  owner  another  admin  expired  tampered  gateway
there      403     403    403      200    401      401       403
missing    403     403    403      404    401      401       403
""")
WORK_ON_NAMED = table("""
           nobody  owner  another  admin  expired  tampered  gateway
there      403     403    403      202    401      401       403
missing    403     403    403      404    401      401       403
""")
SIGNED_IN = table("""
           nobody  owner  another  admin  expired  tampered  gateway
it         403     200    200      200    401      401       403
""")
# A booking that is not one's own is a missing one.
BOOKING = table("""
           nobody  owner  another  admin  expired  tampered  gateway
own        404     200    404      200    401      401       404
foreign    404     404    404      200    401      401       404
missing    404     404    404      404    401      401       404
malformed  422     422    422      422    401      401       422
""")
# Nobody learns which users there are; an admin finds that nobody has no bookings.
BOOKINGS_OF_A_USER = table("""
           nobody  owner  another  admin  expired  tampered  gateway
own        403     200    403      200    401      401       403
foreign    403     403    403      200    401      401       403
missing    403     403    403      200    401      401       403
malformed  403     422    422      422    401      401       403
""")
# Seats that were locked with a token are that user's, also for who knows the session.
LOCKED_SEATS = table("""
           nobody  owner  another  admin  expired  tampered  gateway
own        no      yes    no       no     401      401       no
foreign    no      no     no       no     401      401       no
missing    no      no     no       no     401      401       no
malformed  422     422    422      422    401      401       422
""")
BOOKING_OF_LOCKED_SEATS = table("""
           nobody  owner  another  admin  expired  tampered  gateway
own        400     200    400      400    401      401       400
foreign    400     400    400      400    401      401       400
missing    400     400    400      400    401      401       400
malformed  422     422    422      422    401      401       422
""")
# Nobody's token is the gateway's word, not even an admin's.
CALLBACK = table("""
           nobody  owner  another  admin  expired  tampered  gateway
own        401     401    401      401    401      401       200
foreign    401     401    401      401    401      401       200
missing    401     401    401      401    401      401       404
malformed  401     401    401      401    401      401       422
""")
REGISTER = table("""
           nobody  owner  another  admin  expired  tampered  gateway
new        200     200    200      200    401      401       200
taken      400     400    400      400    401      401       400
malformed  422     422    422      422    401      401       422
""")
# foreign: somebody's address, and not their password. Who has an account, it does not tell.
LOGIN = table("""
           nobody  owner  another  admin  expired  tampered  gateway
own        200     200    200      200    401      401       200
foreign    401     401    401      401    401      401       401
missing    401     401    401      401    401      401       401
malformed  422     422    422      422    401      401       422
""")

MISSING, MALFORMED = 4_000_000, "abc"
MOVIE = {"title": "M", "duration": 117, "genre": "Crime", "rating": "PG",
         "release_date": "1931-05-11"}
THEATRE = {"name": "Rex", "city": "Paris", "address": "1 Boulevard Poissonniere"}


# ---- What is asked about: made anew for each cell, so that no cell depends on another ---------------

def thing(make):
    """`make(world)` gives the id of something that is there."""
    return lambda world, what: {"missing": MISSING, "malformed": MALFORMED}.get(what) or make(world)


def owned(make):
    """`make(world, user)` gives the id of something of that user's."""
    def choose(world, what):
        if what in ("missing", "malformed"):
            return MISSING if what == "missing" else MALFORMED
        return make(world, world.owner if what == "own" else world.third)
    return choose


movie = thing(lambda world: world.chef.new_movie()["id"])
theatre = thing(lambda world: world.chef.new_theatre()["id"])
show = thing(lambda world: world.chef.new_show(total_seats=1).id)
seat = thing(lambda world: world.chef.new_show(total_seats=1).seats[0])
user = owned(lambda world, whose: whose.id)


def new_booking(world, whose):
    made = world.chef.new_show(total_seats=2)
    return world.ok(world.chef.book(made, made.seats[:1], whose.email, token=whose.token))


booking = owned(lambda world, whose: new_booking(world, whose)["id"])


def read_model(world, what):
    """One that is there, when none is being worked on: that would be answered 409."""
    def idle():
        listed = world.ok(world.chef.get("/api/admin/projections"))["projections"]
        return not any((each["rebuild"] or {}).get("state") in ("waiting", "running")
                       for each in listed)
    wait_until(idle, "no read model is worked on")
    return "catalog" if what == "there" else "nothing"


def transaction(world, what):
    if what in ("missing", "malformed"):
        return "5c0ffee0-0000-4000-8000-000000000000"
    whose = world.owner if what == "own" else world.third
    answer = world.chef.initiate(new_booking(world, whose), token=whose.token)
    return world.ok(answer)["transaction_id"]


def locked_seats(world, what):
    """As lock, release and book name them, with the session that they are locked by."""
    if what in ("missing", "malformed"):
        return {"show_id": MISSING if what == "missing" else MALFORMED, "seat_ids": [MISSING],
                "user_session": "a session"}
    whose = world.owner if what == "own" else world.third
    made, session = world.chef.new_show(total_seats=2), new_session()
    world.locked(world.chef.lock(made, made.seats[:1], session, token=whose.token))
    world.held.append(lambda: world.chef.release(made, made.seats[:1], session, token=whose.token))
    return {"show_id": made.id, "seat_ids": made.seats[:1], "user_session": session}


def address(world, what):
    return {"new": new_email(), "taken": world.owner.email, "malformed": "nobody"}[what]


def credentials(world, what):
    """Each cell has an account of its own: too many failures of one would have to wait."""
    email = {"missing": new_email(), "malformed": "nobody"}.get(what)
    email = email or world.chef.new_user().email
    return {"email": email, "password": PASSWORD if what == "own" else "not the password"}


# ---- Every endpoint -------------------------------------------------------------------------------

class Endpoint:
    """`about` makes what the rule's lines speak of; it goes into the path, or where `body` or
    `query` put it. With `spares` the users who ask are not needed any more."""

    def __init__(self, rule, about=None, *, body=None, query=None, spares=False):
        self.rule = rule
        self.about = about or (lambda world, what: None)
        self.body = body if callable(body) else lambda world, value, what: body
        self.query = query if callable(query) else lambda value, what: query
        self.spares = spares

    def request(self, world, path, what):
        """(target, body as bytes)"""
        value = self.about(world, what)
        target = re.sub(r"\{\w+\}", str(value), path)
        if query := self.query(value, what):
            target += "?" + urlencode(query)
        body = self.body(world, value, what)
        return target, None if body is None else json.dumps(body).encode()


def new_show_of(world, value, what):
    return {"movie_id": world.chef.new_movie()["id"], "theatre_id": world.chef.new_theatre()["id"],
            "show_date": "2031-01-01", "show_time": "20:00", "price": 5}


ENDPOINTS = {
    "GET /": Endpoint(OPEN),
    "GET /health": Endpoint(OPEN),
    "GET /livez": Endpoint(OPEN),
    "GET /readyz": Endpoint(OPEN),
    "GET /metrics": Endpoint(ADMIN),
    "GET /problems": Endpoint(OPEN),
    "GET /problems/{code}": Endpoint(
        OPEN_NAMED, lambda world, what: "not_found" if what == "there" else "nothing"),

    "GET /api/movies": Endpoint(OPEN),
    "POST /api/movies": Endpoint(ADMIN, body=MOVIE),
    "GET /api/movies/{movie_id}": Endpoint(OPEN_THING, movie),
    "PUT /api/movies/{movie_id}": Endpoint(ADMIN_THING, movie, body=MOVIE),
    "DELETE /api/movies/{movie_id}": Endpoint(ADMIN_THING, movie),
    "GET /api/movies/{movie_id}/shows": Endpoint(OPEN_THING, movie),

    "GET /api/theatres": Endpoint(OPEN, query={"city": "Paris"}),
    "POST /api/theatres": Endpoint(ADMIN, body=THEATRE),
    "GET /api/theatres/{theatre_id}": Endpoint(OPEN_THING, theatre),
    "PUT /api/theatres/{theatre_id}": Endpoint(ADMIN_THING, theatre, body=THEATRE),
    "DELETE /api/theatres/{theatre_id}": Endpoint(ADMIN_THING, theatre),

    "GET /api/shows": Endpoint(OPEN),
    "POST /api/shows": Endpoint(ADMIN, body=new_show_of),
    "GET /api/shows/{show_id}": Endpoint(OPEN_THING, show),
    "PUT /api/shows/{show_id}": Endpoint(ADMIN_THING, show, body={"price": 6}),
    "DELETE /api/shows/{show_id}": Endpoint(ADMIN_THING, show),
    "GET /api/shows/{show_id}/seats": Endpoint(OPEN_THING, show),
    "GET /api/shows/{show_id}/seats/stream": Endpoint(OPEN_THING, show),

    "GET /api/shows/{show_id}/report": Endpoint(ADMIN_THING, show),
    "GET /api/shows/{show_id}/history": Endpoint(ADMIN_THING, show),
    "GET /api/seats/{seat_id}/history": Endpoint(ADMIN_THING, seat),
    "GET /api/reports/sales": Endpoint(ADMIN),

    "POST /api/seats/lock": Endpoint(
        LOCKED_SEATS, locked_seats, body=lambda world, seats, what: seats),
    "POST /api/seats/release": Endpoint(
        LOCKED_SEATS, locked_seats, body=lambda world, seats, what: seats),

    "POST /api/bookings": Endpoint(
        BOOKING_OF_LOCKED_SEATS, locked_seats,
        body=lambda world, seats, what: seats | {"user_email": world.owner.email}),
    "GET /api/bookings/{booking_id}": Endpoint(BOOKING, booking),
    "POST /api/bookings/{booking_id}/cancel": Endpoint(BOOKING, booking),

    "POST /api/users/register": Endpoint(
        REGISTER, address, body=lambda world, email, what: {
            "email": email, "password": PASSWORD, "first_name": "A", "last_name": "B"}),
    "POST /api/users/login": Endpoint(
        LOGIN, credentials, body=lambda world, given, what: given),
    "GET /api/users/me": Endpoint(SIGNED_IN),
    "PUT /api/users/me": Endpoint(SIGNED_IN, body={"first_name": "Ada"}),
    "DELETE /api/users/me": Endpoint(SIGNED_IN, spares=True),
    "GET /api/users/{user_id}/bookings": Endpoint(BOOKINGS_OF_A_USER, user),

    "POST /api/payments/initiate": Endpoint(
        BOOKING, booking,
        body=lambda world, booking_id, what: {"booking_id": booking_id, "amount": 12.5}),
    "POST /api/payments/confirm": Endpoint(
        CALLBACK, transaction, body=lambda world, id, what: {
            "transaction_id": id, "status": 5 if what == "malformed" else "success"}),
    "POST /api/payments/mock-callback": Endpoint(
        CALLBACK, transaction, query=lambda id, what: {
            "transaction_id": id, "status": "perhaps" if what == "malformed" else "success"}),

    "GET /api/admin/status": Endpoint(ADMIN),
    "GET /api/admin/projections": Endpoint(ADMIN),
    "GET /api/admin/projections/{name}": Endpoint(ADMIN_NAMED, read_model),
    "POST /api/admin/projections/{name}/rebuild": Endpoint(WORK_ON_NAMED, read_model),
    "POST /api/admin/projections/{name}/verify": Endpoint(WORK_ON_NAMED, read_model),
    "GET /api/events": Endpoint(ADMIN),
}

# What may differ between two answers that tell the same: when, for which request, at which position.
OF_THE_MOMENT = ("date", "traceparent", "x-request-id", "x-event-seq", "x-read-seq")


class Authorization(ServerCase):
    env = {"PROFILE": "production", "WEBHOOK_SECRET": SECRET}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.server.client()
        cls.owner, cls.another, cls.third, cls.admin, cls.spare_admin = (
            client.new_user() for _ in range(5))
        client.close()
        cls.promote(cls.admin, cls.spare_admin)

    def setUp(self):
        super().setUp()
        self.chef = self.server.client(self.admin.token)  # who makes what is asked about
        self.addCleanup(self.chef.close)
        self.held = []  # gives locks of earlier cells back: nobody may hold any number

    # ---- Asking ---------------------------------------------------------------------------------

    def headers_of(self, caller, target, body, spares):
        """What the caller proves to be who they are with."""
        good = {"sub": self.owner.email, "uid": self.owner.id, "exp": int(time.time()) + 600}
        header, claims, signature = self.owner.token.split(".")
        if caller == "nobody":
            return {}
        if caller == "gateway":
            return signed(target.partition("?")[2].encode() + (body or b""))
        if caller == "expired":
            token = signed_token(good | {"exp": int(time.time()) - 3600})
        elif caller == "tampered":
            claims = json.dumps(claims_of(self.owner.token) | {
                "sub": self.admin.email, "uid": self.admin.id}).encode()
            token = f"{header}.{base64url(claims)}.{signature}"
        elif spares:
            token = (self.spare_admin if caller == "admin" else self.client.new_user()).token
        else:
            token = {"owner": self.owner, "another": self.another, "admin": self.admin}[caller].token
        return {"Authorization": f"Bearer {token}"}

    def ask(self, operation, what, caller, *, method=None, more=None):
        verb, path = operation.split(" ")
        endpoint = ENDPOINTS[operation]
        while self.held:
            self.held.pop()()
        target, body = endpoint.request(self, path, what)
        return self.send(method or verb, target, body,
                         self.headers_of(caller, target, body, endpoint.spares) | (more or {}))

    def send(self, method, target, body, headers):
        if body is not None:
            headers = {"Content-Type": "application/json"} | headers
        connection = http.client.HTTPConnection(*self.server.address, timeout=ANSWER_LIMIT_S)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            # A stream does not end.
            streams = response.headers.get("Content-Type") == "text/event-stream"
            return Answer(f"{method} {target}", response.status, response.headers,
                          b"" if streams else response.read())
        finally:
            connection.close()

    def is_as_expected(self, answer, expected):
        if expected in ("yes", "no"):
            self.assertEqual(self.ok(answer)["success"], expected == "yes", answer)
        else:
            self.assertEqual(answer.status, int(expected), answer)

    # ---- The matrix -----------------------------------------------------------------------------

    def test_every_endpoint_of_the_document_has_a_rule(self):
        document = self.ok(self.client.get("/openapi.json"))
        operations = [f"{verb.upper()} {path}" for path, verbs in document["paths"].items()
                      for verb in verbs]
        self.assertEqual(sorted(operations), sorted(ENDPOINTS))

    def test_every_cell_of_every_rule(self):
        for operation, endpoint in ENDPOINTS.items():
            for (what, caller), expected in endpoint.rule.items():
                with self.subTest(operation, what=what, caller=caller):
                    self.is_as_expected(self.ask(operation, what, caller), expected)

    def test_head_is_let_in_where_get_is(self):
        for operation, endpoint in ENDPOINTS.items():
            if not operation.startswith("GET "):
                continue
            for (what, caller), expected in endpoint.rule.items():
                with self.subTest(operation, what=what, caller=caller):
                    answer = self.ask(operation, what, caller, method="HEAD")
                    self.assertEqual(answer.status, int(expected), answer)
                    self.assertEqual(answer.body, b"")

    # ---- What is somebody else's, and what is not there -----------------------------------------

    def told(self, answer):
        """All that an answer tells, but for what is of the moment; positions by their presence."""
        headers = [(name.lower(), value) for name, value in answer.headers.items()]
        request_id = answer.headers["X-Request-Id"]
        return (answer.status,
                sorted((name, "" if name in OF_THE_MOMENT else value) for name, value in headers
                       if not name.startswith("ratelimit")),
                re.sub(r"\d+", "N", answer.text.replace(request_id, "ID")))

    def test_who_is_refused_does_not_learn_what_there_is(self):
        compared = 0
        for operation, endpoint in ENDPOINTS.items():
            for (what, caller), expected in endpoint.rule.items():
                missing = endpoint.rule.get(("missing", caller))
                if what in ("missing", "malformed") or expected != missing or expected < "400":
                    continue
                if expected in ("yes", "no"):
                    continue
                with self.subTest(operation, what=what, caller=caller):
                    self.assertEqual(self.told(self.ask(operation, what, caller)),
                                     self.told(self.ask(operation, "missing", caller)))
                    compared += 1
        self.assertGreater(compared, 150)

    def test_neither_positions_nor_conditions_tell_a_foreign_booking_from_a_missing_one(self):
        """Nothing is written meanwhile, so that even the positions have to be the same."""
        id = booking(self, "foreign")
        seq = self.client.get("/health").read_seq or self.chef.get(f"/api/bookings/{id}").read_seq
        conditions = ({}, {"If-None-Match": "*"}, {"If-None-Match": '"x"'}, {"If-Match": "*"},
                      {"X-Min-Seq": str(seq)}, {"X-Min-Seq": "1"}, {"Range": "bytes=0-1"})
        queries = ("", "?at_seq=1", f"?at_seq={seq}", f"?at_seq={seq + 1000}",
                   "?at_time=2020-01-01T00:00:00Z")
        for caller in ("nobody", "another", "gateway"):
            for query in queries:
                for more in conditions:
                    with self.subTest(caller=caller, query=query, more=more):
                        foreign, missing, again = (
                            self.send("GET", target, None,
                                      self.headers_of(caller, target, None, False) | more)
                            for target in (f"/api/bookings/{id}{query}",
                                           f"/api/bookings/{MISSING}{query}",
                                           f"/api/bookings/{id}{query}"))
                        self.assertGreaterEqual(foreign.status, 400, foreign)
                        self.assertEqual(self.told(foreign), self.told(missing))
                        self.assertEqual(foreign.read_seq, missing.read_seq)
                        self.assertEqual(foreign.read_seq, again.read_seq)

    def test_a_retry_by_somebody_else_learns_nothing(self):
        """Idempotency-Keys are their callers' own: another user with the same key is not answered
        with the owner's booking."""
        seats = locked_seats(self, "own") | {"user_email": self.owner.email}
        first = self.client.post("/api/bookings", seats, token=self.owner.token, key="k-1")
        self.ok(first)
        self.booking_refused(
            self.client.post("/api/bookings", seats, token=self.another.token, key="k-1"))
        path = f"/api/bookings/{first.json['id']}/cancel"
        self.refused(self.client.post(path, token=self.another.token, key="k-2"), 404,
                     "Booking not found")


if __name__ == "__main__":
    unittest.main()
