"""The peers: how each is started, given seats, and asked afterwards which seats it has locked.

A peer keeps its folder for the whole run; its server is started for each round and stopped after
it, so that an idle one takes nothing from the one that is measured.
"""

import json
import os
import pathlib
import re
import signal
import sqlite3
import urllib.request

from processes import (PYTHON, UNPACKED, Process, empty_folder, environment, free_port,
                       processor_seconds, program, run, unprivileged_user)

HERE = pathlib.Path(__file__).resolve().parent
HALL_SEATS = 18_000
SQLITE_TABLE = """CREATE TABLE seats (id INTEGER PRIMARY KEY, show_id INTEGER NOT NULL,
                  status TEXT NOT NULL DEFAULT 'free', locked_by TEXT, locked_until)"""


class Peer:
    """`locks_per_s_max`: more than it can do, for as many seats as it gets."""

    name = ""
    kind = ""  # as peer_client calls it
    goal = None  # ours / it
    locks_per_s_max = 20_000

    def __init__(self, options):
        self.options = options
        self.process = None
        self.halls = 0

    def missing(self):
        """Why it cannot be measured here; None: it can."""
        return None

    def create(self):
        self.folder = empty_folder(self.options.folder / self.kind_folder())

    def kind_folder(self):
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    def start(self):
        pass

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def processes(self):
        """Of the server; none: it is a part of the client."""
        return [self.process] if self.process else []

    def processor_seconds(self):
        return sum(processor_seconds(each.popen.pid) for each in self.processes())

    def add_halls(self, number):
        """So many more shows of HALL_SEATS free seats: (show, first seat, seats) of each."""
        first = self.halls + 1
        self.halls += number
        halls = [(show, (show - 1) * HALL_SEATS + 1, HALL_SEATS)
                 for show in range(first, first + number)]
        self.insert(halls)
        return halls

    def insert(self, halls):
        pass

    def address(self):
        raise NotImplementedError

    def stored(self):
        """(seat, owner) of every lock; the server runs."""
        raise NotImplementedError


class Ours(Peer):
    name = "Box Office, HTTP"
    kind = "http"
    locks_per_s_max = 150_000

    def create(self):
        super().create()
        self.env = environment(SECRET_KEY="the secret key of the benchmarks, which is nobody's")
        self.database = ["--database-url", f"rocksdb:{self.folder / 'data'}"]
        self.theatre = None

    def start(self):
        said = self.folder / "said.txt"
        said.write_bytes(b"")
        # No peer logs its requests. The size of the ballast file is time at the start only.
        self.process = Process(
            self.options.boxoffice, "serve", "--port", "0", "--access-log", "off",
            "--slow-request-ms", "0", "--ballast-mib", "0", *self.database, env=self.env, said=said)
        self.process.wait_until(lambda: b"listening on" in said.read_bytes())
        self.port = int(re.search(r"listening on http://\S+:(\d+)", said.read_text())[1])

    def post(self, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def add_halls(self, number):
        if self.theatre is None:
            self.movie = self.post("/api/movies", {
                "title": "Long", "duration": 90, "genre": "Drama", "rating": "PG",
                "release_date": "2024-06-15"})["id"]
            self.theatre = self.post("/api/theatres", {
                "name": "Big", "city": "X", "address": "1 X", "total_seats": HALL_SEATS})["id"]
        halls = []
        for _ in range(number):
            show = self.post("/api/shows", {
                "movie_id": self.movie, "theatre_id": self.theatre, "show_date": "2099-06-15",
                "show_time": "20:00", "price": 10})["id"]
            halls.append((show, self.halls * HALL_SEATS + 1, HALL_SEATS))
            self.halls += 1
        return halls

    def address(self):
        return str(self.port)

    def stored(self):
        self.stop()  # `log show` wants the log for itself
        printed = run(self.options.boxoffice, "log", "show", "--json", *self.database, env=self.env)
        for line in printed.splitlines():
            if '"SeatsLocked"' in line:
                event = json.loads(line)
                for seat in event["data"]["seat_ids"]:
                    yield seat, event["data"]["user_session"]


class PostgresqlServer:
    """A cluster of its own, as another user when we are root. Everything durable, and no more than
    that: no replicas, so the write-ahead log is written for recovery only."""

    bin = pathlib.Path("/usr/lib/postgresql/15/bin")

    @classmethod
    def find(cls):
        for path in (UNPACKED / "lib/postgresql/15/bin", cls.bin):
            if os.access(path / "postgres", os.X_OK):
                cls.bin = path
                return True
        return False

    def __init__(self, folder, clients):
        self.user = unprivileged_user()
        self.folder = empty_folder(folder, self.user)
        self.tool("initdb", "-D", folder / "data", "-U", "cinema", "-A", "trust", "--no-locale",
                  "-E", "UTF8")
        self.settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": folder,
            "max_connections": clients + 100, "shared_buffers": "256MB", "fsync": "on",
            "synchronous_commit": "on", "full_page_writes": "on", "wal_level": "minimal",
            "max_wal_senders": 0, "wal_buffers": "16MB", "max_wal_size": "8GB",
            "checkpoint_timeout": "30min", "jit": "off", "timezone": "UTC"}
        self.process = None

    def tool(self, name, *words, given=None):
        return run(self.bin / name, *words, user=self.user, given=given)

    def start(self):
        self.port = free_port()
        settings = [word for name, value in {**self.settings, "port": self.port}.items()
                    for word in ("-c", f"{name}={value}")]
        # SIGINT: without waiting for clients to leave.
        self.process = Process(self.bin / "postgres", "-D", self.folder / "data", *settings,
                               said=self.folder / "said.txt", user=self.user, stop_by=signal.SIGINT)
        self.process.wait_until(self.is_ready)

    def is_ready(self):
        try:
            self.sql("SELECT 1")
            return True
        except RuntimeError:
            return False

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def sql(self, text):
        return self.tool("psql", "-X", "-q", "-A", "-t", "-F", " ", "-v", "ON_ERROR_STOP=1", "-h",
                         "127.0.0.1", "-p", str(self.port), "-U", "cinema", "-d", "postgres",
                         given=text)

    def insert(self, halls):
        for show, first, seats in halls:
            self.sql(f"INSERT INTO seats (id, show_id, status) SELECT id, {show}, 'free' "
                     f"FROM generate_series({first}, {first + seats - 1}) AS id")
        self.sql("VACUUM ANALYZE seats")
        self.sql("CHECKPOINT")

    def stored(self):
        printed = self.sql("SELECT id, locked_by FROM seats WHERE status = 'locked'")
        for line in printed.splitlines():
            seat, owner = line.split()
            yield int(seat), owner


class Postgresql(Peer):
    name = "PostgreSQL, SELECT FOR UPDATE"
    kind = "postgresql"
    goal = 6

    def missing(self):
        return None if PostgresqlServer.find() else "no PostgreSQL 15"

    def create(self):
        self.server = PostgresqlServer(self.options.folder / "postgresql", self.options.clients)
        self.server.start()
        self.server.sql((HERE / "postgresql.sql").read_text())
        self.server.stop()

    def start(self):
        self.server.start()

    def stop(self):
        self.server.stop()

    def processes(self):
        return [self.server.process]

    def insert(self, halls):
        self.server.insert(halls)

    def address(self):
        host = self.server.folder if self.options.unix_sockets else "127.0.0.1"
        return (f"host={host} port={self.server.port} user=cinema dbname=postgres sslmode=disable "
                "gssencmode=disable")

    def stored(self):
        return self.server.stored()


class Redis(Peer):
    name = "Redis, Lua, appendfsync always"
    kind = "redis"
    goal = 2
    locks_per_s_max = 60_000

    def missing(self):
        return None if program("redis-server") else "no redis-server"

    def start(self):
        self.port = free_port()
        self.process = Process(
            program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--dir",
            str(self.folder), "--unixsocket", str(self.folder / "socket"), "--appendonly", "yes",
            "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0", "--save", "",
            said=self.folder / "said.txt")
        self.process.wait_until(self.is_ready)

    def is_ready(self):
        try:
            return self.cli("PING").strip() == "PONG"
        except RuntimeError:
            return False

    def cli(self, *words):
        return run(program("redis-cli"), "-p", str(self.port), *words)

    def address(self):
        return str(self.folder / "socket") if self.options.unix_sockets else str(self.port)

    def stored(self):
        for show in range(1, self.halls + 1):
            words = self.cli("HGETALL", f"show:{show}").split()  # seat, until, owner, ...
            for seat, owner in zip(words[0::3], words[2::3]):
                yield int(seat), owner


class SqliteFile:
    def __init__(self, path, wal):
        self.path = path
        with sqlite3.connect(path) as database:
            database.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
            database.execute(SQLITE_TABLE)

    def insert(self, halls):
        with sqlite3.connect(self.path) as database:
            for show, first, seats in halls:
                database.executemany("INSERT INTO seats (id, show_id) VALUES (?, ?)",
                                     ((seat, show) for seat in range(first, first + seats)))

    def stored(self):
        with sqlite3.connect(self.path) as database:
            yield from database.execute("SELECT id, locked_by FROM seats WHERE status = 'locked'")


class Sqlite(Peer):
    name = "SQLite, WAL, synchronous FULL"
    kind = "sqlite"

    def create(self):
        super().create()
        self.file = SqliteFile(self.folder / "seats.db", wal=True)

    def insert(self, halls):
        self.file.insert(halls)

    def address(self):
        return str(self.file.path)

    def stored(self):
        return self.file.stored()


class FastApi(Peer):
    """As its README starts it: one process, a SQLite file with the settings that SQLite has."""

    name = "FastAPI, SQLAlchemy, SQLite, HTTP"
    kind = "http"
    goal = 300
    locks_per_s_max = 3_000
    workers = 1

    def missing(self):
        try:
            run(PYTHON, "-c", "import fastapi, uvicorn, sqlalchemy, psycopg2")
            return None
        except (RuntimeError, OSError):
            return "no FastAPI, uvicorn, SQLAlchemy or psycopg2"

    def create(self):
        super().create()
        self.file = SqliteFile(self.folder / "movies.db", wal=False)

    def database_url(self):
        return f"sqlite:///{self.file.path}"

    def start(self):
        self.port = free_port()
        self.process = Process(
            PYTHON, "-m", "uvicorn", "--app-dir", str(HERE), "fastapi_program:app", "--port",
            str(self.port), "--workers", str(self.workers), "--no-access-log", "--log-level",
            "warning", "--timeout-keep-alive", "600", said=self.folder / "said.txt",
            env=environment(DATABASE_URL=self.database_url()))
        self.process.wait_until(self.is_ready)

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health") as answer:
                return answer.status == 200
        except OSError:
            return False

    def insert(self, halls):
        self.file.insert(halls)

    def address(self):
        return str(self.port)

    def stored(self):
        return self.file.stored()


class FastApiPostgresql(FastApi):
    """The best that can be made of it by configuration: PostgreSQL, and a process for each core."""

    name = "FastAPI, SQLAlchemy, PostgreSQL, HTTP"
    goal = None
    workers = os.cpu_count()

    def missing(self):
        return super().missing() or (None if PostgresqlServer.find() else "no PostgreSQL 15")

    def create(self):
        Peer.create(self)
        self.server = PostgresqlServer(self.options.folder / "fastapi-postgresql-data",
                                       40 * self.workers)
        self.server.start()
        self.server.sql((HERE / "postgresql.sql").read_text())
        self.server.stop()

    def database_url(self):
        return f"postgresql+psycopg2://cinema@127.0.0.1:{self.server.port}/postgres"

    def start(self):
        self.server.start()
        super().start()

    def stop(self):
        super().stop()
        self.server.stop()

    def processes(self):
        return [self.process, self.server.process]

    def insert(self, halls):
        self.server.insert(halls)

    def stored(self):
        return self.server.stored()


class Echo(Peer):
    """Answers HTTP, and locks nothing."""

    kind = "echo"
    serve = ""
    locks_per_s_max = 400_000

    def start(self):
        said = self.folder / "said.txt"
        said.write_bytes(b"")
        self.process = Process(self.options.client, self.serve, said=said)
        self.process.wait_until(lambda: b"\n" in said.read_bytes())
        self.port = int(said.read_text().split()[-1])

    def address(self):
        return str(self.port)

    def stored(self):
        return None


class BeastEcho(Echo):
    name = "limit: Beast echo, HTTP"
    serve = "serve-beast"


class EpollResponder(Echo):
    name = "limit: bare epoll responder, HTTP"
    serve = "serve-epoll"


class RawFile(Peer):
    """A lock's bytes in our log, appended and synced, for one lock at a time."""

    name = "limit: write + fdatasync, each lock"
    kind = "raw"
    locks_at_once = 1

    def address(self):
        return str(self.folder / "file")

    def stored(self):
        return None


class RawFileTogether(RawFile):
    name = "limit: write + fdatasync, all clients' locks"

    def __init__(self, options):
        super().__init__(options)
        self.locks_at_once = options.clients


ALL = [Ours, Postgresql, Redis, Sqlite, FastApi, FastApiPostgresql, BeastEcho, EpollResponder,
       RawFile, RawFileTogether]
