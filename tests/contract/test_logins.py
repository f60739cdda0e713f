"""Logins: who guesses passwords is slowed down, hashes keep up with the parameters, keys rotate."""

import concurrent.futures
import time
import unittest

from support.case import ServerCase, wait_until
from support.cinema import PASSWORD, new_email
from support.server import SECRET_KEY, Server
from support.tokens import signed_token

# Only ends a hopeless loop: by then a try has to wait longer than a slow machine needs for one.
TRIES_MAX = 40
TOO_MANY = "Too many failed logins. Please wait before you try again."


class Account(ServerCase):
    """In the demo profile, from this machine: only accounts are counted, not addresses."""

    def fail_until_refused(self, email):
        """How many wrong passwords were looked at, and the first answer to one that was not."""
        for tries in range(TRIES_MAX):
            answer = self.client.login(email, "not the password")
            if answer.status != 401:
                self.refused(answer, 429, TOO_MANY)
                return tries, answer
        self.fail(f"{TRIES_MAX} passwords were looked at")

    def test_five_wrong_passwords_then_each_further_one_must_wait(self):
        user = self.client.new_user()
        tries, answer = self.fail_until_refused(user.email)
        # On a slow machine the first waits are over before the next try comes.
        self.assertGreaterEqual(tries, 5)
        self.assertRegex(answer.headers["Retry-After"], "^[1-9][0-9]?$")
        self.assertLessEqual(int(answer.headers["Retry-After"]), 32)

    def test_an_unknown_account_is_answered_alike(self):
        def told(email):
            _, answer = self.fail_until_refused(email)
            moment = ("date", "x-request-id", "traceparent", "retry-after")
            return (answer.status, answer.json,
                    sorted(name for name, _ in answer.headers.items()),
                    {name: value for name, value in answer.headers.items()
                     if name.lower() not in moment})
        self.assertEqual(told(self.client.new_user().email), told(new_email()))

    def test_the_right_password_waits_too_and_then_opens(self):
        user = self.client.new_user()
        self.fail_until_refused(user.email)
        answer = wait_until(lambda: (a := self.client.login(user.email)).status != 429 and a,
                            "the wait is over")
        self.ok(answer)
        # And the next wrong ones are the first again.
        for _ in range(4):
            self.refused(self.client.login(user.email, "wrong"), 401,
                         "Incorrect email or password")
        self.ok(self.client.login(user.email))

    def test_a_registration_that_is_sent_again_is_no_way_to_guess(self):
        person = {"email": new_email(), "first_name": "A", "last_name": "B"}

        def register(password):
            return self.client.post("/api/users/register", {**person, "password": password},
                                    headers={"Idempotency-Key": "guessable"})

        self.ok(register(PASSWORD))
        for tries in range(TRIES_MAX):
            answer = register("not the password")
            if answer.status == 429:
                break
            self.assertEqual(answer.json["code"], "idempotency_key_reused")
        self.refused(answer, 429, TOO_MANY)
        self.assertGreaterEqual(tries, 5)

    def test_a_try_that_came_too_early_is_not_in_the_log(self):
        user = self.client.new_user()
        tries, answer = self.fail_until_refused(user.email.upper())
        self.assertIsNone(answer.event_seq)
        before = self.ok(self.client.get("/api/admin/status"))["head"]
        for _ in range(20):
            last = self.client.login(user.email)
        self.assertIn(last.status, (200, 429))
        if last.status == 429:
            self.assertEqual(self.ok(self.client.get("/api/admin/status"))["head"], before)

    def test_other_accounts_of_the_address_are_not_held_up(self):
        user = self.client.new_user()
        for _ in range(30):
            self.refused(self.client.login(new_email(), "wrong"), 401,
                         "Incorrect email or password")
        self.ok(self.client.login(user.email))

    def test_many_guesses_at_once_are_no_more_than_a_few(self):
        user = self.client.new_user()

        def guess(number):
            client = self.server.client()
            try:
                return client.login(user.email, f"guess number {number}").status
            finally:
                client.close()

        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            statuses = list(pool.map(guess, range(100)))
        seconds = int(time.monotonic() - began)
        # Twenty, and one when each wait is over, should it take that long.
        self.assertEqual(set(statuses), {401, 429})
        self.assertLessEqual(statuses.count(401), 20 + (seconds + 1).bit_length())


class ServersOfTheirOwn(unittest.TestCase):
    def client_of(self, server):
        client = server.client()
        self.addCleanup(client.close)
        return client


class Address(ServersOfTheirOwn):
    env = {"PROFILE": "production", "TRUSTED_PROXIES": "127.0.0.1"}

    def test_an_address_is_counted_over_all_accounts_and_its_own_users_go_on(self):
        with Server(seed=False, env=self.env) as server:
            client = self.client_of(server)

            def login(email, password=PASSWORD, address="192.0.2.7"):
                return client.login(email, password, headers={"X-Forwarded-For": address})

            regular, stranger = client.new_user(), client.new_user()
            self.assertEqual(login(regular.email).status, 200)
            tries = 0
            while (answer := login(new_email(), "wrong")).status == 401:
                tries += 1
                self.assertLess(tries, TRIES_MAX)
            self.assertEqual(answer.status, 429, answer)
            self.assertEqual(answer.json["detail"], TOO_MANY)
            self.assertGreaterEqual(tries, 20)
            self.assertLessEqual(int(answer.headers["Retry-After"]), 64)
            self.assertEqual(login(regular.email).status, 200)
            self.assertEqual(login(stranger.email, address="192.0.2.8").status, 200)


    def test_clients_behind_a_proxy_do_not_share_their_keys(self):
        with Server(seed=False, env=self.env) as server:
            client = self.client_of(server)

            def register(address):
                return client.post("/api/users/register", {
                    "email": new_email(), "password": PASSWORD, "first_name": "A",
                    "last_name": "B"},
                    headers={"X-Forwarded-For": address, "Idempotency-Key": "register"})

            self.assertEqual(register("192.0.2.7").status, 200)
            self.assertEqual(register("192.0.2.8").status, 200)
            self.assertEqual(register("192.0.2.7").json["code"], "idempotency_key_reused")


class Rehash(ServersOfTheirOwn):
    def test_a_hash_of_smaller_parameters_is_made_anew_once_after_a_login(self):
        def changes(server):
            return [event["seq"] for event in server.log() if event["type"] == "UserChanged"]

        with Server(seed=False, env={"PASSWORD_MEMORY_MIB": "19"}) as server:
            client = self.client_of(server)
            email = client.new_user().email
            self.assertEqual(client.login(email).status, 200)
            server.restart()
            self.assertEqual(changes(server), [])
            server.stop()

            server.env["PASSWORD_MEMORY_MIB"] = "24"
            server.start()
            client = self.client_of(server)
            self.assertEqual(client.login(email, "not the password").status, 401)
            self.assertEqual(client.login(email).status, 200)
            wait_until(lambda: len(changes(server)) == 1, "the hash is made anew")
            for _ in range(3):
                self.assertEqual(client.login(email).status, 200)
            # A stop works off what it was still about to do.
            server.restart()
            self.assertEqual(len(changes(server)), 1)
            client = self.client_of(server)
            self.assertEqual(client.login(email, "not the password").status, 401)
            self.assertEqual(client.login(email, PASSWORD).status, 200)


class Rotation(ServersOfTheirOwn):
    OLD, NEW = SECRET_KEY, "another-secret-key-of-the-black-box-tests"

    def test_two_keys_for_a_while(self):
        with Server(seed=False) as server:
            client = self.client_of(server)
            user = client.new_user()

            def serve(**env):
                server.stop()
                server.env = env
                server.start()
                return self.client_of(server)

            def status(client, token):
                answer = client.get("/api/users/me", token=token)
                return answer.status

            client = serve(SECRET_KEY=self.NEW, SECRET_KEY_PREVIOUS=self.OLD)
            self.assertEqual(status(client, user.token), 200, "a token of before goes on")
            newer = client.login(user.email).json["access_token"]
            self.assertEqual(status(client, newer), 200)
            claims = {"sub": user.email, "exp": int(time.time()) + 600}
            self.assertEqual(status(client, signed_token(claims, "neither " + self.OLD)), 401)

            client = serve(SECRET_KEY=self.NEW)
            self.assertEqual(status(client, user.token), 401, "the previous key is dropped")
            self.assertEqual(status(client, newer), 200, "it was signed with the new one")

            client = serve(SECRET_KEY=self.OLD)
            self.assertEqual(status(client, newer), 401)

    def test_the_previous_key_is_held_to_the_same(self):
        for name, env in {
                "the same": {"SECRET_KEY_PREVIOUS": SECRET_KEY},
                "short": {"PROFILE": "production", "SECRET_KEY_PREVIOUS": "short-but-secret"},
                "a placeholder": {"PROFILE": "production",
                                  "SECRET_KEY_PREVIOUS": "your-secret-key-here-change-it-today"},
        }.items():
            with self.subTest(name):
                server = Server(seed=False, env=env)
                self.addCleanup(server.discard)
                done = server.command("serve", "--port", "0", check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("SECRET_KEY_PREVIOUS", done.stderr)
                self.assertNotIn(env["SECRET_KEY_PREVIOUS"], done.stderr)


if __name__ == "__main__":
    unittest.main()
