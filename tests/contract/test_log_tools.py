"""The auditors' tools: what they say of a real log, beside the server that writes it and without."""

import contextlib
import csv
import hashlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import unittest

from support.case import ServerCase
from support.server import Server, run


class LogTools(ServerCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="boxoffice-audit-"))
        self.addCleanup(shutil.rmtree, self.folder)

    @property
    def data(self):
        return self.server.folder / "data"

    def tool(self, *args, check=True):
        return self.server.command("log", *args, check=check)

    def object_of(self, *args):
        return json.loads(self.tool(*args, "--json").stdout)

    def lines_of(self, *args):
        return [json.loads(line) for line in self.tool(*args, "--json").stdout.splitlines()]

    def copy(self, name="copy"):
        """The data directory as it is when nobody writes."""
        return shutil.copytree(self.data, self.folder / name)


class Verify(LogTools):
    def test_a_log_is_verified_while_it_is_written(self):
        show = self.client.new_show(total_seats=20)
        stop = threading.Event()

        def write():
            client = self.server.client()
            while not stop.is_set():
                client.lock(show, show.seats[:3], "writer")
                client.lock(show, show.seats[2:5], "other")
            client.close()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            reports = [self.object_of("verify") for _ in range(10)]
        finally:
            stop.set()
            writer.join()
        for report in reports:
            self.assertTrue(report["ok"], report)
            self.assertEqual(report["events"], report["last"])
        lasts = [report["last"] for report in reports]
        self.assertEqual(lasts, sorted(lasts))
        self.assertLess(lasts[0], lasts[-1])

    def test_the_report_is_what_is_in_the_log(self):
        events = self.server.log()
        report = self.object_of("verify")
        self.assertEqual((report["last"], report["first_time"], report["last_time"]),
                         (len(events), events[0]["time"], events[-1]["time"]))
        self.assertRegex(report["chain"], "^[0-9a-f]{64}$")
        text = self.tool("verify").stdout
        self.assertIn(report["chain"], text)
        self.assertIn("result   ok", text)

    def test_nothing_is_written_when_that_is_wanted(self):
        note = self.data / "last-verify.json"
        note.unlink(missing_ok=True)
        self.tool("verify", "--no-note")
        self.assertFalse(note.exists())
        self.tool("verify")
        self.assertTrue(note.exists())

    def test_there_is_nothing_to_verify_where_no_log_is(self):
        done = run("log", "verify", "--database-url", f"rocksdb:{self.folder / 'none'}",
                   cwd=self.folder, check=False)
        self.assertEqual(done.returncode, 4, done)


class Damage(unittest.TestCase):
    """One flipped byte, in a table and in a write-ahead file."""

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.discard)
        with contextlib.closing(self.server.start().client()) as client:
            show = client.new_show()
            for _ in range(600):  # some blocks of a table
                client.lock(show, show.seats, "a")
        self.server.stop()
        self.log = self.server.folder / "data" / "log"

    def flip(self, path, at):
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)

    def largest(self, pattern):
        return max(self.log.glob(pattern), key=lambda path: path.stat().st_size)

    def is_corrupt(self):
        done = self.server.command("log", "verify", "--json", check=False)
        self.assertEqual(done.returncode, 7, done)
        report = json.loads(done.stdout)
        self.assertFalse(report["ok"])
        self.assertIn(report["fault"], done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return report

    def test_in_a_table(self):
        self.server.start().stop()  # a start turns what the last run wrote into a table
        table = self.largest("*.sst")
        last = self.server.log()[-1]["seq"]
        self.flip(table, table.stat().st_size // 2)
        middle = self.is_corrupt()
        self.assertIn(table.name, middle["fault"])
        self.assertTrue(1 < middle["bad_position"] < last, middle)
        self.assertEqual(middle["last"], middle["bad_position"] - 1)
        self.noted(middle)
        self.flip(table, 40)
        self.assertEqual(self.is_corrupt()["bad_position"], 1)

    def test_in_a_write_ahead_file(self):
        path = self.largest("*.log")
        self.flip(path, path.stat().st_size // 2)
        report = self.is_corrupt()
        self.assertIn(str(self.log), report["fault"])
        self.assertIn(f"position {report['bad_position']}", report["fault"])
        self.assertEqual(report["last"], 0)  # it was not opened at all
        self.noted(report)

    def noted(self, report):
        note = json.loads((self.log.parent / "last-verify.json").read_text())
        self.assertEqual((note["ok"], note["position"]), (False, report["bad_position"] - 1))


class Replay(LogTools):
    def test_the_state_at_a_position_is_what_was_answered_then(self):
        show = self.client.new_show(total_seats=6)
        steps = [lambda: self.client.lock(show, show.seats[:3], "a"),
                 lambda: self.client.lock(show, show.seats[2:5], "b"),
                 lambda: self.client.new_payment(show, show.seats[:2], session="a"),
                 lambda: self.client.release(show, show.seats[2:3], "a"),
                 lambda: self.client.lock(show, show.seats[2:5], "b")]
        answers = []
        for step in steps:
            step()
            answers.append(self.client.seats(show.id))
        for answer in answers:
            then = self.object_of("replay", "--at", str(answer.read_seq), "--show", str(show.id))
            self.assertEqual(
                [(seat["seat_id"], seat["row"], seat["status"], seat["until"])
                 for seat in then["seats"]],
                [(seat["id"], seat["row"], "booked" if seat["is_booked"] else
                  "locked" if seat["is_locked"] else "free", seat["locked_until"])
                 for seat in answer.json])

    def test_a_booking_is_followed_through_its_life(self):
        show = self.client.new_show()
        booking, payment = self.client.new_payment(show, show.seats[:2])
        paid = self.client.confirm(payment["transaction_id"], "success")
        before = self.booking_at(paid.event_seq - 2, booking)
        after = self.booking_at(paid.event_seq, booking)
        self.assertEqual((before["status"], before["payment"]["status"]), ("pending", "pending"))
        self.assertEqual((after["status"], after["payment"]["status"], after["total_amount"]),
                         ("confirmed", "success", booking["total_amount"]))
        self.assertEqual(after["seat_ids"], show.seats[:2])
        user = self.object_of("replay", "--user", str(booking["user_id"]))
        self.assertIn(booking["id"], [each["booking_id"] for each in user["bookings"]])
        self.assertIn("confirmed", self.tool("replay", "--booking", str(booking["id"])).stdout)

    def booking_at(self, position, booking):
        return self.object_of("replay", "--at", str(position), "--booking", str(booking["id"]))

    def test_a_time_is_the_last_event_not_later(self):
        events = self.server.log()
        then = self.object_of("replay", "--at", events[3]["time"])
        self.assertEqual(then["position"],
                         max(e["seq"] for e in events if e["time"] == events[3]["time"]))

    def test_the_digest_alone_tells_one_state_from_another(self):
        digests = [self.tool("replay", "--at", str(at), "--digest").stdout for at in (1, 2, 2)]
        for digest in digests:
            self.assertRegex(digest, r"^[0-9a-f]{32}\n$")
        self.assertEqual(digests[1], digests[2])
        self.assertNotEqual(digests[0], digests[1])
        self.assertEqual(self.object_of("replay", "--at", "2", "--digest"),
                         {"digest": self.object_of("replay", "--at", "2")["digest"]})

    def test_what_was_not_there_is_not_found(self):
        self.assertEqual(self.tool("replay", "--booking", "99999", check=False).returncode, 4)
        self.assertEqual(self.tool("replay", "--at", "1", "--show", "1", check=False).returncode, 4)
        self.assertEqual(self.tool("replay", "--at", "9999999", check=False).returncode, 4)
        self.assertEqual(self.tool("replay", "--at", "noon", check=False).returncode, 2)


class Trace(LogTools):
    def test_a_bookings_trace_tells_of_its_lock_its_payment_and_who_was_refused(self):
        show = self.client.new_show()
        locked = self.client.lock(show, show.seats[:2], "winner",
                                  headers={"X-Request-Id": "trace-me"})
        refused = self.client.lock(show, show.seats[1:3], "loser")
        elsewhere = self.client.lock(show, show.seats[5:6], "stranger")
        booking, payment = self.client.new_payment(show, show.seats[:2], session="winner")
        paid = self.client.confirm(payment["transaction_id"], "success")

        told = self.lines_of("trace", f"booking:{booking['id']}")
        events = {event["seq"]: event["type"] for line in told if line["kind"] == "command"
                  for event in line["events"]}
        self.assertEqual(events[locked.event_seq], "SeatsLocked")
        self.assertEqual(events[refused.event_seq], "CommandRefused")
        self.assertEqual(list(events.values())[2:],
                         ["BookingCreated", "PaymentInitiated", "PaymentSucceeded",
                          "BookingConfirmed"])
        self.assertEqual(list(events)[-1], paid.event_seq)
        self.assertNotIn(elsewhere.event_seq, events)
        refusals = [line["event"]["data"] for line in told if line["kind"] == "refusal"]
        self.assertEqual([(each["reason"], each["user_session"], each["seat_ids"])
                          for each in refusals], [("seat_taken", "loser", show.seats[1:2])])
        holds = [line for line in told if line["kind"] == "hold"]
        self.assertEqual([(hold["seat_id"], hold.get("lock"), hold.get("booking_id"),
                           hold.get("ended_by")) for hold in holds],
                         [(seat, locked.event_seq, None, "BookingCreated")
                          for seat in show.seats[:2]] +
                         [(seat, None, booking["id"], None) for seat in show.seats[:2]])

        text = self.tool("trace", f"seat:{show.seats[1]}").stdout
        self.assertIn("seat_taken", text)
        self.assertIn("and still at the log's end", text)
        request = self.lines_of("trace", "request:trace-me")
        self.assertEqual([line["command"] for line in request], [locked.event_seq])

    def test_what_is_unknown_is_not_found(self):
        for what in ("booking:99999", "seat:999999", "request:nobody"):
            self.assertEqual(self.tool("trace", what, check=False).returncode, 4, what)
        self.assertEqual(self.tool("trace", "show:1", check=False).returncode, 2)


class Stopped(LogTools):
    """Copies of a data directory, made while its server is down."""

    def diff(self, a, b):
        done = run("log", "diff", str(a), str(b), "--json", cwd=self.folder, check=False)
        return done.returncode, json.loads(done.stdout)

    def test_a_copy_is_the_same_until_one_more_event(self):
        self.server.stop()
        copy = self.copy()
        code, report = self.diff(self.data, copy / "log")
        self.assertEqual((code, report["same"]), (0, True))
        self.server.start()
        self.connect()
        last = self.client.post("/api/movies", {
            "title": "M", "duration": 99, "genre": "Crime", "rating": "PG",
            "release_date": "1931-05-11"}).event_seq
        code, report = self.diff(copy, self.data)
        self.assertEqual((code, report["same"], report["first_difference"]), (3, False, None))
        self.assertEqual((report["last_a"], report["last_b"]), (last - 1, last))
        text = run("log", "diff", str(copy), str(self.data), cwd=self.folder, check=False).stdout
        self.assertIn("A is a prefix of B, which is 1 events longer", text)

    def test_two_histories_part_at_a_position(self):
        with Server() as other:
            with contextlib.closing(other.client()) as client:
                client.new_movie(title="Elsewhere")
            code, report = self.diff(self.data, other.folder / "data")
        self.assertEqual(code, 3)
        self.assertEqual(report["first_difference"], 1)
        self.assertIn("time", [field["field"] for field in report["fields"]])

    def test_stock_tools_read_a_frame(self):
        for name in ("ldb", "flatc"):
            if shutil.which(name) is None:
                self.skipTest(f"{name} is not installed")
        self.server.stop()
        copy = self.copy("for-ldb")
        events = self.server.log()
        self.server.start()
        scanned = subprocess.run(
            ["ldb", f"--db={copy / 'log'}", "--column_family=frames", "scan", "--key_hex",
             "--value_hex"], capture_output=True, text=True, check=True).stdout
        frames = [line.split(" : ") for line in scanned.splitlines() if line.startswith("0x")]
        self.assertEqual(int(frames[0][0], 16), 1)
        for key, value in (frames[0], frames[-1]):
            frame = bytes.fromhex(value.removeprefix("0x"))
            header_length = int.from_bytes(frame[6:8], "little")
            first = int(key, 16)
            decoded = self.flatc(frame[header_length:-32])
            self.assertEqual(decoded["first"], first)
            self.assertEqual([event["body_type"] for event in decoded["events"]],
                             [event["type"] for event in
                              events[first - 1:first - 1 + len(decoded["events"])]])
            self.assertEqual(hashlib.sha256(frame[:-32]).digest(), frame[-32:])

    def flatc(self, body):
        """One frame's body as JSON, by the schema that the program prints."""
        (self.folder / "events.fbs").write_text(
            run("log", "schema", cwd=self.folder).stdout)
        (self.folder / "body.bin").write_bytes(body)
        subprocess.run(["flatc", "--json", "--strict-json", "--raw-binary", "events.fbs", "--",
                        "body.bin"], cwd=self.folder, check=True, capture_output=True)
        return json.loads((self.folder / "body.json").read_text())


class Export(LogTools):
    def export(self, form, *args):
        output = self.folder / form
        printed = json.loads(self.tool("export", "--format", form, "--output", str(output),
                                       "--json", *args).stdout)
        manifest = json.loads((output / "manifest.json").read_text())
        self.assertEqual(printed, manifest)
        self.assertEqual(sorted(path.name for path in output.iterdir()),
                         sorted(["manifest.json"] + [file["name"] for file in manifest["files"]]))
        for file in manifest["files"]:
            content = (output / file["name"]).read_bytes()
            self.assertEqual((file["bytes"], file["sha256"]),
                             (len(content), hashlib.sha256(content).hexdigest()))
        return output / manifest["files"][0]["name"], manifest

    def test_json_lines_are_what_log_show_prints(self):
        events = self.server.log()
        path, manifest = self.export("jsonl", "--to", str(len(events)))
        self.assertEqual([json.loads(line) for line in path.read_text().splitlines()], events)
        self.assertEqual((manifest["events"], manifest["first"], manifest["last"]),
                         (len(events), 1, len(events)))
        self.assertEqual(sum(manifest["counts"].values()), len(events))
        self.assertEqual(manifest["chain"]["hash"], self.object_of("verify")["chain"])

    def test_csv_and_sqlite_hold_the_same(self):
        self.client.lock(self.client.new_show(), [1], 'say "a", b\r\n')
        last = len(self.server.log())
        path, _ = self.export("csv", "--to", str(last))
        with open(path, newline="") as file:
            names, *rows = csv.reader(file)
        path, _ = self.export("sqlite", "--to", str(last))
        database = sqlite3.connect(path)
        self.addCleanup(database.close)
        stored = database.execute("SELECT * FROM events ORDER BY seq")
        self.assertEqual([column[0] for column in stored.description], names)
        self.assertEqual([["" if value is None else str(value) for value in row] for row in stored],
                         rows)
        self.assertEqual([json.loads(row[names.index("data")]) for row in rows],
                         [event["data"] for event in self.server.log("--to", str(last))])

    def test_a_redacted_export_names_nobody(self):
        email = self.client.register().json["user"]["email"]
        show = self.client.new_show()
        self.client.lock(show, show.seats[:1], "a session")
        path, manifest = self.export("jsonl", "--redact")
        self.assertTrue(manifest["redacted"])
        text = path.read_text()
        for personal in (email, "Lovelace", "a session", "argon2"):
            self.assertNotIn(personal, text)

    def test_an_export_is_never_mixed_with_other_files(self):
        self.export("jsonl")
        done = self.tool("export", "--format", "csv", "--output", str(self.folder / "jsonl"),
                         check=False)
        self.assertEqual(done.returncode, 2, done)


if __name__ == "__main__":
    unittest.main()
