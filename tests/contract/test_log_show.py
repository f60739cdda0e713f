"""`boxoffice log show`: what happened, one event a line, also beside a running server."""

import json
import unittest

from support.case import ServerCase
from support.cinema import PASSWORD


class LogShow(ServerCase):
    def test_every_event_is_an_object_and_positions_have_no_gap(self):
        self.client.new_show()
        events = self.server.log()
        positions = [event["seq"] for event in events]
        self.assertEqual(positions, list(range(positions[0], positions[0] + len(events))))
        self.assertIn(positions[0], (0, 1))
        for event in events:
            self.assertLessEqual({"seq", "type", "time", "data"}, set(event))
            self.is_timestamp(event["time"])
        times = [event["time"] for event in events]
        self.assertEqual(times, sorted(times))

    def test_an_answered_command_is_there_at_once_under_its_position(self):
        show = self.client.new_show()
        lock = self.client.lock(show, show.seats[:2], "a")
        refusal = self.client.lock(show, show.seats[1:3], "b")
        booking = self.client.book(show, show.seats[:2], "test@example.com", "a")
        found = {event["seq"]: event for event in self.server.log()}
        event = found[lock.event_seq]
        self.assertEqual((event["type"], event["data"]["show_id"], event["data"]["seat_ids"],
                          event["data"]["user_session"]),
                         ("SeatsLocked", show.id, show.seats[:2], "a"))
        event = found[refusal.event_seq]
        self.assertEqual((event["type"], event["data"]["command"], event["data"]["reason"],
                          event["data"]["seat_ids"]),
                         ("CommandRefused", "lock_seats", "seat_taken", show.seats[1:2]))
        event = found[booking.event_seq]
        self.assertEqual((event["type"], event["data"]["booking_id"],
                          event["data"]["total_amount"]),
                         ("BookingCreated", booking.json["id"], booking.json["total_amount"]))

    def test_a_refusal_says_what_it_was_about(self):
        show = self.client.new_show()
        booking, payment = self.client.new_payment(show, show.seats[:1])
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        contradicted = self.client.confirm(payment["transaction_id"], "failed")
        self.refused(contradicted, 409, "Payment already success")
        missing = self.client.delete("/api/movies/99999")
        found = {event["seq"]: event["data"] for event in self.server.log()}
        data = found[contradicted.event_seq]
        self.assertEqual((data["reason"], data["payment_id"], data["booking_id"],
                          data["transaction_id"]),
                         ("payment_already_settled", payment["id"], booking["id"],
                          payment["transaction_id"]))
        self.assertEqual(found[missing.event_seq]["movie_id"], 99999)

    def test_from_and_to_are_inclusive(self):
        events = self.server.log()
        first = events[0]["seq"]
        self.assertEqual(self.server.log("--from", str(first + 2), "--to", str(first + 4)),
                         events[2:5])
        self.assertEqual(self.server.log("--from", str(events[-1]["seq"])), events[-1:])
        self.assertEqual(self.server.log("--to", str(first)), events[:1])

    def test_people_get_a_line_for_each_event(self):
        events = self.server.log()
        lines = self.server.command("log", "show").stdout.splitlines()
        self.assertEqual(len(lines), len(events))
        for line, event in zip(lines, events):
            self.assertIn(event["type"], line)

    def test_secrets_are_not_printed(self):
        token = self.client.register().json["access_token"]
        printed = json.dumps(self.server.log()) + self.server.command("log", "show").stdout
        for secret in (PASSWORD, "$argon2", token):
            self.assertNotIn(secret, printed)


if __name__ == "__main__":
    unittest.main()
