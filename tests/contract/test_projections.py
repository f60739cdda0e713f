"""`boxoffice projections` beside a stopped and a running server: read models are compared with the
log, made anew, and one that cannot go on says so while the others answer.
"""

import http.server
import json
import os
import subprocess
import threading
import unittest

from support.case import wait_until
from support.cinema import new_session
from support.live import SeatMap, Stream
from support.server import Server, run

NAMES = ["catalog", "seat_map", "bookings", "users", "payments",
         "sales", "history"]
DIFFERS, NOT_FOUND, UNAVAILABLE = 3, 4, 6


class Case(unittest.TestCase):
    env = {}

    def setUp(self):
        self.server = Server(env=self.env)
        self.server.__enter__()
        self.addCleanup(self.server.discard)
        self.connect()
        show = self.client.new_show()
        session = new_session()
        self.client.lock(show, show.seats[:2], session)
        self.booking = self.client.book(show, show.seats[:2], "test@example.com", session).json["id"]
        self.show = show

    def connect(self):
        self.client = self.server.client()
        self.addCleanup(self.client.close)

    def projections(self, *args, check=True):
        done = self.server.command("projections", *args, "--json", check=check)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def ldb(self, *args, family="bookings@1"):
        """RocksDB's own tool on the stored read models."""
        done = subprocess.run(
            ["ldb", f"--db={self.server.folder / 'data' / 'read'}", f"--column_family={family}",
             "--key_hex", "--value_hex", *args],
            capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class Projections(Case):
    def test_on_a_data_directory(self):
        self.server.stop()
        self.assertEqual([model["name"] for model in self.projections("list")[1]], NAMES)
        for model in self.projections("status")[1]:
            self.assertEqual((model["state"], model["behind_events"]), ("current", 0), model)
        for way in ("verify", "rebuild", "verify"):
            reports = self.projections(way, "--all")[1]
            self.assertEqual([report["name"] for report in reports], NAMES)
            self.assertEqual([report["first_difference"] for report in reports], [None] * len(NAMES))
        self.assertEqual(self.projections("rebuild", "weather", check=False)[0], NOT_FOUND)

    def test_deleted_they_are_made_again(self):
        before = self.client.seats(self.show.id).json
        self.server.stop()
        for path in (self.server.folder / "data" / "read").iterdir():
            path.unlink()
        self.assertEqual({model["state"] for model in self.projections("status")[1]},
                         {"missing: the next start makes it"})
        self.server.start()
        self.connect()
        self.assertEqual(self.client.seats(self.show.id).json, before)

    def test_a_row_that_the_log_does_not_say_is_found_and_mended(self):
        self.server.stop()
        self.ldb("put", "0x7a", "0x01")
        code, [report] = self.projections("verify", "bookings", check=False)
        self.assertEqual((code, report["first_difference"]),
                         (DIFFERS, "row 7a should not be there"))
        self.assertEqual(self.projections("rebuild", "bookings")[0], 0)
        self.assertEqual(self.projections("verify", "bookings")[0], 0)

    def test_a_mended_seat_map_is_what_is_shown(self):
        right = self.client.seats(self.show.id)
        self.server.stop()
        key, row = self.ldb("scan", "--from=0x74", "--max_keys=1", family="seat_map@1").split(" : ")
        # Its first seat, which is booked, is free: a varint for the position, one for the number of
        # seats, then status 2.
        wrong = row.strip().replace("0802", "0800", 1)
        self.assertNotEqual(wrong, row.strip())
        self.ldb("put", key, wrong, family="seat_map@1")
        self.server.start()
        self.connect()
        shown = self.client.seats(self.show.id)
        self.assertNotEqual(shown.json, right.json)
        self.projections("rebuild", "seat_map", "--url", self.server.url)
        mended = self.client.seats(self.show.id, headers={"If-None-Match": shown.headers["ETag"]})
        self.assertEqual((mended.status, mended.json), (200, right.json))

    def test_a_server_that_is_not_there(self):
        self.server.stop()
        done = self.server.command("projections", "status", "--url", "http://127.0.0.1:1",
                                   check=False)
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


    def test_beside_a_server_the_data_directory_is_left_alone(self):
        for way in ("verify", "rebuild"):
            done = self.server.command("projections", way, "users", check=False)
            self.assertEqual(done.returncode, UNAVAILABLE)
            self.assertRegex(done.stderr, "is in use by another process: stop the server first, or "
                                          "use --url\n$")

    def test_the_kind_of_a_failure_is_told(self):
        self.server.stop()
        self.ldb("put", "0x7a", "0x01")
        self.server.start()
        self.connect()
        code, _ = self.projections("verify", "bookings", "--url", self.server.url, check=False)
        self.assertEqual(code, DIFFERS)
        told = self.client.get("/api/admin/projections/bookings").json["rebuild"]
        self.assertEqual((told["state"], told["fault_kind"]), ("failed", "differs"))


class GivenUp(unittest.TestCase):
    """What a server says of work that it gave up, told by one that does nothing else."""

    def exit_code(self, kind):
        told = json.dumps({"name": "sales", "version": 1, "position": 9, "behind_events": 0,
                           "behind_ms": 0, "progress_ms": 0, "stopped": None,
                           "rebuild": {"replaces": True, "state": "failed", "position": 3,
                                       "was_stopped": False, "rows": 0, "duration_ms": 1,
                                       "first_difference": None, "fault": "given up",
                                       "fault_kind": kind}, "next_start": None}).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(told)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(told)
            do_POST = do_GET

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            return run("projections", "rebuild", "sales", "--url",
                       f"http://127.0.0.1:{server.server_port}", cwd="/", check=False).returncode
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def test_it_is_no_damage(self):
        self.assertEqual([self.exit_code(kind) for kind in
                          ("unavailable", "no_space", "corrupt", "differs", None)],
                         [UNAVAILABLE, 1, 7, DIFFERS, UNAVAILABLE])


class Stopped(Case):
    env = {"PAYMENT_DEADLINE_SECONDS": "2"}

    def test_one_that_cannot_go_on_is_named_and_the_others_answer(self):
        self.server.stop()
        self.ldb("delete", f"0x62{self.booking:08x}")  # 'b' booking: its expiry cannot be folded
        self.server.start()
        self.connect()
        ready = wait_until(lambda: (answer := self.client.get("/readyz")).status == 503 and answer,
                           "a read model stops")
        self.assertRegex(ready.json["problems"][0], "read model bookings: cannot fold ")
        kind = self.client.get(ready.json["type"]).json
        self.assertEqual((kind["code"], kind["status"]), (ready.json["code"], 503))
        self.assertEqual(ready.json, {"status": "not ready", "problems": ready.json["problems"],
                                      "detail": ready.json["problems"][0], "type": kind["type"],
                                      "title": kind["title"], "code": "not_ready"})
        self.assertEqual(self.client.booking(self.booking).status, 503)
        self.assertEqual(self.client.seats(self.show.id).status, 200)
        self.a_command_that_was_done_says_so()

        _, models = self.projections("status", "--url", self.server.url)
        self.assertEqual([model["name"] for model in models if model["stopped"]], ["bookings"])
        _, [report] = self.projections("rebuild", "bookings", "--url", self.server.url)
        self.assertTrue(report["name"] == "bookings" and not report["first_difference"])
        self.assertEqual(self.client.get("/readyz").status, 200)
        self.assertEqual(self.client.booking(self.booking).json["status"], "cancelled")


    def a_command_that_was_done_says_so(self):
        session = new_session()
        self.client.lock(self.show, self.show.seats[4:5], session)
        booked = self.client.book(self.show, self.show.seats[4:5], "test@example.com", session)
        self.assertEqual(booked.status, 500)
        self.assertRegex(booked.json["detail"], "was done")
        self.assertEqual(self.server.log("--from", str(booked.event_seq))[0]["type"],
                         "BookingCreated")


def varint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return (out + bytes([number])).hex()


class StoppedUsers(Case):
    """Nobody can sign in to have them mended, so it is done without the server."""

    def test_they_are_made_anew_on_the_data_directory(self):
        user = self.client.new_user()
        self.server.stop()
        self.server.command("users", "promote", user.email)
        promoted = self.server.log()[-1]
        self.assertEqual(promoted["type"], "UserRoleChanged")
        # As if the row had never been there when its role was to be changed.
        self.ldb("delete", f"0x75{user.id:08x}", family="users@2")
        self.ldb("put", "0x00", "0x" + varint(promoted["seq"] - 1), family="users@2")
        self.server.start()
        self.connect()
        self.assertRegex(self.client.get("/readyz").json["problems"][0], "users: cannot fold")
        self.assertEqual(self.client.login(user.email).status, 503)
        self.assertEqual(self.client.get("/api/users/me", token=user.token).status, 503)
        self.server.stop()
        self.assertEqual(self.projections("verify", "users", check=False)[0], DIFFERS)
        [report] = self.projections("rebuild", "users")[1]
        self.assertTrue(report["was_stopped"])
        self.server.start()
        self.connect()
        self.assertEqual(self.client.login(user.email).status, 200)
        self.assertEqual(self.client.get("/readyz").status, 200)


class StoppedSeatMap(Case):
    def test_live_seats_end_rather_than_show_what_is_not_so_and_come_back_with_a_map(self):
        self.server.stop()
        self.ldb("delete", f"0x62{self.booking:08x}", family="seat_map@1")
        self.server.start()
        self.connect()
        seats = SeatMap(self.show.id)
        stream = seats.open(self.server.address)
        self.addCleanup(stream.close)
        seats.take(stream.wait())
        self.client.cancel(self.booking)
        self.assertEqual((stream.read_to_end(), stream.ended), ([], "cleanly"))
        refused = self.client.get(seats.path, headers={"Last-Event-ID": str(seats.id)})
        self.assertEqual(refused.status, 503, refused)

        self.projections("rebuild", "seat_map", "--url", self.server.url)
        again = seats.open(self.server.address)
        self.addCleanup(again.close)
        event = again.wait()
        self.assertEqual(event.name, "snapshot")
        self.assertEqual(event.data, self.client.seats(self.show.id).text)
        lock = self.client.lock(self.show, self.show.seats[5:6], new_session())
        event = again.wait()
        self.assertEqual((event.name, event.id), ("seats", lock.event_seq))

        # Made anew while it runs, it may have mended what clients were told.
        self.projections("rebuild", "seat_map", "--url", self.server.url)
        self.assertEqual((again.read_to_end(), again.ended), ([], "cleanly"))
        resumed = Stream(self.server.address, seats.path, headers={"Last-Event-ID": str(event.id)})
        self.addCleanup(resumed.close)
        self.assertEqual(resumed.wait().name, "snapshot")


if __name__ == "__main__":
    unittest.main()
