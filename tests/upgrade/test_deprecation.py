"""An endpoint that is to go says so in every answer and in the document (docs/api-policy.md). The
program is one in which GET /api/users/me is; its answers are held against its own document.
"""

import unittest

from support.case import ServerCase
from support.document import document
from support.released import released, unrecorded

PATH = "/api/users/me"
KEY_SLOT_BYTES = 64


class Case(ServerCase):
    def announced(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Deprecation"], "@1893456000", answer)  # RFC 9745
        self.assertEqual(answer.headers["Sunset"], "Wed, 01 Jan 2031 00:00:00 GMT")  # RFC 8594
        self.assertEqual(answer.headers["Link"], '</docs/api-policy>; rel="deprecation"')
        return answer


class Deprecated(Case):
    def test_is_said_by_every_answer_whatever_its_status(self):
        token = self.client.new_user().token
        tag = self.announced(self.client.get(PATH, token=token), 200).headers["ETag"]
        self.announced(self.client.get(PATH, token=token, headers={"If-None-Match": tag}), 304)
        self.announced(self.client.request("HEAD", PATH, token=token), 200)
        self.announced(self.client.get(PATH), 403)
        self.announced(self.client.get(PATH, token="nonsense"), 401)
        self.announced(self.client.get(PATH, headers={"X-Min-Seq": "x"}), 400)
        self.announced(self.client.get(PATH, headers={"X-Min-Seq": "1000000000"}), 503)

    def test_is_said_by_a_failure_too(self):
        token = self.client.new_user().token
        number = [event["data"]["key"] for event in self.server.log()
                  if event["type"] == "UserRegistered"][-1]
        self.server.stop()
        keys = self.server.folder / "data" / "keys" / "users.keys"
        content = bytearray(keys.read_bytes())
        content[KEY_SLOT_BYTES * number] ^= 1
        keys.write_bytes(content)
        self.server.start()
        self.connect()
        answer = self.announced(self.client.get(PATH, token=token), 500)
        self.assertIn("X-Request-Id", answer.headers)

    def test_is_not_said_of_others(self):
        token = self.client.new_user().token
        for answer in (self.client.put(PATH, {"first_name": "Ada"}, token=token),
                       self.client.get("/api/movies")):
            self.assertEqual(answer.status, 200)
            self.assertNotIn("Deprecation", answer.headers)
            self.assertNotIn("Sunset", answer.headers)

    def test_is_in_the_document_and_breaks_no_client(self):
        methods = document().json["paths"][PATH]
        self.assertTrue(methods["get"]["deprecated"])
        self.assertNotIn("deprecated", methods["put"])
        self.assertEqual(unrecorded(released(), document().json), [])


class DeprecatedAndLimited(Case):
    """Before anything is known of a request but its address."""

    env = {"PROFILE": "production", "RATE_LIMIT_READS": "1/h burst 1"}

    def test_is_said_by_who_asks_too_often(self):
        self.announced(self.client.get(PATH), 403)
        self.announced(self.client.get(PATH), 429)


if __name__ == "__main__":
    unittest.main()
