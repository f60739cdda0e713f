"""What clients asked, when, and what they were answered: the raw material of the order and truth
check. A customer records every call here; support/audit.py judges the whole history.
"""

import collections
import dataclasses
import time


@dataclasses.dataclass
class Call:
    """One request. `answer` stays None while its outcome is unknown."""

    kind: str      # "lock", "release", "book", "cancel", "initiate", "confirm", "callback",
    #                the reads "seats", "booking"; outside of a History, "movie", "register"
    asked: dict    # what was asked, in the words of the API
    user: object   # the User whose token came, or None
    key: object    # Idempotency-Key or None
    asked_at: int = 0
    answered_at: int = 0
    answer: object = None

    @property
    def is_read(self):
        return self.kind in ("seats", "booking")

    @property
    def position(self):
        return self.answer.read_seq if self.is_read else self.answer.event_seq

    @property
    def body(self):
        return self.answer.json

    def __repr__(self):
        who = self.user.id if self.user else None
        return f"{self.kind} {self.asked} user={who} @{self.position}: {self.answer}"


class History:
    def __init__(self):
        # Appending and popping are safe from any thread.
        self.calls = collections.deque()
        self.postponed = collections.deque()  # payments that the gateway reports later

    def answered(self):
        return [call for call in self.calls if call.answer]

    def unanswered(self):
        return [call for call in self.calls if not call.answer]

    def count(self, kind, http_status=200, **members):
        """How many answers there were of that kind, with these members in their bodies."""
        return sum(1 for call in self.answered()
                   if call.kind == kind and call.answer.status == http_status
                   and all(call.body[name] == value for name, value in members.items()))


def send(client, call):
    """Sends the request that `call` describes; a second time, too."""
    asked = call.asked
    options = {"token": call.user.token if call.user else None, "key": call.key}
    if call.kind == "seats":
        return client.seats(asked["show_id"], **options)
    if call.kind == "booking":
        return client.booking(asked["booking_id"], **options)
    if call.kind == "cancel":
        return client.cancel(asked["booking_id"], **options)
    if call.kind == "callback":
        return client.callback(asked["transaction_id"], **options)
    path = {"lock": "/api/seats/lock", "release": "/api/seats/release", "book": "/api/bookings",
            "initiate": "/api/payments/initiate", "confirm": "/api/payments/confirm",
            "movie": "/api/movies", "register": "/api/users/register"}[call.kind]
    return client.post(path, asked, **options)


def perform(client, call):
    """Sends `call`, noting when it was asked (the first time) and when it was answered. A 503 says
    that the outcome is unknown, so it is none."""
    call.asked_at = call.asked_at or time.monotonic_ns()
    answer = send(client, call)
    if answer.status != 503:
        call.answered_at = time.monotonic_ns()
        call.answer = answer
    return call
