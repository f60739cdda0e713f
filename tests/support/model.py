"""An independent model of shows, seats, bookings and payments, written from the wire contract.

It is fed calls with their answers in the order of their positions, and the expiries that the log
tells of, and says where an answer is not what the rules give. It keeps no clock: time reaches it
only as recorded instants.
"""

import dataclasses
import datetime
from unittest.mock import ANY

SEATS_PER_OWNER = 10


class Disagreement(AssertionError):
    """An answer that the model would not have given."""


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@dataclasses.dataclass(frozen=True)
class Lock:
    session: str
    user_id: object  # None: no token came
    until: str       # as answered

    @property
    def owner(self):
        return owner(self.user_id, self.session)


@dataclasses.dataclass
class Booking:
    id: int
    show_id: int
    seats: list
    total: float
    owner: object
    status: str = "pending"
    cancel_reason: object = None
    payment_id: object = None
    paid_by: object = None  # transaction of the payment that confirmed it


@dataclasses.dataclass
class Payment:
    booking_id: int
    answer: dict
    status: str = "pending"


def owner(user_id, session):
    """Whose seats count together: the user's if a token came, else the session's, else nobody's."""
    if user_id:
        return ("user", user_id)
    return ("session", session) if session else None


class Model:
    def __init__(self, shows):
        self.prices = {show.id: show.json["price"] for show in shows}
        self.shows = {show.id: list(show.seats) for show in shows}
        self.holders = {}   # seat id -> Lock or Booking; absent: free
        self.bookings = {}
        self.payments = {}  # by transaction id

    # ---- The order ------------------------------------------------------------------------------

    def answer(self, call, time=None):
        """Checks one answer and takes over its effect. `time`: the log's, when it was decided."""
        for seat in call.asked.get("seat_ids", ()):
            holder = self.holders.get(seat)
            if time and isinstance(holder, Lock) and instant(holder.until) <= instant(time):
                raise Disagreement(f"decided at {time} with an ended lock {holder}: {call}")
        getattr(self, f"_{call.kind}")(call)

    def expect(self, call, what, found, wanted):
        if found != wanted:
            raise Disagreement(f"{what} is {found!r}, by the rules {wanted!r}: {call}")

    def lock_expired(self, data, time):
        for seat in data["seat_ids"]:
            lock = self.holders.get(seat)
            if not isinstance(lock, Lock) or instant(lock.until) > instant(time):
                raise Disagreement(f"seat {seat} expired at {time}, but it is held by {lock}")
            del self.holders[seat]

    def booking_expired(self, data, time):
        booking = self.bookings[data["booking_id"]]
        if booking.status != "pending":
            raise Disagreement(f"expired at {time}, but it is {booking}")
        self._cancelled(booking, "expired")

    # ---- Seats ----------------------------------------------------------------------------------

    def _owned(self, show_id, who):
        return {seat for seat in self.shows[show_id]
                if who and (holder := self.holders.get(seat)) and holder.owner == who}

    def _within_quota(self, show_id, who, seats):
        return not who or len(self._owned(show_id, who) | set(seats)) <= SEATS_PER_OWNER

    def _named_well(self, asked):
        seats = asked["seat_ids"]
        return (asked["show_id"] in self.shows and len(set(seats)) == len(seats)
                and set(seats) <= set(self.shows[asked["show_id"]]))

    def _lock(self, call):
        asked, user_id = call.asked, call.user and call.user.id
        who = owner(user_id, asked["user_session"])
        granted = (self._named_well(asked)
                   and all(holder is None or isinstance(holder, Lock) and holder.owner == who
                           for holder in map(self.holders.get, asked["seat_ids"]))
                   and self._within_quota(asked["show_id"], who, asked["seat_ids"]))
        self.expect(call, "success", call.body["success"], granted)
        self.expect(call, "locked_seats", call.body["locked_seats"],
                    asked["seat_ids"] if granted else [])
        if granted:
            lock = Lock(asked["user_session"], user_id, call.body["expires_at"])
            self.holders.update(dict.fromkeys(asked["seat_ids"], lock))

    def _release(self, call):
        asked = call.asked
        who = owner(call.user and call.user.id, asked["user_session"])
        granted = self._named_well(asked) and all(
            isinstance(holder, Lock) and holder.owner == who
            for holder in map(self.holders.get, asked["seat_ids"]))
        self.expect(call, "success", call.body["success"], granted)
        self.expect(call, "released_seats", call.body["released_seats"],
                    asked["seat_ids"] if granted else [])
        if granted:
            for seat in asked["seat_ids"]:
                del self.holders[seat]

    def _seats(self, call):
        wanted = []
        for seat in self.shows[call.asked["show_id"]]:
            holder = self.holders.get(seat)
            locked = isinstance(holder, Lock)
            wanted.append((seat, isinstance(holder, Booking), locked,
                           holder.until if locked else None))
        found = [(seat["id"], seat["is_booked"], seat["is_locked"], seat["locked_until"])
                 for seat in call.body]
        wrong = [pair for pair in zip(found, wanted) if pair[0] != pair[1]]
        if wrong or len(found) != len(wanted):
            raise Disagreement(f"seats (found, by the rules) {wrong} @{call.position}")

    # ---- Bookings -------------------------------------------------------------------------------

    def _proven(self, asked, user_id):
        """Whether the seats may be booked: (yes, whose they become)."""
        holders = [self.holders.get(seat) for seat in asked["seat_ids"]]
        session = asked.get("user_session")
        if any(isinstance(holder, Booking) for holder in holders):
            return False, None
        locks = [holder for holder in holders if holder]
        if session:
            good = all(lock.session == session and lock.user_id in (None, user_id)
                       for lock in locks)
            return good, owner(user_id, session)
        if not locks:
            return True, owner(user_id, None)
        good = len(locks) == len(holders) and all(
            lock.user_id is None and lock.session == locks[0].session for lock in locks)
        return good, owner(user_id, locks[0].session)

    def _book(self, call):
        asked, user_id = call.asked, call.user and call.user.id
        good, who = False, None
        if self._named_well(asked) and asked["seat_ids"]:
            good, who = self._proven(asked, user_id)
        good = good and self._within_quota(asked["show_id"], who, asked["seat_ids"])
        self.expect(call, "status", call.answer.status, 200 if good else 400)
        if not good:
            return
        body, seats = call.body, list(asked["seat_ids"])
        booking = Booking(body["id"], asked["show_id"], seats,
                          self.prices[asked["show_id"]] * len(seats), who)
        if booking.id in self.bookings:
            raise Disagreement(f"a booking id was given twice: {call}")
        self.bookings[booking.id] = booking
        self.holders.update(dict.fromkeys(seats, booking))
        self._matches(call, booking)
        self.expect(call, "total_amount", body["total_amount"], booking.total)
        self.expect(call, "seats", sorted(seat["seat_id"] for seat in body["booking_seats"]),
                    sorted(seats))

    def _matches(self, call, booking):
        body = call.body
        self.expect(call, "booking", (body["id"], body["status"], body["cancel_reason"],
                                      body["payment_id"]),
                    (booking.id, booking.status, booking.cancel_reason, booking.payment_id))

    def _booking(self, call):
        self._matches(call, self.bookings[call.asked["booking_id"]])

    def _free(self, booking):
        for seat in booking.seats:
            if self.holders.get(seat) is booking:
                del self.holders[seat]

    def _cancelled(self, booking, reason):
        booking.status, booking.cancel_reason = "cancelled", reason
        self._free(booking)

    def _cancel(self, call):
        booking = self.bookings[call.asked["booking_id"]]
        if booking.status == "cancelled":
            self.expect(call, "status", call.answer.status, 409)
            return
        self.expect(call, "status", call.answer.status, 200)
        self._cancelled(booking, "user")
        self._matches(call, booking)
        if booking.paid_by:
            self.payments[booking.paid_by].status = "refunded"

    # ---- Payments -------------------------------------------------------------------------------

    def _initiate(self, call):
        booking = self.bookings[call.asked["booking_id"]]
        if booking.status != "pending":
            self.expect(call, "status", call.answer.status, 400)
            return
        self.expect(call, "status", call.answer.status, 200)
        pending = next((payment for payment in self.payments.values()
                        if payment.booking_id == booking.id and payment.status == "pending"), None)
        if pending:
            self.expect(call, "payment", call.body, pending.answer)
            return
        self.expect(call, "payment", (call.body["status"], call.body["amount"]),
                    ("pending", booking.total))
        self.payments[call.body["transaction_id"]] = Payment(booking.id, call.body)

    def _settle(self, transaction, outcome):
        """Takes over the first result of a payment."""
        payment = self.payments[transaction]
        booking = self.bookings[payment.booking_id]
        if outcome == "failed":
            payment.status = "failed"
            if booking.status == "pending":
                booking.payment_id = transaction
                self._cancelled(booking, "payment_failed")
            else:
                booking.payment_id = ANY  # the contract leaves it open after the booking's end
            return
        seats_free = not any(map(self.holders.get, booking.seats))
        if booking.status == "pending" or booking.cancel_reason == "expired" and seats_free:
            payment.status = "success"
            booking.status, booking.cancel_reason = "confirmed", None
            booking.payment_id = booking.paid_by = transaction
            self.holders.update(dict.fromkeys(booking.seats, booking))
        else:
            payment.status = "refunded"
            booking.payment_id = ANY

    def _confirm(self, call):
        transaction, outcome = call.asked["transaction_id"], call.asked["status"]
        payment = self.payments[transaction]
        if payment.status == "pending":
            self._settle(transaction, outcome)
        elif (outcome == "failed") != (payment.status == "failed"):
            self.expect(call, "status", call.answer.status, 409)
            return
        self.expect(call, "status", call.answer.status, 200)
        self.expect(call, "payment", call.body["status"], payment.status)

    def _callback(self, call):
        """The outcome is the gateway's draw; what it must mean is the model's to say."""
        self.expect(call, "status", call.answer.status, 200)
        transaction, outcome = call.asked["transaction_id"], call.body["status"]
        payment = self.payments[transaction]
        if payment.status == "pending":
            self._settle(transaction, outcome)
        self.expect(call, "outcome", outcome == "failed", payment.status == "failed")
