"""A log in which a newer version has written what this one does not know: the server refuses to start
on it and touches no file, and the offline tools say where and what it is. The frames are forged with
stock tools: FlatBuffers' `flatc` and RocksDB's `ldb`.
"""

import contextlib
import hashlib
import json
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from support.server import Server, run

CORRUPTION = 7  # stored data are corrupt, or written by a newer version
HEADER_BYTES = 96
WHAT_TO_DO = "a newer version of Box Office wrote this log; use that version or a later one"


def schema():
    return run("log", "schema", cwd=tempfile.gettempdir()).stdout


def schema_with(old, new):
    text = schema()
    assert old in text, old
    return text.replace(old, new, 1)


class NewerLog(unittest.TestCase):
    def setUp(self):
        for name in ("ldb", "flatc"):
            if shutil.which(name) is None:
                self.skipTest(f"{name} is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="boxoffice-newer-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server()
        self.addCleanup(self.server.discard)
        with contextlib.closing(self.server.start().client()) as client:
            show = client.new_show()
            client.lock(show, show.seats[:2], "a")
        self.server.stop()
        self.events = self.server.log()
        self.data = self.server.folder / "data"

    # ---- The newer version ----------------------------------------------------------------------

    def ldb(self, *args):
        return subprocess.run(
            ["ldb", f"--db={self.data / 'log'}", "--column_family=frames", *args],
            capture_output=True, text=True, check=True).stdout

    def last_frame(self):
        line = [line for line in self.ldb("scan", "--hex").splitlines() if " : " in line][-1]
        key, value = (bytes.fromhex(text.removeprefix("0x")) for text in line.split(" : "))
        return int.from_bytes(key, "big"), value

    def body(self, newer_schema, frame):
        (self.folder / "newer.fbs").write_text(newer_schema)
        (self.folder / "body.json").write_text(json.dumps(frame))
        subprocess.run(["flatc", "--binary", "newer.fbs", "body.json"], cwd=self.folder, check=True,
                       capture_output=True)
        return (self.folder / "body.bin").read_bytes()

    def newer_version_writes(self, event, newer_schema=None, log_format=1):
        """Appends one frame with one event, its place in the chain correct. Returns its position."""
        first, frame = self.last_frame()
        count, = struct.unpack_from("<I", frame, 16)
        time, = struct.unpack_from("<q", frame, 24)
        position = first + count
        body = self.body(newer_schema or schema(),
                         {"first": position, "time": time, "events": [event]})
        header = bytearray(frame[:HEADER_BYTES])
        struct.pack_into("<H", header, 4, log_format)
        struct.pack_into("<QI", header, 8, position, 1)
        struct.pack_into("<Q", header, 32, position - 1)
        header[40:72] = frame[-32:]
        struct.pack_into("<I", header, 88, len(body))
        sealed = bytes(header) + body
        value = sealed + hashlib.sha256(sealed).digest()
        self.ldb("put", "--hex", f"0x{position:016X}", "0x" + value.hex().upper())
        return position

    def unknown_type(self):
        return self.newer_version_writes(
            {"body_type": "FilmBurnt", "body": {"movie_id": 1}},
            schema_with("UserErased\n",
                        "UserErased, FilmBurnt: MovieDeleted\n"))

    # ---- This one -------------------------------------------------------------------------------

    def files(self):
        return {str(path.relative_to(self.data)): path.read_bytes() if path.is_file() else None
                for path in sorted(self.data.rglob("*"))}

    def refuses(self, message, *args):
        before = self.files()
        done = self.server.command(*args, check=False)
        self.assertEqual(done.returncode, CORRUPTION, done)
        self.assertEqual(done.stderr.splitlines()[-1], f"boxoffice: {message}", done)
        after = self.files()
        self.assertEqual(list(before), list(after), args)
        for name, content in before.items():
            self.assertEqual(content, after[name], f"{args}: {name} was changed")
        return done

    def test_the_server_names_an_unknown_event_type_and_touches_nothing(self):
        position = self.unknown_type()
        message = f"position {position}: event type 28 (this version knows 1 to 27): {WHAT_TO_DO}"
        for command in (("serve", "--port", "0"), ("seed",), ("users", "promote", "a@example.com")):
            done = self.refuses(message, *command)
            self.assertEqual(done.stdout, "")
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_the_tools_say_it_at_that_position(self):
        position = self.unknown_type()
        message = f"position {position}: event type 28 (this version knows 1 to 27): {WHAT_TO_DO}"
        shown = self.refuses(message, "log", "show", "--json").stdout.splitlines()
        self.assertEqual([json.loads(line) for line in shown], self.events)
        report = json.loads(self.refuses(message, "log", "verify", "--json").stdout)
        self.assertEqual((report["ok"], report["bad_position"], report["last"], report["fault"]),
                         (False, position, position - 1, message))
        for command in (("log", "replay"), ("log", "trace", "seat:1"), ("snapshot", "create"),
                        ("log", "export", "--format", "jsonl", "--output", str(self.folder / "out"))):
            self.refuses(message, *command)
        self.server.command("log", "show", "--to", str(position - 1))  # what came before is there

    def test_a_field_that_a_known_event_did_not_have_is_not_passed_over(self):
        position = self.newer_version_writes(
            {"body_type": "MovieDeleted", "body": {"movie_id": 1, "why": "burnt"}},
            schema_with("table MovieDeleted {\n  movie_id: uint;",
                        "table MovieDeleted {\n  movie_id: uint;\n  why: string;"))
        self.refuses(f"position {position}: MovieDeleted with 2 fields (this version knows 1): "
                     f"{WHAT_TO_DO}", "serve", "--port", "0")

    def test_frames_of_a_newer_format(self):
        event = {"body_type": "MovieDeleted", "body": {"movie_id": 1}}
        position = self.newer_version_writes(event, log_format=2)
        message = f"position {position}: format 2 (this version knows up to 1): {WHAT_TO_DO}"
        self.newer_version_writes(event, log_format=2)  # one alone could pass for a torn tail
        for command in (("serve", "--port", "0"), ("log", "show"), ("log", "verify")):
            self.refuses(message, *command)
        report = json.loads(self.refuses(message, "log", "verify", "--json").stdout)
        self.assertEqual((report["ok"], report["fault"]), (False, message))

    def test_the_version_says_which_format_it_knows(self):
        printed = run("version", cwd=tempfile.gettempdir()).stdout
        self.assertTrue(re.fullmatch(r"boxoffice \d+\.\d+\.\d+ \(log format 1\)\n", printed), printed)


if __name__ == "__main__":
    unittest.main()
