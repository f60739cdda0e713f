"""A disk that is full, and one that fails: reads go on, nothing is half done, and every start says
what is wrong.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support.case import wait_until
from support.server import STOP_LIMIT_S, Server, run

MIB = 1 << 20
FAILED = 1


def client_of(case, server):
    client = server.client()
    case.addCleanup(client.close)
    return client


def new_movie(client):
    return client.post("/api/movies", {"title": "Metropolis", "duration": 153, "genre": "Drama",
                                        "rating": "PG", "release_date": "1927-01-10"})


class FullDisk(unittest.TestCase):
    """The data directory is on a file system of 400 MiB, with the ballast that a user gets."""

    def setUp(self):
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="boxoffice-disk-"))
        self.addCleanup(shutil.rmtree, self.disk, ignore_errors=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", self.disk],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"no file system can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.server = Server(seed=False, env={"BALLAST_MIB": None})
        self.server.database_url = f"rocksdb:{self.disk / 'data'}"
        self.addCleanup(self.server.discard)
        self.filler = self.disk / "filler"

    def leave(self, free_mib):
        """Fills the disk until so much is free."""
        space = os.statvfs(self.disk)
        with open(self.filler, "wb") as filler:
            size = space.f_bavail * space.f_frsize - free_mib * MIB
            os.posix_fallocate(filler.fileno(), 0, size)

    def wait_for_status(self, status):
        return wait_until(lambda: (answer := new_movie(self.client)).status == status and answer,
                          f"a command is answered {status}")

    def test_commands_wait_for_space_and_reads_do_not(self):
        self.server.start()
        self.client = client_of(self, self.server)
        self.assertEqual(new_movie(self.client).status, 200)
        self.leave(100)
        refused = self.wait_for_status(503)
        self.assertIn("disk is full", refused.json["detail"])
        self.assertEqual(refused.headers["Retry-After"], "1")
        # Some were taken before the monitor looked; from now on none is.
        movies = self.client.get("/api/movies").json
        self.assertEqual(new_movie(self.client).status, 503)
        self.assertIn('"level":"error","message":"disk nearly full', self.server.stderr())
        self.assertEqual(self.client.get("/api/movies").json, movies)
        self.filler.unlink()
        self.wait_for_status(200)
        self.server.close()

    def test_a_stop_on_the_full_disk_is_a_clean_one(self):
        self.server.start()
        client = client_of(self, self.server)
        self.assertEqual(new_movie(client).status, 200)
        self.leave(0)
        self.server.stop()  # demands exit code 0
        self.assertIn("read models not written", self.server.stderr())
        self.filler.unlink()
        self.server.start()
        self.assertEqual(len(client_of(self, self.server).get("/api/movies").json), 1)

    def test_a_start_on_the_full_disk_says_so_and_the_ballast_helps(self):
        self.server.start()
        self.assertEqual(new_movie(client_of(self, self.server)).status, 200)
        self.server.stop()
        self.leave(0)
        refused = run("serve", "--port", "0", "--database-url", self.server.database_url,
                      cwd=self.server.folder, check=False)
        self.assertEqual(refused.returncode, FAILED, refused.stderr)
        self.assertEqual(len(refused.stderr.strip().splitlines()), 1, refused.stderr)
        self.assertIn("delete the file ballast", refused.stderr)
        self.assertIn("0 MiB are free, 128 are needed", refused.stderr)
        (self.disk / "data" / "ballast").unlink()
        self.server.start()
        self.assertEqual(new_movie(client_of(self, self.server)).status, 200)
        self.assertIn("no room for the ballast", self.server.stderr())
        self.server.close()


class FailedSync(unittest.TestCase):
    def test_it_ends_the_process_and_nothing_is_acknowledged(self):
        if not shutil.which("strace"):
            self.skipTest("strace, which makes syncs fail, is not here")
        server = Server(seed=False)
        self.addCleanup(server.discard)
        server.start()
        self.assertEqual(new_movie(client_of(self, server)).status, 200)
        self.attach(server.process.pid)
        try:
            status = new_movie(client_of(self, server)).status
        except OSError:
            status = None  # the connection was closed
        self.assertIn(status, (None, 503))
        process, server.process = server.process, None
        self.assertEqual(process.wait(STOP_LIMIT_S), FAILED, server.stderr())
        self.assertIn("stopping at once: cannot ", server.stderr())
        self.assertLess(self.from_fault_to_exit_s(), 1)
        server.start()
        self.assertIn(len(client_of(self, server).get("/api/movies").json), (1, 2))
        server.close()

    def from_fault_to_exit_s(self):
        """By the tracer's clock, so that neither the client nor this test counts."""
        self.tracer.wait(STOP_LIMIT_S)
        trace = self.trace.read_text()
        faults = re.findall(r"^\d+ +(\d+\.\d+) .*\(INJECTED\)$", trace, re.M)
        exits = re.findall(rf"^\d+ +(\d+\.\d+) \+\+\+ exited with {FAILED} \+\+\+$", trace, re.M)
        self.assertTrue(faults and exits, trace)
        return float(exits[-1]) - float(faults[0])

    def attach(self, pid):
        """From now on every sync of the process fails."""
        folder = tempfile.TemporaryDirectory(prefix="boxoffice-test-")
        self.addCleanup(folder.cleanup)
        self.trace = pathlib.Path(folder.name) / "trace"
        self.tracer = tracer = subprocess.Popen(
            ["strace", "-f", "-ttt", "-p", str(pid), "-e", "trace=fdatasync", "-e",
             "inject=fdatasync:error=EIO", "-o", self.trace],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(tracer.stderr.close)
        self.addCleanup(tracer.wait)
        self.addCleanup(tracer.terminate)
        first = tracer.stderr.readline()
        if "attached" not in first:
            self.skipTest(f"no process can be traced here: {first.strip()}")


if __name__ == "__main__":
    unittest.main()
