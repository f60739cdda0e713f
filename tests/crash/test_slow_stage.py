"""A request that is slow leaves a warning that names the stage in which its time went: the server is
stopped at a fail point inside that stage, for longer than SLOW_REQUEST_MS, and goes on.
"""

import json
import os
import signal
import threading
import time
import unittest

from support.case import wait_until
from support.server import Server

SLOW_MS = 300


def is_stopped(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] == "T"


class SlowStage(unittest.TestCase):
    def stages_of_a_request_that_is_stopped(self, point):
        # Nobody else is asking, so each passing is that of a request of ours.
        server = Server(program=os.environ["BOXOFFICE_WITH_FAULTS"], env={
            "SLOW_REQUEST_MS": SLOW_MS, "BOXOFFICE_FAIL_BY": "STOP",
            "BOXOFFICE_FAIL_POINT": f"{point}:5"}, seed=False)
        self.addCleanup(server.discard)
        server.start()
        done = []

        def ask():
            client = server.client()
            for i in range(6):
                movie = {"title": f"Long {i}", "duration": 90, "genre": "Drama", "rating": "PG",
                         "description": "", "release_date": "2024-01-01"}
                done.append(client.post("/api/movies", movie, headers={"X-Request-Id": f"m-{i}"}))
            client.close()

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        wait_until(lambda: is_stopped(server.process), "it stops")
        time.sleep(2 * SLOW_MS / 1000)  # what makes it slow
        server.process.send_signal(signal.SIGCONT)
        asking.join()
        self.assertEqual([answer.status for answer in done], [200] * 6)
        lines = wait_until(lambda: self.warnings(server), "it is warned of")
        server.stop()
        line = max(lines, key=lambda each: each["duration_ms"])
        self.assertEqual((line["level"], line["method"], line["route"], line["status"]),
                         ("warning", "POST", "/api/movies", 200))
        self.assertTrue(line["request_id"].startswith("m-"))
        self.assertGreaterEqual(line["duration_ms"], SLOW_MS)
        self.assertEqual(max(line["stages_ms"], key=line["stages_ms"].get), line["slowest"])
        return line["slowest"]

    @staticmethod
    def warnings(server):
        # What the fail point itself says is no JSON.
        said = [line for line in server.stderr_path.read_text().splitlines()
                if '"message":"slow request"' in line]
        return [json.loads(line) for line in said]

    def test_a_slow_append(self):
        self.assertEqual(self.stages_of_a_request_that_is_stopped("before_append"), "log")

    def test_a_slow_fold(self):
        self.assertEqual(
            self.stages_of_a_request_that_is_stopped("before_projection_write"), "fold")

    def test_slow_replies(self):
        self.assertEqual(self.stages_of_a_request_that_is_stopped("before_reply"), "wake")


if __name__ == "__main__":
    unittest.main()
