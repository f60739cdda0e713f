"""Movies: list, look up, create, change, delete."""

import unittest

from support.case import MOVIE, ServerCase

NEW = {"title": "Metropolis", "description": "A city of the future", "duration": 153,
       "genre": "Drama", "rating": "PG", "poster_url": "http://example.com/m.jpg",
       "release_date": "1927-01-10"}


class Movies(ServerCase):
    def test_the_list_is_in_the_order_of_ids_and_in_the_contracts_shape(self):
        movies = self.ok(self.client.get("/api/movies"))
        self.assertEqual([movie["id"] for movie in movies][:3], [1, 2, 3])
        for movie in movies:
            self.has_shape(movie, MOVIE)
            self.is_timestamp(movie["created_at"])

    def test_skip_and_limit_give_a_window(self):
        movies = self.ok(self.client.get("/api/movies?skip=1&limit=1"))
        self.assertEqual([movie["id"] for movie in movies], [2])
        self.assertEqual(self.ok(self.client.get("/api/movies?skip=100000")), [])

    def test_skip_that_is_no_number_is_invalid(self):
        self.invalid(self.client.get("/api/movies?skip=abc"), (
            "int_parsing", ["query", "skip"],
            "Input should be a valid integer, unable to parse string as an integer", "abc"))

    def test_both_query_parameters_are_reported_together(self):
        answer = self.client.get("/api/movies?limit=y&skip=x")
        self.invalid(answer, ("int_parsing", ["query", "skip"], ..., "x"),
                     ("int_parsing", ["query", "limit"], ..., "y"))

    def test_one_movie_is_found_by_its_id(self):
        movie = self.ok(self.client.get("/api/movies/1"))
        self.has_shape(movie, MOVIE)
        self.assertEqual(movie["title"], "Avengers: Endgame")

    def test_an_unknown_movie_is_not_found(self):
        self.refused(self.client.get("/api/movies/99999"), 404, "Movie not found")

    def test_an_id_that_is_no_number_is_invalid(self):
        self.invalid(self.client.get("/api/movies/abc"), (
            "int_parsing", ["path", "movie_id"],
            "Input should be a valid integer, unable to parse string as an integer", "abc"))

    def test_a_new_movie_is_answered_with_200_and_can_be_read_at_once(self):
        movie = self.ok(self.client.post("/api/movies", NEW))
        self.has_shape(movie, MOVIE)
        self.assertEqual({name: movie[name] for name in NEW}, NEW)
        self.assertEqual(self.ok(self.client.get(f"/api/movies/{movie['id']}")), movie)

    def test_description_and_poster_are_optional_and_null(self):
        body = {name: NEW[name] for name in NEW if name not in ("description", "poster_url")}
        movie = self.ok(self.client.post("/api/movies", body))
        self.assertIsNone(movie["description"])
        self.assertIsNone(movie["poster_url"])

    def test_members_that_nobody_asked_for_set_nothing(self):
        movie = self.ok(self.client.post("/api/movies", NEW | {"id": 777, "role": "admin"}))
        self.assertNotEqual(movie["id"], 777)

    def test_text_of_any_alphabet_comes_back_as_it_was_sent(self):
        title = 'Тени "забытых" предков \\ 🎬 \u0001 \u2028'
        movie = self.ok(self.client.post("/api/movies", NEW | {"title": title}))
        self.assertEqual(self.ok(self.client.get(f"/api/movies/{movie['id']}"))["title"], title)

    def test_all_missing_members_are_reported_in_field_order(self):
        self.invalid(self.client.post("/api/movies", {}), *[
            ("missing", ["body", name], "Field required", {})
            for name in ("title", "duration", "genre", "rating", "release_date")])

    def test_a_string_is_strict_and_a_date_must_be_one(self):
        body = NEW | {"title": 5, "release_date": "soon"}
        self.invalid(
            self.client.post("/api/movies", body),
            ("string_type", ["body", "title"], "Input should be a valid string", 5),
            ("date_from_datetime_parsing", ["body", "release_date"], ..., "soon"))

    def test_the_message_of_a_bad_date_begins_as_the_clients_know_it(self):
        answer = self.client.post("/api/movies", NEW | {"release_date": "2024-13-45"})
        self.invalid_at(answer, "body", "release_date")
        self.assertTrue(answer.json["detail"][0]["msg"].startswith(
            "Input should be a valid date or datetime, "), answer)

    def test_a_negative_duration_is_invalid(self):
        self.invalid_at(self.client.post("/api/movies", NEW | {"duration": -1}),
                        "body", "duration")

    def test_a_movie_can_be_changed_as_a_whole(self):
        movie = self.ok(self.client.post("/api/movies", NEW))
        changed = self.ok(self.client.put(f"/api/movies/{movie['id']}",
                                          NEW | {"title": "M", "duration": 117}))
        self.has_shape(changed, MOVIE)
        self.assertEqual(changed, movie | {"title": "M", "duration": 117})
        self.assertEqual(self.ok(self.client.get(f"/api/movies/{movie['id']}")), changed)

    def test_changing_an_unknown_movie_or_to_nonsense_is_refused(self):
        self.refused(self.client.put("/api/movies/99999", NEW), 404, "Movie not found")
        self.invalid_at(self.client.put("/api/movies/1", NEW | {"genre": None}), "body", "genre")

    def test_a_deleted_movie_is_gone(self):
        movie_id = self.client.new_movie()["id"]
        self.assertEqual(self.ok(self.client.delete(f"/api/movies/{movie_id}")),
                         {"deleted": True, "id": movie_id})
        self.refused(self.client.get(f"/api/movies/{movie_id}"), 404, "Movie not found")
        self.refused(self.client.delete(f"/api/movies/{movie_id}"), 404, "Movie not found")
        movies = self.ok(self.client.get("/api/movies?limit=1000"))
        self.assertNotIn(movie_id, [movie["id"] for movie in movies])

    def test_the_id_of_a_deleted_movie_is_not_given_again(self):
        movie_id = self.client.new_movie()["id"]
        self.client.delete(f"/api/movies/{movie_id}")
        self.assertGreater(self.client.new_movie()["id"], movie_id)

    def test_a_movie_with_shows_stays(self):
        show = self.client.new_show()
        self.refused(self.client.delete(f"/api/movies/{show.json['movie_id']}"), 409,
                     "Movie has scheduled shows")


if __name__ == "__main__":
    unittest.main()
