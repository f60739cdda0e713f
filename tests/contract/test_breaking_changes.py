"""Which changes of the document break clients, and which do not: a table."""

import copy
import unittest

from support.breaking import breaks

OLD = {
    "paths": {"/things/{id}": {"get": {
        "operationId": "get_thing",
        "parameters": [{"name": "id", "in": "path", "required": True,
                        "schema": {"type": "integer"}},
                       {"name": "sort", "in": "query", "required": False,
                        "schema": {"type": "string", "enum": ["id", "start"]}}],
        "responses": {"200": {"headers": {"ETag": {}}, "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
            "404": {}}}},
        "/things": {"post": {
            "operationId": "create_thing", "security": [{}, {"Bearer": []}],
            "requestBody": {"required": True, "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/NewThing"}}}},
            "responses": {"200": {}}}}},
    "components": {"schemas": {
        "Thing": {"type": "object", "required": ["id", "name", "parts"], "properties": {
            "id": {"type": "integer"}, "name": {"type": "string"},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}},
        "NewThing": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "maxLength": 100},
            "size": {"type": "number", "minimum": 0},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "kind": {"type": "string", "enum": ["a", "b"]}}}}},
}


def get(d):
    return d["paths"]["/things/{id}"]["get"]


def post(d):
    return d["paths"]["/things"]["post"]


def answer(d):
    return d["components"]["schemas"]["Thing"]


def asked(d):
    return d["components"]["schemas"]["NewThing"]


BREAKING = {
    "a path goes": lambda d: d["paths"].pop("/things"),
    "a method goes": lambda d: d["paths"]["/things"].pop("post"),
    "an operation gets another id": lambda d: get(d).update(operationId="other"),
    "a status goes": lambda d: get(d)["responses"].pop("404"),
    "a media type goes": lambda d: get(d)["responses"]["200"].update(content={}),
    "a header of an answer goes": lambda d: get(d)["responses"]["200"]["headers"].clear(),
    "nobody may call any more": lambda d: post(d).update(security=[{"Bearer": []}]),
    "a parameter goes": lambda d: get(d)["parameters"].pop(),
    "a parameter becomes required": lambda d: get(d)["parameters"][1].update(required=True),
    "a required parameter comes": lambda d: get(d)["parameters"].append(
        {"name": "x", "in": "query", "required": True, "schema": {}}),
    "a parameter takes less": lambda d: get(d)["parameters"][1]["schema"]["enum"].pop(),
    "a parameter's type changes": lambda d: get(d)["parameters"][0].update(
        schema={"type": "string"}),
    "a body is demanded": lambda d: get(d).update(requestBody={"required": True, "content": {}}),
    "a body goes": lambda d: post(d).pop("requestBody"),
    "an input becomes required": lambda d: asked(d)["required"].append("size"),
    "a required input comes": lambda d: (asked(d)["properties"].update(new={"type": "string"}),
                                         asked(d)["required"].append("new")),
    "an input goes": lambda d: asked(d)["properties"].pop("size"),
    "an input's length shrinks": lambda d: asked(d)["properties"]["name"].update(maxLength=50),
    "an input gets a limit": lambda d: asked(d)["properties"]["name"].update(minLength=1),
    "an input's minimum grows": lambda d: asked(d)["properties"]["size"].update(minimum=1),
    "an input is only whole": lambda d: asked(d)["properties"]["size"].update(type="integer"),
    "an input's values get fewer": lambda d: asked(d)["properties"]["kind"]["enum"].pop(),
    "an input becomes one of a few": lambda d: asked(d)["properties"]["name"].update(enum=["a"]),
    "an input may not be null any more": lambda d: asked(d)["properties"].update(
        note={"type": "string"}),
    "a member of an answer goes": lambda d: answer(d)["properties"].pop("name"),
    "a member of an answer may be missing": lambda d: answer(d)["required"].remove("name"),
    "a member of an answer may be null": lambda d: answer(d)["properties"].update(
        name={"anyOf": [{"type": "string"}, {"type": "null"}]}),
    "an answer's type changes": lambda d: answer(d)["properties"].update(id={"type": "string"}),
    "an answer's format changes": lambda d: answer(d)["properties"]["name"].update(format="uuid"),
    "an answer's number has a fraction": lambda d: answer(d)["properties"]["id"].update(
        type="number"),
    "an answer's items change": lambda d: answer(d)["properties"]["parts"].update(
        items={"type": "integer"}),
}

HARMLESS = {
    "nothing": lambda d: None,
    "a path comes": lambda d: d["paths"].update({"/more": {"get": get(d)}}),
    "a method comes": lambda d: d["paths"]["/things"].update({"put": post(d)}),
    "a status comes": lambda d: get(d)["responses"].update({"429": {}}),
    "a media type comes": lambda d: get(d)["responses"]["200"]["content"].update(
        {"text/csv": {"schema": {}}}),
    "a header comes": lambda d: get(d)["responses"]["200"]["headers"].update({"Link": {}}),
    "another way to authenticate": lambda d: post(d)["security"].append({"Key": []}),
    "an optional parameter comes": lambda d: get(d)["parameters"].append(
        {"name": "x", "in": "query", "required": False, "schema": {}}),
    "a parameter takes more": lambda d: get(d)["parameters"][1]["schema"]["enum"].append("x"),
    "an optional input comes": lambda d: asked(d)["properties"].update(new={"type": "string"}),
    "an input is no longer required": lambda d: asked(d)["required"].clear(),
    "an input may be longer": lambda d: asked(d)["properties"]["name"].update(maxLength=200),
    "an input may be null": lambda d: asked(d)["properties"].update(
        kind={"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]}),
    "an input takes more values": lambda d: asked(d)["properties"]["kind"]["enum"].append("c"),
    "an answer gets a member": lambda d: (answer(d)["properties"].update(new={"type": "string"}),
                                          answer(d)["required"].append("new")),
    "a member of an answer is never null": lambda d: answer(d)["properties"].update(
        note={"type": "string"}),
    "words change": lambda d: get(d).update(summary="Other", description="Other"),
    "a schema gets another name": lambda d: (
        d["components"]["schemas"].update(Other=asked(d)),
        post(d)["requestBody"]["content"]["application/json"].update(
            schema={"$ref": "#/components/schemas/Other"})),
    "an operation is deprecated": lambda d: get(d).update(deprecated=True),
}


class Table(unittest.TestCase):
    def changed(self, change):
        new = copy.deepcopy(OLD)
        change(new)
        return breaks(OLD, new)

    def test_what_breaks_is_told(self):
        for what, change in BREAKING.items():
            with self.subTest(what):
                self.assertEqual(len(self.changed(change)), 1, self.changed(change))

    def test_what_does_not_is_not(self):
        for what, change in HARMLESS.items():
            with self.subTest(what):
                self.assertEqual(self.changed(change), [])


if __name__ == "__main__":
    unittest.main()
