"""A small HTTP client that keeps its connection, and the answers that it gets. Each is held against
the program's own OpenAPI document."""

import functools
import http.client
import json
import re

from support.document import NotAsDocumented, document

# Only ends a hopeless wait.
ANSWER_LIMIT_S = 120


def without_repeats(pairs):
    """A JSON object as a dict in the order of its members; a repeated member is an error."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError(f"a member is repeated: {[name for name, _ in pairs]}")
    return members


class Answer:
    """What came back. `json` is parsed when asked for; its dicts keep the order of the wire."""

    def __init__(self, request, status, headers, body):
        self.request = request
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode()

    @functools.cached_property
    def json(self):
        return json.loads(self.text, object_pairs_hook=without_repeats)

    @property
    def event_seq(self):
        return self._position("X-Event-Seq")

    @property
    def read_seq(self):
        return self._position("X-Read-Seq")

    def _position(self, name):
        value = self.headers.get(name)
        return None if value is None else int(value)

    @property
    def next_path(self):
        """The address of the next page; None when there is none."""
        link = self.headers.get("Link")
        if link is None:
            return None
        return re.fullmatch(r'<([^<>"\s]*)>; rel="next"', link)[1]

    @property
    def replayed(self):
        return self.headers.get("Idempotency-Replayed") == "true"

    def __repr__(self):
        return f"{self.request} -> {self.status} {self.text[:500]}"


class Client:
    """One keep-alive connection; `token` is sent with every request unless another is given."""

    def __init__(self, address, token=None):
        self.address = address
        self.token = token
        self.connection = http.client.HTTPConnection(*address, timeout=ANSWER_LIMIT_S)

    def close(self):
        self.connection.close()

    def request(self, method, path, body=None, *, token=None, key=None, headers=None):
        """`body`: bytes are sent as they are, anything else as JSON. `key`: Idempotency-Key."""
        fields = {}
        if body is not None:
            fields["Content-Type"] = "application/json"
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        if token or self.token:
            fields["Authorization"] = f"Bearer {token or self.token}"
        if key is not None:
            fields["Idempotency-Key"] = key
        fields.update(headers or {})
        try:
            self.connection.request(method, path, body, fields)
            response = self.connection.getresponse()
            payload = response.read()
        except Exception:
            self.connection.close()
            raise
        answer = Answer(f"{method} {path}", response.status, response.headers, payload)
        try:
            document().check(method, path, response.status, response.headers, payload)
        except NotAsDocumented as error:
            raise NotAsDocumented(f"{answer}\n{error}") from None
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body=None, **options):
        return self.request("PUT", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)
