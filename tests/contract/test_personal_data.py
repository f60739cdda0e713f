"""Personal data: nobody reads it but the API, and once a person is erased nobody at all.

The proof is a search: every file of the data directory, what the log's tools print, and every row
of the read models, taken out of RocksDB's compressed files by its own stock tool.
"""

import base64
import concurrent.futures
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support.case import ServerCase, wait_until
from support.cinema import PASSWORD, new_email
from support.server import Server

EMAIL = "Zacharias.Quixotic@example.com"
FIRST, LAST, NEW_FIRST = "Zacharias", "Quixotic-Featherstone", "Xylophonius"
NEW_PASSWORD = "an altogether different passphrase"
WORDS = [EMAIL, FIRST, LAST, NEW_FIRST, "Quixotic", PASSWORD, NEW_PASSWORD, "$argon2id$"]
ORIGIN = "http://localhost:5173"
SLOT_BYTES = 64
KEY_BYTES = 32


def spellings(word):
    """The bytes that a text would be found by, however it was written down."""
    for text in {word, word.lower(), word.upper()}:
        raw = text.encode()
        yield raw
        yield text.encode("utf-16-le")
        yield raw.hex().encode()
        for shift in range(3):  # base64 says it in three ways, by where it begins
            encoded = base64.b64encode(b"\0" * shift + raw)
            yield encoded[4 if shift else 0:len(encoded) - len(encoded) % 4 - 4]


def found_in(content, words):
    return {word for word in words for spelling in spellings(word) if spelling in content}


def rows(database):
    """All that a RocksDB database holds, decompressed."""
    def ldb(*args):
        return subprocess.run(["ldb", f"--db={database}", *args], capture_output=True, check=True,
                              timeout=120).stdout

    names = ldb("list_column_families").decode().split("{")[1].split("}")[0].split(", ")
    lines = b"".join(ldb(f"--column_family={name}", "scan", "--hex") for name in names).split()
    hexadecimal = [line[2:] for line in lines if line.startswith(b"0x")]
    assert len(hexadecimal) >= 10, lines[:10]
    return b"\0".join(bytes.fromhex(text.decode()) for text in hexadecimal)


class PersonalData(ServerCase):
    seed = False
    env = {"SNAPSHOT_EVERY_EVENTS": "10"}

    @property
    def data(self):
        return self.server.folder / "data"

    def traces(self, words=WORDS):
        """{where: what} of the words that stand in plain sight. REQUIRES: the server is stopped."""
        seen = {path: path.read_bytes() for path in self.data.rglob("*") if path.is_file()}
        self.assertGreater(len(seen), 8)
        for name in ("log", "read"):
            with tempfile.TemporaryDirectory() as folder:
                copied = shutil.copytree(self.data / name, pathlib.Path(folder) / name)
                seen[f"rows of {name}"] = rows(copied)
        seen["log show"] = self.server.command("log", "show", "--json").stdout.encode()
        seen["stderr"] = self.server.stderr_path.read_bytes()
        found = {where: found_in(content, words) for where, content in seen.items()}
        return {where: what for where, what in found.items() if what}

    def register(self, email=EMAIL, **options):
        return self.client.post("/api/users/register", {
            "email": email, "password": PASSWORD, "first_name": FIRST, "last_name": LAST},
            **options)

    def live_a_little(self):
        """Somebody registers, changes and buys two seats; snapshots are made meanwhile."""
        token = self.ok(self.register())["access_token"]
        self.ok(self.client.login(EMAIL))
        self.ok(self.client.put("/api/users/me", {"first_name": NEW_FIRST,
                                                  "password": NEW_PASSWORD}, token=token))
        show = self.client.new_show()
        booking, payment = self.client.new_payment(show, show.seats[:2], EMAIL, token=token)
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        for number in range(10):
            self.ok(self.client.lock(show, [show.seats[5]], f"s{number}"))
            self.ok(self.client.release(show, [show.seats[5]], f"s{number}"))
        wait_until(lambda: list((self.data / "snapshots").glob("snapshot-*")), "a snapshot is made")
        return token, show, booking

    def erase(self, token):
        return self.ok(self.client.delete("/api/users/me", token=token))

    def restart(self):
        self.server.restart()
        self.connect()

    def registered_keys(self):
        return [event["data"]["key"] for event in self.server.log()
                if event["type"] == "UserRegistered"]

    def keys_that_are_there(self):
        content = (self.data / "keys" / "users.keys").read_bytes()
        slots = [content[at:at + SLOT_BYTES] for at in range(SLOT_BYTES, len(content), SLOT_BYTES)]
        return {number: slot[:KEY_BYTES] for number, slot in enumerate(slots, 1) if any(slot)}


class Erasure(PersonalData):
    def test_a_life_and_its_end(self):
        token, show, booking = self.live_a_little()
        me = self.ok(self.client.get("/api/users/me", token=token))
        self.assertEqual((me["email"], me["first_name"], me["last_name"]), (EMAIL, NEW_FIRST, LAST))
        self.server.stop()
        with self.subTest("before"):
            self.assertEqual(self.traces(), {})
        [number] = self.registered_keys()
        key = self.keys_that_are_there()[number]
        self.server.start()
        self.connect()

        self.assertEqual(self.erase(token), {"deleted": True, "id": me["id"]})
        self.assertNotIn(number, self.keys_that_are_there(), "the key is gone when the answer is there")
        for again in (False, True):
            with self.subTest("after", restarted=again):
                self.gone(token, show, booking)
                if not again:
                    self.restart()
        self.server.stop()
        self.assertEqual(self.traces(), {})
        holders = [path for path in self.data.rglob("*")
                   if path.is_file() and key in path.read_bytes()]
        self.assertEqual(holders, [], "the key itself")
        self.server.command("log", "verify")
        self.server.command("snapshot", "verify")
        self.server.start()

    def gone(self, token, show, booking):
        self.refused(self.client.get("/api/users/me", token=token), 401,
                     "Could not validate credentials")
        self.refused(self.client.put("/api/users/me", {"first_name": "X"}, token=token), 401,
                     "Could not validate credentials")
        self.refused(self.client.delete("/api/users/me", token=token), 401,
                     "Could not validate credentials")
        self.refused(self.client.login(EMAIL, NEW_PASSWORD), 401, "Incorrect email or password")
        states = self.states(show)
        self.assertEqual([states[seat] for seat in show.seats[:3]], ["booked", "booked", "free"])
        kept = self.ok(self.client.booking(booking["id"]))
        self.assertEqual((kept["status"], kept["user_id"]), ("confirmed", booking["user_id"]))


class Afterwards(PersonalData):
    def test_the_address_is_free_for_a_new_person(self):
        first = self.ok(self.register("again@example.com"))
        self.erase(first["access_token"])
        second = self.ok(self.register("again@example.com"))
        self.assertNotEqual(first["user"]["id"], second["user"]["id"])
        self.refused(self.client.get("/api/users/me", token=first["access_token"]), 401,
                     "Could not validate credentials")
        self.ok(self.client.get("/api/users/me", token=second["access_token"]))

    def test_a_repeated_registration_does_not_bring_anybody_back(self):
        token = self.ok(self.register("repeated@example.com", key="k1"))["access_token"]
        self.assertTrue(self.register("repeated@example.com", key="k1").replayed)
        self.erase(token)
        self.refused(self.register("repeated@example.com", key="k1"), 401,
                     "Incorrect email or password")

    def test_refused_registrations_use_up_no_keys(self):
        self.ok(self.register("one@example.com"))
        for _ in range(5):
            self.refused(self.register("one@example.com"), 400, "Email already registered")
        self.ok(self.register("two@example.com"))
        keys = self.registered_keys()
        self.assertEqual(keys[-1], keys[-2] + 1)

    def test_only_who_shows_a_token_can_be_erased(self):
        self.refused(self.client.delete("/api/users/me"), 403, "Not authenticated")
        self.refused(self.client.delete("/api/users/me", token="x"), 401,
                     "Could not validate credentials")


class Keys(PersonalData):
    """What operators do, and do wrong, with keys/."""

    def setUp(self):
        super().setUp()
        self.keys = self.data / "keys" / "users.keys"
        self.email = new_email()
        self.token = self.ok(self.register(self.email))["access_token"]

    def tearDown(self):
        if self.server.process is None:
            self.server.start()

    def refused_start(self, code, *words):
        done = self.server.command("seed", check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_an_operator_erases_by_address(self):
        busy = self.server.command("users", "erase", self.email, check=False)
        self.assertEqual(busy.returncode, 6, busy.stderr)
        self.server.stop()
        done = self.server.command("users", "erase", self.email.upper())
        self.assertRegex(done.stdout, r"^user \d+ is erased")
        again = self.server.command("users", "erase", self.email, check=False)
        self.assertEqual(again.returncode, 4, again.stderr)
        self.server.start()
        self.connect()
        self.refused(self.client.login(self.email), 401, "Incorrect email or password")

    def test_keys_from_before_an_erasure_are_destroyed_again(self):
        """Also what a crash between the event and the destruction leaves behind."""
        before = self.keys.read_bytes()
        self.erase(self.token)
        self.server.stop()
        after = self.keys.read_bytes()
        self.keys.write_bytes(before)
        self.server.start()
        self.connect()
        self.assertEqual(self.keys.read_bytes(), after)
        self.refused(self.client.login(self.email), 401, "Incorrect email or password")

    def test_keys_that_are_missing_or_emptied_are_asked_for(self):
        self.server.stop()
        content = self.keys.read_bytes()
        self.keys.unlink()
        self.refused_start(4, "users.keys has 0 keys", "put the file back", "keys/accept")
        self.assertFalse(self.keys.exists())
        self.keys.write_bytes(b"")
        self.refused_start(4, "users.keys has 0 keys", "put the file back")
        self.keys.write_bytes(content[:SLOT_BYTES * 2])
        self.refused_start(7, "users.keys has 1 keys", "put the file back")
        self.keys.write_bytes(content)
        self.server.start()
        self.connect()
        self.ok(self.client.login(self.email))

    def test_keys_that_are_lost_can_be_given_up(self):
        self.server.stop()
        self.keys.unlink()
        (self.data / "keys" / "accept").touch()
        self.server.start()
        self.connect()
        self.assertIn("are missing and", self.server.stderr())
        self.assertFalse((self.data / "keys" / "accept").exists(), "a word is given once")
        self.refused(self.client.login(self.email), 401, "Incorrect email or password")
        for answer in (self.client.get("/api/users/me", token=self.token),
                       self.client.put("/api/users/me", {"first_name": "X"}, token=self.token)):
            self.refused(answer, 401, "Could not validate credentials")
        self.ok(self.register(new_email()))
        self.server.stop()
        self.server.command("users", "erase", self.email)
        self.server.start()
        self.connect()
        self.ok(self.register(self.email))

    def test_a_damaged_key_is_one_users_trouble_alone(self):
        other = new_email()
        self.ok(self.register(other))
        number = self.registered_keys()[-1]
        self.server.stop()
        content = bytearray(self.keys.read_bytes())
        content[SLOT_BYTES * number] ^= 1
        self.keys.write_bytes(content)
        self.server.start()
        self.connect()
        self.assertRegex(self.server.stderr(), '"level":"error","message":"[^"]*of 1 damaged')
        self.ok(self.client.login(self.email))
        answer = self.client.post("/api/users/login", {"email": other, "password": PASSWORD},
                                  headers={"X-Request-Id": "req-500", "Origin": ORIGIN})
        self.refused(answer, 500, "Internal Server Error")
        self.assertEqual(answer.json["code"], "internal_error")  # whose page asks for the id
        self.assertEqual(answer.headers["X-Request-Id"], "req-500")
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], ORIGIN)
        self.assertIn('"level":"error","message":"request req-500: ', self.server.stderr())
        content[SLOT_BYTES * number] ^= 1
        self.server.stop()
        self.keys.write_bytes(content)

    def test_a_missing_fingerprint_key_is_asked_for(self):
        self.server.stop()
        path = self.data / "keys" / "fingerprint.key"
        content = path.read_bytes()
        path.unlink()
        self.refused_start(4, "fingerprint.key is missing", "put it back")
        path.write_bytes(bytes(byte ^ 1 for byte in content))
        self.refused_start(7, "not the one that users were registered with")
        (self.data / "keys" / "accept").touch()
        self.server.start()
        self.connect()
        self.assertIn("fingerprint.key is another one", self.server.stderr())
        self.refused(self.client.login(self.email), 401, "Incorrect email or password")
        self.server.stop()
        path.write_bytes(content)


class KeysOfAnother(PersonalData):
    """A person's mistake with keys/ must not cost anybody's keys: they do not come back."""

    def setUp(self):
        super().setUp()
        self.email = new_email()
        self.ok(self.register(self.email))
        self.other = Server(seed=False).start()
        self.addCleanup(self.other.discard)

    def refused_with_these_keys(self, server, code, words):
        """The other's data directory with this one's keys/, as a symbolic link has it."""
        keys = server.folder / "data" / "keys"
        shutil.rmtree(keys)
        keys.symlink_to(self.data / "keys")
        before = (self.data / "keys" / "users.keys").read_bytes()
        done = server.command("seed", check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(words, done.stderr)
        self.assertEqual((self.data / "keys" / "users.keys").read_bytes(), before)

    def test_log_are_refused_and_left_as_they_are(self):
        self.other.client().new_user()
        self.other.stop()
        self.server.stop()
        self.refused_with_these_keys(self.other, 7, "keys of another log")
        self.server.start()

    def test_log_with_erasures_are_refused_and_left_as_they_are(self):
        client = self.other.client()
        for _ in range(2):
            client.delete("/api/users/me", token=client.new_user().token)
        self.other.stop()
        self.server.stop()
        self.refused_with_these_keys(self.other, 7, "keys of another log")
        self.server.start()

    def test_process_are_locked(self):
        self.other.stop()
        self.refused_with_these_keys(self.other, 6, "in use by another process")

    def test_name_are_refused(self):
        self.server.stop()
        copy = self.data / "keys" / "copy"
        copy.hardlink_to(self.data / "keys" / "users.keys")
        done = self.server.command("users", "erase", self.email, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        copy.unlink()
        self.server.start()
        self.connect()
        self.ok(self.client.login(self.email))


class AtOnce(PersonalData):
    def test_an_erasure_beside_everything_else_leaves_nothing_half_done(self):
        def act(client, email, token, kind):
            if kind == "erase":
                return client.delete("/api/users/me", token=token).status
            if kind == "change":
                return client.put("/api/users/me", {"first_name": "New"}, token=token).status
            if kind == "read":
                return client.get("/api/users/me", token=token).status
            return client.login(email).status

        kinds = ["erase", "erase", "change", "read", "login", "read", "change"]
        for _ in range(8):
            email = new_email()
            token = self.ok(self.register(email))["access_token"]
            clients = [self.server.client() for _ in kinds]
            with concurrent.futures.ThreadPoolExecutor(len(kinds)) as pool:
                statuses = list(pool.map(act, clients, [email] * 7, [token] * 7, kinds))
            for client in clients:
                client.close()
            self.assertEqual(sorted(statuses[:2]), [200, 401], "erased once")
            self.assertLessEqual(set(statuses), {200, 401})
        self.server.command("log", "verify")


class Passwords(PersonalData):
    def test_a_repeated_registration_opens_with_the_same_password_only(self):
        body = {"email": new_email(), "password": PASSWORD, "first_name": "A", "last_name": "B"}
        first = self.ok(self.client.post("/api/users/register", body, key="same"))
        again = self.client.post("/api/users/register", body, key="same")
        self.assertEqual((self.ok(again)["user"], again.replayed), (first["user"], True))
        for change in ({"password": NEW_PASSWORD}, {"last_name": "C"}):
            other = self.client.post("/api/users/register", body | change, key="same")
            self.assertEqual(other.status, 422, other)


del PersonalData

if __name__ == "__main__":
    unittest.main()
