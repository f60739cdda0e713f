"""`X-Request-Id` and `traceparent`: in, out, and into the events."""

import unittest

from support.case import ServerCase

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
TRACEPARENT = r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$"


class Tracing(ServerCase):
    def setUp(self):
        super().setUp()
        self.show = self.client.new_show()
        self.seats = iter(self.show.seats)

    def lock(self, **headers):
        answer = self.client.lock(self.show, [next(self.seats)], "a", headers=headers)
        self.locked(answer)
        return answer

    def event(self, answer):
        return self.server.log("--from", str(answer.event_seq))[0]

    def test_an_answer_goes_on_with_the_callers_trace_and_the_event_keeps_it(self):
        for flags in ("00", "01"):
            answer = self.lock(traceparent=f"00-{TRACE}-{PARENT}-{flags}")
            ours = answer.headers["traceparent"]
            self.assertRegex(ours, TRACEPARENT)
            _, trace, parent, ours_flags = ours.split("-")
            self.assertEqual((trace, ours_flags), (TRACE, flags))
            self.assertNotEqual(parent, PARENT)
            self.assertEqual(self.event(answer)["trace"], TRACE)

    def test_a_refusal_keeps_it_as_well(self):
        trace = TRACE[::-1]
        answer = self.client.cancel(4_000_000, headers={"traceparent": f"00-{trace}-{PARENT}-01"})
        self.assertEqual(answer.status, 404)
        self.assertEqual(self.event(answer)["trace"], trace)

    def test_without_a_valid_one_a_new_trace_begins_that_no_event_keeps(self):
        given = [{}] + [{"traceparent": text} for text in (
            "", "nonsense", f"00-{TRACE.upper()}-{PARENT}-01", f"00-{'0' * 32}-{PARENT}-01",
            f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-01-00",
            f"00-{TRACE}-{PARENT}", f"00-{TRACE}-{PARENT}-01,00-{TRACE}-{PARENT}-01")]
        traces = set()
        for headers in given:
            with self.subTest(headers):
                answer = self.lock(**headers)
                self.assertRegex(answer.headers["traceparent"], TRACEPARENT)
                trace = answer.headers["traceparent"].split("-")[1]
                self.assertNotEqual(trace, TRACE)
                traces.add(trace)
                self.assertIsNone(self.event(answer)["trace"])
        self.assertEqual(len(traces), len(given))

    def test_every_kind_of_answer_carries_both(self):
        for path in ("/api/movies", "/health", "/nowhere", "/openapi.json", "/api/movies/"):
            answer = self.client.get(path, headers={
                "traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-Id": "r-1"})
            self.assertIn(TRACE, answer.headers["traceparent"], answer)
            self.assertEqual(answer.headers["X-Request-Id"], "r-1", answer)

    def test_the_log_is_asked_by_trace(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        first = self.lock(traceparent=f"00-{trace}-{PARENT}-01", **{"X-Request-Id": "one"})
        self.lock()
        second = self.lock(traceparent=f"00-{trace}-{PARENT[::-1]}-01", **{"X-Request-Id": "two"})
        told = self.server.command("log", "trace", f"trace:{trace}").stdout
        commands = [line for line in told.splitlines() if "request" in line]
        self.assertEqual(len(commands), 2, told)
        for line, answer, request in zip(commands, (first, second), ("one", "two")):
            self.assertTrue(line.strip().startswith(f"{answer.event_seq} "), line)
            self.assertTrue(line.endswith(f"request {request}, trace {trace}"), line)
        nothing = self.server.command("log", "trace", f"trace:{'1' * 32}", check=False)
        self.assertNotEqual(nothing.returncode, 0)

    def test_a_replayed_answer_belongs_to_the_trace_that_asked_for_it(self):
        seat = [next(self.seats)]
        other = TRACE[::-1]
        for trace in (TRACE, other):
            answer = self.client.lock(self.show, seat, "a", key="one", headers={
                "traceparent": f"00-{trace}-{PARENT}-01"})
            self.assertIn(trace, answer.headers["traceparent"])
        self.assertTrue(answer.replayed)
        self.assertEqual(self.event(answer)["trace"], TRACE)


if __name__ == "__main__":
    unittest.main()
