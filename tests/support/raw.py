"""Raw requests over sockets: the table in contract/raw_requests.txt, and the answers as bytes."""

import contextlib
import http.client
import pathlib
import re
import socket

from support.client import ANSWER_LIMIT_S
from support.document import NotAsDocumented, document

TABLE = pathlib.Path(__file__).parents[1] / "contract/raw_requests.txt"
REQUEST_LINE = re.compile(rb"\b([\w!#$%&'*+.^`|~-]{1,20}) (\S+) HTTP/1\.[01]\r?\n")
PROBE = b"GET /health HTTP/1.1\r\nHost: probe\r\nX-Request-Id: probe\r\n\r\n"


class Row:
    """`parts`: the bytes to send; between two of them an interim answer is waited for."""

    def __init__(self, section, statuses, stays_open, about, parts):
        self.name = f"{section}: {about}"
        self.statuses = statuses
        self.stays_open = stays_open
        self.parts = parts

    @property
    def to_head(self):
        return b"".join(self.parts).lstrip().startswith(b"HEAD ")


def table():
    section, words, rows = None, {}, []
    for line in TABLE.read_text("ascii").splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("let "):
            name, text = line[4:].split("= ", 1)
            words[name.strip()] = text
        elif line and not line.startswith("#"):
            expected, about, text = line.split(" | ", 2)
            *statuses, end = expected.split()
            assert end in ("open", "close"), line
            numbers = [100 if status == "interim" else int(status) for status in statuses]
            parts = [_bytes(part, words) for part in text.split("{pause}")]
            rows.append(Row(section, numbers, end == "open", about, parts))
    return rows


def _bytes(text, words):
    text = re.sub(r"\{([a-z]+)\}", lambda found: words[found[1]], text)
    text = re.sub(r"\{([^{}*]+)\*(\d+)\}", lambda found: found[1] * int(found[2]), text)
    escapes = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}
    text = re.sub(r"\\(?:x([0-9a-f]{2})|(.))",
                  lambda found: chr(int(found[1], 16)) if found[1] else escapes[found[2]], text)
    return text.encode("latin-1")


def connect(address):
    """To a host and port, or to the path of a socket."""
    if not isinstance(address, str):
        return socket.create_connection(address, timeout=ANSWER_LIMIT_S)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_LIMIT_S)
    connection.connect(address)
    return connection


def converse(address, parts):
    """Sends the parts, an interim answer after each but the last, then ends its half of the
    connection. All that comes back until the server ends the other half."""
    received = b""
    with connect(address) as connection:
        for part in parts[:-1]:
            connection.sendall(part)
            while b"\r\n\r\n" not in received:
                more = connection.recv(65536)
                if not more:
                    return received
                received += more
        # An early refusal may end the connection while we still send; what came is still there.
        with contextlib.suppress(ConnectionError):
            connection.sendall(parts[-1])
        return received + _rest_of(connection)


def converse_slowly(address, data):
    """As converse(), each byte in a segment of its own."""
    with connect(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):
            for byte in data:
                connection.send(bytes([byte]))
        return _rest_of(connection)


def _rest_of(connection):
    """Ends our half of the connection; what comes until the server ends the other."""
    received = b""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
    with contextlib.suppress(ConnectionError):
        while more := connection.recv(65536):
            received += more
    return received


def exchange(address, data):
    """Sends the bytes on a new connection. All the answers, each as documented."""
    found = answers(converse(address, [data]), data.startswith(b"HEAD "))
    as_documented(data, found)
    return found


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    def __repr__(self):
        return f"{self.status} {self.fields} {self.body[:200]}"


def answers(received, first_to_head=False):
    """Cuts what came into answers by their own framing; bytes that are none raise ValueError."""
    found = []
    while received:
        head, end, rest = received.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        line = re.fullmatch(r"HTTP/1\.1 (\d{3}) [ -~]+", status_line)
        if not line or not end:
            raise ValueError(f"not an answer: {received[:200]}")
        fields = {}
        for text in lines:
            name, colon, value = text.partition(": ")
            if not colon or name.lower() in fields and name.lower() != "set-cookie":
                raise ValueError(f"not a field, or twice: {text!r}")
            fields[name.lower()] = value
        status = int(line[1])
        bodiless = status in (100, 204, 304) or first_to_head and not found
        if not bodiless and "content-length" not in fields:
            raise ValueError(f"an answer without its length: {head}")
        length = 0 if bodiless else int(fields["content-length"])
        if len(rest) < length:
            raise ValueError(f"an answer that is cut off: {received[:200]}")
        found.append(Answer(status, fields, rest[:length]))
        received = rest[length:]
    return found


def as_documented(data, found):
    """Demands that the document has each of these answers, to one of the requests in the bytes
    (which of them are requests is for the server to say); of what is none, that it is a problem."""
    lines = [(method.decode(), target.decode("latin-1"))
             for method, target in REQUEST_LINE.findall(data)] or [("GET", "")]
    for answer in found:
        if answer.status == 100:
            continue
        headers = http.client.HTTPMessage()
        for name, value in answer.fields.items():
            headers[name] = value
        errors = []
        for method, target in lines:
            try:
                document().check(method, target, answer.status, headers, answer.body)
                break
            except NotAsDocumented as error:
                errors.append(f"{method} {target}: {error}")
        else:
            raise NotAsDocumented(f"{answer}\n" + "\n".join(errors))
