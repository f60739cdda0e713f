"""Many customers at once against one server. Sizes follow the environment variable STORM_SCALE (1
when it is not set): 0.2 for a slow build, 10 for a long night.
"""

import http.client
import os
import threading

from support.customer import KINDS, Customer, Interrupted


def scaled(number):
    return max(1, round(number * float(os.environ.get("STORM_SCALE", "1"))))


class Load:
    """`visits` of every customer, unless the server goes away before. `users` are shared out among
    the customers that need one, each to one customer only."""

    def __init__(self, server, history, shows, users, *, customers, visits, seed, **options):
        self.visits = visits
        self.failures = []
        self.interruptions = []
        users = list(users)
        self.customers = []
        for number in range(customers):
            kind = KINDS[number % len(KINDS)]
            user = users.pop() if kind in ("token", "front end") else None
            self.customers.append(Customer(server.client(), history, shows, kind, user=user,
                                           seed=f"{seed}-{number}", **options))
        self.threads = [threading.Thread(target=self._run, args=(customer,))
                        for customer in self.customers]

    def _run(self, customer):
        try:
            for _ in range(self.visits):
                customer.visit()
        except Interrupted as interruption:
            self.interruptions.append(interruption.__cause__)
        except Exception as failure:  # anything else is the test's to report
            self.failures.append(failure)
        finally:
            customer.client.close()

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def join(self):
        for thread in self.threads:
            thread.join()
        if self.failures:
            raise self.failures[0]
        return self

    def torn_answers(self):
        """Interruptions in the middle of an answer, rather than between answers."""
        return [cause for cause in self.interruptions
                if isinstance(cause, http.client.HTTPException)
                and not isinstance(cause, http.client.RemoteDisconnected)]
