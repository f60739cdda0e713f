"""Starts that must not succeed: each says why in one line and with the right exit code."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

from support.server import Server, binary, environment, run

USAGE, UNAVAILABLE = 2, 6


class BadStarts(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="boxoffice-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def serve(self, *args, env=None, data="data"):
        return run("serve", "--port", "0", "--database-url", f"rocksdb:{self.folder / data}", *args,
                   cwd=self.folder, env=env, check=False)

    def refused(self, done, *codes):
        self.assertIn(done.returncode, codes, done.stderr)
        self.assertNotIn("listening", done.stdout)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_an_unknown_option(self):
        done = self.serve("--no-such-option")
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertIn("no-such-option", done.stderr)

    def test_an_unknown_subcommand(self):
        done = run("dance", cwd=self.folder, check=False)
        self.assertEqual(done.returncode, USAGE, done.stderr)

    def test_values_that_make_no_sense(self):
        for name, value in (("PORT", "70000"), ("PORT", "http"), ("LOCK_TTL_SECONDS", "soon"),
                            ("LOCK_TTL_SECONDS", "-1"), ("PAYMENT_DEADLINE_SECONDS", "1.5"),
                            ("PROFILE", "staging"), ("LOCK_PROOF", "maybe"), ("ALGORITHM", "none"),
                            ("DATABASE_URL", "sqlite:///./movies.db")):
            with self.subTest(name=name, value=value):
                if name == "PORT":
                    done = run("serve", "--database-url", f"rocksdb:{self.folder / 'data'}",
                               cwd=self.folder, env={name: value}, check=False)
                elif name == "DATABASE_URL":
                    done = run("serve", "--port", "0", cwd=self.folder, env={name: value},
                               check=False)
                else:
                    done = self.serve(env={name: value})
                self.refused(done, USAGE)
                self.assertIn(name, done.stderr)

    def test_a_broken_env_file(self):
        (self.folder / ".env").write_text("LOCK_TTL_SECONDS=60\nthis is not a setting\n")
        done = self.serve()
        self.refused(done, USAGE)
        self.assertIn("line 2", done.stderr)

    def test_a_bad_value_in_the_env_file(self):
        (self.folder / ".env").write_text("# settings\nLOCK_TTL_SECONDS=soon\n")
        self.refused(self.serve(), USAGE)

    def test_production_wants_a_real_secret_key(self):
        for key in (None, "", "your-secret-key-here", "x" * 31):
            with self.subTest(key):
                self.refused(self.serve(env={"PROFILE": "production", "SECRET_KEY": key}), 1, USAGE)

    def test_a_secret_key_is_never_printed(self):
        done = self.serve(env={"PROFILE": "production", "SECRET_KEY": "short-but-secret"})
        self.assertNotIn("short-but-secret", done.stdout + done.stderr)

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            done = run("serve", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1]),
                       "--database-url", f"rocksdb:{self.folder / 'data'}",
                       cwd=self.folder, check=False)
        self.refused(done, UNAVAILABLE)

    def test_a_data_directory_that_cannot_be_made(self):
        (self.folder / "file").write_text("in the way")
        self.refused(self.serve(data="file/data"), 1, UNAVAILABLE)

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_data_directory_that_cannot_be_written(self):
        (self.folder / "closed").mkdir(mode=0o500)
        self.refused(self.serve(data="closed/data"), 1, UNAVAILABLE)

    def test_a_data_directory_that_another_server_has(self):
        with Server(seed=False) as server:
            done = server.command("serve", "--port", "0", check=False)
            self.refused(done, UNAVAILABLE)
            done = server.command("seed", check=False)
            self.refused(done, UNAVAILABLE)
            client = server.client()
            self.assertEqual(client.get("/health").status, 200)
            client.close()


class GoodStarts(unittest.TestCase):
    def test_settings_come_from_the_env_file_and_the_environment_wins(self):
        server = Server(seed=False)
        (server.folder / ".env").write_text(
            "CORS_ORIGINS=http://from.file\nLOCK_PROOF=required\n")
        server.env = {"CORS_ORIGINS": "http://from.environment"}
        with server:
            client = server.client()
            for origin, granted in (("http://from.environment", "http://from.environment"),
                                    ("http://from.file", None)):
                answer = client.get("/api/movies", headers={"Origin": origin})
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], granted)
            show = client.new_show()
            self.assertEqual(client.register("a@example.com").status, 200)
            self.assertEqual(client.book(show, show.seats[:1], "a@example.com").status, 400)
            client.close()

    def test_an_empty_log_serves_empty_lists(self):
        with Server(seed=False) as server:
            client = server.client()
            self.assertEqual(client.get("/api/movies").json, [])
            self.assertEqual(client.new_movie()["id"], 1)
            self.assertEqual(client.register("a@example.com").json["user"]["id"], 1)
            client.close()

    def test_no_file_takes_the_place_of_a_closed_standard_stream(self):
        with Server(seed=False) as server:
            server.stop()
            process = subprocess.Popen(
                ["sh", "-c", 'exec "$@" <&- 2>&-', "sh", binary(), "serve", "--port", "0",
                 "--database-url", server.database_url],
                cwd=server.folder, env=environment(), stdout=subprocess.PIPE)
            with process.stdout as lines:
                self.assertIn(b"listening on", lines.readline())
                open_files = [os.readlink(f"/proc/{process.pid}/fd/{number}") for number in (0, 2)]
                process.terminate()
                self.assertEqual(process.wait(), 0)
            self.assertEqual(open_files, ["/dev/null"] * 2)
            server.start()

    def test_production_tells_that_its_house_is_new(self):
        with Server(seed=False, env={"PROFILE": "production"}) as server:
            self.assertIn("a new house begins", server.stderr())
            with contextlib.closing(server.client()) as client:
                self.assertEqual(client.register().status, 200)
            server.restart()
            self.assertEqual(server.stderr().count("a new house begins"), 1)

    def test_the_version_is_printed(self):
        done = run("version", cwd=tempfile.gettempdir())
        self.assertRegex(done.stdout, r"\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
