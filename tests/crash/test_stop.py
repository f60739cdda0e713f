"""SIGTERM: requests in flight are answered whole or their connection is closed between answers, and
the program ends with exit code 0.
"""

import collections
import concurrent.futures
import contextlib
import json
import os
import signal
import socket
import unittest

import test_kill
from support import raw
from support.case import ServerCase
from support.cinema import PASSWORD, new_session
from support.server import Server


class StopUnderLoad(test_kill.Kill):
    """The same rounds as for kill -9, with an orderly end."""

    rounds = 2

    def interrupt(self):
        self.server.stop()  # demands exit code 0

    def check_interruptions(self, load):
        super().check_interruptions(load)
        self.assertEqual(load.torn_answers(), [])


class InFlight:
    """One connection with one request on it. `held`: the end of its bytes, which is not sent yet."""

    def __init__(self, address, kind, method, path, body=None, held=0):
        self.kind = kind
        self.key = new_session()
        self.path, self.body = path, body
        content = b"" if body is None else json.dumps(body).encode()
        request = (f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                   f"Idempotency-Key: {self.key}\r\nContent-Length: {len(content)}\r\n\r\n"
                   ).encode() + content
        self.sent, self.held = request[:len(request) - held], request[len(request) - held:]
        self.socket = None
        self.address = address

    def connect(self):
        self.socket = raw.connect(self.address)

    def greet(self):
        """A request that is answered: so the connection has been let in."""
        self.socket.sendall(raw.PROBE)
        received = b""
        while not received.endswith(b"}"):
            received += self.socket.recv(65536)

    def send(self):
        self.socket.sendall(self.sent)

    def send_rest(self):
        try:
            self.socket.sendall(self.held)
        except ConnectionError:
            pass  # it was closed already: whether cleanly, tells what can be read

    def read_to_end(self):
        """The answer, whole; None when the connection was closed instead. Anything else raises: a
        part of an answer, a second one, a reset."""
        received = b""
        with self.socket:
            while part := self.socket.recv(65536):
                received += part
        answers = raw.answers(received)
        raw.as_documented(self.sent, answers)
        if len(answers) > 1:
            raise ValueError(f"two answers: {received[:500]}")
        return answers[0] if answers else None


class StopWithRequestsInFlight(unittest.TestCase):
    env = {"LOCK_TTL_SECONDS": "86400", "LOCK_TTL_MAX_SECONDS": "86400"}
    each = 40

    def requests(self, server, show, users):
        """200 of five kinds. Those of `late` send their last bytes after the signal; those of
        `never` do not, half of them not even the whole header; those of `new` are not let in yet
        when it comes."""
        seats = iter(show.seats)

        def lock(kind, held=0):
            return InFlight(server.address, kind, "POST", "/api/seats/lock",
                            {"show_id": show.id, "seat_ids": [next(seats)],
                             "user_session": new_session()}, held)

        login = [InFlight(server.address, "login", "POST", "/api/users/login",
                          {"email": users[number % len(users)].email, "password": PASSWORD})
                 for number in range(self.each)]
        read = [InFlight(server.address, "read", "GET", f"/api/shows/{show.id}/seats")
                for _ in range(self.each)]
        locks = [lock(kind, held) for kind, held, number in
                 (("lock", 0, 40), ("late", 20, 20), ("never", 20, 10), ("never", 150, 10),
                  ("new", 0, 40))
                 for _ in range(number)]
        # Logins first: they keep the password pool busy through the stop.
        return login + locks + read

    def stop_amid(self, server, requests, frozen):
        known = [request for request in requests if request.kind != "new"]
        for request in known:
            request.connect()
            request.greet()
        process = server.process
        if frozen:  # so that it has seen none of them when the signal comes
            os.kill(process.pid, signal.SIGSTOP)
        for request in requests:
            if request.kind == "new":
                request.connect()
            request.send()
        server.terminate()
        if frozen:
            os.kill(process.pid, signal.SIGCONT)
        for request in requests:
            if request.kind == "late":
                request.send_rest()
        answers = {request: request.read_to_end() for request in requests}
        server.wait_stopped()
        return answers

    def check(self, server, requests, answers):
        """What was answered is in the log; what was not, is settled by asking again."""
        server.start()
        log = {event["seq"]: event for event in server.log()}
        with contextlib.closing(server.client()) as client:
            for request, answer in answers.items():
                self.check_one(client, log, request, answer)
        locked = collections.Counter(event["data"]["user_session"] for event in server.log()
                                     if event["type"] == "SeatsLocked")
        for request in requests:
            if "seat_ids" in (request.body or {}):
                self.assertEqual(locked[request.body["user_session"]], 1, request.kind)

    def check_one(self, client, log, request, answer):
        if request.kind == "read":
            if answer:
                self.assertEqual((answer.status, len(json.loads(answer.body))), (200, 400))
            return
        if request.kind == "never":
            self.assertIn(answer and answer.status, (None, 408))
            answer = None
        again = client.post(request.path, request.body, key=request.key)
        self.assertEqual(again.status, 200, again)
        if not answer or answer.status == 503:  # which says that nothing was done
            return
        self.assertEqual(answer.status, 200, answer)
        position = int(answer.fields["x-event-seq"])
        self.assertIn(log[position]["type"], ("SeatsLocked", "UserLoggedIn"))
        self.assertEqual((again.replayed, again.event_seq), (True, position))
        if request.kind != "login":  # which gives a fresh token each time
            self.assertEqual(again.body, answer.body)

    def round(self, frozen):
        with Server(env=self.env) as server:
            with contextlib.closing(server.client()) as client:
                users = [client.new_user() for _ in range(4)]
                requests = self.requests(server, client.new_show(total_seats=400), users)
            self.assertEqual(len(requests), 200)
            answers = self.stop_amid(server, requests, frozen)
            self.check(server, requests, answers)
            answered = collections.Counter(request.kind for request, answer in answers.items()
                                           if answer and answer.status == 200)
            # They were there before the signal, and take no time. A login takes as long as the
            # machine likes.
            for kind in ("lock", "read"):
                self.assertEqual(answered[kind], self.each, answered)
            self.assertGreater(answered["login"], 0)

    def test_each_of_200_is_answered_whole_or_closed_cleanly(self):
        # At once: most of it is the ten seconds that a body may take, which `never` waits for.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            rounds = [pool.submit(self.round, frozen) for frozen in (False, True)]
        for each in rounds:
            each.result()


class StopWhenIdle(ServerCase):
    def test_idle_connections_do_not_hold_it_up(self):
        self.assertEqual(self.client.get("/health").status, 200)  # and the connection stays open
        with socket.create_connection(self.server.address):
            self.server.stop()
        self.server.start()

    def test_it_stops_on_ctrl_c_as_well(self):
        self.server.process.send_signal(signal.SIGINT)
        self.server.wait_stopped()
        self.server.start()


if __name__ == "__main__":
    unittest.main()
