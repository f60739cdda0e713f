"""What holds for every endpoint: routes, methods, redirects, CORS, bad JSON, positions."""

import json
import re
import unittest
import uuid

from support.case import ServerCase
from support.raw import exchange

ORIGIN = "http://localhost:5173"


class Routes(ServerCase):
    def test_the_root_says_where_the_documentation_is(self):
        answer = self.client.get("/")
        self.ok(answer)
        self.assertEqual(answer.text.replace(": ", ":"), '{"message":"Movie Booking API - Visit'
                         ' /docs for API documentation"}')

    def test_documents_know_their_methods_and_addresses(self):
        for path in ("/docs", "/redoc", "/openapi.json"):
            with self.subTest(path):
                posted = self.client.post(path, {})
                self.assertEqual((posted.status, posted.headers["Allow"]), (405, "GET"))
                slashed = self.client.get(path + "/")
                self.assertEqual((slashed.status, slashed.headers["Location"]), (307, path))

    def test_a_body_that_says_it_is_no_json_is_not_read_as_json(self):
        """Any web page may send text/plain to us without asking first."""
        show = self.client.new_show()
        body = b'{"show_id": %d, "seat_ids": [%d], "user_session": "a"}' % (show.id, show.seats[0])
        for content_type, status in {"text/plain": 422, "application/x-www-form-urlencoded": 422,
                                     "application/json; charset=utf-8": 200,
                                     "application/merge-patch+json": 200}.items():
            with self.subTest(content_type):
                answer = self.client.post("/api/seats/lock", body,
                                          headers={"Content-Type": content_type})
                self.assertEqual(answer.status, status, answer)

    def test_health(self):
        body = self.ok(self.client.get("/health"))
        self.assertEqual((list(body)[0], body["status"]), ("status", "healthy"))

    def test_documentation_is_served(self):
        spec = self.ok(self.client.get("/openapi.json"))
        self.assertEqual(spec["info"]["title"], "Movie Booking API")
        self.assertTrue(spec["openapi"].startswith("3.1"))
        for path, methods in {
                "/api/movies": {"get", "post"}, "/api/movies/{movie_id}": {"get", "put", "delete"},
                "/api/movies/{movie_id}/shows": {"get"}, "/api/theatres": {"get", "post"},
                "/api/shows": {"get", "post"}, "/api/shows/{show_id}": {"get", "put", "delete"},
                "/api/shows/{show_id}/seats": {"get"}, "/api/seats/lock": {"post"},
                "/api/seats/release": {"post"}, "/api/bookings": {"post"},
                "/api/bookings/{booking_id}": {"get"}, "/api/users/register": {"post"},
                "/api/bookings/{booking_id}/cancel": {"post"}, "/api/users/login": {"post"},
                "/api/users/me": {"get", "put"}, "/api/users/{user_id}/bookings": {"get"},
                "/api/payments/initiate": {"post"}, "/api/payments/confirm": {"post"},
                "/api/payments/mock-callback": {"post"}}.items():
            self.assertLessEqual(methods, set(spec["paths"].get(path, {})), path)
        for path in ("/docs", "/redoc"):
            answer = self.client.get(path)
            self.assertEqual(answer.status, 200)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))

    def test_an_unknown_route_is_not_found(self):
        for path in ("/nothing", "/api", "/api/nothing", "/api/movies/1/nothing"):
            answer = self.client.get(path)
            self.assertEqual((answer.status, answer.json["detail"]), (404, "Not Found"), answer)

    def test_an_unknown_method_is_answered_with_those_there_are(self):
        for method, path, allowed in (("DELETE", "/api/movies", {"GET", "POST"}),
                                      ("GET", "/api/seats/lock", {"POST"}),
                                      ("POST", "/api/shows/1/seats", {"GET"}),
                                      ("PATCH", "/api/movies/1", {"GET", "PUT", "DELETE"})):
            answer = self.client.request(method, path)
            self.assertEqual((answer.status, answer.json["detail"]), (405, "Method Not Allowed"))
            self.assertLessEqual(allowed, set(re.split(r",\s*", answer.headers["Allow"])), answer)

    def test_a_trailing_slash_is_redirected(self):
        for path in ("/api/movies", "/api/shows/1/seats"):
            answer = self.client.get(path + "/")
            self.assertEqual(answer.status, 307)
            self.assertTrue(answer.headers["Location"].endswith(path), answer.headers["Location"])
        answer = self.client.get("/api/theatres/?city=New%20York")
        self.assertTrue(answer.headers["Location"].endswith("/api/theatres?city=New%20York"))
        self.assertEqual(self.client.post("/api/seats/lock/", {}).status, 307)

    def test_a_redirect_stays_on_this_server(self):
        answer = self.client.get("//evil.example/api/movies/")
        self.assertIn(answer.status, (307, 400, 404))
        self.assertFalse(answer.headers.get("Location", "/").startswith("//"))

    def test_head_answers_like_get_without_a_body(self):
        for path in ("/api/movies", "/health", "/api/movies/99999"):
            get, head = self.client.get(path), self.client.request("HEAD", path)
            self.assertEqual((head.status, head.body), (get.status, b""))
            for name in ("Content-Type", "Content-Length"):
                self.assertEqual(head.headers[name], get.headers[name], name)


class Cors(ServerCase):
    def preflight(self, origin, method="POST", headers="authorization,content-type,x-anything"):
        return self.client.request("OPTIONS", "/api/seats/lock", headers={
            "Origin": origin, "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers})

    def test_a_preflight_from_a_known_origin_is_granted(self):
        for origin in (ORIGIN, "http://localhost:3000"):
            answer = self.preflight(origin)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)
            self.assertEqual(answer.headers["Access-Control-Allow-Credentials"], "true")
            self.assertIn("POST", answer.headers["Access-Control-Allow-Methods"])
            allowed = answer.headers["Access-Control-Allow-Headers"].lower()
            for name in ("authorization", "content-type", "x-anything"):
                self.assertIn(name, allowed)

    def test_an_unknown_origin_gets_no_grant(self):
        for answer in (self.preflight("http://evil.example"),
                       self.client.get("/api/movies", headers={"Origin": "http://evil.example"})):
            self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])

    def test_answers_name_the_origin_that_asked(self):
        for path in ("/api/movies", "/api/movies/99999", "/nothing"):
            answer = self.client.get(path, headers={"Origin": ORIGIN})
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], ORIGIN)
            self.assertEqual(answer.headers["Access-Control-Allow-Credentials"], "true")
            self.assertIn("Origin", answer.headers["Vary"])


class ConfiguredCors(ServerCase):
    env = {"CORS_ORIGINS": "https://cinema.example"}

    def test_origins_come_from_the_configuration(self):
        for origin, granted in (("https://cinema.example", "https://cinema.example"),
                                (ORIGIN, None)):
            answer = self.client.get("/api/movies", headers={"Origin": origin})
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], granted)


class Bodies(ServerCase):
    def lock(self, body):
        return self.client.post("/api/seats/lock", body)

    def test_bad_json_says_where(self):
        for body in (b"{", b'{"show_id": 1,', b'{"show_id": 01}', b"{'show_id': 1}", b"nonsense",
                     b'{"show_id": 1} x', b'{"a": "\xff"}', b'{"show_id": NaN}',
                     b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}', b'["\x01"]'):
            with self.subTest(body):
                answer = self.lock(body)
                self.invalid(answer, ("json_invalid", ..., "JSON decode error", ...))
                where, offset = answer.json["detail"][0]["loc"]
                self.assertEqual(where, "body")
                self.assertIsInstance(offset, int)

    def test_a_very_deep_body_is_refused_and_nothing_breaks(self):
        self.assertEqual(self.lock(b"[" * 100_000).status, 422)
        self.ok(self.client.get("/health"))

    def test_no_body_is_missing(self):
        self.invalid(self.client.post("/api/seats/lock"),
                     ("missing", ["body"], "Field required", None))

    def test_a_body_that_is_no_object_is_refused(self):
        for body in ([], [1], "text", 5):
            self.invalid(self.lock(body), (
                "model_attributes_type", ["body"],
                "Input should be a valid dictionary or object to extract fields from", body))

    def test_an_oversized_body_is_refused_and_the_server_lives(self):
        length = 200_000_000
        head = (f"POST /api/seats/lock HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
                "Content-Type: application/json\r\n\r\n").encode()
        [answer] = exchange(self.server.address, head)
        self.assertEqual(answer.status, 413)
        self.ok(self.client.get("/health"))

    def test_an_oversized_header_is_refused_and_the_server_lives(self):
        head = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Filler: " + b"x" * 1_000_000 + b"\r\n\r\n"
        answers = exchange(self.server.address, head)
        # Who goes on to send what nobody reads may see the connection reset instead.
        self.assertIn([answer.status for answer in answers], ([431], []))
        self.ok(self.client.get("/health"))

    def test_ambiguous_framing_is_refused(self):
        chunked = b"Transfer-Encoding: chunked\r\n"
        length = b"Content-Length: 5\r\n"
        for name, fields in {
                "both": b"Host: x\r\n" + chunked + length, "no host": length,
                "two hosts": b"Host: x\r\nHost: y\r\n" + length,
                "two lengths": b"Host: x\r\n" + length + b"Content-Length: 6\r\n",
                "unknown coding": b"Host: x\r\nTransfer-Encoding: gzip, chunked\r\n"}.items():
            with self.subTest(name):
                message = (b"POST /api/seats/lock HTTP/1.1\r\n" + fields + b"\r\n0\r\n\r\n"
                           b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                [answer] = exchange(self.server.address, message)
                self.assertEqual(answer.status, 400, answer)

    def test_pipelined_requests_are_answered_in_order(self):
        message = b"".join(b"GET /api/movies/%d HTTP/1.1\r\nHost: x\r\n\r\n" % number
                           for number in (3, 1, 99999, 2))
        answers = exchange(self.server.address, message)
        self.assertEqual([(answer.status, json.loads(answer.body).get("id")) for answer in answers],
                         [(200, 3), (200, 1), (404, None), (200, 2)])


class Positions(ServerCase):
    def test_commands_carry_growing_positions_and_refusals_do_too(self):
        client, show = self.client, self.client.new_show()
        email = "test@example.com"
        answers = [
            client.lock(show, show.seats[:1], "a"), client.lock(show, show.seats[:1], "b"),
            client.release(show, show.seats[:1], "b"), client.book(show, [10 ** 9], email),
            client.confirm(str(uuid.uuid4()), "success"), client.cancel(99999),
            client.register(email), client.login(email, "wrong"),
            client.login(email, "password123"), client.register(),
            client.put("/api/shows/99999", {}), client.delete("/api/movies/99999")]
        positions = [answer.event_seq for answer in answers]
        self.assertNotIn(None, positions, answers)
        self.assertEqual(positions, sorted(set(positions)))
        types = {event["seq"]: event["type"] for event in self.server.log()}
        self.assertEqual([types[position] for position in positions], [
            "SeatsLocked", *["CommandRefused"] * 7, "UserLoggedIn", "UserRegistered",
            *["CommandRefused"] * 2])

    def test_reads_carry_a_position_that_includes_every_answered_command(self):
        client, show = self.client, self.client.new_show()
        lock = client.lock(show, show.seats[:1], "a")
        for path in ("/api/movies", "/api/movies/1", "/api/movies/1/shows", f"/api/shows/{show.id}",
                     f"/api/shows/{show.id}/seats", "/api/theatres?city=Paris", "/api/shows",
                     "/api/movies/99999", "/api/bookings/99999"):
            self.assertGreaterEqual(client.get(path).read_seq, lock.event_seq, path)
        token = client.new_user().token
        self.assertIsNotNone(client.get("/api/users/me", token=token).read_seq)

    def test_a_read_waits_for_the_position_that_it_is_asked_for(self):
        show = self.client.new_show()
        lock = self.client.lock(show, show.seats[:1], "a")
        answer = self.client.seats(show.id, headers={"X-Min-Seq": str(lock.event_seq)})
        self.ok(answer)
        self.assertGreaterEqual(answer.read_seq, lock.event_seq)

    def test_a_position_that_is_far_ahead_is_answered_with_503(self):
        answer = self.client.get("/api/movies", headers={"X-Min-Seq": "1000000000"})
        self.assertEqual(answer.status, 503)
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 0)


if __name__ == "__main__":
    unittest.main()
