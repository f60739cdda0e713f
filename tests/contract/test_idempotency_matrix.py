"""Every POST, whatever became of it, retried in every way: again, after a restart and a crash, with
another body or query, by another caller, with keys that are none.

Retries of what is still in flight, and of what a crash left without an answer, are in
tests/crash/test_idempotency.py.
"""

import json
import unittest
import uuid

from support.case import ServerCase, wait_until
from support.raw import exchange
from support.posts import KEYED, UNKEYED, World, cases

MALFORMED = ("", "a b", "x" * 256, "\x7f", "sch\u00f6n", "\t")


def new_key():
    return f"key-{uuid.uuid4()}"


class Retries(ServerCase):
    def setUp(self):
        super().setUp()
        self.world = World(self.client)

    def each(self):
        """Each case, with a request and its first answer under a key."""
        for name, make in cases():
            with self.subTest(name):
                post, key = make(self.world), new_key()
                first = post.send(self.client, key=key)
                self.assertIn(first.status, (200, 400, 401, 404, 409, 422), first)
                self.assertIsNotNone(first.event_seq, first)
                self.assertFalse(first.replayed, first)
                yield post, key, first

    def replayed(self, post, answer, first):
        self.assertTrue(answer.replayed, answer)
        self.assertEqual((answer.status, post.stable(answer), answer.event_seq),
                         (first.status, post.stable(first), first.event_seq))

    def reused(self, answer):
        self.assertEqual(answer.status, 422, answer)
        self.assertIsNotNone(answer.event_seq, answer)
        self.assertEqual(answer.json["detail"][0]["type"], "idempotency_key_reused", answer)

    def last_position(self):
        return self.server.log()[-1]["seq"]

    def test_the_table_has_every_post(self):
        document = self.ok(self.client.get("/openapi.json"))
        posts = {path for path, verbs in document["paths"].items() if "post" in verbs}
        self.assertEqual(posts, set(KEYED) | UNKEYED)

    def test_again_is_the_first_answer_and_nothing_more(self):
        for post, key, first in self.each():
            before = self.last_position()
            for _ in range(2):
                self.replayed(post, post.send(self.client, key=key), first)
            self.assertEqual(self.last_position(), before)

    def test_another_body_or_address_is_refused_and_the_first_answer_stands(self):
        for path, (done, _) in KEYED.items():
            with self.subTest(path):
                post, key = done(self.world), new_key()
                other = done(self.world).by_the_caller_of(post)
                first = post.send(self.client, key=key)
                answer = other.send(self.client, key=key)
                self.reused(answer)
                refusal = self.server.log("--from", str(answer.event_seq))[0]
                self.assertEqual(refusal["data"]["reason"], "idempotency_key_reused")
                self.replayed(post, post.send(self.client, key=key), first)
                self.assertEqual(other.send(self.client, key=new_key()).status, 200)

    def test_another_query_is_refused(self):
        for post, key, first in self.each():
            self.reused(post.with_query().send(self.client, key=key))
            self.replayed(post, post.send(self.client, key=key), first)

    def test_another_caller_has_keys_of_its_own(self):
        user = self.client.new_user()
        for post, key, first in self.each():
            answer = post.send(self.client, key=key, token=user.token)
            self.assertFalse(answer.replayed, answer)
            self.assertGreater(answer.event_seq, first.event_seq)
            self.replayed(post, post.send(self.client, key=key, token=user.token), answer)
            self.replayed(post, post.send(self.client, key=key), first)

    def test_a_key_that_is_none_is_refused_and_nothing_is_done(self):
        for name, make in cases():
            with self.subTest(name):
                post = make(self.world)
                before = self.last_position()
                for key in MALFORMED:
                    answer = post.send(self.client, key=key.encode("latin-1"))
                    self.assertEqual(answer.status, 400, (key, answer))
                self.assertEqual(self.last_position(), before)

    def test_two_keys_are_refused_and_nothing_is_done(self):
        for name, make in cases():
            with self.subTest(name):
                post = make(self.world)
                before = self.last_position()
                body = b"" if post.body is None else json.dumps(post.body).encode()
                [answer] = exchange(self.server.address, (
                    f"POST {post.path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    f"Content-Length: {len(body)}\r\nIdempotency-Key: a\r\nidempotency-key: a\r\n"
                    "\r\n").encode() + body)
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual(self.last_position(), before)

    def test_after_a_restart_and_a_crash_the_first_answers_stand(self):
        answered = list(self.each())
        for end in (self.server.stop, self.server.kill):
            end()
            self.server.start()
            self.connect()
            before = self.last_position()
            for post, key, first in answered:
                with self.subTest(post.path, end=end.__name__):
                    self.replayed(post, post.send(self.client, key=key), first)
            self.assertEqual(self.last_position(), before)

    def test_what_is_no_command_keeps_no_key(self):
        for path in sorted(UNKEYED):
            path = path.replace("{name}", "sales")
            with self.subTest(path):
                for _ in range(2):
                    answer = wait_until(lambda: self.taken(path, "the same key"), "it is taken")
                    self.assertFalse(answer.replayed)

    def taken(self, path, key):
        answer = self.client.post(path, key=key.replace(" ", "-"))
        self.assertIn(answer.status, (202, 409), answer)
        return answer if answer.status == 202 else None


if __name__ == "__main__":
    unittest.main()
