"""The check of the peers notices what it is there for."""

import unittest

from check import acknowledged_in, problems

LOCKS = [((1, 2, 3), "a"), ((4, 5, 6), "b")]
STORED = [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "b"), (6, "b")]


class Check(unittest.TestCase):
    def test_a_word_that_was_kept_is_no_problem(self):
        self.assertEqual(problems(LOCKS, STORED), [])
        self.assertEqual(problems([], []), [])

    def test_a_seat_that_was_given_to_two_is_noticed(self):
        found = problems([*LOCKS, ((6, 7, 8), "c")], [*STORED, (7, "c"), (8, "c")])
        self.assertEqual(found, ["seat 6 was given to b and to c"])

    def test_a_seat_that_is_stored_for_two_is_noticed(self):
        self.assertEqual(problems(LOCKS, [*STORED, (6, "c")]),
                         ["seat 6 is stored as b's and as c's"])

    def test_a_lock_that_is_not_in_the_database_is_noticed(self):
        self.assertEqual(problems(LOCKS, STORED[:-1]), ["seat 6 was given to b and is not stored"])

    def test_a_lock_that_another_has_in_the_database_is_noticed(self):
        self.assertEqual(problems(LOCKS, [*STORED[:-1], (6, "c")]),
                         ["seat 6 was given to b and is stored as c's"])

    def test_a_part_of_a_lock_that_was_refused_is_noticed(self):
        self.assertEqual(problems(LOCKS, [*STORED, (7, "c")]),
                         ["seat 7 is stored as c's, who was not given it"])

    def test_what_the_client_writes_is_read(self):
        self.assertEqual(list(acknowledged_in(["1 4 5 6 o-0\n"])), [((4, 5, 6), "o-0")])


if __name__ == "__main__":
    unittest.main()
