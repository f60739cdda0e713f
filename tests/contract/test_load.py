"""What a server says about load, and does about too much of it: rate limits, the access log, slow
requests, the figures of routes.
"""

import json
import socket
import unittest

from support.case import ServerCase, wait_until
from support.cinema import new_session
from support.raw import exchange
from test_monitoring import parse

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Limited(ServerCase):
    """In production, also this machine's own addresses have a limit."""

    env = {"PROFILE": "production", "RATE_LIMIT_READS": "1/h burst 5",
           "RATE_LIMIT_WRITES": "1/h burst 3", "RATE_LIMIT_LOGINS": "1/h burst 3",
           "TRUSTED_PROXIES": "127.0.0.0/8"}
    clients = 0

    def setUp(self):
        super().setUp()
        # Each test is another client behind our proxy.
        Limited.clients += 1
        self.here = {"X-Forwarded-For": f"192.0.2.{Limited.clients}"}

    def get(self, path="/health", **headers):
        return self.client.get(path, headers={**self.here, **headers})

    def test_the_answer_says_what_is_left(self):
        answer = self.get()
        self.assertEqual(answer.headers["RateLimit-Policy"], '"reads";q=5;w=18000')
        self.assertEqual(answer.headers["RateLimit"], '"reads";r=4;t=3600')

    def test_who_asks_too_often_is_told_when_to_come_again(self):
        for left in (4, 3, 2, 1, 0):
            answer = self.get("/api/movies")
            self.assertEqual(answer.status, 200)
            self.assertIn(f";r={left};", answer.headers["RateLimit"])
        answer = self.get("/api/movies", Origin="http://localhost:5173")
        self.refused(answer, 429, "Too Many Requests")
        self.assertEqual(answer.json["code"], "rate_limited")
        self.assertTrue(3500 < int(answer.headers["Retry-After"]) <= 3600, answer.headers)
        self.assertIn(";r=0;", answer.headers["RateLimit"])
        self.assertIn("Retry-After", answer.headers["Access-Control-Expose-Headers"])
        self.assertEqual(self.get("/nowhere").status, 429)

    def test_it_costs_nothing_to_be_refused(self):
        for _ in range(3):
            self.client.post("/api/users/login", {}, headers=self.here)
        head = self.client.get("/api/movies", headers={"X-Forwarded-For": "203.0.113.1"}).read_seq
        answer = self.client.post("/api/users/login", b"not JSON", headers=self.here)
        self.assertEqual(answer.status, 429)  # and not 422: nobody looked at the body
        self.assertEqual(self.client.get("/api/movies", headers={
            "X-Forwarded-For": "203.0.113.1"}).read_seq, head)

    def test_what_a_browser_asks_beforehand_counts_too(self):
        statuses = [self.client.request("OPTIONS", "/api/bookings", headers={
            **self.here, "Origin": "http://localhost:5173",
            "Access-Control-Request-Method": "POST"}).status for _ in range(7)]
        self.assertEqual(statuses, [200] * 5 + [429] * 2)

    def test_another_address_and_another_class_have_their_own(self):
        for _ in range(6):
            last = self.get()
        self.assertEqual(last.status, 429)
        self.assertEqual(self.client.get("/health", headers={
            "X-Forwarded-For": "198.51.100.1"}).status, 200)
        self.assertEqual(self.client.post("/api/seats/lock", {}, headers=self.here).status, 422)

    def test_a_network_of_ipv6_is_one_client(self):
        statuses = [self.client.get("/health", headers={
            "X-Forwarded-For": f"2001:db8::{i}"}).status for i in range(1, 8)]
        self.assertEqual(statuses, [200] * 5 + [429] * 2)
        self.assertEqual(self.client.get("/health", headers={
            "X-Forwarded-For": "2001:db8:0:1::1"}).status, 200)

    def test_a_user_is_one_however_many_addresses_there_are(self):
        user = self.client.new_user()
        statuses = [self.client.get("/api/users/me", token=user.token, headers={
            "X-Forwarded-For": f"198.51.100.{100 + i}"}) for i in range(7)]
        self.assertEqual([answer.status for answer in statuses], [200] * 5 + [429] * 2)
        self.assertTrue(statuses[-1].headers["RateLimit"].startswith('"reads-user";r=0;'))

    def test_what_a_client_itself_says_does_not_make_it_another(self):
        mine = self.here["X-Forwarded-For"]
        statuses = [self.client.get("/health", headers={
            "X-Forwarded-For": f"203.0.113.{i}, {mine}", "Forwarded": f"for=203.0.113.{i}"}).status
            for i in range(7)]
        self.assertEqual(statuses, [200] * 5 + [429] * 2)


class LimitedDemo(ServerCase):
    env = {"RATE_LIMIT_READS": "1/h burst 2"}

    def test_this_machine_has_no_limit_in_the_demo_profile(self):
        for _ in range(10):
            answer = self.client.get("/health", headers={"X-Forwarded-For": "192.0.2.1"})
            self.assertEqual(answer.status, 200)
            self.assertNotIn("RateLimit", answer.headers)


class AccessLog(ServerCase):
    def lines(self, count, **wanted):
        def found():
            lines = [line for line in self.server.request_lines()
                     if all(line.get(name) == value for name, value in wanted.items())]
            return len(lines) >= count and lines
        lines = wait_until(found, f"{count} lines of {wanted}")
        self.assertEqual(len(lines), count)
        return lines

    def test_a_line_a_request(self):
        show = self.client.new_show()
        answer = self.client.get(f"/api/shows/{show.id}/seats?token=s3cr3t&S3CR3T", headers={
            "X-Request-Id": "mine-1", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
        [line] = self.lines(1, request_id="mine-1")
        self.is_timestamp(line.pop("time"))
        self.assertGreater(line.pop("duration_ms"), 0)
        self.assertEqual(line, {
            "level": "info", "message": "request", "request_id": "mine-1", "trace_id": TRACE,
            "address": "127.0.0.1", "method": "GET", "route": "/api/shows/{show_id}/seats",
            "path": f"/api/shows/{show.id}/seats", "query": "token&?",
            "status": answer.status, "bytes": len(answer.text.encode())})

    def test_no_secrets(self):
        user = self.client.new_user()
        self.client.get("/api/users/me", token=user.token, headers={"X-Request-Id": "mine-2"})
        self.client.get(f"/api/users/{user.email}/bookings", token=user.token,
                        headers={"X-Request-Id": "mine-3"})
        [line] = self.lines(1, request_id="mine-2")
        self.assertEqual(line["user_id"], user.id)
        self.lines(1, request_id="mine-3")
        text = json.dumps(self.server.request_lines())
        for secret in (user.token, user.email, user.email.split("@")[0], "password123"):
            self.assertNotIn(secret, text)

    def test_what_never_became_a_request_has_a_line(self):
        [answer] = exchange(self.server.address, b"GET /no-host HTTP/1.1\r\n\r\n")
        detail = json.loads(answer.body)["detail"]
        [line] = self.lines(1, reason=detail)
        self.assertEqual((line["status"], line["address"]), (400, "127.0.0.1"))

    def test_a_stream_has_its_line_when_it_is_over(self):
        show = self.client.new_show()
        with socket.create_connection(self.server.address) as stream:
            stream.sendall(f"GET /api/shows/{show.id}/seats/stream HTTP/1.1\r\nHost: x\r\n"
                           "X-Request-Id: mine-4\r\n\r\n".encode())
            self.assertIn(b"200 OK", stream.recv(4096))
            self.client.get("/health", headers={"X-Request-Id": "mine-5"})
            self.lines(1, request_id="mine-5")
            self.assertEqual([line for line in self.server.request_lines()
                              if line.get("request_id") == "mine-4"], [])
        [line] = self.lines(1, request_id="mine-4")
        self.assertEqual(line["status"], 200)
        self.assertGreater(line["bytes"], 100)


class NoAccessLog(ServerCase):
    env = {"ACCESS_LOG": "off"}

    def test_none_is_none(self):
        self.client.get("/health")
        self.server.restart()
        self.assertEqual(self.server.request_lines(), [])


class Figures(ServerCase):
    def metrics(self):
        return parse(self.client.get("/metrics").text)

    def test_each_route_has_its_own(self):
        labels = 'method="GET",route="/api/movies/{movie_id}"'
        name = "boxoffice_route_responses_total{%s,code=\"%s\"}"
        before = self.metrics()
        for path in ("/api/movies/1", "/api/movies/1", "/api/movies/99999", "/api/movies/x"):
            self.client.get(path)
        after = self.metrics()
        grown = {code: after[name % (labels, code)] - before.get(name % (labels, code), 0)
                 for code in ("2xx", "4xx", "5xx")}
        self.assertEqual(grown, {"2xx": 2, "4xx": 2, "5xx": 0})
        count = f"boxoffice_route_duration_seconds_count{{{labels}}}"
        self.assertEqual(after[count] - before.get(count, 0), 4)
        self.assertEqual(after[f"boxoffice_route_in_flight{{{labels}}}"], 0)
        self.assertEqual(after['boxoffice_route_in_flight{method="GET",route="/metrics"}'], 1)

    def test_paths_that_nobody_knows_are_one_route(self):
        before = len(self.metrics())
        for i in range(50):
            self.client.get(f"/nowhere/{i}")
        after = self.metrics()
        self.assertGreaterEqual(
            after['boxoffice_route_responses_total{method="any",route="none",code="4xx"}'], 50)
        routes = [name for name in after if "nowhere" in name]
        self.assertEqual(routes, [])
        self.assertLess(len(after) - before, 100)

    def test_stages_of_a_command_are_timed(self):
        show = self.client.new_show()
        name = 'boxoffice_stage_duration_seconds_count{stage="%s"}'
        before = self.metrics()
        self.locked(self.client.lock(show, show.seats[:1], new_session()))
        after = self.metrics()
        for stage in ("prepare", "queue", "decide", "batch", "log", "fold", "wake", "render"):
            self.assertEqual(after[name % stage] - before[name % stage], 1, stage)

    def test_who_is_turned_away_is_counted_by_the_reason(self):
        before = self.metrics()
        exchange(self.server.address, b"GET / HTTP/1.1\r\n\r\n")
        self.client.get("/api/movies", headers={"X-Min-Seq": "1000000000"})
        after = self.metrics()
        for name in ('boxoffice_http_rejected_total{reason="framing"}',
                     'boxoffice_requests_rejected_total{reason="read_model_behind"}'):
            self.assertEqual(after[name] - before[name], 1, name)


if __name__ == "__main__":
    unittest.main()
