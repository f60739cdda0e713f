"""Retries of every POST while the first one is in flight, and after a crash that left it without an
answer: before it was durable, and after.

A named pipe holds the server's log or its replies at a fail point for as long as a test wants (see
faults.cpp), so that nothing here depends on who is quicker.
"""

import contextlib
import http.client
import os
import threading
import unittest
import uuid

from support.case import wait_until
from support.posts import World, cases
from support.server import Server


class Held:
    """A request whose command waits at the point that the pipe holds."""

    def __init__(self, server, pipe, post, key):
        self.pipe = pipe
        self.client = server.client()
        self.answer = None
        os.mkfifo(pipe)
        self.thread = threading.Thread(target=self._send, args=(post, key), daemon=True)
        self.thread.start()
        self.end = wait_until(self._open, "the command is held")

    def _send(self, post, key):
        with contextlib.suppress(OSError, http.client.HTTPException):  # the server is killed
            self.answer = post.send(self.client, key=key)

    def _open(self):
        try:
            return os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            return None

    def release(self):
        """Lets it go on; returns its answer, None when the server is gone."""
        self.pipe.unlink()
        os.close(self.end)
        self.thread.join()
        self.client.close()
        return self.answer


class Retries(unittest.TestCase):
    def serve(self, point):
        self.server = Server(program=os.environ["BOXOFFICE_WITH_FAULTS"])
        self.addCleanup(self.server.discard)
        self.pipe = self.server.folder / "hold"
        self.server.env["BOXOFFICE_HOLD"] = f"{point}:{self.pipe}"
        self.server.start()
        self.connect()
        self.world = World(self.client)

    def connect(self):
        self.client = self.server.client()
        self.addCleanup(self.client.close)
        if hasattr(self, "world"):
            self.world.client = self.client

    def each(self):
        for name, make in cases():
            with self.subTest(name):
                post, key = make(self.world), f"key-{uuid.uuid4()}"
                yield post, key, Held(self.server, self.pipe, post, key)

    def replayed(self, post, answer, first):
        self.assertTrue(answer.replayed, answer)
        self.assertEqual((answer.status, post.stable(answer), answer.event_seq),
                         (first.status, post.stable(first), first.event_seq))

    def test_of_what_is_in_flight_are_told_to_wait(self):
        self.serve("before_append")
        for post, key, held in self.each():
            for _ in range(2):
                answer = post.send(self.client, key=key)
                self.assertEqual(answer.status, 409, answer)
                self.assertEqual(answer.json["detail"],
                                 "A request with this Idempotency-Key is in progress")
                self.assertEqual(answer.headers["Retry-After"], "1")
            first = held.release()
            self.assertFalse(first.replayed, first)
            self.replayed(post, post.send(self.client, key=key), first)

    def crash(self, held):
        self.server.kill()
        self.assertIsNone(held.release())
        self.server.start()
        self.connect()

    def test_of_what_was_durable_before_a_crash_find_its_outcome(self):
        self.serve("before_reply")
        for post, key, held in self.each():
            self.crash(held)
            answer = post.send(self.client, key=key)
            self.assertTrue(answer.replayed, answer)
            self.replayed(post, post.send(self.client, key=key), answer)

    def test_of_what_was_lost_in_a_crash_do_it(self):
        self.serve("before_append")
        for post, key, held in self.each():
            before = self.server.log()[-1]["seq"]
            self.crash(held)
            answer = post.send(self.client, key=key)
            self.assertFalse(answer.replayed, answer)
            self.assertGreater(answer.event_seq, before)
            self.replayed(post, post.send(self.client, key=key), answer)


if __name__ == "__main__":
    unittest.main()
