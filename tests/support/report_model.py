"""An independent fold of an exported log into reports and histories, written from docs/reports.md.

It keeps bookings, payments and refunds as they are and counts them when asked, where the server
counts as it goes. Numbers stay the text that they are in the log, money is in cents.
"""

import collections
import dataclasses
import json


def cents(amount):
    return int(amount * 100)  # a Decimal or an integer


def money(amount):
    """As the API writes it: at least one decimal, at most two."""
    units, rest = divmod(abs(amount), 100)
    text = f"{units}.{rest:02}"
    return ("-" if amount < 0 else "") + (text[:-1] if text.endswith("0") else text)


@dataclasses.dataclass
class Booking:
    show_id: int
    seat_ids: list
    user_id: int
    status: str = "pending"
    reason: str = None


@dataclasses.dataclass
class Payment:
    show_id: int
    amount: int
    captured: bool = False


class ReportModel:
    def __init__(self):
        self.movies, self.theatres, self.shows = {}, {}, {}
        self.deleted = set()
        self.bookings, self.payments = {}, {}
        self.refunds, self.refusals = [], []
        self.histories = collections.defaultdict(list)  # show -> [entry]

    def fold(self, event):
        handler = getattr(self, "on_" + event["type"], None)
        if handler:
            handler(event["data"], event)
        return self

    # ---- Catalogue ------------------------------------------------------------------------------

    def on_MovieCreated(self, data, _):
        self.movies[data["movie_id"]] = data

    def on_TheatreCreated(self, data, _):
        self.theatres[data["theatre_id"]] = data

    on_MovieChanged = on_MovieCreated
    on_TheatreChanged = on_TheatreCreated

    def on_ShowCreated(self, data, _):
        self.shows[data["show_id"]] = dict(data)

    def on_ShowChanged(self, data, _):
        self.shows[data["show_id"]].update(data)

    def on_ShowDeleted(self, data, _):
        self.deleted.add(data["show_id"])

    # ---- Seats ----------------------------------------------------------------------------------

    def on_SeatsLocked(self, data, event):
        self.note(event, data["show_id"], "locked", data["seat_ids"], user_id=data["user_id"],
                  until=data["until"])

    def on_SeatsReleased(self, data, event):
        self.note(event, data["show_id"], "released", data["seat_ids"],
                  user_id=event["actor"]["user_id"])

    def on_LockExpired(self, data, event):
        self.note(event, data["show_id"], "lock_expired", data["seat_ids"])

    # ---- Bookings -------------------------------------------------------------------------------

    def on_BookingCreated(self, data, event):
        booking = Booking(data["show_id"], data["seat_ids"], data["user_id"])
        self.bookings[data["booking_id"]] = booking
        self.note_booking(event, data, "booked", until=data["expires_at"])

    def on_BookingConfirmed(self, data, event):
        booking = self.bookings[data["booking_id"]]
        booking.status, booking.reason = "confirmed", None
        self.note_booking(event, data, "taken_again" if data["late"] else "confirmed")

    def on_BookingCancelled(self, data, event):
        self.cancel(data, data["reason"])
        self.note_booking(event, data, "cancelled", cancel_reason=data["reason"])

    def on_BookingExpired(self, data, event):
        self.cancel(data, "expired")
        self.note_booking(event, data, "booking_expired")

    def cancel(self, data, reason):
        booking = self.bookings[data["booking_id"]]
        booking.status, booking.reason = "cancelled", reason

    # ---- Payments -------------------------------------------------------------------------------

    def on_PaymentInitiated(self, data, _):
        self.payments[data["payment_id"]] = Payment(self.bookings[data["booking_id"]].show_id,
                                                    cents(data["amount"]))

    def on_PaymentSucceeded(self, data, _):
        self.payments[data["payment_id"]].captured = True

    def on_RefundRequested(self, data, _):
        self.refunds.append((self.bookings[data["booking_id"]].show_id, cents(data["amount"])))

    # ---- Refusals -------------------------------------------------------------------------------

    def on_CommandRefused(self, data, event):
        booking = self.bookings.get(data["booking_id"])
        show_id = booking.show_id if booking else None if data["booking_id"] else data["show_id"]
        if show_id not in self.shows:
            return
        self.refusals.append((show_id, data["reason"]))
        self.note(event, show_id, "refused", booking.seat_ids if booking else data["seat_ids"],
                  user_id=event["actor"]["user_id"],
                  booking_id=data["booking_id"] if booking else None, command=data["command"],
                  reason=data["reason"])

    # ---- Answers --------------------------------------------------------------------------------

    def note(self, event, show_id, kind, seat_ids, **known):
        self.histories[show_id].append({
            "seq": event["seq"], "time": event["time"], "kind": kind,
            "actor": event["actor"]["kind"], "seat_ids": seat_ids, "user_id": None,
            "booking_id": None, "until": None, "cancel_reason": None, "command": None,
            "reason": None} | known)

    def note_booking(self, event, data, kind, **known):
        booking = self.bookings[data["booking_id"]]
        self.note(event, booking.show_id, kind, booking.seat_ids, user_id=booking.user_id,
                  booking_id=data["booking_id"], **known)

    def report(self, by, first="0000-00-00", last="9999-99-99"):
        """{"lines", "total"} as /api/reports/sales has them, every number as text."""
        groups = collections.defaultdict(set)
        for show_id, show in self.shows.items():
            if first <= show["show_date"] <= last:
                groups[{"show": show_id, "movie": show["movie_id"], "theatre": show["theatre_id"],
                        "day": show["show_date"]}[by]].add(show_id)
        lines = [self.names(by, show_ids) | self.figures(show_ids)
                 for _, show_ids in sorted(groups.items())]
        everything = set().union(*groups.values())
        return {"lines": lines, "total": self.names(None, everything) | self.figures(everything)}

    def names(self, by, show_ids):
        names = dict.fromkeys(["show_id", "show_date", "show_time", "movie_id", "movie_title",
                               "theatre_id", "theatre_name", "city"])
        show = self.shows[min(show_ids)] if show_ids else {}
        if by == "show":
            names |= {"show_id": str(show["show_id"]), "show_time": show["show_time"]}
        if by in ("show", "day"):
            names["show_date"] = show["show_date"]
        if by in ("show", "movie"):
            names |= {"movie_id": str(show["movie_id"]),
                      "movie_title": self.movies[show["movie_id"]]["title"]}
        if by in ("show", "theatre"):
            theatre = self.theatres[show["theatre_id"]]
            names |= {"theatre_id": str(show["theatre_id"]), "theatre_name": theatre["name"],
                      "city": theatre["city"]}
        return names

    def figures(self, show_ids):
        on_offer = show_ids - self.deleted
        seats = sum(sum(self.shows[show]["rows"]) for show in on_offer)
        bookings = [b for b in self.bookings.values() if b.show_id in show_ids]
        status = collections.Counter(b.status for b in bookings)
        sold = sum(len(b.seat_ids) for b in bookings if b.status == "confirmed")
        reasons = collections.Counter(b.reason for b in bookings if b.reason)
        captured = [p.amount for p in self.payments.values()
                    if p.captured and p.show_id in show_ids]
        refunds = [amount for show_id, amount in self.refunds if show_id in show_ids]
        refusals = collections.Counter(r for show_id, r in self.refusals if show_id in show_ids)
        return {
            "shows": str(len(on_offer)), "seats": str(seats), "seats_sold": str(sold),
            "occupancy": json.dumps(sold / seats) if seats else None,
            "bookings": str(len(bookings)), "pending": str(status["pending"]),
            "confirmed": str(status["confirmed"]), "cancelled": str(status["cancelled"]),
            "cancel_reasons": counts(reasons),
            "payments": str(len(captured)), "captured": money(sum(captured)),
            "refunds": str(len(refunds)), "refunds_due": money(sum(refunds)),
            "revenue": money(sum(captured) - sum(refunds)),
            "refusals": str(refusals.total()), "refusal_reasons": counts(refusals)}


def counts(counter):
    return {reason: str(count) for reason, count in counter.items()}
