"""Read models are made anew under booking load, and the server is killed in the middle of it, again
and again. Live answers stay right (the customers' own checks, and the audit in the end), and
afterwards every read model equals one made from nothing, row by row.
"""

import itertools
import json
import random
import threading
import unittest

import test_kill
from support.case import wait_until
from support.customer import CONNECTION_LOST

READ_MODELS = ("catalog", "seat_map", "bookings", "users", "payments", "sales", "history")


class Rebuilder(threading.Thread):
    """Has one read model after the other made anew, until the server goes away."""

    def __init__(self, client):
        super().__init__()
        self.client = client
        self.made = 0
        self.failures = []
        self.start()

    def run(self):
        try:
            for name, way in zip(itertools.cycle(READ_MODELS),
                                 itertools.cycle(("rebuild", "rebuild", "verify"))):
                self.make(name, way)
        except CONNECTION_LOST:
            pass
        except Exception as failure:
            self.failures.append(failure)
        finally:
            self.client.close()

    def make(self, name, way):
        asked = self.client.request("POST", f"/api/admin/projections/{name}/{way}")
        if asked.status != 202:
            raise AssertionError(asked)
        while True:
            rebuild = self.client.get(f"/api/admin/projections/{name}").json["rebuild"]
            if rebuild["state"] in ("done", "failed"):
                break
        if rebuild["state"] == "failed" or rebuild["first_difference"]:
            raise AssertionError(rebuild)
        self.made += 1


class KillWhileRebuilding(test_kill.Kill):
    rounds = 5
    made = 0
    random = random.Random("rebuild")

    def round(self, number, history, *args):
        self.history = history
        self.rebuilder = Rebuilder(self.server.client())
        return super().round(number, history, *args)

    def interrupt(self):
        """When some were made anew, however slowly, and then somewhere in the next one."""
        wait_until(lambda: self.rebuilder.made >= 2 or self.rebuilder.failures,
                   "read models are made anew")
        calls = len(self.history.calls) + self.random.randrange(200)
        wait_until(lambda: len(self.history.calls) >= calls, "the load goes on")
        super().interrupt()
        self.rebuilder.join()
        self.assertEqual(self.rebuilder.failures, [])
        self.made += self.rebuilder.made

    def survives_as_it_was(self, shows):
        self.assertGreater(self.made, len(READ_MODELS))
        super().survives_as_it_was(shows)
        self.server.stop()
        done = self.server.command("projections", "verify", "--all", "--json")
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([report["name"] for report in reports], list(READ_MODELS))
        for report in reports:
            self.assertIsNone(report["first_difference"], report)
            self.assertGreater(report["rows"], 0, report)
        self.server.start()


if __name__ == "__main__":
    unittest.main()
