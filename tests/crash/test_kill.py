"""kill -9 in mid-load, again and again on one data directory. What was answered is still true after
each restart; what was not is retried with its Idempotency-Key and happens at most once.
"""

import unittest

from support.audit import audit
from support.case import ServerCase, wait_until
from support.history import History, perform
from support.load import Load, scaled

CUSTOMERS = 16


class Kill(ServerCase):
    rounds = 4
    calls_per_round = 250

    def interrupt(self):
        self.server.kill()

    def settle(self, history):
        """Asks again for everything that went unanswered, as a well-behaved client does."""
        unanswered = history.unanswered()
        for call in unanswered:
            self.assertIsNotNone(perform(self.client, call).answer, call.kind)
        return len(unanswered)

    def round(self, number, history, shows, users):
        load = Load(self.server, history, shows, users, customers=CUSTOMERS, visits=10_000,
                    seed=f"round {number}", keyed=True).start()
        enough = len(history.answered()) + scaled(self.calls_per_round)
        wait_until(lambda: len(history.calls) >= enough or load.failures, "the load is under way")
        self.interrupt()
        load.join()
        self.check_interruptions(load)
        self.server.start()
        self.connect()
        return self.settle(history)

    def check_interruptions(self, load):
        self.assertEqual(len(load.interruptions), CUSTOMERS)

    def test_what_was_answered_survives_and_the_rest_happens_at_most_once(self):
        shows = [self.client.new_show(total_seats=120)]
        users = [self.client.new_user() for _ in range(CUSTOMERS // 2)]
        history = History()
        retried = sum(self.round(number, history, shows, users) for number in range(self.rounds))
        self.assertGreater(retried, 0)
        self.assertGreater(history.count("book"), 0)
        audit(self, history, shows, self.server.log())
        self.survives_as_it_was(shows)

    def survives_as_it_was(self, shows):
        """After the last restart the read models say what the log says, again."""
        before = [self.states(show) for show in shows]
        self.server.stop()
        log = self.server.log()
        self.server.start()
        self.connect()
        self.assertEqual([self.states(show) for show in shows], before)
        self.assertEqual(self.server.log()[:len(log)], log)


if __name__ == "__main__":
    unittest.main()
