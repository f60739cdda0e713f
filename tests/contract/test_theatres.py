"""Theatres: list by city, look up, create (with a layout too), change, delete."""

import unittest

from support.case import THEATRE, ServerCase

NEW = {"name": "Rex", "city": "Paris", "address": "1 Boulevard Poissonniere", "total_seats": 45}


class Theatres(ServerCase):
    def test_the_theatres_of_a_city(self):
        theatres = self.ok(self.client.get("/api/theatres?city=New%20York"))
        self.assertEqual([theatre["name"] for theatre in theatres],
                         ["Cineplex Downtown", "AMC Times Square"])
        for theatre in theatres:
            self.has_shape(theatre, THEATRE)
            self.is_timestamp(theatre["created_at"])

    def test_a_plus_in_the_query_is_a_space(self):
        self.assertEqual(len(self.ok(self.client.get("/api/theatres?city=New+York"))), 2)

    def test_a_city_matches_exactly_and_may_have_none(self):
        self.assertEqual(self.ok(self.client.get("/api/theatres?city=new%20york")), [])
        self.assertEqual(self.ok(self.client.get("/api/theatres?city=Atlantis")), [])

    def test_the_city_is_required(self):
        self.invalid(self.client.get("/api/theatres"),
                     ("missing", ["query", "city"], "Field required", None))

    def test_one_theatre_is_found_by_its_id(self):
        theatre = self.ok(self.client.get("/api/theatres/3"))
        self.has_shape(theatre, THEATRE)
        self.assertEqual((theatre["name"], theatre["total_seats"]), ("PVR Select", 120))
        self.refused(self.client.get("/api/theatres/99999"), 404, "Theatre not found")

    def test_a_new_theatre_has_100_seats_unless_it_says_otherwise(self):
        body = {name: NEW[name] for name in ("name", "city", "address")}
        theatre = self.ok(self.client.post("/api/theatres", body))
        self.has_shape(theatre, THEATRE)
        self.assertEqual(theatre["total_seats"], 100)
        self.assertEqual(self.ok(self.client.post("/api/theatres", NEW))["total_seats"], 45)

    def test_missing_members_are_reported_in_field_order(self):
        self.invalid(self.client.post("/api/theatres", {"total_seats": "many"}),
                     *[("missing", ["body", name], "Field required", {"total_seats": "many"})
                       for name in ("name", "city", "address")],
                     ("int_parsing", ["body", "total_seats"], ..., "many"))

    def test_a_negative_number_of_seats_is_invalid(self):
        self.invalid_at(self.client.post("/api/theatres", NEW | {"total_seats": -5}),
                        "body", "total_seats")

    def test_seats_come_in_rows_of_twenty_with_a_short_last_row(self):
        show = self.client.new_show(total_seats=45)
        seats = self.ok(self.client.seats(show.id))
        self.assertEqual([(seat["row"], seat["seat_number"]) for seat in seats],
                         [(row, str(number)) for row, length in (("A", 20), ("B", 20), ("C", 5))
                          for number in range(1, length + 1)])

    def test_a_layout_gives_the_length_of_each_row(self):
        show = self.client.new_show(total_seats=9, layout=[2, 4, 3])
        seats = self.ok(self.client.seats(show.id))
        self.assertEqual([seat["row"] + seat["seat_number"] for seat in seats],
                         ["A1", "A2", "B1", "B2", "B3", "B4", "C1", "C2", "C3"])

    def test_a_layout_that_is_not_the_number_of_seats_is_invalid(self):
        answer = self.client.post("/api/theatres", NEW | {"layout": [2, 4, 3]})
        self.assertEqual(answer.status, 422, answer)

    def test_rows_after_z_have_two_letters(self):
        show = self.client.new_show(total_seats=28, layout=[1] * 28)
        rows = [seat["row"] for seat in self.ok(self.client.seats(show.id))]
        self.assertEqual((rows[0], rows[25:]), ("A", ["Z", "AA", "AB"]))

    def test_a_theatre_can_be_changed(self):
        theatre = self.ok(self.client.post("/api/theatres", NEW))
        changed = self.ok(self.client.put(f"/api/theatres/{theatre['id']}",
                                          NEW | {"name": "Le Grand Rex", "total_seats": 50}))
        self.has_shape(changed, THEATRE)
        self.assertEqual((changed["name"], changed["total_seats"], changed["id"]),
                         ("Le Grand Rex", 50, theatre["id"]))
        self.assertEqual(self.ok(self.client.get(f"/api/theatres/{theatre['id']}")), changed)
        self.refused(self.client.put("/api/theatres/99999", NEW), 404, "Theatre not found")

    def test_the_seats_under_a_show_do_not_change_but_the_name_may(self):
        theatre = self.client.new_show(total_seats=45, **NEW_NAMES).json["theatre"]
        path = f"/api/theatres/{theatre['id']}"
        self.refused(self.client.put(path, NEW | {"total_seats": 46}), 409,
                     "Theatre has scheduled shows")
        self.refused(self.client.put(path, NEW | {"layout": [15, 15, 15]}), 409,
                     "Theatre has scheduled shows")
        self.assertEqual(self.ok(self.client.put(path, NEW | {"name": "Max"}))["name"], "Max")

    def test_a_deleted_theatre_is_gone(self):
        theatre_id = self.client.new_theatre(city="Gone")["id"]
        self.assertEqual(self.ok(self.client.delete(f"/api/theatres/{theatre_id}")),
                         {"deleted": True, "id": theatre_id})
        self.refused(self.client.get(f"/api/theatres/{theatre_id}"), 404, "Theatre not found")
        self.refused(self.client.delete(f"/api/theatres/{theatre_id}"), 404, "Theatre not found")
        self.assertEqual(self.ok(self.client.get("/api/theatres?city=Gone")), [])

    def test_a_theatre_with_shows_stays(self):
        show = self.client.new_show()
        self.refused(self.client.delete(f"/api/theatres/{show.json['theatre_id']}"), 409,
                     "Theatre has scheduled shows")


NEW_NAMES = {name: NEW[name] for name in ("name", "city", "address")}

if __name__ == "__main__":
    unittest.main()
