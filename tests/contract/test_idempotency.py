"""Idempotency-Key: a retry gets the first answer and changes nothing."""

import unittest
import uuid

from support.case import ServerCase
from support.cinema import PASSWORD, new_email
from support.raw import exchange

GUEST = "test@example.com"


def new_key():
    return f"key-{uuid.uuid4()}"


class Idempotency(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()

    def replayed(self, answer, first):
        self.assertTrue(answer.replayed, answer)
        self.assertEqual((answer.status, answer.body, answer.event_seq),
                         (first.status, first.body, first.event_seq))

    def last_position(self):
        return self.server.log()[-1]["seq"]

    def test_every_post_can_be_retried(self):
        client, show = self.client, self.show
        booking, payment = client.new_payment(show, show.seats[10:12])
        other = client.book(show, show.seats[12:13], GUEST).json
        third, pending = client.new_payment(show, show.seats[13:14])
        unpaid = client.book(show, show.seats[14:15], GUEST).json
        client.lock(show, show.seats[15:16], "gives back")
        movie = {"title": "M", "duration": 117, "genre": "Crime", "rating": "PG",
                 "release_date": "1931-05-11"}
        theatre = {"name": "Rex", "city": "Paris", "address": "1"}
        new_show = {"movie_id": 1, "theatre_id": 1, "show_date": "2031-01-01",
                    "show_time": "20:00", "price": 5}
        for name, send in {
                "movie": lambda **options: client.post("/api/movies", movie, **options),
                "theatre": lambda **options: client.post("/api/theatres", theatre, **options),
                "show": lambda **options: client.post("/api/shows", new_show, **options),
                "lock": lambda **options: client.lock(show, show.seats[:2], "a", **options),
                "release": lambda **options: client.release(
                    show, show.seats[15:16], "gives back", **options),
                "book": lambda **options: client.book(show, show.seats[:2], GUEST, "a", **options),
                "cancel": lambda **options: client.cancel(other["id"], **options),
                "initiate": lambda **options: client.initiate(unpaid, **options),
                "confirm": lambda **options: client.confirm(
                    payment["transaction_id"], "success", **options),
                "mock-callback": lambda **options: client.callback(
                    pending["transaction_id"], **options)}.items():
            with self.subTest(name):
                key = new_key()
                first = send(key=key)
                self.assertEqual(first.status, 200, first)
                self.assertFalse(first.replayed)
                before = self.last_position()
                self.replayed(send(key=key), first)
                self.replayed(send(key=key), first)
                self.assertEqual(self.last_position(), before)

    def test_a_refusal_is_kept_as_well(self):
        show = self.show
        self.locked(self.client.lock(show, show.seats[:1], "a"))
        key = new_key()
        first = self.client.lock(show, show.seats[:1], "b", key=key)
        self.lock_refused(first)
        self.ok(self.client.release(show, show.seats[:1], "a"))
        self.replayed(self.client.lock(show, show.seats[:1], "b", key=key), first)

    def test_the_first_answer_stands_even_when_things_have_moved_on(self):
        show, key = self.show, new_key()
        first = self.client.book(show, show.seats[:1], GUEST, key=key)
        self.ok(self.client.cancel(self.ok(first)["id"]))
        self.ok(self.client.book(show, show.seats[:1], GUEST))
        self.replayed(self.client.book(show, show.seats[:1], GUEST, key=key), first)

    def test_another_body_under_the_same_key_is_refused(self):
        show, key = self.show, new_key()
        self.locked(self.client.lock(show, show.seats[:1], "a", key=key))
        answer = self.client.lock(show, show.seats[1:2], "a", key=key)
        self.assertEqual(answer.status, 422, answer)
        self.assertEqual(answer.json["detail"], [{
            "type": "idempotency_key_reused", "loc": ["header", "Idempotency-Key"],
            "msg": "Idempotency-Key was used with a different request"}])
        self.assert_seats(show, show.seats[1:2], "free")

    def test_the_key_belongs_to_its_caller(self):
        show, key = self.show, new_key()
        ada, bob = self.client.new_user(), self.client.new_user()
        first = self.client.lock(show, show.seats[:1], "a", token=ada.token, key=key)
        self.locked(first)
        other = self.client.lock(show, show.seats[1:2], "b", token=bob.token, key=key)
        self.locked(other)
        self.assertFalse(other.replayed)
        third = self.client.lock(show, show.seats[2:3], "c", key=key)
        self.locked(third)
        self.locked(self.client.lock(show, show.seats[3:4], "d", key=key))

    def test_the_key_belongs_to_its_endpoint(self):
        show, key = self.show, new_key()
        self.locked(self.client.lock(show, show.seats[:1], "a", key=key))
        answer = self.client.release(show, show.seats[:1], "a", key=key)
        self.assertTrue(self.ok(answer)["success"])
        self.assertFalse(answer.replayed)

    def test_a_retried_registration_gives_a_token_for_the_same_user(self):
        email, key = new_email(), new_key()
        first = self.client.register(email, key=key)
        again = self.client.register(email, key=key)
        self.assertTrue(again.replayed)
        self.assertEqual(self.ok(again)["user"], self.ok(first)["user"])
        self.assertEqual(again.event_seq, first.event_seq)
        for answer in (first, again):
            self.ok(self.client.get("/api/users/me", token=answer.json["access_token"]))
        self.refused(self.client.register(email), 400, "Email already registered")

    def test_a_retried_login_gives_a_token_for_the_same_user(self):
        user, key = self.client.new_user(), new_key()
        first = self.client.login(user.email, key=key)
        again = self.client.login(user.email, key=key)
        self.assertTrue(again.replayed)
        self.assertEqual(again.event_seq, first.event_seq)
        self.ok(self.client.get("/api/users/me", token=self.ok(again)["access_token"]))

    def test_a_key_does_not_open_a_login_with_another_password(self):
        user, key = self.client.new_user(), new_key()
        self.ok(self.client.login(user.email, key=key))
        self.refused(self.client.login(user.email, "wrong password", key=key), 401,
                     "Incorrect email or password")

    def test_a_key_is_1_to_255_visible_ascii_characters(self):
        show = self.show
        for key in ("", "a b", "x" * 256, "\x7f", "sch\u00f6n"):
            answer = self.client.lock(show, show.seats[:1], "a", key=key.encode("latin-1"))
            self.assertEqual(answer.status, 400, (key, answer))
        self.assert_seats(show, show.seats[:1], "free")
        self.locked(self.client.lock(show, show.seats[:1], "a", key="!" + "x" * 253 + "~"))

    def test_an_invalid_request_uses_no_key_up(self):
        show, key = self.show, new_key()
        self.assertEqual(self.client.lock(show, [], "a", key=key).status, 422)
        self.locked(self.client.lock(show, show.seats[:1], "a", key=key))


class BehindAProxy(ServerCase):
    env = {"TRUSTED_PROXIES": "127.0.0.1"}

    def test_keys_of_its_clients_are_their_own(self):
        key, movie = new_key(), {"title": "M", "duration": 117, "genre": "Crime", "rating": "PG",
                                 "release_date": "1931-05-11"}

        def send(address, **changes):
            return self.client.post("/api/movies", {**movie, **changes}, key=key,
                                    headers={"X-Forwarded-For": address})

        first = send("192.0.2.1")
        another = send("192.0.2.2", title="Another")
        for answer in (first, another):
            self.ok(answer)
            self.assertFalse(answer.replayed)
        again = send("192.0.2.1")
        self.assertTrue(again.replayed)
        self.assertEqual(again.body, first.body)


class AfterRestart(ServerCase):
    def test_the_first_answer_survives_a_restart(self):
        show, key, email = self.client.new_show(), new_key(), new_email()
        first = self.client.lock(show, show.seats[:2], "a", key=key)
        registered = self.client.register(email, key=key)
        self.locked(first)
        self.server.restart()
        self.connect()
        again = self.client.lock(show, show.seats[:2], "a", key=key)
        self.assertTrue(again.replayed)
        self.assertEqual((again.body, again.event_seq), (first.body, first.event_seq))
        user = self.ok(self.client.register(email, key=key))
        self.assertEqual(user["user"], registered.json["user"])
        self.ok(self.client.login(email, PASSWORD))


class AfterAPasswordChange(ServerCase):
    def test_a_known_key_opens_no_account_with_the_old_password(self):
        email, new_password = new_email(), "another password"
        first = {name: getattr(self.client, name)(email, key=name)
                 for name in ("register", "login")}
        token = self.ok(first["login"])["access_token"]
        self.ok(self.client.put("/api/users/me", {"password": new_password}, token=token))
        for name in first:
            with self.subTest(name):
                self.refused(getattr(self.client, name)(email, key=name), 401,
                             "Incorrect email or password")
        self.ok(self.client.login(email, new_password))

    def test_a_key_must_be_given_once(self):
        show = self.client.new_show()
        body = (b'{"show_id": %d, "seat_ids": [%d], "user_session": "a"}'
                % (show.id, show.seats[0]))
        head = (b"POST /api/seats/lock HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                b"Content-Length: %d\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n"
                % len(body))
        [answer] = exchange(self.server.address, head + body)
        self.assertEqual(answer.status, 400)


if __name__ == "__main__":
    unittest.main()
