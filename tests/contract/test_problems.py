"""Errors and their codes: each has a page, says the same in the terminal, and is what it is said to
be."""

import json
import unittest

from support.case import ServerCase
from support.cinema import PASSWORD, new_email, new_session
from support.raw import exchange
from support.server import run

# What it takes to see them is in tests of their own, or not within a test's reach.
ELSEWHERE = {
    "read_model_stopped", "done_not_shown", "not_ready",  # test_projections.py
    "signature_invalid", "admin_required",              # test_production.py
    "not_implemented", "rate_limited", "request_timeout", "content_too_large",
    "header_fields_too_large",                          # tests/unit/http/server
    "disk_full", "outcome_unknown",                     # tests/crash
    "idempotency_key_in_progress", "read_model_busy", "busy", "history_too_long",  # races
    "seats_not_available",                              # locks and releases answer 200
    "internal_error", "log_unreadable",                 # faults of the machine
}


class Pages(ServerCase):
    def test_every_code_has_a_page_for_people_and_for_programs(self):
        listed = self.ok(self.client.get("/problems"))["problems"]
        self.assertGreaterEqual(len(listed), 52)
        people = self.client.get("/problems", headers={"Accept": "text/html,*/*;q=0.8"})
        for kind in listed:
            with self.subTest(kind["code"]):
                self.assertEqual(kind["type"], "/problems/" + kind["code"])
                answer = self.client.get(kind["type"])
                self.assertEqual(self.ok(answer), kind)
                self.assertEqual(answer.headers["Vary"], "Accept")
                for member in ("title", "meaning", "advice", "repeat"):
                    self.assertTrue(kind[member], member)
                self.assertIn(f'<a href="{kind["type"]}">', people.text)

    def test_a_page_is_plain_and_its_policy_strict(self):
        for path in ("/problems", "/problems/movie_not_found"):
            page = self.client.get(path, headers={"Accept": "text/html"})
            self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
            self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
            policy = page.headers["Content-Security-Policy"]
            self.assertTrue(policy.startswith("default-src 'none'"), policy)
            for loaded in ("<script", "<style", "<link", "<img", "style="):
                self.assertNotIn(loaded, page.text)
        self.assertIn("Movie not found", page.text)

    def test_texts_are_escaped(self):
        page = self.client.get("/problems/token_invalid", headers={"Accept": "text/html"})
        self.assertIn("&quot;Authorization: Bearer&quot;", page.text)

    def test_what_is_no_code_is_not_found(self):
        for path in ("/problems/nonsense", "/problems/..%2F", "/problems/MOVIE_NOT_FOUND"):
            self.refused(self.client.get(path), 404, "Not Found")

    def test_the_terminal_says_the_same(self):
        def explain(*args, check=True):
            return run("explain", *args, cwd=self.server.folder, check=check)

        listed = self.ok(self.client.get("/problems"))["problems"]
        self.assertEqual([line.split()[1] for line in explain().stdout.splitlines()],
                         [kind["code"] for kind in listed])
        for kind in listed[::5]:
            for asked in (kind["code"], kind["type"], self.server.url + kind["type"]):
                said = explain(asked).stdout
                self.assertLessEqual(max(map(len, said.splitlines())), 80)
                words = " ".join(said.split())
                for member in ("code", "title", "meaning", "advice", "repeat"):
                    self.assertIn(kind[member], words)
        unknown = explain("nonsense", check=False)
        self.assertEqual((unknown.returncode != 0, unknown.stdout), (True, ""))
        self.assertIn("nonsense", unknown.stderr)


class Codes(ServerCase):
    """Every code that a client can bring about on its own."""

    def setUp(self):
        super().setUp()
        self.seen = {}

    def code(self, code, answer):
        kind = self.ok(self.client.get(f"/problems/{code}"))
        body = answer.json
        self.assertEqual(list(body), ["detail", "type", "title", "status", "code"], answer)
        self.assertEqual({name: body[name] for name in ("type", "title", "status", "code")},
                         {name: kind[name] for name in ("type", "title", "status", "code")})
        self.assertEqual(answer.status, kind["status"])
        self.seen[code] = answer
        return answer

    def raw(self, code, request):
        """What the server refuses before it is a request."""
        [answer] = exchange(self.server.address, request)
        kind = self.ok(self.client.get(f"/problems/{code}"))
        self.assertEqual(answer.status, kind["status"])
        body = json.loads(answer.body)
        self.assertEqual((body["type"], body["code"]), (f"/problems/{code}", code))
        self.seen[code] = answer

    def before_it_is_a_request(self):
        host = b"Host: a\r\n\r\n"
        self.raw("bad_request", b"GET / HTTP/1.1\r\n\r\n")
        self.raw("uri_too_long", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + host)
        self.raw("expectation_failed",
                 b"POST /api/seats/lock HTTP/1.1\r\nExpect: tea\r\nContent-Length: 1\r\n" + host)
        self.raw("http_version_not_supported", b"GET / HTTP/2.0\r\n" + host)

    def headers_and_addresses(self):
        c = self.client
        self.code("not_found", c.get("/nothing"))
        self.code("method_not_allowed", c.delete("/api/movies"))
        self.code("min_seq_invalid", c.get("/api/movies", headers={"X-Min-Seq": "x"}))
        self.code("read_model_behind", c.get("/api/movies", headers={"X-Min-Seq": "999999999"}))
        self.code("idempotency_key_malformed",
                  c.post("/api/seats/lock", {"show_id": 1, "seat_ids": [1], "user_session": "s"},
                         key="a b"))
        key = new_session()
        for seat in (1, 2):
            again = c.post("/api/seats/release",
                           {"show_id": 1, "seat_ids": [seat], "user_session": "s"}, key=key)
        self.code("idempotency_key_reused", again)
        self.code("last_event_id_invalid",
                  c.get("/api/shows/1/seats/stream", headers={"Last-Event-ID": "x"}))
        self.code("position_ahead", c.get("/api/shows/1/seats?at_seq=999999999"))
        self.code("time_ahead", c.get("/api/shows/1/seats?at_time=2999-01-01T00:00:00Z"))
        self.code("validation_failed", c.get("/api/theatres"))

    def catalogue(self):
        c, show = self.client, self.client.new_show()
        theatre = self.ok(c.get(f"/api/shows/{show.id}"))["theatre_id"]
        movie = self.ok(c.get(f"/api/shows/{show.id}"))["movie_id"]
        self.code("movie_not_found", c.get("/api/movies/999999"))
        self.code("theatre_not_found", c.get("/api/theatres/999999"))
        self.code("show_not_found", c.get("/api/shows/999999"))
        self.code("seat_not_found", c.get("/api/seats/999999999/history"))
        self.code("read_model_not_found", c.get("/api/admin/projections/nothing"))
        self.code("movie_has_shows", c.delete(f"/api/movies/{movie}"))
        self.code("theatre_has_shows", c.delete(f"/api/theatres/{theatre}"))
        self.ok(c.book(show, show.seats[:1], "test@example.com"))
        self.code("show_has_bookings", c.delete(f"/api/shows/{show.id}"))

    def people(self):
        c, ada, bob = self.client, self.client.new_user(), self.client.new_user()
        self.code("email_taken", c.register(ada.email))
        self.code("login_failed", c.login(new_email(), PASSWORD))
        self.code("not_authenticated", c.get("/api/users/me"))
        self.code("token_invalid", c.get("/api/users/me", token="nonsense"))
        self.code("not_owner", c.get(f"/api/users/{ada.id}/bookings", token=bob.token))

    def bookings(self):
        c, show = self.client, self.client.new_show()
        self.code("booking_refused", c.book(show, [999999999], "test@example.com"))
        self.code("booking_not_found", c.booking(999999))
        booking = self.ok(c.book(show, show.seats[:1], "test@example.com"))
        self.code("amount_mismatch", c.initiate(booking, amount=1))
        payment = self.ok(c.initiate(booking))
        self.code("payment_not_found", c.confirm(new_session(), "success"))
        self.ok(c.confirm(payment["transaction_id"], "failed"))
        self.code("payment_already_settled", c.confirm(payment["transaction_id"], "success"))
        self.code("booking_not_pending", c.initiate(booking))
        self.code("booking_already_cancelled", c.cancel(booking["id"]))

    def test_each_is_what_its_page_says(self):
        self.before_it_is_a_request()
        self.headers_and_addresses()
        self.catalogue()
        self.people()
        self.bookings()
        all_codes = {kind["code"] for kind in self.ok(self.client.get("/problems"))["problems"]}
        self.assertEqual(all_codes - set(self.seen), ELSEWHERE)


if __name__ == "__main__":
    unittest.main()
