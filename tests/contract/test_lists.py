"""Lists: pages along `Link`, search and filters, order; and that who knows none of it sees none."""

import unittest
from urllib.parse import quote

from support.case import ServerCase


def ids(elements):
    return [each["id"] for each in elements]


class Lists(ServerCase):
    def walk(self, path, **options):
        """All elements, page by page, and how many pages that were."""
        elements, pages = [], 0
        while path:
            answer = self.client.get(path, **options)
            elements += self.ok(answer)
            self.assertIsNotNone(answer.read_seq)
            path, pages = answer.next_path, pages + 1
        return elements, pages

    def show(self, movie, theatre, date="2031-01-01", time="20:00"):
        return self.ok(self.client.post("/api/shows", {
            "movie_id": movie, "theatre_id": theatre, "show_date": date, "show_time": time,
            "price": 10}))["id"]

    def test_following_links_gives_the_whole_list_and_every_page_is_full(self):
        for _ in range(5):
            self.client.new_movie()
        whole = self.ok(self.client.get("/api/movies?limit=10000"))
        for limit in (1, 2, 3, len(whole) - 1, len(whole), len(whole) + 1):
            walked, pages = self.walk(f"/api/movies?limit={limit}")
            self.assertEqual(walked, whole, limit)
            self.assertEqual(pages, -(-len(whole) // limit), "no page is empty")

    def test_who_knows_nothing_of_cursors_gets_what_he_always_got(self):
        for _ in range(3):
            self.client.new_movie()
        whole = self.client.get("/api/movies?limit=10000")
        self.assertIsNone(whole.next_path, "it is all there")
        window = self.client.get("/api/movies?skip=1&limit=2")
        self.assertEqual(ids(self.ok(window)), [2, 3])
        self.assertEqual(window.next_path, "/api/movies?after=3&limit=2",
                         "the next page needs no skip: it was skipped already")
        self.assertEqual(ids(self.ok(self.client.get(window.next_path)))[0], 4)
        nothing = self.client.get("/api/movies?limit=0")
        self.assertEqual((self.ok(nothing), nothing.next_path), ([], None))

    def test_the_hundredth_movie_ends_the_seeds_page_and_the_link_goes_on(self):
        while len(self.ok(self.client.get("/api/movies?limit=1000"))) <= 100:
            self.client.new_movie(title="One more")
        page = self.client.get("/api/movies")
        self.assertEqual(len(self.ok(page)), 100)
        rest = self.ok(self.client.get(page.next_path))
        self.assertEqual(ids(self.ok(page) + rest),
                         ids(self.ok(self.client.get("/api/movies?limit=1000"))))

    def test_a_page_has_ten_thousand_elements_at_most_but_any_limit_may_be_asked_for(self):
        self.assertEqual(self.ok(self.client.get(f"/api/movies?limit={2**63 - 1}"))[0]["id"], 1)
        self.assertEqual(self.ok(self.client.get(f"/api/shows?limit={2**63 - 1}"))[0]["id"], 1)

    def test_what_is_added_or_deleted_between_pages_is_neither_repeated_nor_makes_a_gap(self):
        made = [self.client.new_movie(title="Walk on")["id"] for _ in range(6)]
        first = self.client.get("/api/movies?title=walk+on&limit=3")
        self.assertEqual(ids(self.ok(first)), made[:3])
        for gone in (made[0], made[2], made[3]):  # the cursor's own, and one on each side
            self.ok(self.client.delete(f"/api/movies/{gone}"))
        added = self.client.new_movie(title="Walk on")["id"]
        rest, _ = self.walk(first.next_path)
        self.assertEqual(ids(rest), made[4:] + [added])

    def test_movies_are_searched_by_the_words_of_their_title(self):
        lion = self.client.new_movie(title="The Sea Lion's Bride")["id"]
        other = self.client.new_movie(title="SEALED")["id"]
        accent = self.client.new_movie(title="Les Misérables (sea)")["id"]
        for title, wanted in (("sea", [lion, other, accent]), ("SEA", [lion, other, accent]),
                              ("bride sea", [lion]), (" sea  BRIDE ", [lion]),
                              ("Misérables", [accent]), ("misérables", [accent]),
                              ("MISÉRABLES", []), ("sea tiger", []), ("lion's", [lion])):
            found = self.ok(self.client.get(f"/api/movies?title={quote(title)}"))
            self.assertEqual(ids(found), wanted, title)
        self.assertEqual(self.ok(self.client.get("/api/movies?title=&genre=")),
                         self.ok(self.client.get("/api/movies")), "empty: no filter")
        self.invalid(self.client.get(f"/api/movies?title={'x' * 101}"),
                     ("string_too_long", ["query", "title"], ..., ...))
        self.invalid(self.client.get("/api/movies?title=%ff"),
                     ("string_unicode", ["query", "title"], ..., ...))

    def test_movies_are_filtered_by_genre(self):
        noir = self.client.new_movie(genre="Film Noir", title="A")["id"]
        black = self.client.new_movie(genre="film noir", title="B")["id"]
        self.assertEqual(ids(self.ok(self.client.get("/api/movies?genre=FILM+NOIR"))),
                         [noir, black])
        self.assertEqual(ids(self.ok(self.client.get("/api/movies?genre=film%20noir&title=b"))),
                         [black])
        self.assertEqual(self.ok(self.client.get("/api/movies?genre=noir")), [])

    def test_a_link_keeps_the_question_whatever_is_in_it(self):
        made = [self.client.new_movie(title='<3 "you" & é')["id"] for _ in range(3)]
        for title in ('<3+"you"', "%3C3+%22you%22", "%3c3%20%26", "%C3%A9+%3C3"):
            path = f"/api/movies?limit=1&title={title}&genre=&%61fter=1&skip=0"
            self.assertEqual(ids(self.walk(path)[0]), made, title)

    def test_shows_are_listed_by_id_or_by_start(self):
        movie, theatre = self.client.new_movie()["id"], self.client.new_theatre()["id"]
        made = [self.show(movie, theatre, date, time) for date, time in (
            ("2031-03-02", "20:00"), ("2031-03-01", "22:00"), ("2031-03-02", "09:30"),
            ("2031-03-01", "22:00"), ("2031-02-28", "23:59"))]
        by_start = [made[i] for i in (4, 1, 3, 2, 0)]
        for path in (f"/api/shows?movie_id={movie}&", f"/api/movies/{movie}/shows?"):
            for sort, wanted in (("", sorted(made)), ("sort=id", sorted(made)),
                                 ("sort=start", by_start)):
                self.assertEqual(ids(self.ok(self.client.get(path + sort))), wanted)
                for limit in (1, 2, 4):
                    walked, pages = self.walk(f"{path}{sort}&limit={limit}")
                    self.assertEqual(ids(walked), wanted, (sort, limit))
                    self.assertEqual(pages, -(-5 // limit))
            self.invalid(self.client.get(path + "sort=price"), (..., ["query", "sort"], ..., ...))

    def test_shows_are_filtered_by_city_date_and_range(self):
        movie = self.client.new_movie()["id"]
        lima = self.client.new_theatre(city="Lima")["id"]
        oslo = self.client.new_theatre(city="Oslo")["id"]
        made = [self.show(movie, theatre, f"2032-05-0{day}")
                for day, theatre in ((1, lima), (2, oslo), (3, lima), (4, lima))]
        for query, wanted in (("from=2032-05-02", made[1:]), ("to=2032-05-02", made[:2]),
                              ("from=2032-05-02&to=2032-05-03", made[1:3]),
                              ("from=2032-05-03&to=2032-05-03", made[2:3]),
                              ("city=Lima&from=2032-05-02", made[2:]),
                              ("city=Oslo&sort=start&to=2032-05-03", made[1:2]),
                              ("date=2032-05-03&from=2032-05-04", []),
                              ("city=lima&from=2032-05-01", [])):
            for path in (f"/api/shows?movie_id={movie}", f"/api/movies/{movie}/shows?"):
                self.assertEqual(ids(self.ok(self.client.get(f"{path}&{query}"))), wanted, query)
                self.assertEqual(ids(self.walk(f"{path}&{query}&limit=1")[0]), wanted, query)
        for path in ("/api/shows", f"/api/movies/{movie}/shows"):
            self.invalid(self.client.get(f"{path}?from=2032-05-02&to=2032-05-01"),
                         ("value_error", ["query", "to"], "Value error, to is before from",
                          "2032-05-01"))
            self.invalid(self.client.get(f"{path}?from=&to=soon"),
                         ("date_from_datetime_parsing", ["query", "from"], ..., ""),
                         ("date_from_datetime_parsing", ["query", "to"], ..., "soon"))

    def test_theatres_and_a_users_bookings_are_whole_unless_a_limit_is_asked_for(self):
        theatres = [self.client.new_theatre(city="Quito")["id"] for _ in range(5)]
        answer = self.client.get("/api/theatres?city=Quito")
        self.assertEqual((ids(self.ok(answer)), answer.next_path), (theatres, None))
        walked, pages = self.walk("/api/theatres?city=Quito&limit=2")
        self.assertEqual((ids(walked), pages), (theatres, 3))

        user = self.client.new_user()
        show = self.client.new_show()
        bookings = [self.ok(self.client.book(show, [seat], user.email, token=user.token))["id"]
                    for seat in show.seats[:5]]
        path = f"/api/users/{user.id}/bookings"
        answer = self.client.get(path, token=user.token)
        self.assertEqual((ids(self.ok(answer)), answer.next_path), (bookings, None))
        walked, pages = self.walk(f"{path}?limit=2", token=user.token)
        self.assertEqual((walked, pages), (answer.json, 3))
        self.refused(self.client.get(f"{path}?limit=2", token=self.client.new_user().token), 403,
                     "Not authorized to access these bookings")

    def test_what_is_no_cursor_of_the_list_is_invalid(self):
        user = self.client.new_user()
        for path, wrong in (
                ("/api/movies?", ("", "x", "-1", "1.0", "4294967296", "2030-01-01T20:00:00_1")),
                ("/api/theatres?city=Quito&", ("", "x")),
                ("/api/shows?", ("", "x", "2030-01-01T20:00:00_1")),
                ("/api/movies/1/shows?sort=start&",
                 ("", "1", "2030-01-01T20:00:00_", "2030-01-01T20:00:00_x", "2030-01-01T20:00:00",
                  "2030-13-01T20:00:00_1", "2030-01-01T25:00:00_1", "2030-01-01 20:00:00_1")),
                (f"/api/users/{user.id}/bookings?", ("", "x"))):
            for after in wrong:
                self.invalid(
                    self.client.get(f"{path}after={quote(after)}", token=user.token),
                    ("value_error", ["query", "after"],
                     "Value error, after is not a cursor of this list", after))

    def test_the_document_knows_the_parameters(self):
        paths = self.ok(self.client.get("/openapi.json"))["paths"]
        for path, names in (
                ("/api/movies", ["skip", "limit", "title", "genre", "after"]),
                ("/api/theatres", ["city", "limit", "after"]),
                ("/api/shows", ["movie_id", "theatre_id", "city", "date", "from", "to", "sort",
                                "skip", "limit", "after"]),
                ("/api/movies/{movie_id}/shows", ["movie_id", "city", "date", "from", "to", "sort",
                                                  "limit", "after"])):
            self.assertEqual([each["name"] for each in paths[path]["get"]["parameters"]
                              if "name" in each], names)


if __name__ == "__main__":
    unittest.main()
