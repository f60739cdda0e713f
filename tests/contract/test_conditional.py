"""Entity tags: what a client has already is not sent again (RFC 9110, 13.1.2)."""

import gzip
import unittest

from support.case import ServerCase
from support.cinema import new_session

# Answers that go on have no tag.
STREAMS = {"/api/shows/{show_id}/seats/stream"}
# What must be said.
QUERIES = {"/api/theatres": "?city=Paris"}


class Conditional(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show(total_seats=5)
        user = self.client.new_user()
        self.token = user.token
        booking = self.ok(self.client.book(self.show, self.show.seats[:1], user.email))
        self.values = {"code": "movie_not_found", "show_id": self.show.id,
                       "movie_id": self.show.json["movie_id"],
                       "theatre_id": self.show.json["theatre_id"], "seat_id": self.show.seats[0],
                       "booking_id": booking["id"], "user_id": user.id, "name": "catalog"}

    def paths(self):
        """Every GET of the document, and the pages that are not in it."""
        document = self.ok(self.client.get("/openapi.json"))
        for path, operations in document["paths"].items():
            if "get" in operations and path not in STREAMS:
                yield path.format(**self.values) + QUERIES.get(path, "")
        yield from ("/openapi.json", "/docs", "/redoc")

    def get(self, path, method="GET", **headers):
        return self.client.request(method, path, token=self.token,
                                   headers={name.replace("_", "-"): value
                                            for name, value in headers.items()})

    def test_every_get_can_be_asked_again(self):
        for path in self.paths():
            with self.subTest(path):
                first = self.get(path)
                tag = first.headers["ETag"]
                self.assertEqual(first.status, 200)
                self.assertRegex(tag, '^"[!-~]+"$')
                # Times that grow are in some of them.
                if "/admin/" in path or path == "/metrics":
                    continue
                for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
                    again = self.get(path, If_None_Match=known)
                    self.assertEqual((again.status, again.body, again.headers["ETag"]),
                                     (304, b"", tag))
                    self.assertEqual(self.get(path, "HEAD", If_None_Match=known).status, 304)
                other = self.get(path, If_None_Match='"another"')
                self.assertEqual((other.status, other.body), (200, first.body))

    def test_large_answers_are_the_same_compressed(self):
        compressed = 0
        for path in self.paths():
            with self.subTest(path):
                plain = self.get(path)
                coded = self.get(path, Accept_Encoding="br;q=0.9, gzip")
                if len(plain.body) < 1024 or "/admin/" in path or path == "/metrics":
                    continue
                self.assertEqual(coded.headers["Content-Encoding"], "gzip")
                self.assertEqual(gzip.decompress(coded.body), plain.body)
                self.assertLess(len(coded.body), len(plain.body))
                self.assertEqual(coded.headers["ETag"], f"W/{plain.headers['ETag']}")
                for answer in (plain, coded):
                    self.assertIn("Accept-Encoding", answer.headers.get_all("Vary"))
                    for accepted in ("identity", "gzip"):
                        again = self.get(path, If_None_Match=answer.headers["ETag"],
                                         Accept_Encoding=accepted)
                        self.assertEqual((again.status, again.body), (304, b""))
                        self.assertNotIn("Content-Encoding", again.headers)
                head = self.get(path, "HEAD", Accept_Encoding="gzip")
                self.assertEqual(head.headers["Content-Length"], str(len(coded.body)))
                compressed += 1
        self.assertGreater(compressed, 0)

    def test_a_compressed_seat_map_is_of_now(self):
        show = self.client.new_show(total_seats=100)
        for seat in show.seats[:3]:
            self.locked(self.client.lock(show, [seat], new_session()))
            coded = self.client.seats(show.id, headers={"Accept-Encoding": "gzip"})
            again = self.client.seats(show.id, headers={"Accept-Encoding": "gzip"})
            plain = self.client.seats(show.id)
            self.assertEqual(gzip.decompress(coded.body), plain.body)
            self.assertEqual(again.body, coded.body)

    def test_the_answer_to_a_command_is_not_compressed(self):
        """It may carry a token beside what a stranger sent (the BREACH attack)."""
        name = "x" * 2_000
        movie = {"title": "T", "description": name, "duration": 1, "genre": "G", "rating": "R",
                 "release_date": "2024-01-01"}
        made = self.client.post("/api/movies", movie, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(self.ok(made)["description"], name)
        self.assertNotIn("Content-Encoding", made.headers)

    def test_a_tag_is_of_what_was_sent(self):
        path = f"/api/movies/{self.values['movie_id']}"
        before = self.client.get(path)
        movie = {name: before.json[name] for name in
                 ("title", "duration", "genre", "rating", "release_date", "description")}
        self.ok(self.client.put(path, {**movie, "title": "Another"}))
        after = self.client.get(path, headers={"If-None-Match": before.headers["ETag"]})
        self.assertEqual(self.ok(after)["title"], "Another")
        self.ok(self.client.put(path, movie))
        again = self.client.get(path, headers={"If-None-Match": before.headers["ETag"]})
        self.assertEqual(again.status, 304, again)

    def test_what_is_no_read_or_no_success_has_no_tag(self):
        lock = self.client.lock(self.show, self.show.seats[1:2], new_session(),
                                headers={"If-None-Match": "*"})
        self.locked(lock)
        self.assertNotIn("ETag", lock.headers)
        missing = self.client.get("/api/movies/99999", headers={"If-None-Match": "*"})
        self.refused(missing, 404, "Movie not found")
        self.assertNotIn("ETag", missing.headers)
        stream = self.client.request("HEAD", f"/api/shows/{self.show.id}/seats/stream",
                                     headers={"If-None-Match": "*"})
        self.assertEqual(stream.status, 200)
        self.assertNotIn("ETag", stream.headers)


if __name__ == "__main__":
    unittest.main()
