"""`boxoffice doctor` on a healthy data directory, on one that is being served, and on copies of it that
are damaged in every way that it looks for: each damage is seen, and nothing else is said to be wrong.
"""

import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support.cinema import new_session
from support.server import SECRET_KEY, Server, binary, environment, run

DIFFERS = 3
# Of a healthy directory: a backup was made of it, and it was verified.
CHECKS = ["settings", "open files", "data directory", "owner", "disk", "ballast", "keys", "log",
          "head mark", "clock", "snapshots", "read models", "backup", "verification"]


def work(server):
    client = server.client()
    show = client.new_show()
    client.lock(show, show.seats[:2], new_session())
    client.close()


def days_ago(days):
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def setUpModule():
    """An older state of a data directory, and a newer one of the same, which is in order."""
    global folder, older, healthy
    server = Server()
    unittest.addModuleCleanup(server.discard)
    server.start()
    work(server)
    server.stop()
    folder = server.folder
    healthy, older = folder / "data", folder / "older"
    server.command("snapshot", "create")
    shutil.copytree(healthy, older)
    server.start()
    work(server)
    server.stop()
    server.command("snapshot", "create")
    server.command("backup", "create", str(folder / "backup"))
    server.command("log", "verify")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="boxoffice-doctor-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"
        shutil.copytree(healthy, self.data, copy_function=shutil.copy2)

    def doctor(self, *, env=None, prefix=(), data=None):
        """(exit code, {check: finding})"""
        done = subprocess.run(
            [*prefix, binary(), "doctor", "--json", "--database-url",
             f"rocksdb:{data or self.data}"],
            cwd=self.folder, env=environment(env), capture_output=True, text=True,
            stdin=subprocess.DEVNULL)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, {finding["check"]: finding for finding in found}

    def put_back(self, *names):
        """These parts of the directory are of an older time."""
        for name in names:
            shutil.rmtree(self.data / name)
            shutil.copytree(older / name, self.data / name)

    def note(self, kind, **changes):
        path = self.data / f"last-{kind}.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    def is_well(self, **options):
        code, found = self.doctor(**options)
        self.assertEqual(code, 0, found)
        self.assertEqual({finding["verdict"] for finding in found.values()}, {"ok"}, found)
        return found

    def finds(self, check, verdict, words, also=(), **options):
        """This, and nothing else but `also`."""
        code, found = self.doctor(**options)
        ill = [name for name, finding in found.items() if finding["verdict"] != "ok"]
        self.assertEqual(ill, [name for name in CHECKS if name in (check, *also)], found)
        finding = found[check]
        self.assertEqual(finding["verdict"], verdict, finding)
        self.assertRegex(finding["found"], words)
        self.assertTrue(finding["why"] and finding["mend"], finding)
        if verdict == "wrong":
            self.assertEqual(code, DIFFERS)
        elif not also:
            self.assertEqual(code, 0)


class Healthy(Case):
    def contents(self):
        return {path: (path.stat().st_mtime_ns, path.stat().st_mode, path.stat().st_size)
                for path in sorted(self.data.rglob("*"))}

    def test_everything_is_ok_and_nothing_is_changed(self):
        before = self.contents()
        self.assertEqual(list(self.is_well()), CHECKS)
        self.assertEqual(self.contents(), before)

    def test_a_person_is_told_the_same(self):
        text = run("doctor", "--database-url", f"rocksdb:{self.data}", cwd=self.folder)
        self.assertEqual([line.split("  ")[0] for line in text.stdout.splitlines()],
                         ["ok"] * len(CHECKS), text.stdout)
        self.assertIn("0 wrong, 0 warnings", text.stderr)

    def test_what_is_wrong_has_a_reason_and_a_remedy(self):
        (self.data / "keys/users.keys").chmod(0o644)
        done = run("doctor", "--database-url", f"rocksdb:{self.data}", cwd=self.folder,
                   check=False)
        self.assertEqual(done.returncode, DIFFERS)
        lines = done.stdout.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("WRONG"))
        self.assertRegex(lines[at + 1], "^ +why:  .")
        self.assertRegex(lines[at + 2], "^ +mend: chmod ")

    def test_beside_a_server(self):
        with Server() as server:
            work(server)
            code, found = self.doctor(data=server.folder / "data")
            self.assertEqual(code, 0)
            self.assertEqual([name for name, finding in found.items()
                              if finding["verdict"] != "ok"], ["backup", "verification"], found)


class Settings(Case):
    def test_a_secret_key_that_production_refuses(self):
        for key in (None, "short", "your-secret-key-here-change-in-production"):
            self.finds("settings", "wrong", "SECRET_KEY",
                       env={"PROFILE": "production", "SECRET_KEY": key})

    def test_production_without_a_webhook_secret(self):
        self.finds("settings", "wrong", "WEBHOOK_SECRET", env={"PROFILE": "production"})
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        env = {"PROFILE": "production", "WEBHOOK_SECRET": secret, "SECRET_KEY": SECRET_KEY}
        self.finds("settings", "warning", "TRUSTED_PROXIES is empty", env=env)
        self.is_well(env={**env, "TRUSTED_PROXIES": "127.0.0.1"})

    def test_the_demo_profile(self):
        self.finds("settings", "warning", "SECRET_KEY is not set", env={"SECRET_KEY": None})
        self.finds("settings", "wrong", "on every network", env={"HOST": "0.0.0.0"})

    def test_one_that_cannot_be_read_is_told_and_all_else_is_examined(self):
        for name in ("LOCK_TTL_SECONDS", "METRICS_TOKEN", "WEBHOOK_SECRET"):
            self.finds("settings", "wrong", f"^{name}.*: expected ", env={name: "abc"})
        done = run("doctor", "--database-url", f"rocksdb:{self.data}", cwd=self.folder, check=False,
                   env={"LOCK_TTL_SECONDS": "abc", "PORT": "many"})
        self.assertIn("2 wrong", done.stderr)

    def test_nothing_is_examined_when_it_is_not_known_where(self):
        done = run("doctor", "--json", "--database-url", "sqlite:data", cwd=self.folder,
                   check=False)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual((done.returncode, [(each["check"], each["verdict"]) for each in found]),
                         (DIFFERS, [("settings", "wrong"), ("open files", "ok")]))


class Files(Case):
    def test_there_is_no_log(self):
        code, found = self.doctor(data=self.folder / "nowhere")
        self.assertEqual((code, found["data directory"]["verdict"]), (DIFFERS, "wrong"))
        self.assertFalse((self.folder / "nowhere").exists())

    def test_a_restore_that_was_not_finished(self):
        (self.data / ".restoring").mkdir()
        self.finds("data directory", "warning", "restore")

    @unittest.skipUnless(os.geteuid() == 0, "giving a file away needs root")
    def test_a_file_of_somebody_else(self):
        os.chown(self.data / "log/CURRENT", 12345, -1)
        self.finds("owner", "wrong", "log/CURRENT does not belong")

    def test_keys_that_are_missing_or_not_whole(self):
        for name in ("fingerprint.key", "users.keys"):
            key = self.data / "keys" / name
            content = key.read_bytes()
            key.unlink()
            self.finds("keys", "wrong", f"{name} is missing")
            key.write_bytes(content[:1] if name == "fingerprint.key" else b"")
            self.finds("keys", "wrong", f"{name} is missing, or not whole")
            key.write_bytes(content)
            key.chmod(0o600)
        self.is_well()

    def test_keys_that_were_cut(self):
        key = self.data / "keys/users.keys"
        content = key.read_bytes()
        for cut, words in ((content[:-5], "ends within a key"),
                           (content[:-2000], "ends within a key"),
                           (content[:64], "was cut: it has 0 keys, the log names 1$"),
                           (b"x" + content[1:], "not a file of user keys")):
            key.write_bytes(cut)
            self.finds("keys", "wrong", words)
        shutil.rmtree(self.data / "snapshots")
        key.write_bytes(content[:64])
        self.finds("keys", "wrong", "was cut: it has 0 keys, the log names 1$")
        key.write_bytes(content[:128])
        self.is_well()

    def test_what_cannot_be_read_is_not_called_missing(self):
        """Not even by root, who is this test in a container."""
        powerless = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all") \
            if os.geteuid() == 0 else ()
        for folder, checks in (("keys", ("owner", "keys")), ("log", ("owner", "log")),
                               ("read", ("owner", "read models"))):
            path = self.data / folder
            mode = path.stat().st_mode
            path.chmod(0)
            code, found = self.doctor(prefix=powerless)
            path.chmod(mode)
            ill = [name for name, finding in found.items() if finding["verdict"] != "ok"]
            self.assertEqual((code, ill), (DIFFERS, [*checks]), found)
            for check in checks:
                self.assertIn("run this as the server's user", found[check]["mend"])
        self.data.chmod(0)
        code, found = self.doctor(prefix=powerless)
        self.data.chmod(0o700)
        self.assertEqual(code, DIFFERS)
        self.assertIn("run this as the server's user", found["data directory"]["mend"])

    def test_keys_that_others_may_read(self):
        for name in ("", "fingerprint.key", "users.keys"):
            path = self.data / "keys" / name
            mode = path.stat().st_mode
            path.chmod(mode | 0o040)
            self.finds("keys", "wrong", "open to others")
            path.chmod(mode)
        self.is_well()

    def test_keys_with_a_second_name(self):
        os.link(self.data / "keys/users.keys", self.folder / "copy")
        self.finds("keys", "wrong", "second name")

    def test_the_ballast_is_gone(self):
        self.finds("ballast", "warning", "ballast is missing", env={"BALLAST_MIB": "1"})
        (self.data / "ballast").write_bytes(bytes(1 << 20))
        self.is_well(env={"BALLAST_MIB": "1"})

    def test_too_few_files_may_be_open(self):
        self.finds("open files", "warning", "may open 1000 files",
                   prefix=("sh", "-c", 'ulimit -n 1000; exec "$@"', "sh"))

    def test_the_disk_is_full(self):
        def with_disk_of(mib):
            return ("unshare", "-m", "sh", "-c",
                    f'mount -t tmpfs -o size={mib}m none "{mount}" && cp -a "{self.data}" '
                    f'"{mount}" && exec "$@"', "sh")
        mount = self.folder / "mount"
        mount.mkdir()
        tried = subprocess.run([*with_disk_of(100), "true"], capture_output=True, text=True)
        if tried.returncode != 0:
            self.skipTest(f"no file system of its own: {tried.stderr.strip()}")
        self.finds("disk", "wrong", "MiB are free", prefix=with_disk_of(100), data=mount / "data")
        self.finds("disk", "warning", "MiB are free", prefix=with_disk_of(500), data=mount / "data")


class Log(Case):
    def test_it_has_lost_its_end(self):
        self.put_back("log")
        code, found = self.doctor()
        self.assertEqual((code, found["log"]["verdict"]), (DIFFERS, "wrong"))
        self.assertIn("head mark", found["log"]["found"])
        self.assertIn("boxoffice log verify", found["log"]["mend"])

    def test_it_cannot_be_opened_and_all_else_is_examined(self):
        (self.data / "log/CURRENT").write_text("nonsense\n")
        code, found = self.doctor()
        self.assertEqual((code, found["log"]["verdict"]), (DIFFERS, "wrong"), found)
        self.assertEqual([*found], [name for name in CHECKS if name not in ("head mark", "clock")])
        for check in ("snapshots", "read models", "backup"):
            self.assertEqual(found[check]["verdict"], "ok", found[check])
            self.assertIn("the log's end is not known", found[check]["found"])

    def test_its_last_backup_is_named(self):
        self.put_back("log")
        self.assertIn(f"restore` of {folder / 'backup'}", self.doctor()[1]["log"]["mend"])
        (self.data / "last-backup.json").unlink()
        self.assertIn("restore` makes it", self.doctor()[1]["log"]["mend"])

    def test_its_head_mark_is_gone(self):
        shutil.rmtree(self.data / "head")
        self.finds("head mark", "wrong", "there is none")

    def test_one_slot_of_its_head_mark_is_gone_or_damaged(self):
        for slot in ("slot-0", "slot-1"):
            path = self.data / "head" / slot
            content = path.read_bytes()
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            self.finds("head mark", "warning", "missing or damaged")
            path.unlink()
            self.finds("head mark", "warning", "missing or damaged")
            path.write_bytes(content)
        self.is_well()

    def test_somebody_wants_it_accepted_as_it_is(self):
        (self.data / "head/accept").touch()
        self.finds("head mark", "warning", "accept is there")

    def test_it_was_put_back_and_what_was_made_of_it_was_not(self):
        """The log and its head mark agree; all else tells of a later time."""
        self.put_back("log", "head")
        also = ("snapshots", "read models", "backup", "verification")
        for check in also:
            self.finds(check, "wrong", "and the log ends at", also=also)


class Derived(Case):
    def ldb(self, *args):
        subprocess.run(["ldb", f"--db={self.data / 'read'}", *args], check=True,
                       capture_output=True)

    def test_a_snapshot_is_damaged(self):
        newest = max(self.data.glob("snapshots/*"))
        content = bytearray(newest.read_bytes())
        content[100] ^= 1
        newest.write_bytes(content)
        self.finds("snapshots", "warning", newest.name)

    def test_snapshots_are_not_made(self):
        shutil.rmtree(self.data / "snapshots")
        self.is_well()
        self.is_well(env={"SNAPSHOT_EVERY_EVENTS": "0"})
        self.finds("snapshots", "warning", "there is none; a start replays",
                   env={"SNAPSHOT_EVERY_EVENTS": "2"})

    def test_read_models_of_other_versions(self):
        for family, verdict, words in (
                ("weather@1", "warning", "does not know: weather"),
                ("users@99", "wrong", "users is of version 99, this program knows")):
            with self.subTest(family):
                self.ldb("create_column_family", family)
                self.finds("read models", verdict, words)
        self.assertRegex(self.doctor()[1]["read models"]["mend"],
                         "projections prepare`.*; or delete read/")

    def test_an_older_version_of_one_is_made_anew(self):
        self.ldb("drop_column_family", "users@2")
        self.ldb("create_column_family", "users@1")
        self.finds("read models", "warning", "older version: users$")

    def test_read_models_are_missing(self):
        shutil.rmtree(self.data / "read")
        self.finds("read models", "warning", "missing, or of an older version: catalog ")

    def test_read_models_cannot_be_read(self):
        (self.data / "read/CURRENT").write_text("nonsense\n")
        self.finds("read models", "wrong", "read models: ")

    def test_backups_are_not_made(self):
        (self.data / "last-backup.json").unlink()
        self.finds("backup", "warning", "none that is known of")

    def test_backups_are_not_made_any_more(self):
        self.note("backup", time=days_ago(2))
        self.is_well()  # nothing came since
        self.note("backup", position=3)
        self.finds("backup", "warning", "2 days old")
        self.note("backup", time=days_ago(8))
        self.finds("backup", "wrong", "8 days old")

    def test_the_backup_is_not_where_it_was(self):
        self.note("backup", directory=str(self.folder / "unmounted"))
        self.finds("backup", "warning", "unmounted, which is not there")

    def test_the_log_is_not_verified(self):
        self.note("verify", time=days_ago(40))
        self.finds("verification", "warning", "40 days ago")
        (self.data / "last-verify.json").unlink()
        self.finds("verification", "warning", "none that is known of")

    def test_records_that_are_none(self):
        for kind, check in (("backup", "backup"), ("verify", "verification")):
            path = self.data / f"last-{kind}.json"
            content = path.read_text()
            path.write_text(content[:10])
            self.finds(check, "warning", "is not such a record")
            path.write_text(content)

    def test_the_log_was_found_to_be_damaged(self):
        table = max(self.data.glob("log/*.sst"), key=lambda path: path.stat().st_size)
        content = table.read_bytes()
        damaged = bytearray(content)
        damaged[len(damaged) // 2] ^= 1
        table.write_bytes(damaged)
        found = run("log", "verify", "--json", "--database-url", f"rocksdb:{self.data}",
                    cwd=self.folder, check=False)
        self.assertNotEqual(found.returncode, 0)
        table.write_bytes(content)
        self.finds("verification", "wrong", "the last one, .* ago, found: ")


class ReadOnly(Case):
    def test_a_copy_that_may_only_be_read_is_audited_all_the_same(self):
        (self.data / "last-verify.json").unlink()
        bound = ("unshare", "-m", "sh", "-c",
                 f'mount --bind "{self.data}" "{self.data}" && '
                 f'mount -o remount,bind,ro "{self.data}" && exec "$@"', "sh")
        tried = subprocess.run([*bound, "true"], capture_output=True, text=True)
        if tried.returncode != 0:
            self.skipTest(f"no file system of its own: {tried.stderr.strip()}")
        url = f"rocksdb:{self.data}"
        for command in (("log", "verify"), ("backup", "create", str(self.folder / "saved"))):
            done = subprocess.run([*bound, binary(), *command, "--database-url", url],
                                  cwd=self.folder, env=environment(), capture_output=True,
                                  text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.finds("verification", "warning", "none that is known of", prefix=bound)


if __name__ == "__main__":
    unittest.main()
