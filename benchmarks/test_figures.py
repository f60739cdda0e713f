"""What figures.py makes of what benchmarks report."""

import json
import unittest

import figures

RATIO = {"what": "a ratio", "bench": "b", "name": "lock/connections:64", "counter": "x_health",
         "at_least": 0.7}
COST = {"what": "a cost", "bench": "b", "name": "written", "counter": "x_log", "at_most": 2.2}
TIME = {"what": "a time", "bench": "b", "name": "load", "counter": "real_time", "at_most": 1}
REPORT = {"benchmarks": [
    {"name": "lock/connections:6/manual_time", "time_unit": "ms", "real_time": 1, "x_health": 0.1},
    {"name": "lock/connections:64/manual_time", "time_unit": "ms", "real_time": 2, "x_health": 0.5},
    {"name": "load/manual_time", "time_unit": "ms", "real_time": 52.0},
    {"name": "written/iterations:1", "time_unit": "ns", "real_time": 9, "x_log": 1.6}]}


class Figures(unittest.TestCase):
    def test_are_found_by_their_whole_name(self):
        found = figures.figures_of(REPORT, [RATIO, COST, TIME])
        self.assertEqual(found, {"b lock/connections:64 x_health": 0.5, "b written x_log": 1.6,
                                 "b load real_time": 52.0 * 1e-3})

    def test_meet_goals_or_do_not(self):
        for goal, figure, met in ((RATIO, 0.7, True), (RATIO, 0.69, False), (COST, 2.2, True),
                                  (COST, 2.3, False)):
            with self.subTest(goal=goal["what"], figure=figure):
                self.assertEqual(figures.is_met(goal, figure), met)

    def test_stand_in_a_table(self):
        lines = figures.goal_lines([RATIO], {figures.key_of(RATIO): [0.5, 0.9, 0.6]})
        self.assertEqual(lines[2], "| a ratio | ≥ 0.70 | 0.60 | 3: 0.50, 0.90 | **not met** |")

    def test_have_moved_when_their_ranges_are_apart(self):
        for goal, before, now, expected in (
                (RATIO, [0.5, 0.6], [0.4, 0.55], None),
                (RATIO, [0.5, 0.6], [0.4, 0.48], "worse"),
                (RATIO, [0.5, 0.6], [0.4, 0.49], None),  # within the slack
                (RATIO, [0.5, 0.6], [0.7, 0.8], "better"),
                (COST, [1.5, 1.6], [1.7, 1.8], "worse"),
                (COST, [1.5, 1.6], [1.2, 1.4], "better")):
            with self.subTest(goal=goal["what"], now=now):
                self.assertEqual(figures.movement(goal, before, now), expected)

    def test_that_are_no_ratios_are_not_compared(self):
        now = {figures.key_of(RATIO): [0.3], figures.key_of(TIME): [9.0]}
        moved = figures.compare([RATIO, TIME], {figures.key_of(RATIO): [0.5],
                                                figures.key_of(TIME): [0.1]}, now)
        self.assertEqual(moved, [("worse", "worse  a ratio: 0.50 -> 0.30")])

    def test_that_were_not_recorded_are_new(self):
        self.assertEqual(figures.compare([RATIO], {}, {figures.key_of(RATIO): [0.3]})[0][0], "new")


class Goals(unittest.TestCase):
    def test_name_each_figure_once_with_one_bound(self):
        goals = json.loads(figures.GOALS.read_text())
        self.assertEqual(len({figures.key_of(goal) for goal in goals}), len(goals))
        for goal in goals:
            self.assertEqual(len({"at_least", "at_most"} & set(goal)), 1, goal)


if __name__ == "__main__":
    unittest.main()
