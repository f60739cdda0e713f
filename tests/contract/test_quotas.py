"""How much one owner may have locked at once, and the cool-down after a lock that lapsed."""

import unittest

from support.case import ServerCase, wait_until


class LiveLocks(ServerCase):
    env = {"LIVE_LOCKS_PER_OWNER_MAX": 12}

    def test_are_counted_over_all_shows_by_owner(self):
        here, there = self.client.new_show(), self.client.new_show()
        self.locked(self.client.lock(here, here.seats[:10], "a"))
        answer = self.lock_refused(self.client.lock(there, there.seats[:3], "a"))
        self.assertEqual(answer["reason"], "quota_exceeded")
        self.locked(self.client.lock(there, there.seats[:2], "a"))
        self.lock_refused(self.client.lock(there, there.seats[2:3], "a"))
        self.locked(self.client.lock(there, there.seats[:2], "a"))  # once more, the same
        self.locked(self.client.lock(there, there.seats[2:3], "b"))
        self.assertTrue(self.ok(self.client.release(here, here.seats[:1], "a"))["success"])
        self.locked(self.client.lock(there, there.seats[3:4], "a"))

    def test_of_a_user_are_those_of_all_its_sessions(self):
        here, there, ada = self.client.new_show(), self.client.new_show(), self.client.new_user()
        self.locked(self.client.lock(here, here.seats[:10], "x", token=ada.token))
        self.lock_refused(self.client.lock(there, there.seats[:3], "y", token=ada.token))
        self.locked(self.client.lock(there, there.seats[:3], "x"))


class CoolDown(ServerCase):
    env = {"LOCK_TTL_SECONDS": 1, "LOCK_COOLDOWN_SECONDS": 3600}

    def test_keeps_an_owner_from_locking_again_what_it_let_lapse(self):
        show = self.client.new_show()
        self.locked(self.client.lock(show, show.seats[:2], "a"))
        wait_until(lambda: not self.client.seat(show, show.seats[0])["is_locked"],
                   "the lock has lapsed")
        answer = self.client.lock(show, show.seats[1:3], "a")
        body = self.lock_refused(answer)
        self.assertEqual((body["reason"], body["unavailable_seats"]),
                         ("cooling_down", show.seats[1:2]))
        # As a crash and a snapshot leave it.
        self.server.kill()
        self.server.start()
        self.connect()
        self.server.command("snapshot", "create")
        self.server.restart()
        self.connect()
        again = self.lock_refused(self.client.lock(show, show.seats[:2], "a"))
        self.assertEqual((again["reason"], again["unavailable_seats"]),
                         ("cooling_down", show.seats[:2]))
        self.locked(self.client.lock(show, show.seats[:1], "b"))
        self.locked(self.client.lock(show, show.seats[2:3], "a"))
        self.ok(self.client.book(show, show.seats[1:2], "test@example.com", "a"))


class Demo(ServerCase):
    env = {"LOCK_TTL_SECONDS": 1}

    def test_has_no_cool_down(self):
        show = self.client.new_show()
        self.locked(self.client.lock(show, show.seats[:1], "a"))
        wait_until(lambda: not self.client.seat(show, show.seats[0])["is_locked"],
                   "the lock has lapsed")
        self.locked(self.client.lock(show, show.seats[:1], "a"))


class Production(ServerCase):
    env = {"LOCK_TTL_SECONDS": 1, "PROFILE": "production", "SEATS_PER_OWNER_MAX": 1000}

    def test_lets_an_owner_lock_fifty_seats_at_once(self):
        show_id = self.ok(self.client.get("/api/shows"))[1]["id"]
        seats = [seat["id"] for seat in self.ok(self.client.seats(show_id))]
        body = {"show_id": show_id, "seat_ids": seats[:51], "user_session": "b"}
        self.assertEqual(self.ok(self.client.post("/api/seats/lock", body))["reason"],
                         "quota_exceeded")
        body["seat_ids"] = seats[:50]
        self.assertTrue(self.ok(self.client.post("/api/seats/lock", body))["success"])

    def test_has_a_cool_down(self):
        show_id = self.ok(self.client.get("/api/shows"))[0]["id"]
        seat = self.ok(self.client.seats(show_id))[0]["id"]
        body = {"show_id": show_id, "seat_ids": [seat], "user_session": "a"}
        self.assertTrue(self.ok(self.client.post("/api/seats/lock", body))["success"])
        wait_until(lambda: not self.ok(self.client.seats(show_id))[0]["is_locked"],
                   "the lock has lapsed")
        self.assertEqual(self.ok(self.client.post("/api/seats/lock", body))["reason"],
                         "cooling_down")


if __name__ == "__main__":
    unittest.main()
