"""Shows and their seats: list, look up, create, change, delete."""

import unittest

from support.case import MOVIE, SEAT, SHOW, THEATRE, ServerCase, TIMESTAMP


class Shows(ServerCase):
    def new(self, **changes):
        return {"movie_id": 1, "theatre_id": 1, "show_date": "2030-06-15", "show_time": "20:00",
                "price": 12.5} | changes

    def test_a_show_carries_its_movie_and_its_theatre(self):
        show = self.ok(self.client.get("/api/shows/1"))
        self.has_shape(show, SHOW)
        self.has_shape(show["movie"], MOVIE)
        self.has_shape(show["theatre"], THEATRE)
        self.assertEqual((show["movie"]["id"], show["theatre"]["id"]),
                         (show["movie_id"], show["theatre_id"]))
        self.assertRegex(show["created_at"], TIMESTAMP)

    def test_an_unknown_show_is_not_found(self):
        self.refused(self.client.get("/api/shows/99999"), 404, "Show not found")
        self.refused(self.client.get("/api/shows/99999/seats"), 404, "Show not found")

    def test_an_id_that_is_no_number_is_invalid(self):
        for path in ("/api/shows/1.5x", "/api/shows/1.5x/seats"):
            self.invalid(self.client.get(path),
                         ("int_parsing", ["path", "show_id"], ..., "1.5x"))

    def test_a_new_show_answers_with_its_date_time_and_price(self):
        answer = self.client.post("/api/shows", self.new())
        show = self.ok(answer)
        self.has_shape(show, SHOW)
        self.assertEqual((show["show_date"], show["show_time"]), ("2030-06-15", "20:00:00"))
        self.has_money(answer, "price", 12.5)
        self.assertEqual(self.ok(self.client.get(f"/api/shows/{show['id']}")), show)

    def test_a_time_may_have_seconds(self):
        show = self.ok(self.client.post("/api/shows", self.new(show_time="20:15:30")))
        self.assertEqual(show["show_time"], "20:15:30")

    def test_bad_members_are_reported_together(self):
        body = self.new(theatre_id=1.5, show_date="later", price="cheap")
        del body["movie_id"]
        self.invalid(
            self.client.post("/api/shows", body),
            ("missing", ["body", "movie_id"], "Field required", body),
            ("int_from_float", ["body", "theatre_id"],
             "Input should be a valid integer, got a number with a fractional part", 1.5),
            ("date_from_datetime_parsing", ["body", "show_date"], ..., "later"),
            ("float_parsing", ["body", "price"],
             "Input should be a valid number, unable to parse string as a number", "cheap"))

    def test_a_time_that_is_none_is_invalid(self):
        for time in ("25:00", "20:61", "evening", ""):
            self.invalid_at(self.client.post("/api/shows", self.new(show_time=time)),
                            "body", "show_time")

    def test_prices_are_not_negative_and_have_at_most_two_decimals(self):
        for price in (-0.01, -12, 12.345):
            self.invalid_at(self.client.post("/api/shows", self.new(price=price)),
                            "body", "price")

    def test_cents_survive(self):
        for price in (0.1, 0.29, 19.99, 10, 1234567.89):
            answer = self.client.post("/api/shows", self.new(price=price))
            self.has_money(answer, "price", price)

    def test_an_unknown_movie_or_theatre_is_invalid(self):
        for name in ("movie_id", "theatre_id"):
            answer = self.client.post("/api/shows", self.new(**{name: 99999}))
            self.assertEqual(answer.status, 422, answer)

    def test_the_shows_of_a_movie_by_city_and_date(self):
        movie = self.client.new_movie()["id"]
        paris = self.client.new_theatre(city="Paris")["id"]
        rome = self.client.new_theatre(city="Rome")["id"]
        first, second, third = [
            self.ok(self.client.post("/api/shows", self.new(
                movie_id=movie, theatre_id=theatre, show_date=date)))["id"]
            for theatre, date in ((paris, "2030-06-15"), (rome, "2030-06-15"),
                                  (rome, "2030-06-16"))]
        for query, wanted in (("", [first, second, third]), ("?city=", [first, second, third]),
                              ("?city=Rome", [second, third]), ("?city=rome", []),
                              ("?date=2030-06-15", [first, second]),
                              ("?city=Rome&date=2030-06-16", [third])):
            shows = self.ok(self.client.get(f"/api/movies/{movie}/shows{query}"))
            self.assertEqual([show["id"] for show in shows], wanted, query)
            for show in shows:
                self.has_shape(show, SHOW)
                self.assertEqual(show["movie"]["id"], movie)

    def test_the_shows_of_an_unknown_movie_or_a_bad_date(self):
        self.refused(self.client.get("/api/movies/99999/shows"), 404, "Movie not found")
        for date in ("", "tomorrow"):
            self.invalid(self.client.get(f"/api/movies/1/shows?date={date}"),
                         ("date_from_datetime_parsing", ["query", "date"], ..., date))

    def test_all_shows_can_be_listed_and_filtered(self):
        show = self.client.new_show(city="Oslo").json
        for query in (f"movie_id={show['movie_id']}", f"theatre_id={show['theatre_id']}",
                      "city=Oslo"):
            shows = self.ok(self.client.get(f"/api/shows?{query}"))
            self.assertEqual(shows, [show], query)
        ids = [each["id"] for each in self.ok(self.client.get("/api/shows?limit=3"))]
        self.assertEqual(ids, [1, 2, 3])
        ids = [each["id"] for each in self.ok(self.client.get("/api/shows?skip=1&limit=2"))]
        self.assertEqual(ids, [2, 3])
        self.assertEqual(self.ok(self.client.get("/api/shows?date=1999-01-01")), [])
        self.invalid_at(self.client.get("/api/shows?theatre_id=x"), "query", "theatre_id")

    def test_a_shows_price_and_time_can_change(self):
        show = self.client.new_show().json
        changed = self.ok(self.client.put(f"/api/shows/{show['id']}",
                                          {"show_time": "21:30", "price": 9.99}))
        self.assertEqual(changed, show | {"show_time": "21:30:00", "price": 9.99})
        self.assertEqual(self.ok(self.client.get(f"/api/shows/{show['id']}")), changed)
        self.refused(self.client.put("/api/shows/99999", {}), 404, "Show not found")
        self.invalid_at(self.client.put(f"/api/shows/{show['id']}", {"price": -1}),
                        "body", "price")

    def test_with_bookings_the_time_stays_the_price_may_change_and_bookings_keep_theirs(self):
        show = self.client.new_show(price=12.5)
        booking = self.ok(self.client.book(show, show.seats[:2], "test@example.com"))
        path = f"/api/shows/{show.id}"
        for change in ({"show_time": "21:30"}, {"show_date": "2031-01-01"}):
            self.refused(self.client.put(path, change), 409, "Show has bookings")
        self.assertEqual(self.ok(self.client.put(path, {"price": 20}))["price"], 20)
        self.assertEqual(self.ok(self.client.booking(booking["id"]))["total_amount"], 25)
        later = self.ok(self.client.book(show, show.seats[2:3], "test@example.com"))
        self.assertEqual(later["total_amount"], 20)

    def test_a_deleted_show_is_gone_but_its_bookings_still_show_it(self):
        show = self.client.new_show()
        booking = self.ok(self.client.book(show, show.seats[:1], "test@example.com"))
        self.refused(self.client.delete(f"/api/shows/{show.id}"), 409, "Show has bookings")
        self.ok(self.client.cancel(booking["id"]))
        self.assertEqual(self.ok(self.client.delete(f"/api/shows/{show.id}")),
                         {"deleted": True, "id": show.id})
        for path in (f"/api/shows/{show.id}", f"/api/shows/{show.id}/seats"):
            self.refused(self.client.get(path), 404, "Show not found")
        self.assertEqual(self.ok(self.client.get(f"/api/shows?movie_id={show.json['movie_id']}")),
                         [])
        self.refused(self.client.delete(f"/api/shows/{show.id}"), 404, "Show not found")
        self.assertEqual(self.ok(self.client.booking(booking["id"]))["show"]["id"], show.id)
        self.lock_refused(self.client.lock(show, show.seats[:1], "a"))


class Seats(ServerCase):
    def test_seats_are_numbered_over_all_shows(self):
        first = self.ok(self.client.seats(1))
        self.assertEqual([seat["id"] for seat in first], list(range(1, 101)))
        self.assertEqual(self.ok(self.client.seats(2))[0]["id"], 101)

    def test_a_seat_map_has_every_seat_in_the_contracts_shape(self):
        seats = self.ok(self.client.seats(1))
        self.assertEqual([seat["row"] + seat["seat_number"] for seat in seats],
                         [row + str(n) for row in "ABCDE" for n in range(1, 21)])
        for seat in seats:
            self.has_shape(seat, SEAT)
            self.assertEqual((seat["show_id"], seat["is_booked"], seat["is_locked"],
                              seat["locked_until"]), (1, False, False, None))

    def test_the_seats_of_the_demo_shows_follow_their_theatres(self):
        lengths = [len(self.ok(self.client.seats(show))) for show in (1, 2, 3, 4)]
        self.assertEqual(lengths, [100, 100, 150, 120])
        last = self.ok(self.client.seats(3))[-1]
        self.assertEqual((last["row"], last["seat_number"]), ("H", "10"))  # 7 rows of 20, then 10

    def test_a_seat_map_that_did_not_change_need_not_be_sent_again(self):
        show = self.client.new_show()
        tag = self.client.seats(show.id).headers["ETag"]
        again = self.client.seats(show.id, headers={"If-None-Match": tag})
        self.assertEqual((again.status, again.body), (304, b""))
        self.locked(self.client.lock(show, show.seats[:1], "a"))
        changed = self.client.seats(show.id, headers={"If-None-Match": tag})
        self.assertEqual(changed.status, 200)
        self.assertNotEqual(changed.headers["ETag"], tag)


if __name__ == "__main__":
    unittest.main()
