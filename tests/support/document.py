"""The OpenAPI document of the program under test, and whether an answer is what it says.

Every answer that Client gets is held against it (client.py), and so is what raw bytes get (raw.py):
the status must be documented for that operation, as must its media type, each header that the
document knows of, and every member of the body. A request may be wrong on purpose; its answer may
not.
"""

import functools
import gzip
import json
import os
import re
import subprocess
import urllib.parse

import jsonschema

# What stands beside the operations: the document itself and the pages that show it.
PAGES = re.compile(r"/docs|/redoc|/openapi\.json|/assets/.*")
# Only what an operation documents may carry these.
HEADERS = {"x-event-seq", "x-read-seq", "x-next-after", "link", "idempotency-replayed",
           "retry-after", "ratelimit", "ratelimit-policy", "www-authenticate", "deprecation",
           "sunset"}
INTEGER = re.compile(r"\d+")


class NotAsDocumented(AssertionError):
    pass


def closed(schema):
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {name: closed(value) for name, value in schema.items()}
    if schema.get("properties") and schema.get("type") == "object":
        out.setdefault("additionalProperties", False)
    return out


class Operation:
    def __init__(self, document, described):
        self.document = document
        self.responses = described["responses"]

    @functools.cache
    def response(self, status):
        found = self.responses.get(str(status)) or self.responses.get("default")
        if found and "$ref" in found:
            found = self.document.at(found["$ref"])
        return found

    @functools.cache
    def validator(self, status, media_type):
        content = self.response(status).get("content", {})
        if media_type not in content:
            raise NotAsDocumented(f"{media_type} is not documented, but {list(content)}")
        return self.document.validator(content[media_type]["schema"])


class Document:
    def __init__(self, document):
        self.json = document
        self.problems = set(document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
        components = closed(document["components"]["schemas"])
        # An error is a Problem whose code is one of some: the second half names one member only.
        self.root = {"components": {"schemas": components}}
        self.operations = []
        for path, item in document["paths"].items():
            pattern = re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path))
            self.operations.append((pattern, path.count("{"), {
                method.upper(): Operation(self, one) for method, one in item.items()}))
        self.operations.sort(key=lambda entry: entry[1])  # "/users/me" before "/users/{user_id}"
        self.problem = self.validator({"$ref": "#/components/schemas/Problem"})

    def at(self, reference):
        value = self.json
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]
        return value

    def resolved(self, value):
        return self.at(value["$ref"]) if "$ref" in value else value

    def validator(self, schema):
        return jsonschema.Draft202012Validator({**self.root, **self._narrowed(schema)})

    @staticmethod
    def _narrowed(schema):
        # {"allOf":[{"$ref":Problem},{…"code":…}]}: only the first half knows all members.
        if "allOf" in schema:
            return schema
        return closed(schema)

    def methods_at(self, path):
        for pattern, _, methods in self.operations:
            if pattern.fullmatch(path):
                return methods
        return None

    # ---- Answers --------------------------------------------------------------------------------

    def check(self, method, target, status, headers, body):
        """Raises NotAsDocumented."""
        path = urllib.parse.urlsplit(target).path if not target.startswith("//") else target
        methods = self.methods_at(path)
        operation = (methods or {}).get("GET" if method == "HEAD" else method)
        if operation is None:
            self._check_elsewhere(method, path, status, headers, body)
            return
        described = operation.response(status)
        if described is None:
            raise NotAsDocumented(f"{status} is not documented")
        self._check_headers(described, headers)
        if method != "HEAD":
            if headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            self._check_body(operation, status, described, headers, body)

    def _check_elsewhere(self, method, path, status, headers, body):
        if PAGES.fullmatch(path) and status in (200, 304):
            return
        if status == 307 or (method == "OPTIONS" and "Access-Control-Allow-Methods" in headers):
            return
        if status < 400:
            raise NotAsDocumented("the document does not have this operation")
        if method != "HEAD":
            self._check_json(self.problem, body)

    def _check_headers(self, described, headers):
        documented = {name.lower(): self.at(header["$ref"])["schema"]
                      for name, header in described.get("headers", {}).items()}
        for name, value in headers.items():
            schema = documented.get(name.lower())
            if schema is None:
                if name.lower() in HEADERS:
                    raise NotAsDocumented(f"the header {name} is not documented")
            elif schema["type"] == "integer" and not INTEGER.fullmatch(value):
                raise NotAsDocumented(f"{name} is no integer: {value}")
            elif value not in schema.get("enum", [value]):
                raise NotAsDocumented(f"{name} is none of {schema['enum']}: {value}")

    def _check_body(self, operation, status, described, headers, body):
        content_type = headers.get("Content-Type")
        if "content" not in described:
            if body or content_type:
                raise NotAsDocumented("a body is not documented")
            return
        media_type = (content_type or "").partition(";")[0]
        validator = operation.validator(status, media_type)
        if media_type == "application/x-ndjson":
            for line in body.splitlines():
                self._check_json(validator, line)
        elif media_type.endswith("json"):
            self._check_json(validator, body)

    @staticmethod
    def _check_json(validator, body):
        error = jsonschema.exceptions.best_match(validator.iter_errors(json.loads(body)))
        if error is not None:
            raise NotAsDocumented(f"at {error.json_path}: {error.message[:500]}")


@functools.cache
def document():
    """The document of the program under test; asked for once."""
    printed = subprocess.run([os.environ["BOXOFFICE"], "openapi"], capture_output=True, check=True)
    return Document(json.loads(printed.stdout))
