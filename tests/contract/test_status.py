"""`boxoffice status`, of a server and of a data directory, once and again and again."""

import json
import os
import pty
import re
import signal
import subprocess
import unittest

from support.case import ServerCase
from support.cinema import new_session
from support.server import Server, binary, environment, run

USAGE, NOT_FOUND, UNAVAILABLE, DAMAGED = 2, 4, 6, 7
ROWS = ["boxoffice", "head", "sync", "queue", "batch", "seats", "clients", "disk", "snapshot",
        "backup", "verify", "read models"]
MODELS = ["catalog", "seat_map", "bookings", "users", "payments", "sales", "history"]
METRICS_TOKEN = "a-token-that-only-looks"


def rows_of(text):
    """{first word(s): rest of the line}"""
    return {line[:12].strip(): line[12:].strip() for line in text.splitlines()}


class Status(ServerCase):
    def setUp(self):
        super().setUp()
        show = self.client.new_show()
        self.lock = self.client.lock(show, show.seats[:2], new_session())

    def status(self, *args, check=True):
        return self.server.command("status", *args, check=check)

    def test_of_a_server(self):
        rows = rows_of(self.status("--url", self.server.url).stdout)
        self.assertEqual([*rows][1:], ROWS[1:] + MODELS)
        self.assertEqual(rows["head"], f"position {self.lock.event_seq}, 0 beyond it not durable, "
                                       "0 durable not yet shown")
        self.assertRegex(rows["sync"], r"^p50 \d+\.\d\d ms, p99 \d+\.\d\d ms, in the last minute")
        self.assertRegex(rows["queue"], r"^0 of 4096, 0 commands rejected$")
        self.assertRegex(rows["batch"], r"^p50 1, \d+ commands in \d+ frames$")
        self.assertRegex(rows["seats"], r"^\d+ locked by \d+ locks, 0 booked, 0 bookings unpaid$")
        self.assertRegex(rows["disk"], r"^\S+ .iB free, log \S+ .iB, read models \S+ .iB$")
        self.assertEqual(rows["snapshot"], "none")
        self.assertEqual(rows["backup"], "none that is known of")
        for model in MODELS:
            self.assertRegex(rows[model], rf"^version \d +position +{self.lock.event_seq} +0 events,"
                                          r" 0 ms behind  runs$")

    def test_of_a_data_directory_beside_the_server_and_without_it(self):
        for stopped in (False, True):
            if stopped:
                self.server.stop()
            rows = rows_of(self.status().stdout)
            self.assertEqual([*rows][1:], ROWS[1:] + MODELS)
            self.assertEqual(rows["head"], f"position {self.lock.event_seq}")
            for name in ("sync", "queue", "batch", "seats", "clients"):
                self.assertEqual(rows[name], "-", name)
        self.assertRegex(rows["catalog"], r" 0 events, - behind  as last flushed: current$")
        self.server.start()

    def test_what_was_done_is_shown(self):
        with Server() as server:
            server.command("backup", "create", str(server.folder / "saved"))
            server.command("log", "verify")
            server.command("snapshot", "create")
            for args in ((), ("--url", server.url)):
                rows = rows_of(server.command("status", *args).stdout)
                self.assertRegex(rows["backup"], r"^\d+ s ago, position \d+, the log's end, in "
                                                 f"{re.escape(str(server.folder / 'saved'))}$")
                self.assertRegex(rows["verify"], r"^\d+ s ago, in order, position \d+, the log's")
                self.assertRegex(rows["snapshot"], r"^\d+ s ago, position \d+, the log's end$")

    def test_what_can_be_seen_beside_a_log_that_cannot_be_read(self):
        with Server() as server:
            data = server.folder / "data"
            server.command("backup", "create", str(server.folder / "saved"))
            server.stop()
            current = (data / "log/CURRENT").read_text()
            (data / "log/CURRENT").write_text("nonsense\n")
            done = server.command("status", check=False)
            rows = rows_of(done.stdout)
            self.assertEqual([*rows][1:], ROWS[1:] + MODELS)
            self.assertRegex(rows["head"], "^NOT KNOWN: .*log")
            self.assertRegex(rows["backup"], r"^\d+ s ago, position \d+, in ")
            self.assertRegex(rows["catalog"], r" - events, - behind  as last flushed: of this ver")
            self.assertNotIn(done.returncode, (0, NOT_FOUND, USAGE))
            self.assertIn(done.stderr.removeprefix("boxoffice: ").strip(), rows["head"])
            watched = server.command("status", "--watch", check=False)
            self.assertEqual(watched.returncode, done.returncode)
            (data / "log/CURRENT").write_text(current)
            server.start()

    def test_what_the_next_start_does_with_read_models(self):
        with Server() as server:
            server.stop()
            data = server.folder / "data"
            subprocess.run(["ldb", f"--db={data / 'read'}", "create_column_family", "users@99"],
                           check=True, capture_output=True)
            rows = rows_of(server.command("status").stdout)
            self.assertRegex(rows["users"], "version 99 .*: of a newer version: the program does "
                                            "not start$")
            for path in (data / "read").iterdir():
                path.unlink()
            rows = rows_of(server.command("status").stdout)
            self.assertRegex(rows["users"], "missing: the next start makes it$")
            server.start()

    def test_records_that_are_none(self):
        with Server() as server:
            data = server.folder / "data"
            for kind in ("backup", "verify"):
                (data / f"last-{kind}.json").write_text("{")
            for args in ((), ("--url", server.url)):
                rows = rows_of(server.command("status", *args).stdout)
                for kind in ("backup", "verify"):
                    self.assertRegex(rows[kind], f"^CANNOT BE READ: .*last-{kind}.json: is not")

    def test_json_is_what_the_server_says(self):
        [line] = self.status("--url", self.server.url, "--json").stdout.splitlines()
        told, asked = json.loads(line), self.ok(self.client.get("/api/admin/status"))
        self.assertEqual(list(told), list(asked))
        for name in ("version", "head", "last_backup"):
            self.assertEqual(told[name], asked[name])
        self.assertEqual(told["engine"]["sync_us"], asked["engine"]["sync_us"])
        [line] = self.status("--json").stdout.splitlines()
        offline = json.loads(line)
        self.assertEqual((offline["head"], offline["engine"], offline["server"]),
                         (asked["head"], None, None))

    def test_there_is_nothing(self):
        self.assertEqual(self.status("--url", "http://127.0.0.1:1", check=False).returncode,
                         UNAVAILABLE)
        done = run("status", "--database-url", "rocksdb:nowhere", cwd=self.server.folder,
                   check=False)
        self.assertEqual(done.returncode, NOT_FOUND)
        self.assertFalse((self.server.folder / "nowhere").exists())


class Watch(ServerCase):
    def watch(self, *args, **streams):
        if "--url" not in args:
            args += ("--url", self.server.url)
        process = subprocess.Popen(
            [binary(), "status", "--watch", *args],
            cwd=self.server.folder, env=environment(), stdin=subprocess.DEVNULL, **streams)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def end(self, process):
        """As Ctrl-C does."""
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(), 0)

    def test_lines_are_added_where_there_is_no_terminal(self):
        for args, pattern in (((), rb"^\S+Z  head \d+  sync p99 .* free\n$"),
                              (("--json",), rb'^{"version":.*}\n$')):
            process = self.watch(*args, stdout=subprocess.PIPE)
            for _ in range(2):
                self.assertRegex(process.stdout.readline(), pattern)
            self.end(process)
            process.stdout.close()

    def test_a_terminal_is_drawn_over(self):
        try:
            ours, theirs = pty.openpty()
        except OSError as none:
            self.skipTest(f"no terminal can be had here: {none}")
        self.addCleanup(os.close, ours)
        process = self.watch(stdout=theirs)
        os.close(theirs)
        seen = b""
        while seen.count(b"\x1b[H\x1b[2Jboxoffice ") < 2:
            seen += os.read(ours, 4096)
        self.assertIn(b"\nhistory", seen.replace(b"  history", b"\nhistory"))
        self.end(process)

    def test_a_server_that_has_gone_is_waited_for(self):
        with Server() as server:
            process = self.watch("--url", server.url, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
            process.stdout.readline()
            server.stop()
            for _ in range(2):
                self.assertIn(b"127.0.0.1", process.stderr.readline())
            self.end(process)
            process.stdout.close()
            process.stderr.close()
            server.start()


class Production(ServerCase):
    env = {"PROFILE": "production", "METRICS_TOKEN": METRICS_TOKEN}

    def status(self, token):
        return run("status", "--url", self.server.url, cwd=self.server.folder,
                   env={"BOXOFFICE_TOKEN": token}, check=False)

    def test_the_token_comes_from_the_environment(self):
        done = self.status(METRICS_TOKEN)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for token in (None, "nonsense"):
            done = self.status(token)
            self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
            self.assertRegex(done.stderr, r"^boxoffice: GET /api/admin/status: 40[13] [A-Z][a-z ]+; "
                                          "set BOXOFFICE_TOKEN to an admin's token, or to "
                                          "METRICS_TOKEN's\n$")

    def test_a_watch_ends_when_it_is_refused(self):
        done = run("status", "--watch", "--url", self.server.url, cwd=self.server.folder,
                   env={"BOXOFFICE_TOKEN": "nonsense"}, check=False)
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""))

    def test_read_models_ask_for_an_admins_token(self):
        done = run("projections", "rebuild", "users", "--url", self.server.url,
                   cwd=self.server.folder, env={"BOXOFFICE_TOKEN": METRICS_TOKEN}, check=False)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("; set BOXOFFICE_TOKEN to an admin's token\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
