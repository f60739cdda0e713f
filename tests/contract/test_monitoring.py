"""What operators see of a running server: /metrics, /readyz?verbose and /api/admin/status, which all
show the same figures.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from support.case import ServerCase, wait_until
from support.cinema import new_session
from support.live import SeatMap
from support.server import run
from test_projections import Case as ProjectionsCase

ROOT = pathlib.Path(__file__).parents[2]
PROMTOOL = shutil.which("promtool") or ROOT / "build/tools/promtool"
METRICS_TOKEN = "a-token-that-only-looks"
HISTOGRAMS = ("boxoffice_sync_duration_seconds", "boxoffice_batch_commands")
LABELLED = ("boxoffice_route_duration_seconds", "boxoffice_stage_duration_seconds")


def parse(text):
    """{'name{labels}': value}"""
    return {name: float(value) for name, value in
            (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}


class Monitoring(ServerCase):
    def metrics(self, **options):
        answer = self.client.get("/metrics", **options)
        self.assertEqual(answer.status, 200, answer)
        return parse(answer.text)

    def figures(self):
        return self.ok(self.client.get("/api/admin/status"))


class Metrics(Monitoring):
    def test_promtool_has_nothing_to_say_against_them(self):
        self.assertTrue(os.access(PROMTOOL, os.X_OK), "promtool: `make tests` fetches it")
        answer = self.client.get("/metrics")
        self.assertEqual(answer.headers["Content-Type"],
                         "text/plain; version=0.0.4; charset=utf-8")
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=answer.text,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_alerts_and_their_page_speak_of_metrics_that_there_are(self):
        rules = ROOT / "deploy/prometheus-rules.yml"
        done = subprocess.run([PROMTOOL, "check", "rules", rules], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.client.new_show()  # so that there is a sync to tell of
        there = {re.match(r"\w+", name)[0] for name in self.metrics()}
        there |= set(HISTOGRAMS + LABELLED)
        for text in (rules, ROOT / "docs/operators.md"):
            named = set(re.findall(r"\b(?:boxoffice|process)_\w+", text.read_text()))
            self.assertGreater(len(named), 15)
            self.assertLessEqual(named, there, text)
        page = (ROOT / "docs/operators.md").read_text()
        self.assertEqual([name for name in sorted(there) if name not in page and
                          not name.startswith(HISTOGRAMS + LABELLED)], [])
        for alert in re.findall(r"alert: BoxOffice(\w+)", rules.read_text()):
            self.assertIn(f"| {alert} |", page)

    def test_they_follow_what_happens(self):
        show = self.client.new_show()
        before = self.metrics()
        lock = self.client.lock(show, show.seats[:3], new_session())
        self.locked(lock)
        after = self.metrics()

        def grown(name):
            return after[name] - before[name]

        self.assertEqual(after["boxoffice_durable_position"], lock.event_seq)
        self.assertEqual(after["boxoffice_published_position"], lock.event_seq)
        self.assertEqual(grown("boxoffice_commands_total"), 1)
        self.assertEqual(grown("boxoffice_frames_total"), 1)
        self.assertEqual(grown("boxoffice_sync_duration_seconds_count"), 1)
        self.assertGreater(grown("boxoffice_sync_duration_seconds_sum"), 0)
        self.assertEqual(grown("boxoffice_batch_commands_sum"), 1)
        self.assertEqual(grown("boxoffice_locks"), 1)
        self.assertEqual(grown('boxoffice_seats{state="locked"}'), 3)
        self.assertEqual(grown('boxoffice_http_responses_total{code="2xx"}'), 2)
        self.assertEqual(grown("boxoffice_http_requests_total"), 2)
        for projection in ("catalog", "seat_map", "sales", "history"):
            self.assertEqual(after[f'boxoffice_projection_position{{projection="{projection}"}}'],
                             lock.event_seq)

    def test_seats_are_counted_as_the_seat_map_shows_them(self):
        locked, booked = 'boxoffice_seats{state="locked"}', 'boxoffice_seats{state="booked"}'
        show, session = self.client.new_show(), new_session()
        start = self.metrics()

        def grown():
            now = self.metrics()
            return [now[name] - start[name] for name in
                    ("boxoffice_locks", locked, booked, "boxoffice_pending_bookings")]

        self.client.lock(show, show.seats[:4], session)
        self.assertEqual(grown(), [1, 4, 0, 0])
        self.client.lock(show, show.seats[:4], session)  # renewed
        self.assertEqual(grown(), [1, 4, 0, 0])
        booking = self.client.book(show, show.seats[:2], "test@example.com", session).json["id"]
        self.assertEqual(grown(), [1, 2, 2, 1])
        before = self.metrics()
        self.server.restart()
        self.connect()
        after = self.metrics()
        for name in ("boxoffice_locks", locked, booked, "boxoffice_pending_bookings"):
            self.assertEqual(after[name], before[name], name)
        self.client.cancel(booking)
        self.assertEqual(grown(), [1, 2, 0, 0])
        self.client.post("/api/seats/release", {"show_id": show.id, "seat_ids": show.seats[2:4],
                                                "user_session": session})
        self.assertEqual(grown(), [0, 0, 0, 0])
        self.client.lock(show, show.seats[:1], session)
        self.assertEqual(self.client.delete(f"/api/shows/{show.id}").status, 200)
        self.assertEqual(grown(), [0, 0, 0, 0])

    def test_buckets_add_up(self):
        self.client.new_show()
        metrics = self.metrics()
        for name in HISTOGRAMS:
            buckets = [value for key, value in metrics.items() if key.startswith(f"{name}_bucket")]
            self.assertEqual(buckets, sorted(buckets))
            self.assertEqual(buckets[-1], metrics[f"{name}_count"])
            self.assertGreater(buckets[-1], 0)

    def test_errors_and_refused_framing_are_counted(self):
        before = self.metrics()
        self.client.get("/api/movies/99999")
        self.client.get("/api/movies", headers={"Content-Length": "x"})
        self.connect()
        after = self.metrics()
        name = 'boxoffice_http_responses_total{code="4xx"}'
        self.assertEqual(after[name] - before[name], 2)
        self.assertEqual(after["boxoffice_http_refused_total"],
                         before["boxoffice_http_refused_total"] + 1)

    def test_open_streams_are_counted(self):
        show = self.client.new_show()
        stream = SeatMap(show.id).open(self.server.address)
        self.addCleanup(stream.close)
        stream.wait()
        self.assertEqual(self.metrics()["boxoffice_streams_open"], 1)
        self.assertGreaterEqual(self.metrics()["boxoffice_connections_open"], 2)
        stream.close()
        wait_until(lambda: self.metrics()["boxoffice_streams_open"] == 0, "the stream has gone")

    def test_the_process_and_its_directory(self):
        metrics = self.metrics()
        self.assertLess(abs(metrics["process_start_time_seconds"] - time.time()), 3600)
        self.assertGreater(metrics["boxoffice_disk_free_bytes"], 0)
        self.assertEqual(metrics["boxoffice_disk_low"], 0)
        for folder in ("log", "read"):
            self.assertGreater(metrics[f'boxoffice_data_bytes{{folder="{folder}"}}'], 0)
        version = run("version", cwd=self.server.folder).stdout.split()[1]
        self.assertEqual(metrics[f'boxoffice_build_info{{version="{version}"}}'], 1)


class Care(Monitoring):
    """Backups, verifications and snapshots are made beside the server, which tells of them."""

    def test_what_was_done_for_the_data_is_told(self):
        figures = self.figures()
        for name in ("last_backup", "last_verify", "last_snapshot"):
            self.assertIsNone(figures[name])
            self.assertEqual(self.metrics()[f"boxoffice_{name}_timestamp_seconds"], 0)
        began = time.time()
        self.server.command("backup", "create", str(self.server.folder / "backup"))
        self.server.command("log", "verify")
        self.server.command("snapshot", "create")
        figures, metrics = self.figures(), self.metrics()
        self.assertEqual(figures["last_backup"]["directory"], str(self.server.folder / "backup"))
        self.assertEqual((figures["last_verify"]["ok"], figures["last_verify"]["fault"]),
                         (True, None))
        for name in ("last_backup", "last_verify", "last_snapshot"):
            self.assertEqual(figures[name]["position"], figures["head"])
            self.is_timestamp(figures[name]["time"])
            self.assertEqual(metrics[f"boxoffice_{name}_position"], figures["head"])
            self.assertTrue(began - 1 <= metrics[f"boxoffice_{name}_timestamp_seconds"]
                            <= time.time(), name)
        self.assertEqual(metrics["boxoffice_last_verify_failed"], 0)


class Status(Monitoring):
    def test_it_shows_the_same_figures(self):
        figures, metrics = self.figures(), self.metrics()
        engine = figures["engine"]
        self.assertEqual(figures["head"], metrics["boxoffice_durable_position"])
        for member, name in {"commands": "commands_total", "frames": "frames_total",
                             "queue_depth_max": "queue_depth_limit", "locks": "locks",
                             "seats_booked": 'seats{state="booked"}'}.items():
            self.assertEqual(engine[member], metrics[f"boxoffice_{name}"], member)
        self.assertEqual(sum(engine["sync_us"]["counts"]),
                         metrics["boxoffice_sync_duration_seconds_count"])
        self.assertTrue(engine["accepting"])
        self.assertEqual([(model["name"], model["behind_events"], model["stopped"])
                          for model in figures["projections"]],
                         [(name, 0, None) for name in (
                             "catalog", "seat_map", "bookings", "users", "payments", "sales",
                             "history")])
        self.assertEqual(figures["server"]["connections_open"],
                         metrics["boxoffice_connections_open"])


class Alerts(unittest.TestCase):
    """The rules, run by promtool over two hours of figures."""

    # name: labels, a sample each minute when it is ill, and when it is just well
    SERIES = [
        ("up", "", "0x120", "1x120"),
        ("boxoffice_accepting_commands", "", "0x120", "1x120"),
        ("boxoffice_disk_low", "", "1x120", "0x120"),
        ("boxoffice_projection_stopped", 'projection="users"', "1x120", "0x120"),
        ("boxoffice_projection_lag_seconds", 'projection="users"', "11x120", "10x120"),
        ("boxoffice_rejected_commands_total", "", "0+1x120", "5x120"),
        ("boxoffice_too_slow_commands_total", "", "0+1x120", "5x120"),
        ("boxoffice_http_responses_total", 'code="2xx"', "0+98x120", "0+100x120"),
        ("boxoffice_http_responses_total", 'code="5xx"', "0+2x120", "0+1x120"),
        ("boxoffice_last_verify_failed", "", "1x120", "0x120"),
        ("boxoffice_sync_duration_seconds_bucket", 'le="0.02"', "0+98x120", "0+100x120"),
        ("boxoffice_sync_duration_seconds_bucket", 'le="0.05"', "0+100x120", "0+100x120"),
        ("boxoffice_sync_duration_seconds_bucket", 'le="+Inf"', "0+100x120", "0+100x120"),
        ("boxoffice_route_responses_total", 'route="/",code="2xx"', "0+90x120", "0+96x120"),
        ("boxoffice_route_responses_total", 'route="/",code="5xx"', "0+10x120", "0+4x120"),
        ("boxoffice_route_duration_seconds_bucket", 'route="/",le="1"', "0+98x120", "0+100x120"),
        ("boxoffice_route_duration_seconds_bucket", 'route="/",le="2"', "0+100x120", "0+100x120"),
        ("boxoffice_route_duration_seconds_bucket", 'route="/",le="+Inf"', "0+100x120",
         "0+100x120"),
        ("boxoffice_requests_rejected_total", 'reason="rate_limited"', "0+120x120", "0+30x120"),
        ("boxoffice_http_rejected_total", 'reason="address_limit"', "0+120x120", "0+30x120"),
        ("boxoffice_http_rejected_total", 'reason="framing"', "0+120x120", "0+120x120"),
        ("boxoffice_access_log_dropped_total", "", "0+1x120", "5x120"),
        ("boxoffice_queue_depth", "", "2049x120", "2048x120"),
        ("boxoffice_queue_depth_limit", "", "4096x120", "4096x120"),
        ("boxoffice_connections_open", "", "14000x120", "13000x120"),
        ("boxoffice_connections_limit", "", "16384x120", "16384x120"),
        ("boxoffice_disk_free_bytes", "", "9000000000-7000000x120", "9000000000x120"),
        ("boxoffice_disk_free_limit_bytes", "", "134217728x120", "134217728x120"),
        # The two hours are those after the beginning of time.
        ("boxoffice_last_backup_timestamp_seconds", "", "-100000x120", "-80000x120"),
        ("boxoffice_last_verify_timestamp_seconds", "", "-3000000x120", "-2600000x120"),
        ("process_start_time_seconds", "", "0+1x120", "1x120"),
    ]

    def run_rules(self, which, expected):
        series = [{"series": f'{row[0]}{{job="boxoffice",instance="a",{row[1]}}}',
                   "values": row[which]} for row in self.SERIES]
        test = {"rule_files": [str(ROOT / "deploy/prometheus-rules.yml")],
                "evaluation_interval": "1m",
                "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": [{
                    "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                    "eval_time": "2h", "exp_samples": expected}]}]}
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump(test, file)  # which is YAML, too
            file.flush()
            done = subprocess.run([PROMTOOL, "test", "rules", file.name], capture_output=True,
                                  text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_fires_when_it_should(self):
        alerts = re.findall(r"alert: (\w+)", (ROOT / "deploy/prometheus-rules.yml").read_text())
        self.run_rules(2, [{"labels": f'{{alertname="{name}"}}',
                            # One for each reason, but for those that are the client's.
                            "value": 2 if name == "BoxOfficeTurnsAway" else 1}
                           for name in alerts])

    def test_none_fires_while_it_is_well(self):
        self.run_rules(3, [])


class Ready(Monitoring):
    def test_each_check_on_a_line(self):
        answer = self.client.get("/readyz?verbose")
        self.assertEqual((answer.status, answer.headers["Content-Type"]),
                         (200, "text/plain; charset=utf-8"))
        *checks, last = answer.text.splitlines()
        self.assertEqual(last, "ready")
        names = [re.fullmatch(r"\[\+\] ([^:]+): .+", check)[1] for check in checks]
        self.assertEqual(names, ["engine", "disk", *(f"read model {name}" for name in (
            "catalog", "seat_map", "bookings", "users", "payments", "sales", "history"))])
        self.assertEqual(self.client.get("/readyz?verbose=1").text.splitlines()[-1], "ready")
        self.assertEqual(self.ok(self.client.get("/readyz")), {"status": "ready", "problems": []})


class NotReady(ProjectionsCase):
    env = {"PAYMENT_DEADLINE_SECONDS": "2"}

    def test_a_read_model_that_has_stopped_is_named(self):
        self.server.stop()
        self.ldb("delete", f"0x62{self.booking:08x}")  # 'b' booking: its expiry cannot be folded
        self.server.start()
        self.connect()
        answer = wait_until(lambda: (found := self.client.get("/readyz?verbose")).status == 503
                            and found, "a read model stops")
        lines = answer.text.splitlines()
        bad = [line for line in lines if not line.startswith("[+]")]
        self.assertEqual(len(bad), 2, lines)
        self.assertRegex(bad[0], r"^\[-\] read model bookings: cannot fold .+")
        self.assertEqual(bad[1], "not ready")
        metrics = parse(self.client.get("/metrics").text)
        stopped = {key: value for key, value in metrics.items() if "projection_stopped" in key}
        self.assertEqual([key for key, value in stopped.items() if value],
                         ['boxoffice_projection_stopped{projection="bookings"}'])
        self.assertGreater(metrics['boxoffice_projection_lag_events{projection="bookings"}'], 0)
        self.assertGreater(metrics['boxoffice_projection_lag_seconds{projection="bookings"}'], 0)
        self.assertEqual(metrics['boxoffice_projection_lag_events{projection="sales"}'], 0)

    def test_a_read_model_that_was_made_anew_is_not_behind_since_the_hour_of_its_stop(self):
        self.server.stop()
        self.ldb("delete", f"0x62{self.booking:08x}")
        self.server.start()
        self.connect()
        since = 'boxoffice_projection_since_progress_seconds{projection="bookings"}'

        def figures():
            return parse(self.client.get("/metrics").text)

        wait_until(lambda: figures()['boxoffice_projection_stopped{projection="bookings"}'],
                   "a read model stops")
        wait_until(lambda: figures()[since] > 1, "a second passes")
        began = time.monotonic()
        self.projections("rebuild", "bookings", "--url", self.server.url)
        found = figures()[since]
        self.assertLess(found, time.monotonic() - began)


class Production(Monitoring):
    env = {"PROFILE": "production", "METRICS_TOKEN": METRICS_TOKEN}
    paths = ("/metrics", "/api/admin/status")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.server.client()
        cls.admin, cls.ada = client.new_user(), client.new_user()
        client.close()
        cls.promote(cls.admin)

    def test_figures_are_not_for_everybody(self):
        for path in self.paths:
            self.refused(self.client.get(path), 403, "Not authenticated")
            self.refused(self.client.get(path, token=self.ada.token), 403,
                         "Admin privileges required")
            for wrong in ("nonsense", METRICS_TOKEN[:-1], METRICS_TOKEN + "x"):
                self.refused(self.client.get(path, token=wrong), 401,
                             "Could not validate credentials")

    def test_they_are_for_admins_and_for_who_has_the_token(self):
        for path in self.paths:
            for token in (self.admin.token, METRICS_TOKEN):
                self.assertEqual(self.client.get(path, token=token).status, 200)

    def test_the_token_is_good_for_nothing_else(self):
        for path in ("/api/admin/projections", "/api/reports/sales", "/api/users/me"):
            self.assertEqual(self.client.get(path, token=METRICS_TOKEN).status, 401, path)
        self.refused(self.client.post("/api/admin/projections/users/rebuild", token=METRICS_TOKEN),
                     401, "Could not validate credentials")

    def test_readiness_is_for_everybody(self):
        for path in ("/livez", "/readyz", "/readyz?verbose"):
            self.assertEqual(self.client.get(path).status, 200)


class WithoutToken(Monitoring):
    env = {"PROFILE": "production"}

    def test_no_token_is_nobodys_token(self):
        for token in (" ", "nonsense"):
            answer = self.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
            self.assertIn(answer.status, (401, 403), answer)


if __name__ == "__main__":
    unittest.main()
