"""`boxoffice bench http`: loads that are what they say, and a sweep that finds a server's lies."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

from support.case import ServerCase
from support.gateway import SECRET
from support.server import Server, binary, environment

FAILED, USAGE, DIFFERS, UNAVAILABLE = 1, 2, 3, 6
LIMIT_S = 300


def bench(url, *args, env=None):
    return subprocess.run([binary(), "bench", "http", "--url", url, *args], capture_output=True,
                          text=True, timeout=LIMIT_S, env=environment(env))


def report(url, *args, env=None):
    done = bench(url, *args, "--json", env=env)
    if done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def step(told, name):
    return next(each for each in told["steps"] if each["step"] == name)


class LyingProxy:
    """Passes on what client and server say, but for what `lie` makes of an answer's bytes."""

    def __init__(self, address, lie):
        self.address, self.lie = address, lie
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.sockets = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.sockets:
            each.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.address)
            self.sockets += [client, server]
            threading.Thread(target=self._pass, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, self.lie),
                             daemon=True).start()

    @staticmethod
    def _pass(source, target, lie):
        try:
            # What is lied about comes in one piece: an answer of some hundred bytes.
            while block := source.recv(1 << 20):
                target.sendall(lie(block) if lie else block)
        except OSError:
            pass


class Loads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(seed=False)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def load(self, scenario, *args, seconds=0.5):
        told = report(self.server.url, "--scenario", scenario, "--duration", str(seconds),
                      "--connections", "8", *args)
        self.assertEqual(told["scenario"], scenario)
        self.assertTrue(told["sweep"]["sound"])
        self.assertEqual([each["failed"] for each in told["steps"]], [0] * len(told["steps"]))
        self.assertEqual(told["answers"], sum(each["answers"] for each in told["steps"]))
        self.assertGreater(told["answers"], 0)
        return told

    def test_spread_locks_seats_that_nobody_else_wants(self):
        told = self.load("spread")
        self.assertEqual([each["step"] for each in told["steps"]], ["lock"])
        self.assertEqual(step(told, "lock")["refused"], 0)
        self.assertEqual(told["sweep"]["acknowledged"], step(told, "lock")["done"])
        self.assertGreaterEqual(told["sweep"]["events"], told["sweep"]["acknowledged"])

    def test_a_show_on_sale_is_sold_out(self):
        told = self.load("on-sale", "--shows", "1", "--seats", "60", seconds=30)
        self.assertTrue(told["sold_out"])
        self.assertLess(told["seconds"], 30)
        free = [seat for seat in self.seats_of_last_show() if not seat["is_locked"]]
        self.assertEqual(free, [])

    def seats_of_last_show(self):
        with contextlib.closing(self.server.client()) as client:
            shows = client.get("/api/shows?limit=1000").json
            return client.get(f"/api/shows/{max(show['id'] for show in shows)}/seats").json

    def test_a_checkout_is_paid_in_full(self):
        told = self.load("checkout")
        done = {each["step"]: each["done"] for each in told["steps"]}
        self.assertEqual([*done], ["lock", "book", "pay", "confirm"])
        self.assertEqual(told["sweep"]["paid"], done["confirm"] * 3 * 12.5)
        self.assertEqual(told["sweep"]["captured"], told["sweep"]["paid"])

    def test_a_herd_is_refused_what_another_has(self):
        told = self.load("herd", "--shows", "1", "--seats", "300", seconds=30)
        self.assertTrue(told["sold_out"])
        self.assertGreater(step(told, "lock")["refused"], 0)

    def test_pollers_look_while_seats_change(self):
        told = self.load("poll", seconds=1)
        self.assertEqual([each["step"] for each in told["steps"]], ["lock", "release", "seat_map"])
        self.assertGreater(step(told, "release")["done"], 0)

    def test_mixed_is_some_of_everything(self):
        told = self.load("mixed", seconds=2)
        self.assertEqual({each["step"] for each in told["steps"]},
                         {"lock", "release", "book", "pay", "confirm", "seat_map", "movies"})

    def test_pollers_that_come_at_a_rate_do_the_same(self):
        told = self.load("poll", "--rate", "200", seconds=1)
        self.assertEqual([each["step"] for each in told["steps"]], ["lock", "release", "seat_map"])
        self.assertGreater(step(told, "seat_map")["done"], step(told, "lock")["done"])

    def test_a_rate_is_kept(self):
        told = self.load("spread", "--rate", "50", seconds=2)
        self.assertEqual((told["loop"], told["rate"]), ("open", 50))
        self.assertIn(told["visits"], range(99, 102))
        self.assertEqual(told["not_made"], 0)

    def test_the_table_for_people(self):
        done = bench(self.server.url, "--scenario", "spread", "--duration", "0.3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^spread at http://\S+, 64 connections, closed loop$")
        self.assertRegex(done.stdout, r"(?m)^lock +\d+ +\d+ +0 +0 +0 ")
        self.assertIn("no seat was given to two", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_without_a_sweep_the_log_is_not_read(self):
        self.assertIsNone(report(self.server.url, "--duration", "0.2", "--no-sweep")["sweep"])


class Stalls(unittest.TestCase):
    """A server that stands still for a second, for half of the load's time."""

    def stalled(self, *args):
        with Server(seed=False) as server:
            began = threading.Event()

            def stall():
                # Only what stands in the log says that the load has begun.
                with contextlib.closing(server.client()) as client:
                    while client.get("/api/admin/status").json["engine"]["locks"] < 5:
                        time.sleep(0.01)
                os.kill(server.process.pid, signal.SIGSTOP)
                time.sleep(1)
                os.kill(server.process.pid, signal.SIGCONT)
                began.set()

            watcher = threading.Thread(target=stall)
            watcher.start()
            try:
                return report(server.url, "--connections", "4", "--duration", "2", "--shows", "1",
                              *args)
            finally:
                watcher.join()

    def test_are_seen_by_all_who_came_meanwhile(self):
        lock = step(self.stalled("--rate", "100"), "lock")
        # Who came in the first half second of it waited longer than the other half: a quarter.
        self.assertGreater(lock["p90_ms"], 300)

    def test_stop_everybody_in_a_closed_loop_so_that_few_are_seen_to_wait(self):
        lock = step(self.stalled(), "lock")
        self.assertGreater(lock["max_ms"], 900)
        self.assertLess(lock["p90_ms"], 300)


class Ends(unittest.TestCase):
    """Loads that do not go well, and are told all the same."""

    def test_a_lock_that_is_over_before_it_is_given_back_is_no_lie(self):
        # Each lock lasts a second, and each answer takes longer than that.
        def late(answer):
            if b"Seats locked" in answer:
                time.sleep(1.5)
            return answer

        with Server(seed=False, env={"LOCK_TTL_SECONDS": 1}) as server, \
                LyingProxy(server.address, late) as proxy:
            told = report(proxy.url, "--scenario", "poll", "--connections", "4", "--duration", "3")
        self.assertGreater(step(told, "release")["refused"], 0)
        self.assertTrue(told["sweep"]["sound"])

    def test_a_server_that_dies_leaves_what_was_measured(self):
        with Server(seed=False) as server:
            def end():
                with contextlib.closing(server.client()) as client:
                    while client.get("/api/admin/status").json["engine"]["locks"] < 5:
                        time.sleep(0.01)
                server.kill()

            killer = threading.Thread(target=end)
            killer.start()
            done = bench(server.url, "--connections", "4", "--shows", "1", "--duration", "30")
            killer.join()
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertRegex(done.stdout, r"(?m)^lock +[1-9]")
        self.assertIn("BROKEN OFF", done.stdout)

    def test_where_nothing_can_be_done_that_is_told(self):
        with Server(seed=False) as server:
            done = bench(server.url, "--scenario", "spread", "--shows", "1", "--seats", "2")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("nothing was done", done.stderr)
        self.assertIn("nothing to check", done.stdout)


class Production(ServerCase):
    env = {"PROFILE": "production", "WEBHOOK_SECRET": SECRET}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with contextlib.closing(cls.server.client()) as client:
            cls.admin = client.new_user()
        cls.promote(cls.admin)

    def bench(self, scenario):
        return bench(self.server.url, "--scenario", scenario, "--shows", "1", "--duration", "1",
                     "--connections", "2", env={"BOXOFFICE_TOKEN": self.admin.token})

    def test_locks_are_for_guests_there_too(self):
        done = self.bench("spread")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("no seat was given to two", done.stdout)

    def test_what_fails_is_told(self):
        done = self.bench("checkout")
        self.assertEqual(done.returncode, FAILED, done.stdout + done.stderr)
        self.assertIn("signature_invalid", done.stdout)


class Lies(unittest.TestCase):
    def through(self, lie, *args):
        with Server(seed=False) as server, LyingProxy(server.address, lie) as proxy:
            return bench(proxy.url, "--connections", "8", "--duration", "1", *args)

    def test_a_seat_that_two_are_told_they_have_is_found(self):
        def lie(answer):
            answer = answer.replace(b'"success":false', b' "success":true')
            return re.sub(rb'"locked_seats":\[\](.*)"unavailable_seats":(\[[^]]*\])',
                          rb'"locked_seats":\2\1"unavailable_seats":[]', answer)

        done = self.through(lie, "--scenario", "on-sale", "--shows", "1", "--seats", "200")
        self.assertEqual(done.returncode, DIFFERS, done.stderr)
        self.assertIn("NOT SOUND", done.stdout)
        self.assertIn("is another's still", done.stdout)

    def test_what_was_never_written_is_found(self):
        lie = lambda answer: (answer.replace(b"X-Event-Seq: ", b"X-Event-Seq: 1000")  # noqa: E731
                              if b"Seats locked" in answer else answer)
        done = self.through(lie, "--scenario", "spread", "--shows", "1")
        self.assertEqual(done.returncode, DIFFERS, done.stderr)
        self.assertIn("is not in the log", done.stdout)

    def test_money_that_is_not_reported_is_found(self):
        def lie(answer):
            at = answer.find(b'"captured":')
            if at < 0:
                return answer
            first = at + len(b'"captured":')
            digit = b"2" if answer[first:first + 1] == b"1" else b"1"
            return answer[:first] + digit + answer[first + 1:]

        done = self.through(lie, "--scenario", "checkout", "--shows", "1")
        self.assertEqual(done.returncode, DIFFERS, done.stderr)
        self.assertIn("its report says", done.stdout)


class Wrong(unittest.TestCase):
    def test_use_is_told(self):
        for args in (["--scenario", "riot"], ["--connections", "0"], ["--rate", "-1"],
                     ["--url", "ftp://x"]):
            with self.subTest(args):
                done = subprocess.run([binary(), "bench", "http", *args], capture_output=True,
                                      text=True, timeout=LIMIT_S, env=environment())
                self.assertEqual(done.returncode, USAGE, done.stderr)

    def test_server_that_is_not_there_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        done = bench(f"http://127.0.0.1:{port}")
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertIn("Connection refused", done.stderr)

    def test_token_is_asked_for_in_production(self):
        with Server(env={"PROFILE": "production", "WEBHOOK_SECRET": SECRET}) as server:
            done = bench(server.url)
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertIn("BOXOFFICE_TOKEN", done.stderr)
