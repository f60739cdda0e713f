"""What in a new OpenAPI document breaks clients that were written for an old one.

Clients ignore members, statuses and enum values of answers that they do not know, as
docs/api-policy.md asks of them; so additions to answers break nothing. Requests that were right stay
right.
"""

REQUEST, ANSWER = "request", "answer"

# (keyword, whether a larger value narrows)
LIMITS = (("minimum", True), ("maximum", False), ("minLength", True), ("maxLength", False),
          ("minItems", True), ("maxItems", False))


class Comparison:
    def __init__(self, old, new):
        self.old, self.new = old, new
        self.comparing = set()  # pairs of references on the way, as schemas may refer to themselves

    # ---- Operations -----------------------------------------------------------------------------

    def breaks(self):
        out = []
        for path, methods in self.old["paths"].items():
            for method, old in methods.items():
                where = f"{method.upper()} {path}"
                new = self.new["paths"].get(path, {}).get(method)
                if new is None:
                    out.append(f"{where}: removed")
                    continue
                out += [f"{where}: {what}" for what in self.operation(old, new)]
        return out

    def operation(self, old, new):
        if old["operationId"] != new["operationId"]:
            yield f"operationId {old['operationId']} is {new['operationId']}"
        yield from self.security(old.get("security", [{}]), new.get("security", [{}]))
        yield from self.parameters(old, new)
        yield from self.request(old.get("requestBody"), new.get("requestBody"))
        for status, response in old["responses"].items():
            if status not in new["responses"]:
                yield f"status {status} removed"
                continue
            yield from self.response(status, self.at(self.old, response),
                                     self.at(self.new, new["responses"][status]))

    @staticmethod
    def security(old, new):
        for way in old:
            if way not in new:
                yield f"security {way or 'nobody'} removed"

    def parameters(self, old, new):
        def by_name(document, operation):
            found = [self.at(document, one) for one in operation.get("parameters", [])]
            return {(one["in"], one["name"]): one for one in found}

        before, after = by_name(self.old, old), by_name(self.new, new)
        for key, one in before.items():
            name = " ".join(key)
            if key not in after:
                yield f"parameter {name} removed"
                continue
            if after[key].get("required") and not one.get("required"):
                yield f"parameter {name} became required"
            yield from self.schema(one["schema"], after[key]["schema"], REQUEST,
                                   f"parameter {name}")
        for key in after.keys() - before.keys():
            if after[key].get("required"):
                yield f"new required parameter {' '.join(key)}"

    def request(self, old, new):
        if old is None:
            if new is not None and new.get("required"):
                yield "a body became required"
            return
        if new is None:
            yield "the body was removed"
            return
        if new.get("required") and not old.get("required"):
            yield "the body became required"
        yield from self.content(old["content"], new["content"], REQUEST, "body")

    def response(self, status, old, new):
        for name in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            yield f"status {status}: header {name} removed"
        yield from self.content(old.get("content", {}), new.get("content", {}), ANSWER,
                                f"status {status}")

    def content(self, old, new, direction, where):
        for media_type, content in old.items():
            if media_type not in new:
                yield f"{where}: {media_type} removed"
                continue
            yield from self.schema(content["schema"], new[media_type]["schema"], direction, where)

    # ---- Schemas --------------------------------------------------------------------------------

    @staticmethod
    def at(document, value):
        while "$ref" in value:
            found = document
            for step in value["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            value = found
        return value

    def variants(self, document, schema):
        """The alternatives of a schema, each without references at its top."""
        schema = self.at(document, schema)
        if "anyOf" in schema:
            return [one for part in schema["anyOf"] for one in self.variants(document, part)]
        if "allOf" in schema:
            merged = {"type": "object", "properties": {}, "required": []}
            for part in schema["allOf"]:
                one = self.at(document, part)
                merged["properties"] |= one.get("properties", {})
                merged["required"] = merged["required"] + one.get("required", [])
            return [merged]
        return [schema]

    def schema(self, old, new, direction, where):
        pair = (old.get("$ref"), new.get("$ref"), direction)
        if all(pair):
            if pair in self.comparing:
                return []
            self.comparing.add(pair)
        before, after = self.variants(self.old, old), self.variants(self.new, new)
        # What clients send must still be taken; what they get must be of a shape they know.
        given, wanted = (before, after) if direction == REQUEST else (after, before)
        out = []
        for one in given:
            tried = []
            for other in wanted:
                pair_of = (one, other) if direction == REQUEST else (other, one)
                tried.append(list(self.single(*pair_of, direction, where)))
            out += min(tried, key=len)
        if all(pair):
            self.comparing.discard(pair)
        return out

    def single(self, old, new, direction, where):
        other = list(self.types(old, new, direction, where))
        if other:
            yield from other
            return  # what is in it cannot be compared
        if direction == REQUEST:
            yield from self.limits(old, new, where)
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name not in after:
                yield f"{where}: member {name} removed"
            else:
                yield from self.schema(before[name], after[name], direction, f"{where}.{name}")
        was, is_now = set(old.get("required", [])), set(new.get("required", []))
        if direction == REQUEST:
            for name in sorted(is_now - was):
                yield f"{where}: member {name} became required"
        else:
            for name in sorted((was - is_now) & after.keys()):
                yield f"{where}: member {name} may be missing"
        if "items" in old and "items" in new:
            yield from self.schema(old["items"], new["items"], direction, f"{where}[]")

    @staticmethod
    def types(old, new, direction, where):
        wider = (new, old) if direction == REQUEST else (old, new)
        takes, gives = wider[0].get("type"), wider[1].get("type")
        if takes not in (None, gives) and (takes, gives) != ("number", "integer"):
            yield f"{where}: type {old.get('type')} is {new.get('type')}"
        if old.get("format") != new.get("format"):
            yield f"{where}: format {old.get('format')} is {new.get('format')}"

    @staticmethod
    def limits(old, new, where):
        for keyword, larger_narrows in LIMITS:
            if keyword not in new:
                continue
            before, after = old.get(keyword), new[keyword]
            if before is None or (after > before if larger_narrows else after < before):
                yield f"{where}: {keyword} {before} is {after}"
        if "enum" in new:
            gone = [value for value in old.get("enum", ["anything"]) if value not in new["enum"]]
            if gone:
                yield f"{where}: no longer takes {', '.join(map(str, gone))}"


def breaks(old, new):
    """Each breaking change as a line, "METHOD path: what"; without repeats, in a fixed order."""
    return sorted(set(Comparison(old, new).breaks()))
