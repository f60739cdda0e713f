#!/usr/bin/env python3
"""The program's figures beside its goals, and beside those that were recorded.

    benchmarks/figures.py goals    the table: goal, figure, met or not
    benchmarks/figures.py record   runs the same, and writes benchmarks/recorded.json
    benchmarks/figures.py check    runs the same, and says what has moved beyond noise

Runs the release build's benchmarks of goals.json, ROUNDS times each, taking turns, so that what the
machine does meanwhile falls on all of them. A figure is the median; its noise, the lowest and
highest. Only ratios to a limit of the same run are compared with recorded ones: other figures
depend on the machine. `check` ends with 1 when one has become worse.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PROGRAMS = ROOT / "build" / "release" / "benchmarks"
GOALS, RECORDED = HERE / "goals.json", HERE / "recorded.json"
ROUNDS = 5
# A figure has moved when its whole range lies beyond the recorded one by this share.
SLACK = 0.03

UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


def is_ratio(goal):
    return goal["counter"].startswith("x_")


def key_of(goal):
    return f'{goal["bench"]} {goal["name"]} {goal["counter"]}'


def figures_of(report, goals):
    """{key: figure} of one run of a benchmark program, as Google Benchmark reports it."""
    found = {}
    for goal in goals:
        for run in report["benchmarks"]:
            name = re.sub(r"/(manual_time|iterations:\d+|process_time|real_time)", "", run["name"])
            if name != goal["name"]:
                continue
            value = run[goal["counter"]]
            found[key_of(goal)] = value * UNITS[run["time_unit"]] if goal["counter"].endswith(
                "_time") else value
    return found


def run_program(bench, goals):
    wanted = "|".join(sorted({f"^{re.escape(goal['name'])}(/|$)" for goal in goals}))
    done = subprocess.run([PROGRAMS / bench, f"--benchmark_filter={wanted}",
                           "--benchmark_format=json"],
                          cwd=ROOT / "build", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{bench}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return figures_of(json.loads(done.stdout), goals)


def measure(goals, rounds):
    """{key: [figures]}"""
    by_bench = {}
    for goal in goals:
        by_bench.setdefault(goal["bench"], []).append(goal)
    all_figures = {key_of(goal): [] for goal in goals}
    for number in range(rounds):
        for bench, wanted in by_bench.items():
            print(f"\rround {number + 1} of {rounds}: {bench}\033[K", end="", file=sys.stderr)
            for key, figure in run_program(bench, wanted).items():
                all_figures[key].append(figure)
    print("\r\033[K", end="", file=sys.stderr)
    missing = [key for key, figures in all_figures.items() if not figures]
    if missing:
        raise SystemExit(f"not measured, and so no longer there: {missing}")
    return all_figures


def is_met(goal, figure):
    return figure >= goal["at_least"] if "at_least" in goal else figure <= goal["at_most"]


def shown(value):
    if abs(value) >= 1e6:
        return f"{value / 1e6:.2f} M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:.0f} k"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def goal_lines(goals, figures):
    """A table in Markdown."""
    lines = ["| what | goal | figure | of so many runs, lowest and highest | |",
             "|---|---|---|---|---|"]
    for goal in goals:
        values = figures[key_of(goal)]
        median = statistics.median(values)
        bound = "≥ " + shown(goal["at_least"]) if "at_least" in goal else \
            "≤ " + shown(goal["at_most"])
        lines.append(f'| {goal["what"]} | {bound} | {shown(median)} | {len(values)}: '
                     f'{shown(min(values))}, {shown(max(values))} | '
                     f'{"met" if is_met(goal, median) else "**not met**"} |')
    return lines


def movement(goal, before, now):
    """'better', 'worse' or None, when the ranges meet."""
    higher = min(now) > max(before) * (1 + SLACK)
    lower = max(now) < min(before) * (1 - SLACK)
    if not higher and not lower:
        return None
    return "better" if higher == ("at_least" in goal) else "worse"


def compare(goals, recorded, figures):
    """[(movement, line)] of what has moved; what is not recorded is 'new'."""
    moved = []
    for goal in filter(is_ratio, goals):
        before, now = recorded.get(key_of(goal)), figures[key_of(goal)]
        what = "new" if before is None else movement(goal, before, now)
        if what:
            was = "not recorded" if before is None else shown(statistics.median(before))
            moved.append((what, f'{what:<7}{goal["what"]}: {was} -> '
                                f'{shown(statistics.median(now))}'))
    return moved


def commit():
    return subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, text=True,
                          capture_output=True, check=False).stdout.strip()


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "?"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("goals", "record", "check"))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    goals = json.loads(GOALS.read_text())
    figures = measure(goals, options.rounds)
    print("\n".join(goal_lines(goals, figures)))
    if options.action == "record":
        RECORDED.write_text(json.dumps({
            "commit": commit(), "date": datetime.date.today().isoformat(),
            "machine": f"{os.cpu_count()} x {processor()}",
            "figures": {key_of(goal): [float(f"{value:.4g}") for value in figures[key_of(goal)]]
                        for goal in goals if is_ratio(goal)}}, indent=1) + "\n")
    if options.action == "check":
        recorded = json.loads(RECORDED.read_text())
        moved = compare(goals, recorded["figures"], figures)
        print(f'\nBeside the ratios of {recorded["date"]}, {recorded["commit"]}, on '
              f'{recorded["machine"]}:')
        print("\n".join(line for _, line in moved) or "nothing has moved beyond noise")
        if any(what == "worse" for what, _ in moved):
            sys.exit(1)


if __name__ == "__main__":
    main()
