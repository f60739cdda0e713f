"""Reports and histories: their figures against an independent fold of the exported log."""

import csv
import decimal
import io
import json
import re
import unittest

from support.case import ServerCase, wait_until
from support.cinema import NewShow, new_session
from support.history import History
from support.load import Load
from support.report_model import ReportModel

GROUPS = ("show", "movie", "theatre", "day")
FIRST, LAST = "2030-06-15", "2030-06-16"
GUEST = "test@example.com"

# What people name movies and theatres to see what a spreadsheet makes of it.
TITLES = ('=HYPERLINK("http://evil.example","Me, you"))', "M", "+1", "Two\r\nlines, \"quoted\"")
THEATRES = ("@Rex", "Le Grand, Paris", "-1+1|cmd")


def numbers_as_text(text):
    return json.loads(text, parse_int=str, parse_float=str)


def with_counts(line):
    """The lists of counts as dicts: their order is ours to choose."""
    for name in ("cancel_reasons", "refusal_reasons"):
        line[name] = {entry["reason"]: entry["count"] for entry in line[name]}
    return line


class ReportCase(ServerCase):
    env = {"LOCK_TTL_SECONDS": 2, "PAYMENT_DEADLINE_SECONDS": 2, "PAYMENT_GRACE_SECONDS": 0}

    def new_shows(self):
        """Shows that share movies, theatres and days in every way."""
        movies = [self.client.new_movie(title=title)["id"] for title in TITLES]
        theatres = [self.client.new_theatre(name=name, total_seats=12)["id"] for name in THEATRES]
        shows = []
        for number in range(8):
            show = self.ok(self.client.post("/api/shows", {
                "movie_id": movies[number % 4], "theatre_id": theatres[number % 3],
                "show_date": f"2030-06-{14 + number % 4}", "show_time": "20:00",
                "price": ("12.5", "9.99", "0.1")[number % 3]}))
            shows.append(NewShow(show, [seat["id"] for seat in self.seats(show)]))
        return shows

    def seats(self, show):
        return self.ok(self.client.seats(show["id"]))

    def sales(self, **query):
        """(position, report) with every number as its text."""
        path = "/api/reports/sales?" + "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.client.get(path)
        self.assertEqual(answer.status, 200, answer)
        report = numbers_as_text(answer.text)
        for line in [*report["lines"], report["total"]]:
            with_counts(line)
        return answer.read_seq, report

    def table(self, **query):
        path = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.client.get(f"/api/reports/sales?format=csv&{path}")
        self.assertEqual((answer.status, answer.headers["Content-Type"]),
                         (200, "text/csv; charset=utf-8"), answer)
        return answer

    def history(self, path, limit=1000):
        """(position, entries) of all pages, as of the first one's position."""
        after, at, entries = 0, None, []
        while after is not None:
            answer = self.client.get(f"{path}/history?after={after}&limit={limit}")
            page = self.ok(answer)
            at = at or answer.read_seq
            entries += page["entries"]
            following, after = after, page["next_after"]
            self.assertEqual("Link" in answer.headers, after is not None, answer)
            if after is not None:
                self.assertGreater(after, following)
                self.assertEqual(answer.headers["Link"],
                                 f'<{path}/history?after={after}&limit={limit}>; rel="next"')
        return at, [entry for entry in entries if entry["seq"] <= at]

    def exported(self):
        """The whole log, as another program gets it."""
        output = self.server.folder / f"export-{new_session()}"
        self.server.command("log", "export", "--format", "jsonl", "--output", str(output))
        lines = (output / "events.jsonl").read_text().splitlines()
        return [json.loads(line, parse_float=decimal.Decimal) for line in lines]

    def models(self, positions):
        """{position: the model there}, in one fold of the log for each."""
        log = self.exported()
        models = {}
        for position in positions:
            models[position] = ReportModel()
            for event in log[:position]:
                models[position].fold(event)
        return models

    def check_history(self, entries, expected):
        guests = [entry.pop("guest") for entry in entries]
        self.assertEqual(entries, expected)
        for entry, guest in zip(entries, guests):
            if guest is not None:
                self.assertRegex(guest, "^guest-[0-9a-f]{8}$", entry)


class Totals(ReportCase):
    def load(self, shows, **options):
        users = [self.client.new_user() for _ in range(4)]
        return Load(self.server, History(), shows, users, customers=8, keeps=0, **options)

    def corners(self, show):
        """Once everything that moves a figure, whatever chance does."""
        client, seats = self.client, show.seats
        paid, payment = client.new_payment(show, seats[:2])
        self.ok(client.confirm(payment["transaction_id"], "success"))
        self.assertEqual(client.confirm(payment["transaction_id"], "failed").status, 409)
        cancelled, payment = client.new_payment(show, seats[2:4])
        self.ok(client.confirm(payment["transaction_id"], "success"))
        self.ok(client.cancel(cancelled["id"]))
        self.assertEqual(client.cancel(cancelled["id"]).status, 409)
        _, failed = client.new_payment(show, seats[4:5])
        self.ok(client.confirm(failed["transaction_id"], "failed"))
        again, taken_again = client.new_payment(show, seats[5:7])
        lost, resold = client.new_payment(show, seats[7:9])
        for booking in (again, lost):
            self.assertEqual(client.initiate(booking, amount=1).status, 400)
            wait_until(lambda: self.ok(client.booking(booking["id"]))["status"] == "cancelled",
                       "the booking has expired")
        self.ok(client.book(show, seats[8:9], GUEST))
        for payment, status in ((taken_again, "success"), (resold, "refunded")):
            late = self.ok(client.confirm(payment["transaction_id"], "success"))
            self.assertEqual(late["status"], status)
        self.lock_refused(client.lock(show, seats[:1], new_session()))
        self.lock_refused(client.lock(show, [1], new_session()))
        self.lock_refused(client.lock(NewShow({"id": 99999}, []), [1], new_session()))
        self.refused(client.put(f"/api/shows/{show.id}", {"show_date": "2031-01-01"}), 409,
                     "Show has bookings")

    def move_and_delete(self, shows):
        """A show that was moved, one that was deleted after a refund, one renamed."""
        moved, deleted = shows
        self.ok(self.client.put(f"/api/shows/{moved.id}", {"show_date": "2030-06-16"}))
        booking, payment = self.client.new_payment(deleted, deleted.seats[:3])
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        self.ok(self.client.cancel(booking["id"]))
        self.ok(self.client.delete(f"/api/shows/{deleted.id}"))
        movie = moved.json["movie"]
        self.ok(self.client.put(f"/api/movies/{movie['id']}", movie | {"title": "Renamed"}))

    def check_tables(self, by):
        """The CSV has the lines of the JSON, cell by cell."""
        position, report = self.sales(by=by)
        answer = self.table(by=by)
        self.assertEqual(answer.read_seq, position, "nothing happens meanwhile")
        self.assertTrue(answer.text.endswith("\r\n"))
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        names, rows = rows[0], rows[1:]
        self.assertEqual(names, list(report["total"]))
        self.assertEqual(len(rows), len(report["lines"]))
        for row, line in zip(rows, report["lines"]):
            for name, cell in zip(names, row, strict=True):
                value = line[name]
                if isinstance(value, dict):
                    self.assertEqual(dict(pair.split("=") for pair in cell.split()), value)
                elif name in ("movie_title", "theatre_name", "city") and value and (
                        value[0] in "=+-@"):
                    self.assertEqual(cell, "'" + value)
                else:
                    self.assertEqual(cell, value or "", name)

    def test_equal_an_independent_fold_of_the_exported_log(self):
        shows = self.new_shows()
        load = self.load(shows[:6], visits=12, seed="reports").start()
        taken = []

        def take_all():
            for by in GROUPS:
                taken.append((by, {}, *self.sales(by=by)))
            taken.append(("show", {"first": FIRST, "last": LAST},
                          *self.sales(**{"from": FIRST, "to": LAST})))
            taken.append(("day", {"first": LAST}, *self.sales(**{"by": "day", "from": LAST})))

        for _ in range(5):
            take_all()  # while things happen
        load.join()
        self.assertEqual(load.interruptions, [])
        self.corners(shows[6])
        self.move_and_delete((shows[7], self.client.new_show()))
        take_all()

        models = self.models({position for *_, position, _ in taken})
        for by, dates, position, report in taken:
            with self.subTest(by=by, position=position):
                expected = models[position].report(by, **dates)
                self.assertEqual(report["lines"], expected["lines"])
                self.assertEqual(report["total"], expected["total"])
        self.check_one_by_one(taken[-6])
        self.check_corners(taken[-6][-1]["total"])
        wait_until(lambda: self.sales()[1]["total"]["pending"] == "0", "every booking has ended")
        for by in GROUPS:
            self.check_tables(by)

    def check_one_by_one(self, of_shows):
        """A show's own report is its line in the list; a deleted show has one, too."""
        _, _, position, report = of_shows
        model = self.models({position})[position]
        self.assertTrue(model.deleted)
        for line in report["lines"]:
            answer = self.client.get(f"/api/shows/{line['show_id']}/report")
            if answer.read_seq == position:
                self.assertEqual(with_counts(numbers_as_text(answer.text)), line)
            self.assertEqual(list(answer.json), list(line))

    def check_corners(self, total):
        """A run in which nothing moved a figure would prove nothing."""
        self.assertLess(0, float(total["revenue"]), total)
        self.assertLess(float(total["revenue"]), float(total["captured"]), total)
        for reason in ("user", "expired", "payment_failed"):
            self.assertIn(reason, total["cancel_reasons"])
        for reason in ("seat_taken", "seat_unknown", "amount_mismatch", "show_has_bookings",
                       "payment_already_settled", "booking_already_cancelled"):
            self.assertIn(reason, total["refusal_reasons"])

    def test_survive_a_restart(self):
        show = self.client.new_show()
        _, payment = self.client.new_payment(show, show.seats[:2])
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        path = f"/api/shows/{show.id}"
        before = [self.ok(self.client.get(f"{path}/{what}")) for what in ("report", "history")]
        self.assertEqual((before[0]["seats_sold"], before[0]["revenue"]), (2, 25))
        self.server.restart()
        self.connect()
        self.assertEqual([self.ok(self.client.get(f"{path}/{what}"))
                          for what in ("report", "history")], before)


class Histories(ReportCase):
    def test_equal_an_independent_fold_of_the_exported_log(self):
        shows = self.new_shows()[:3]
        users = [self.client.new_user() for _ in range(2)]
        load = Load(self.server, History(), shows, users, customers=4, visits=10, tidy=False,
                    seed="histories").start()
        taken = []

        def take_all():
            for show in shows:
                for limit in (7, 1000):
                    taken.append((show.id, None, *self.history(f"/api/shows/{show.id}", limit)))
                for seat in show.seats[:3]:
                    taken.append((show.id, seat, *self.history(f"/api/seats/{seat}", 5)))

        while any(thread.is_alive() for thread in load.threads):
            take_all()
        load.join()
        self.everything_once(shows[0])
        take_all()
        whole = self.models({max(position for *_, position, _ in taken)}).popitem()[1]
        for show_id, seat, position, entries in taken:
            self.check_history(entries, [
                entry for entry in whole.histories[show_id]
                if entry["seq"] <= position and (seat is None or seat in entry["seat_ids"])])
        kinds = {entry["kind"] for *_, entries in taken for entry in entries}
        self.assertEqual(kinds, {"locked", "released", "lock_expired", "booked", "confirmed",
                                 "taken_again", "cancelled", "booking_expired", "refused"})

    def everything_once(self, show):
        """What chance may have left out, on seats that the load has left by itself."""
        def all_free():
            states = self.states(show)
            return [seat for seat in show.seats if states[seat] == "free"]
        seats = wait_until(lambda: len(all_free()) >= 4 and all_free(), "there are free seats")
        session = new_session()
        self.locked(self.client.lock(show, seats[:2], session))
        self.ok(self.client.release(show, seats[:1], session))
        booking, payment = self.client.new_payment(show, seats[2:4])
        self.lock_refused(self.client.lock(show, seats[2:3], session))
        wait_until(lambda: set(seats) <= set(all_free()), "lock and booking have expired")
        self.ok(self.client.confirm(payment["transaction_id"], "success"))
        self.ok(self.client.cancel(booking["id"]))

    def test_tell_guests_apart_and_give_no_session_away(self):
        show = self.client.new_show()
        ann, bob = new_session(), new_session()
        self.locked(self.client.lock(show, show.seats[:1], ann))
        self.lock_refused(self.client.lock(show, show.seats[:1], bob))
        self.ok(self.client.book(show, show.seats[:1], GUEST, ann))
        answer = self.client.get(f"/api/shows/{show.id}/history")
        for session in (ann, bob, ann[-12:]):
            self.assertNotIn(session, answer.text)
        locked, refused, booked = self.ok(answer)["entries"]
        self.assertEqual(locked["guest"], booked["guest"])
        self.assertNotEqual(locked["guest"], refused["guest"])
        self.assertEqual((refused["kind"], refused["command"], refused["reason"],
                          refused["seat_ids"]),
                         ("refused", "lock_seats", "seat_taken", show.seats[:1]))
        user = self.client.new_user()
        self.locked(self.client.lock(show, show.seats[1:2], bob, token=user.token))
        last = self.ok(self.client.get(f"/api/seats/{show.seats[1]}/history"))["entries"][-1]
        self.assertEqual((last["user_id"], last["guest"], last["actor"]), (user.id, None, "user"))

    def test_behind_the_end_there_is_nothing(self):
        show = self.client.new_show()
        self.client.lock(show, show.seats[:1], new_session())
        for after in (10**9, 2**45 - 1, 2**63 - 1):
            answer = self.client.get(f"/api/shows/{show.id}/history?after={after}")
            self.assertEqual((answer.status, answer.json["entries"]), (200, []), after)

    def test_of_a_deleted_show_are_kept(self):
        show = self.client.new_show()
        self.locked(self.client.lock(show, show.seats[:2], new_session()))
        self.ok(self.client.delete(f"/api/shows/{show.id}"))
        for path in (f"/api/shows/{show.id}", f"/api/seats/{show.seats[1]}"):
            _, entries = self.history(path)
            self.assertEqual([entry["kind"] for entry in entries], ["locked", "released"])


class Questions(ReportCase):
    def test_what_does_not_exist_is_not_found(self):
        for what in ("report", "history"):
            for show in (0, 99999, 2**40):
                self.refused(self.client.get(f"/api/shows/{show}/{what}"), 404, "Show not found")
        for seat in (0, 99999999, 2**40):
            self.refused(self.client.get(f"/api/seats/{seat}/history"), 404, "Seat not found")

    def test_what_makes_no_sense_is_invalid(self):
        for query, name in (("by=week", "by"), ("format=xml", "format"), ("from=soon", "from"),
                            ("to=2030-02-30", "to"), ("from=2030-01-02&to=2030-01-01", "to")):
            self.invalid_at(self.client.get(f"/api/reports/sales?{query}"), "query", name)
        for query, name in (("after=-1", "after"), ("after=x", "after"), ("limit=0", "limit"),
                            ("limit=1001", "limit")):
            for path in ("/api/shows/1", "/api/seats/1"):
                self.invalid_at(self.client.get(f"{path}/history?{query}"), "query", name)
        self.invalid_at(self.client.get("/api/seats/x/history"), "path", "seat_id")

    def test_pages_have_all_lines_and_the_total_of_all(self):
        self.new_shows()
        for by in GROUPS:
            _, whole = self.sales(by=by)
            self.assertGreater(len(whole["lines"]), 2)
            lines, path = [], f"/api/reports/sales?by={by}&limit=2"
            while path:
                answer = self.client.get(path)
                report = numbers_as_text(answer.text)
                self.assertLessEqual(len(report["lines"]), 2)
                for line in [*report["lines"], report["total"]]:
                    with_counts(line)
                self.assertEqual(report["total"], whole["total"])
                lines += report["lines"]
                path = re.fullmatch(r'<(.*)>; rel="next"', answer.headers["Link"])[1] \
                    if "Link" in answer.headers else None
            self.assertEqual(lines, whole["lines"])
        for query in ("limit=0", "limit=10001", "after=x", "after=-1"):
            self.invalid_at(self.client.get(f"/api/reports/sales?{query}"), "query",
                            query.split("=")[0])

    def test_a_day_without_shows_is_an_empty_report(self):
        _, report = self.sales(**{"from": "1999-01-01", "to": "1999-01-01"})
        self.assertEqual((report["lines"], report["total"]["occupancy"], report["by"]),
                         ([], None, "show"))
        answer = self.table(**{"to": "1999-01-01"})
        self.assertEqual(answer.text, ",".join(report["total"]) + "\r\n")

    def test_reports_wait_for_a_position_that_is_asked_for(self):
        seq = self.client.get("/api/reports/sales").read_seq
        for path in ("/api/reports/sales", "/api/shows/1/report", "/api/shows/1/history",
                     "/api/seats/1/history"):
            there = self.client.get(path, headers={"X-Min-Seq": str(seq)})
            self.assertGreaterEqual(there.read_seq, seq)
            answer = self.client.get(path, headers={"X-Min-Seq": str(seq + 1_000_000)})
            self.assertEqual((answer.status, "Retry-After" in answer.headers), (503, True))

    def test_are_in_the_openapi_document(self):
        paths = self.ok(self.client.get("/openapi.json"))["paths"]
        content = paths["/api/reports/sales"]["get"]["responses"]["200"]["content"]
        self.assertEqual(set(content), {"application/json", "text/csv"})
        for path in ("/api/shows/{show_id}/report", "/api/shows/{show_id}/history",
                     "/api/seats/{seat_id}/history"):
            self.assertIn("get", paths[path])


if __name__ == "__main__":
    unittest.main()
