"""A customer under load: one connection that locks, books, pays, cancels and looks, at random, and
records every call. Four kinds of customer prove their locks in the four ways the contract knows.
"""

import http.client
import random

from support.cinema import new_session
from support.history import Call, perform

KINDS = ("session", "implicit", "token", "front end")
CONNECTION_LOST = (OSError, http.client.HTTPException)


class Interrupted(Exception):
    """The server went away in the middle of a call."""


class Customer:
    """`user` is needed by the kinds "token" and "front end". With `keyed` every command carries an
    Idempotency-Key, so that it can be retried after a crash. A `tidy` customer leaves no locks
    behind; the others' locks have to end by themselves. On a visit it cancels its oldest booking if
    it has more than `keeps`. `postpones`: how often a payment is left to be reported on a later
    visit, whoever's; `reports`: how often that is done."""

    def __init__(self, client, history, shows, kind, *, seed, user=None, keyed=False, tidy=True,
                 keeps=1, postpones=0.15, reports=0.15):
        self.client = client
        self.history = history
        self.shows = shows
        self.kind = kind
        self.user = user
        self.keyed = keyed
        self.tidy = tidy
        self.keeps = keeps
        self.postpones = postpones
        self.reports = reports
        self.random = random.Random(seed)
        self.session = new_session()
        self.bookings = []
        self.held = set()  # seats that this session has locked
        self.key_prefix = self.session
        self.calls = 0

    # ---- Calls ----------------------------------------------------------------------------------

    def call(self, kind, *, with_token=False, **asked):
        self.calls += 1
        read = kind in ("seats", "booking")
        retried = not read and self.random.random() < 0.1
        key = f"{self.key_prefix}-{self.calls}" if not read and (self.keyed or retried) else None
        call = Call(kind, asked, self.user if with_token else None, key)
        self.history.calls.append(call)
        try:
            perform(self.client, call)
            if retried and call.answer:
                self.retry(call)
        except CONNECTION_LOST as error:
            raise Interrupted from error
        if not call.answer:
            raise Interrupted
        return call.answer

    def retry(self, call):
        """Once more with the same key: the same answer, and nothing happens."""
        again = perform(self.client, Call(call.kind, call.asked, call.user, call.key)).answer
        if again is None:
            raise Interrupted
        if (again.status, again.body, again.event_seq, again.replayed) != (
                call.answer.status, call.answer.body, call.answer.event_seq, True):
            raise AssertionError(f"not the first answer: {again}; first {call.answer}")

    # ---- One visit ------------------------------------------------------------------------------

    def visit(self):
        """Something of everything, each with some probability."""
        show = self.random.choice(self.shows)
        if self.chance(0.3):
            self.call("seats", show_id=show.id)
        if len(self.bookings) > self.keeps:
            self.cancel(self.bookings.pop(0))
        if self.chance(self.reports):
            self.report_a_postponed_payment()
        if self.kind != "token":
            self.session = new_session()
        seats = self.random.sample(show.seats, self.random.choice((1, 1, 2, 2, 3, 4)))
        if self.chance(0.15) or self.lock(show, seats):
            if booking := self.book(show, seats):
                self.pay(booking)
        if self.tidy and self.held:
            self.release(show, sorted(self.held))
        self.held.clear()

    def chance(self, probability):
        return self.random.random() < probability

    def lock(self, show, seats):
        """Locks; maybe renews, adds a seat, gives back or walks away. True: go on to book."""
        if not self.lock_once(show, seats):
            return self.chance(0.1)  # books all the same
        if self.chance(0.15):
            self.lock_once(show, seats)
        if self.chance(0.1):
            self.lock_once(show, [seats[0], self.random.choice(show.seats)])
        if self.chance(0.1):
            self.release(show, seats)
            return self.chance(0.5)
        return self.chance(0.85)

    def lock_once(self, show, seats):
        granted = self.call("lock", with_token=self.kind == "token", show_id=show.id,
                            seat_ids=seats, user_session=self.session).json["success"]
        if granted:
            self.held.update(seats)
        return granted

    def release(self, show, seats):
        if self.call("release", with_token=self.kind == "token", show_id=show.id,
                     seat_ids=seats, user_session=self.session).json["success"]:
            self.held.difference_update(seats)

    def book(self, show, seats):
        asked = {"show_id": show.id, "seat_ids": seats,
                 "user_email": self.user.email if self.user else "test@example.com"}
        if self.kind in ("session", "token"):
            asked["user_session"] = self.session
        answer = self.call("book", with_token=self.user is not None, **asked)
        if answer.status != 200:
            return None
        self.held.difference_update(seats)
        self.bookings.append(answer.json["id"])
        return answer.json

    def pay(self, booking):
        if self.chance(0.1):
            return
        with_token = self.user is not None
        asked = {"booking_id": booking["id"], "amount": booking["total_amount"]}
        answer = self.call("initiate", with_token=with_token, **asked)
        if self.chance(0.2):
            answer = self.call("initiate", with_token=with_token, **asked)
        if answer.status != 200 or self.chance(0.1):
            return
        if self.chance(0.1):
            self.cancel(booking["id"])  # and the gateway's result comes after that
        transaction = answer.json["transaction_id"]
        if self.chance(self.postpones):
            self.history.postponed.append(answer.json)
            if booking["id"] in self.bookings:
                self.bookings.remove(booking["id"])  # paid or ended, not cancelled
        elif self.chance(0.3):
            for _ in range(self.random.choice((1, 2))):
                self.call("callback", transaction_id=transaction)
        else:
            outcome = "success" if self.chance(0.8) else "failed"
            for _ in range(self.random.choice((1, 1, 2))):
                self.call("confirm", transaction_id=transaction, status=outcome)
            if outcome == "success" and self.chance(0.1):
                self.call("confirm", transaction_id=transaction, status="failed")
        if self.chance(0.3):
            self.call("booking", booking_id=booking["id"])

    def report_a_postponed_payment(self):
        """As the gateway does, whoever paid and whatever became of the booking."""
        try:
            payment = self.history.postponed.popleft()
        except IndexError:
            return
        self.call("confirm", transaction_id=payment["transaction_id"], status="success")

    def cancel(self, booking_id):
        self.call("cancel", with_token=self.user is not None, booking_id=booking_id)
