#!/usr/bin/env python3
"""How long a build takes: clean, then with a warm compiler cache, and its slowest units.

    cmake/build_times.py [target ...]

Builds `boxoffice` (or the targets given) with the release preset in build/timed, first with ccache
switched off, then twice with it. Says which goals are met: clean at most 5 minutes on two cores,
warm at most 20 s, no translation unit above 45 s.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "timed"
CLEAN_S, WARM_S, UNIT_S = 300, 20, 45
SLOWEST = 15


def build(targets, **variables):
    """Seconds for an empty folder."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    environment = {**os.environ, **variables}
    subprocess.run(["cmake", "--preset", "release", "-B", FOLDER], cwd=ROOT, env=environment,
                   check=True, stdout=subprocess.DEVNULL)
    began = time.monotonic()
    subprocess.run(["cmake", "--build", FOLDER, "--target", *targets], cwd=ROOT, env=environment,
                   check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def units():
    """[(seconds, object file)], slowest first, of ninja's own log."""
    lines = (FOLDER / ".ninja_log").read_text().splitlines()[1:]
    times = {}
    for line in lines:
        start, end, _, output, _ = line.split("\t")
        if output.endswith(".o"):
            times[output] = (int(end) - int(start)) / 1000
    return sorted(((seconds, output) for output, seconds in times.items()), reverse=True)


def say(what, seconds, goal):
    print(f"{what:<34}{seconds:8.1f} s   goal <= {goal} s: "
          f"{'met' if seconds <= goal else 'NOT met'}", flush=True)


def main():
    targets = sys.argv[1:] or ["boxoffice"]
    say(f"clean ({os.cpu_count()} cores)", build(targets, CCACHE_DISABLE="1"), CLEAN_S)
    slowest = units()
    build(targets)  # fills the cache
    say("with a warm cache", build(targets), WARM_S)
    say("slowest unit, clean", slowest[0][0], UNIT_S)
    print(f"\n{len(slowest)} units, {sum(seconds for seconds, _ in slowest):.0f} s in all; the "
          "slowest, while others were compiled beside them:")
    for seconds, output in slowest[:SLOWEST]:
        print(f"{seconds:8.1f} s  {output}")
    shutil.rmtree(FOLDER)


if __name__ == "__main__":
    main()
