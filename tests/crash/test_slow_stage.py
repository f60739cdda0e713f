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


class SlowDisk(unittest.TestCase):
    """The disk does not answer. Commands are turned away at once as soon as the oldest has waited
    QUEUE_WAIT_MAX_MS, reads go on, and all is well when the disk is."""

    def test_who_would_wait_too_long_is_told_so_at_once(self):
        server = Server(program=os.environ["BOXOFFICE_WITH_FAULTS"])
        self.addCleanup(server.discard)
        held = server.folder / "held"
        server.env = {"QUEUE_WAIT_MAX_MS": 200, "BOXOFFICE_HELD_SYNC": held}
        server.start()
        client = server.client()
        self.addCleanup(client.close)
        show = client.new_show()
        held.touch()
        answers = []

        def lock(seat):
            own = server.client()
            answers.append(own.lock(show, [seat], f"s{seat}"))
            own.close()

        # One that is being synced, and one that is decided and waits for the log.
        waiting = []
        for seat in show.seats[:2]:
            before = self.decided(client)
            waiting.append(threading.Thread(target=lock, args=[seat], daemon=True))
            waiting[-1].start()
            wait_until(lambda: self.decided(client) == before + 1, "it is decided")
        # Some may still be taken; those that are decide nothing about the next.
        turned_away = wait_until(lambda: self.turned_away(server, show), "one is turned away")
        self.assertEqual(turned_away.headers["Retry-After"], "1")
        self.assertEqual(turned_away.json["code"], "busy")
        self.assertEqual(answers, [])  # it did not wait for the disk
        self.assertEqual(client.get("/api/movies").status, 200)
        self.assertGreater(self.metric(client, "boxoffice_too_slow_commands_total"), 0)
        self.assertGreater(
            self.metric(client, 'boxoffice_requests_rejected_total{reason="queue_full"}'), 0)
        status = server.command("status", "--url", server.url).stdout
        self.assertNotIn(" 0 commands rejected", status)
        wait_until(lambda: "its disk hangs" in client.get("/readyz?verbose").text, "it is not ready")
        held.unlink()
        wait_until(lambda: client.get("/readyz").status == 200, "it is ready again")
        for thread in waiting:
            thread.join()
        self.assertEqual([answer.status for answer in answers], [200, 200])
        self.assertEqual(client.lock(show, show.seats[8:9], "after").status, 200)
        server.stop()

    def turned_away(self, server, show):
        """A 503, or nothing when the answer waits for the disk."""
        own = server.client()
        own.connection.timeout = 0.5
        try:
            answer = own.lock(show, show.seats[5:6], "more")
            return answer if answer.status == 503 else None
        except TimeoutError:
            return None
        finally:
            own.close()

    @staticmethod
    def metric(client, name):
        lines = client.get("/metrics").text.splitlines()
        return next(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name + " "))

    def decided(self, client):
        return self.metric(client, "boxoffice_commands_total")


if __name__ == "__main__":
    unittest.main()
