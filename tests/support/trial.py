"""A server under load that is interrupted again and again on one data directory, and what must hold
after each interruption: the log is sound and holds every answer, and whoever asks once more with
the same Idempotency-Key gets it. In the end the whole history is audited.
"""

import collections
import json
import random
import string
import threading

from support.audit import audit
from support.cinema import PASSWORD, Cinema, new_email
from support.customer import CONNECTION_LOST
from support.history import Call, History, perform, send
from support.load import Load

NOT_FOUND = 4
GUESTS = "test@example.com"
CUSTOMERS = 4
# Long enough to fill a small write buffer every few dozen, as RocksDB does in the long run.
DESCRIPTION_CHARACTERS = 10_000
ASKED_AGAIN = 12


class Lost(AssertionError):
    """What was answered is not there any more."""


class Refused(AssertionError):
    """An ordinary crash, and the log, or a start on it, is refused."""


class Gate:
    """Once closed, no more requests are sent, and what is still answered does not count."""

    def __init__(self):
        self.closed = False

    def client(self, address):
        gate = self

        class GatedClient(Cinema):
            def request(self, *args, **options):
                if gate.closed:
                    raise ConnectionError("nothing is asked any more")
                answer = super().request(*args, **options)
                if gate.closed:
                    raise ConnectionError("answered too late to count")
                return answer

        return GatedClient(address)


class Trial:
    """REQUIRES: `server` has no data yet."""

    def __init__(self, server, seed):
        self.server = server
        self.random = random.Random(seed)
        self.history = History()
        self.clerical = collections.deque()  # calls that are no business of the seats' model
        self.shows = []
        self.users = []
        self.loads = 0
        self.gate = Gate()

    # ---- Load -----------------------------------------------------------------------------------

    def open(self):
        """Starts for the first time, and makes what customers need."""
        self.start()
        with self.connection() as client:
            self.shows = [client.new_show(total_seats=60)]
            self.users = [client.new_user() for _ in range(CUSTOMERS // 2)]
            client.register(GUESTS)  # for whom customers without a token book
            # A call of its own, so that its answer counts from here on.
            self.clerical.append(perform(client, self.new_call("movie", "first")))

    def start(self):
        try:
            self.server.start()
        except AssertionError as error:
            raise Refused(f"a start was refused: {error}") from error

    def client(self):
        return self.gate.client(self.server.address)

    def connection(self):
        return Connection(self.server.client())

    def load(self):
        """Customers and clerks, at work until the gate is closed or the server goes away."""
        self.loads += 1
        self.gate = Gate()
        return Bustle(self, f"{self.random.random()}")

    def new_call(self, kind, key):
        if kind == "register":
            asked = {"email": new_email(), "password": PASSWORD, "first_name": "Ada",
                     "last_name": "Lovelace"}
        else:
            letters = random.Random(key).choices(string.ascii_letters, k=DESCRIPTION_CHARACTERS)
            asked = {"title": "Metropolis", "duration": 153, "genre": "Drama", "rating": "PG",
                     "release_date": "1927-01-10", "description": "".join(letters)}
        return Call(kind, asked, None, f"{kind}-{key}")

    # ---- What counts ----------------------------------------------------------------------------

    def calls(self):
        return [*self.history.calls, *self.clerical]

    def acknowledged(self):
        """The last position that was answered."""
        return max((call.position for call in self.calls() if call.answer), default=0)

    # ---- After an interruption ------------------------------------------------------------------

    def check_log(self):
        """While nobody serves it: the log is sound and reaches as far as was answered. Returns
        whether it goes further."""
        done = self.server.command("log", "verify", "--json", check=False)
        if done.returncode == NOT_FOUND and not self.acknowledged():
            return False
        if done.returncode != 0:
            kind = Lost if "its end is lost" in done.stderr else Refused
            raise kind(f"log verify: {done.returncode}, {done.stdout}{done.stderr}")
        last = json.loads(done.stdout)["last"]
        if last < self.acknowledged():
            raise Lost(f"{self.acknowledged()} was answered, the log ends at {last}")
        return last > self.acknowledged()

    def settle(self):
        """Every answer is still given, and what went unanswered is asked again. Returns that."""
        with self.connection() as client:
            for calls in (self.history.calls, self.clerical):
                answered = [call for call in calls if call.answer and call.key]
                for call in answered[-ASKED_AGAIN:]:
                    self.check_again(call, send(client, call))
            unanswered = [call for call in self.calls() if not call.answer]
            for call in unanswered:
                if not perform(client, call).answer:
                    raise AssertionError(f"not answered after the restart either: {call}")
        return unanswered

    def check_again(self, call, again):
        first = call.answer
        same = (again.status, again.event_seq) == (first.status, first.event_seq)
        if not same or not again.replayed or call.kind != "register" and again.body != first.body:
            raise Lost(f"answered {first} at {first.event_seq}, now {again} at {again.event_seq}")

    def audit(self, case):
        """The whole history, and the read models after a clean restart. Ends the trial."""
        log = self.server.log()
        audit(case, self.history, self.shows, log)
        self.audit_clerical(case, {event["seq"]: event["type"] for event in log})
        before = self.what_is_shown()
        self.server.restart()
        case.assertEqual(self.what_is_shown(), before)
        self.server.stop()
        case.assertEqual(self.server.log(), log)

    def audit_clerical(self, case, types):
        """`types`: of the events, by position. Each call is there, where it says, and once."""
        calls = [(call.position, "MovieCreated" if call.kind == "movie" else "UserRegistered")
                 for call in self.clerical]
        case.assertEqual([call for call in calls if types.get(call[0]) != call[1]], [])
        ours = len(self.shows) + len(self.users) + 1  # made by open(), with a user for guests
        found = collections.Counter(types.values())
        case.assertEqual(found["MovieCreated"] + found["UserRegistered"], len(set(calls)) + ours)
        case.assertEqual(len(set(calls)), len(calls))

    def what_is_shown(self):
        with self.connection() as client:
            answers = [client.seats(show.id) for show in self.shows]
            answers += [client.get("/api/movies?limit=1000")]
            return [answer.json for answer in answers]


class Connection:
    """A client, closed at the end of a `with`."""

    def __init__(self, client):
        self.client = client

    def __enter__(self):
        return self.client

    def __exit__(self, *_):
        self.client.close()


class Bustle:
    """The storm's customers, beside a clerk who adds long movies and one who registers users."""

    def __init__(self, trial, seed):
        self.trial = trial
        self.failures = []
        self.customers = Load(trial, trial.history, trial.shows, trial.users, customers=CUSTOMERS,
                              visits=1_000_000, seed=seed, keyed=True).start()
        self.clerks = [threading.Thread(target=self._work, args=(kind, seed))
                       for kind in ("movie", "register")]
        for clerk in self.clerks:
            clerk.start()

    def _work(self, kind, seed):
        client = self.trial.client()
        try:
            for number in range(1_000_000):
                call = self.trial.new_call(kind, f"{seed}-{number}")
                self.trial.clerical.append(call)
                if not perform(client, call).answer:
                    return
                if call.answer.status != 200:
                    raise AssertionError(call)
        except CONNECTION_LOST:
            pass
        except Exception as failure:  # anything else is the test's to report
            self.failures.append(failure)
        finally:
            client.close()

    def stop(self):
        """Asks no more. What is under way stays under way; join() waits for its end."""
        self.trial.gate.closed = True

    def join(self):
        self.customers.join()
        for clerk in self.clerks:
            clerk.join()
        if self.failures:
            raise self.failures[0]
