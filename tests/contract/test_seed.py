"""The demo data, exactly as the contract lists them, and the large data set."""

import collections
import datetime
import unittest

from support.case import ServerCase
from support.server import Server, run

MOVIES = [("Avengers: Endgame", 181, "Action", "PG-13", "2019-04-26"),
          ("The Lion King", 118, "Animation", "PG", "2019-07-19"),
          ("Joker", 122, "Drama", "R", "2019-10-04")]
THEATRES = [("Cineplex Downtown", "New York", "123 Broadway, New York, NY 10001", 100),
            ("AMC Times Square", "New York", "234 W 42nd St, New York, NY 10036", 150),
            ("PVR Select", "Mumbai", "456 Marine Drive, Mumbai, MH 400001", 120)]
SHOWS = [(1, 1, "14:30:00", 12.5), (1, 1, "18:00:00", 15), (2, 2, "16:15:00", 10),
         (3, 3, "20:30:00", 13.75)]


class DemoData(ServerCase):
    def test_three_movies(self):
        self.assertEqual([(movie["title"], movie["duration"], movie["genre"], movie["rating"],
                           movie["release_date"])
                          for movie in self.ok(self.client.get("/api/movies"))], MOVIES)

    def test_three_theatres(self):
        theatres = [self.ok(self.client.get(f"/api/theatres/{number}")) for number in (1, 2, 3)]
        self.assertEqual([(theatre["name"], theatre["city"], theatre["address"],
                           theatre["total_seats"]) for theatre in theatres], THEATRES)

    def test_four_shows_in_the_near_future(self):
        shows = self.ok(self.client.get("/api/shows"))
        self.assertEqual([(show["movie_id"], show["theatre_id"], show["show_time"], show["price"])
                          for show in shows], SHOWS)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        for show in shows:
            date = datetime.date.fromisoformat(show["show_date"])
            self.assertGreaterEqual(date, today - datetime.timedelta(days=1))  # run at midnight
            self.assertLess(date, today + datetime.timedelta(days=60))

    def test_one_user_so_that_the_next_one_is_number_two(self):
        token = self.ok(self.client.login("test@example.com", "password123"))
        self.assertEqual((token["user"]["id"], token["user"]["first_name"],
                          token["user"]["last_name"]), (1, "John", "Doe"))
        self.assertEqual(self.ok(self.client.register())["user"]["id"], 2)


class SeedTwice(unittest.TestCase):
    def test_seeding_again_writes_nothing(self):
        with Server(seed=False) as server:
            server.stop()
            server.command("seed")
            before = server.log()
            server.command("seed")
            self.assertEqual(server.log(), before)
            server.start()


class Production(unittest.TestCase):
    def test_a_password_that_everybody_knows_is_not_let_in(self):
        with Server(seed=False) as server:
            server.stop()
            before = server.log()
            done = run("seed", "--database-url", server.database_url, cwd=server.folder,
                       env={"PROFILE": "production"}, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("not in production, its password is public", done.stderr)
            self.assertEqual(server.log(), before)
            server.start()


class LargeData(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.discard)
        self.server.command("seed")
        self.server.command("seed", "--large")

    def test_a_city_sized_set_follows_the_demo_data(self):
        events = self.server.log()
        kinds = collections.Counter(event["type"] for event in events)
        # The demo data come on top: 3 movies, 3 theatres, 4 shows, 1 user.
        self.assertEqual((kinds["MovieCreated"], kinds["TheatreCreated"], kinds["ShowCreated"],
                          kinds["UserRegistered"]), (123, 83, 604, 251))
        bookings = [event["data"] for event in events if event["type"] == "BookingCreated"]
        self.assertAlmostEqual(len(bookings), 400, delta=40)
        self.assertLessEqual({len(booking["seat_ids"]) for booking in bookings}, set(range(1, 7)))
        paid = kinds["BookingConfirmed"] / len(bookings)
        self.assertAlmostEqual(paid, 0.9, delta=0.05)
        shows = [event["data"] for event in events if event["type"] == "ShowCreated"][4:]
        self.assertEqual(len({show["show_date"] for show in shows}), 45)
        self.assertEqual([event["data"]["title"] for event in events
                          if event["type"] == "MovieCreated"][:3], [movie[0] for movie in MOVIES])

        self.server.command("seed", "--large")
        self.assertEqual(len(self.server.log()), len(events))


if __name__ == "__main__":
    unittest.main()
