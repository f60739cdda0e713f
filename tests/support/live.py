"""Server-sent events as a client sees them: a stream over a socket of its own, and a seat map that is
kept up to date by what comes.
"""

import json
import select
import socket

from support.client import ANSWER_LIMIT_S
from support.document import document


class EventId(int):
    """A position, which orders ids, and the text that the server gave and wants back."""

    def __new__(cls, text):
        id = super().__new__(cls, text.partition("-")[0])
        id.text = text
        return id

    def __str__(self):
        return self.text

    def at(self, position):
        """The id of another event of the same stream."""
        return "-".join([str(int(position)), *self.text.split("-")[1:]])


class Event:
    def __init__(self, name, id, data):
        self.name = name
        self.id = id
        self.data = data

    @property
    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f"{self.name} {self.id!s} {self.data[:200]}"


class Stream:
    """One request for a stream. `ended` is None, then "cleanly" (the last chunk came) or "cut"."""

    def __init__(self, address, path, *, headers=None, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(ANSWER_LIMIT_S)
        self.socket.connect(address)
        lines = [f"GET {path} HTTP/1.1", "Host: cinema", "Accept: text/event-stream"]
        lines += [f"{name}: {value!s}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.socket.setblocking(False)
        self.path = path
        self.status = None
        self.headers = {}
        self.retry = None
        self.last_id = None
        self.comments = 0
        self.ended = None
        self._bytes = b""  # of the head, then of chunks
        self._text = b""   # of events
        self._waiting = []  # events that wait() has not returned yet

    def fileno(self):
        return self.socket.fileno()

    def close(self):
        self.socket.close()

    def receive(self):
        """The events that are complete by now."""
        if self.ended:
            return []
        try:
            while part := self.socket.recv(262144):
                self._bytes += part
            self.ended = "cut"
        except BlockingIOError:
            pass
        except ConnectionError:
            self.ended = "cut"
        if self.status is None and not self._take_head():
            return []
        if self.headers.get("transfer-encoding") == "chunked":
            while self._take_chunk():
                pass
        return list(self._take_events())

    def wait(self):
        """The next event; None when the stream ends instead."""
        while not self._waiting:
            self._waiting += self.receive()
            if self.ended:
                break
            if not self._waiting:
                self.wait_readable()
        return self._waiting.pop(0) if self._waiting else None

    def wait_readable(self):
        if not select.select([self.socket], [], [], ANSWER_LIMIT_S)[0]:
            raise AssertionError("the stream is silent")

    def wait_head(self):
        """Until the answer has begun: the server counts the stream among its open ones."""
        while self.status is None and not self.ended:
            self.wait_readable()
            self._waiting += self.receive()

    def read_to_end(self):
        """All events to come, up to the end of the stream."""
        events = []
        while event := self.wait():
            events.append(event)
        return events

    def _take_head(self):
        head, separator, rest = self._bytes.partition(b"\r\n\r\n")
        if not separator:
            return False
        first, *fields = head.decode().split("\r\n")
        self.status = int(first.split(" ")[1])
        self.headers = {name.lower(): value for name, value in
                        (field.split(": ", 1) for field in fields)}
        # A refusal's body is not here yet; HEAD has none either.
        document().check("GET" if self.status == 200 else "HEAD", self.path, self.status,
                         {name.title(): value for name, value in self.headers.items()}, b"")
        self._bytes = rest
        return True

    def _take_chunk(self):
        size_text, separator, rest = self._bytes.partition(b"\r\n")
        if not separator:
            return False
        size = int(size_text, 16)
        if len(rest) < size + 2:
            return False
        assert rest[size:size + 2] == b"\r\n", "a chunk ends with CR LF"
        self._bytes = rest[size + 2:]
        if size == 0:
            assert self._bytes == b"", "nothing follows the last chunk"
            self.ended = "cleanly"
            return False
        self._text += rest[:size]
        return True

    def _take_events(self):
        *blocks, self._text = self._text.split(b"\n\n")
        for block in blocks:
            fields = {}
            for line in block.decode().split("\n"):
                if line.startswith(":"):
                    self.comments += 1
                else:
                    name, value = line.split(": ", 1)
                    assert name not in fields, f"{name} is given once: {block}"
                    fields[name] = value
            if "retry" in fields:
                self.retry = int(fields.pop("retry"))
            if "id" in fields:
                self.last_id = EventId(fields.pop("id"))
            if "data" in fields:
                yield Event(fields.pop("event", "message"), self.last_id, fields.pop("data"))
            assert not fields, f"unknown fields: {fields}"


class SeatMap:
    """A show's seats, kept up to date by events."""

    def __init__(self, show_id):
        self.show_id = show_id
        self.seats = {}  # by id, as the API shows them
        self.id = None   # of the last event

    @property
    def path(self):
        return f"/api/shows/{self.show_id}/seats/stream"

    def open(self, address, **options):
        """A stream that goes on after what is here."""
        headers = {} if self.id is None else {"Last-Event-ID": self.id}
        return Stream(address, self.path, headers=headers, **options)

    def take(self, event):
        # A map may come again as it was, when it was made anew.
        again = event.name == "snapshot" and event.id.text != self.id.text if self.id else False
        assert self.id is None or event.id > self.id or event.id == self.id and again, (
            f"again or back: {event} after {self.id!s}")
        self.id = event.id
        if event.name == "snapshot":
            self.seats = {seat["id"]: seat for seat in event.json}
        elif event.name == "seats":
            for seat in event.json:
                assert seat["id"] in self.seats, f"a seat that the map does not have: {event}"
                self.seats[seat["id"]] = seat
        else:
            raise AssertionError(f"unexpected: {event}")

    @property
    def states(self):
        return tuple(sorted((seat["id"], seat["is_booked"], seat["is_locked"],
                             seat["locked_until"]) for seat in self.seats.values()))
