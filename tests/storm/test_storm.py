"""Many customers want the same seats at the same time, over real HTTP. Afterwards every answer must
be the one that the rules give at its position in the log, and no seat may be sold twice.
"""

import threading
import unittest

from support.audit import audit, check_sales
from support.case import ServerCase, wait_until
from support.cinema import new_email
from support.history import History
from support.load import Load, scaled


class StormCase(ServerCase):
    customers = 64

    def storm(self, shows, *, visits, history=None, **options):
        """Runs the load to its end and returns its history, a new one or a longer one."""
        users = [self.client.new_user() for _ in range(self.customers // 2)]
        history = history or History()
        load = Load(self.server, history, shows, users, customers=self.customers,
                    visits=scaled(visits), **options).start().join()
        self.assertEqual(load.interruptions, [])
        self.assertEqual(history.unanswered(), [])
        return history

    def assert_happened(self, counts):
        """A storm in which nothing collided would prove nothing."""
        self.assertNotIn(0, counts.values(), counts)

    def sold(self, history):
        """{seat: booking} of every confirmed booking, asked one by one; no seat comes twice."""
        sold = {}
        for call in history.answered():
            if call.kind != "book" or call.answer.status != 200:
                continue
            booking = self.ok(self.client.booking(call.body["id"]))
            if booking["status"] == "confirmed":
                for seat in booking["booking_seats"]:
                    self.assertNotIn(seat["seat_id"], sold)
                    sold[seat["seat_id"]] = booking["id"]
        return sold


class OneShow(StormCase):
    def test_everybody_wants_the_same_show(self):
        show = self.client.new_show(total_seats=150)
        history = self.storm([show], visits=30, seed="one show")
        sold = self.sold(history)
        log = self.server.log()
        audit(self, history, [show], log)
        self.assertLessEqual(sold.items(), check_sales(log).items())
        states = self.states(show)
        self.assertEqual({states[seat] for seat in sold} - {"booked"}, set())
        self.assert_happened({
            "locks": history.count("lock", success=True),
            "refused locks": history.count("lock", success=False),
            "releases": history.count("release", success=True),
            "bookings": history.count("book"), "refused bookings": history.count("book", 400),
            "sold": len(sold), "failed payments": history.count("confirm", status="failed"),
            "contradictions": history.count("confirm", 409), "cancelled": history.count("cancel"),
            "refunds": history.count("confirm", status="refunded")})


class ShortLocks(StormCase):
    env = {"LOCK_TTL_SECONDS": 1, "PAYMENT_DEADLINE_SECONDS": 1, "PAYMENT_GRACE_SECONDS": 0}
    customers = 32

    def test_locks_and_bookings_end_while_others_wait_for_them(self):
        shows = [self.client.new_show(total_seats=30) for _ in range(2)]
        options = {"tidy": False, "keeps": 0}
        history = self.storm(shows, visits=12, seed="before", postpones=0.7, reports=0, **options)
        self.wait_until_all_has_ended(shows, history)
        # Payments that were still under way are reported now: late, and amid new rivalry.
        self.storm(shows, visits=12, seed="after", history=history, **options)
        self.wait_until_all_has_ended(shows, history)
        log = self.server.log()
        audit(self, history, shows, log)
        late = history.count("confirm", late=True) + history.count("confirm", status="refunded")
        self.assert_happened({
            "expired locks": sum(event["type"] == "LockExpired" for event in log),
            "expired bookings": sum(event["type"] == "BookingExpired" for event in log),
            "locks": history.count("lock", success=True), "late payments": late,
            "refused locks": history.count("lock", success=False),
            "bookings": history.count("book")})

    def wait_until_all_has_ended(self, shows, history):
        """Every lock, and every booking whose payment was not reported."""
        for show in shows:
            wait_until(lambda show=show: "locked" not in self.states(show).values(),
                       "all locks have ended")
        for payment in list(history.postponed):
            booking_id = payment["booking_id"]
            wait_until(lambda number=booking_id: self.client.booking(number).json["status"] !=
                       "pending", "the booking has ended")


class Races(ServerCase):
    """Everybody asks for one thing at the same moment."""

    rivals = 24

    def race(self, ask):
        """Calls `ask(client, number)` from every rival at once and returns the answers."""
        answers, start = [], threading.Barrier(self.rivals)

        def rival(number):
            client = self.server.client()
            try:
                client.get("/health")  # the connection stands before the race
                start.wait()
                answers.append(ask(client, number))
            finally:
                client.close()

        threads = [threading.Thread(target=rival, args=(number,)) for number in range(self.rivals)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), self.rivals)
        return answers

    def test_one_of_all_who_lock_a_seat_gets_it(self):
        show = self.client.new_show(total_seats=scaled(5))
        for seat in show.seats:
            answers = self.race(lambda client, number, seat=seat: client.lock(
                show, [seat], f"rival {number}"))
            self.assertEqual(sum(self.ok(answer)["success"] for answer in answers), 1)

    def test_one_of_all_who_book_a_seat_gets_it(self):
        show = self.client.new_show(total_seats=scaled(5))
        for seat in show.seats:
            answers = self.race(lambda client, number, seat=seat: client.book(
                show, [seat], "test@example.com", f"rival {number}"))
            self.assertEqual(sorted(answer.status for answer in answers),
                             [200] + [400] * (self.rivals - 1))

    def test_one_key_sent_by_all_has_one_effect(self):
        show = self.client.new_show()
        before = len(self.server.log())
        answers = self.race(lambda client, number: client.lock(
            show, show.seats[:2], "one session", key="one-key-for-all"))
        for answer in answers:
            if answer.status == 409:  # the first one is still under way
                self.assertIn("Retry-After", answer.headers)
        granted = [answer for answer in answers if answer.status != 409]
        self.assertEqual({answer.status for answer in granted}, {200})
        self.assertEqual(len({(answer.event_seq, answer.body) for answer in granted}), 1)
        self.assertEqual(sum(not answer.replayed for answer in granted), 1)
        self.assertEqual(len(self.server.log()), before + 1)

    def test_one_address_is_registered_once(self):
        email = new_email()
        answers = self.race(lambda client, number: client.register(email))
        self.assertEqual(sorted(answer.status for answer in answers),
                         [200] + [400] * (self.rivals - 1))


if __name__ == "__main__":
    unittest.main()
