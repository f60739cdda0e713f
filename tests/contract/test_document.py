"""The OpenAPI document: complete, true to itself, and the one that was released. (That answers are
as it says is checked in every test: support/document.py.)"""

import copy
import json
import re
import unittest
import urllib.parse

import jsonschema

from support.document import NotAsDocumented, document
from support.released import released, unrecorded, without_version
from support.server import Server


def operations(spec):
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def examples_of(content):
    if "example" in content:
        yield content["example"]
    for example in content.get("examples", {}).values():
        yield document().resolved(example)["value"]


def cut(got, shown):
    """What came, with its lists no longer than those that are shown: the first ones are enough.
    Where none is shown, none may have come."""
    if isinstance(got, list) and isinstance(shown, list):
        return [cut(*pair) for pair in zip(got, shown)] if shown else got
    if isinstance(got, dict) and isinstance(shown, dict):
        return {name: cut(value, shown.get(name)) for name, value in got.items()}
    return got


class Complete(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spec = document().json

    def test_every_operation_says_what_it_does(self):
        tags = {tag["name"]: tag["description"] for tag in self.spec["tags"]}
        for path, method, operation in operations(self.spec):
            with self.subTest(f"{method} {path}"):
                self.assertTrue(operation["summary"])
                self.assertGreater(len(operation.get("description", "")), 15)
                self.assertTrue(all(tags[tag] for tag in operation["tags"]))

    def test_operation_ids_are_fastapis(self):
        seen = set()
        for path, method, operation in operations(self.spec):
            identity = operation["operationId"]
            self.assertTrue(identity.endswith(re.sub(r"\W", "_", path) + "_" + method), identity)
            self.assertNotIn(identity, seen)
            seen.add(identity)
        self.assertIn("get_movie_shows_api_movies__movie_id__shows_get", seen)

    def test_every_parameter_and_member_is_described(self):
        for path, method, operation in operations(self.spec):
            for parameter in map(document().resolved, operation["parameters"]):
                self.assertTrue(parameter.get("description"),
                                f"{method} {path}: {parameter['name']}")
        for name, schema in self.spec["components"]["schemas"].items():
            for member, about in schema.get("properties", {}).items():
                if name in ("HTTPValidationError", "ValidationError"):
                    continue  # FastAPI's own
                if (name, member) == ("Problem", "code"):
                    continue  # its values have pages of their own
                self.assertTrue(about.get("description"), f"{name}.{member}")

    def test_every_status_that_any_operation_has_is_there(self):
        for path, method, operation in operations(self.spec):
            with self.subTest(f"{method} {path}"):
                statuses = set(operation["responses"])
                self.assertLessEqual({"400", "401", "429", "500", "503", "default"}, statuses)
                self.assertTrue({"200", "202"} & statuses)
                for status in ("429", "503"):
                    self.assertIn("Retry-After", operation["responses"][status]["headers"])
                if method == "get":
                    self.assertIn("304", statuses)
                else:
                    self.assertIn("X-Event-Seq", operation["responses"]["500"]["headers"])
                names = {document().resolved(one)["name"] for one in operation["parameters"]}
                self.assertEqual("Idempotency-Key" in names, method == "post")

    def test_every_answer_has_an_example(self):
        for path, method, operation in operations(self.spec):
            for status, response in operation["responses"].items():
                with self.subTest(f"{method} {path}: {status}"):
                    contents = document().resolved(response).get("content", {})
                    if status in ("200", "202"):
                        self.assertTrue(next(iter(contents.values()))["example"])
                    for media_type, content in contents.items():
                        if media_type == "text/event-stream":
                            self.assertTrue(content["example"])
                        if media_type == "application/problem+json" or status == "422":
                            self.assertTrue(content["examples"])

    def test_schemas_are_schemas_and_examples_fit(self):
        examples = 0
        for schema in self.spec["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)
        for path, method, operation in operations(self.spec):
            bodies = [operation.get("requestBody", {})]
            bodies += [document().resolved(one) for one in operation["responses"].values()]
            for body in bodies:
                for content in body.get("content", {}).values():
                    jsonschema.Draft202012Validator.check_schema(content["schema"])
                    validator = document().validator(content["schema"])
                    for example in examples_of(content):
                        examples += 1
                        with self.subTest(f"{method} {path}"):
                            validator.validate(example)
        self.assertGreater(examples, 600)

    def test_everything_that_is_referred_to_is_there_and_used(self):
        text = json.dumps(self.spec)
        for reference in set(re.findall(r'"\$ref": "([^"]+)"', text)):
            document().at(reference)
        for kind in ("schemas", "parameters", "responses"):
            for name in self.spec["components"][kind]:
                self.assertIn(f'"#/components/{kind}/{name}"', text, name)


class Examples(unittest.TestCase):
    """The document's examples, sent as they are to a server with the demo data, get the answers
    that it shows."""

    # Their answers are different each time, or go on: only their schemas say what is right.
    NEVER_THE_SAME = {"/metrics", "/api/shows/{show_id}/seats/stream", "/api/admin/status",
                      "/api/admin/projections", "/api/admin/projections/{name}", "/api/events"}
    # What was sold and what happened, when the README's commands were sent.
    OF_A_SALE = {"/api/shows/{show_id}/report", "/api/shows/{show_id}/history",
                 "/api/seats/{seat_id}/history", "/api/reports/sales"}

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        self.client = self.server.client()
        self.addCleanup(self.client.close)
        self.transaction = None

    @staticmethod
    def example(content):
        return next(iter(content.values()), {}).get("example") if content else None

    def send(self, method, path, operation):
        query = []
        for parameter in map(document().resolved, operation["parameters"]):
            if parameter["in"] == "path":
                path = path.replace("{%s}" % parameter["name"], str(parameter["example"]))
            elif parameter["in"] == "query" and "example" in parameter:
                query.append((parameter["name"], parameter["example"]))
        body = self.example(operation.get("requestBody", {}).get("content"))
        if body and self.transaction and "transaction_id" in body:
            body = {**body, "transaction_id": self.transaction}
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        return self.client.request(method, target, body)

    @staticmethod
    def timeless(value):
        """Without what is different each time."""
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "(moment)", json.dumps(value))
        text = re.sub(r'("(?:show_date|access_token|transaction_id)": )"[^"]+"', r'\1"(any)"', text)
        return json.loads(text)

    def check(self, method, path):
        operation = document().json["paths"][path][method.lower()]
        shown = self.example(operation["responses"]["200"]["content"])
        with self.subTest(f"{method} {path}"):
            answer = self.send(method, path, operation)
            self.assertEqual(answer.status, 200, answer)
            got = answer.json
            self.assertEqual(self.timeless(cut(got, shown)), self.timeless(shown))
            if "access_token" in got:
                self.client.token = got["access_token"]
            if "transaction_id" in got:
                self.transaction = got["transaction_id"]

    def check_all(self, text):
        for step in text.strip().splitlines():
            self.check(*step.split())

    def test_of_what_anybody_may_read(self):
        checked = 0
        for path, method, operation in operations(document().json):
            parameters = [document().resolved(one) for one in operation["parameters"]]
            known = {one["name"] for one in parameters if "example" in one or not one["required"]}
            about_one = {"booking_id", "user_id"} & known or path.startswith("/api/users")
            elsewhere = about_one or path in self.NEVER_THE_SAME | self.OF_A_SALE
            if method == "get" and not elsewhere:
                self.check("GET", path)
                checked += 1
        self.assertGreater(checked, 10)

    def test_of_the_readme(self):
        self.check_all("""
            POST /api/users/register
            POST /api/users/login
            GET /api/users/me
            POST /api/seats/lock
            POST /api/seats/release
            POST /api/seats/lock
            POST /api/bookings
            GET /api/bookings/{booking_id}
            GET /api/users/{user_id}/bookings
            POST /api/payments/initiate
            POST /api/payments/confirm
            PUT /api/users/me
            DELETE /api/users/me""")

    def test_of_a_sale(self):
        self.check_all("""
            POST /api/users/register
            POST /api/users/login
            POST /api/seats/lock
            POST /api/bookings
            POST /api/payments/initiate
            POST /api/payments/confirm""")
        for path in sorted(self.OF_A_SALE):
            self.check("GET", path)

    def test_of_errors(self):
        examples = document().json["components"]["examples"]
        for code, answer in {
                "movie_not_found": self.client.get("/api/movies/99"),
                "login_failed": self.client.login("test@example.com", "a wrong password"),
                "not_authenticated": self.client.get("/api/users/me"),
                "validation_failed": self.client.post("/api/users/login",
                                                      {"email": "user@example.com"})}.items():
            self.assertEqual(answer.json, examples[code]["value"])

    def test_of_changing_ones_mind(self):
        self.check_all("""
            POST /api/users/register
            POST /api/bookings
            POST /api/bookings/{booking_id}/cancel
            PUT /api/movies/{movie_id}
            PUT /api/theatres/{theatre_id}
            PUT /api/shows/{show_id}""")


class Bites(unittest.TestCase):
    """What is not as documented is noticed."""

    MOVIE = {"title": "M", "description": None, "duration": 117, "genre": "Crime", "rating": "PG",
             "poster_url": None, "release_date": "1931-05-11", "id": 1,
             "created_at": "2030-01-01T09:00:00Z"}
    PROBLEM = {"detail": "Movie not found", "type": "/problems/movie_not_found",
               "title": "Movie not found", "status": 404, "code": "movie_not_found"}
    JSON = {"Content-Type": "application/json", "X-Read-Seq": "7", "X-Request-Id": "a"}
    PROBLEM_JSON = {**JSON, "Content-Type": "application/problem+json"}

    def check(self, body=None, *, method="GET", path="/api/movies/1", status=200, headers=None):
        document().check(method, path, status, self.JSON if headers is None else headers,
                         json.dumps(self.MOVIE if body is None else body).encode())

    def test_what_is_as_documented_passes(self):
        self.check()
        self.check(self.PROBLEM, status=404, headers=self.PROBLEM_JSON)
        document().check("HEAD", "/api/movies/1", 200, self.JSON, b"")

    def test_what_is_not_does_not(self):
        without = copy.copy(self.MOVIE)
        del without["genre"]
        busy = {**self.PROBLEM, "code": "show_not_found"}
        for what, wrong in {
                "a member is missing": {"body": without},
                "a member is not documented": {"body": {**self.MOVIE, "stars": 5}},
                "a type": {"body": {**self.MOVIE, "duration": "117"}},
                "null": {"body": {**self.MOVIE, "title": None}},
                "no object": {"body": [self.MOVIE]},
                "a status": {"status": 201},
                "a media type": {"headers": {**self.JSON, "Content-Type": "text/plain"}},
                "no media type": {"headers": {}},
                "a header": {"headers": {**self.JSON, "X-Event-Seq": "7"}},
                "a header's value": {"headers": {**self.JSON, "X-Read-Seq": "x"}},
                "a problem as plain JSON": {"body": self.PROBLEM, "status": 404},
                "another operation's code": {"body": busy, "status": 404,
                                             "headers": self.PROBLEM_JSON},
                "an unknown operation": {"path": "/api/nothing"},
                "an unknown error": {"body": {**self.PROBLEM, "code": "oops"}, "status": 404,
                                     "path": "/api/nothing"}}.items():
            with self.subTest(what), self.assertRaises(NotAsDocumented):
                self.check(**wrong)


class Released(unittest.TestCase):
    def test_nothing_breaks_clients_unless_it_is_recorded(self):
        self.assertEqual(unrecorded(released(), document().json), [],
                         "see docs/api-policy.md: undo it, or record it with its reason")

    def test_the_document_is_the_released_one(self):
        self.assertTrue(without_version(document().json) == without_version(released()),
                        "the document has changed: cmake --build build/dev --target record_document")


if __name__ == "__main__":
    unittest.main()
