"""Box Office beside what somebody would use instead, in one run on this machine: locks of three
seats, durable before the answer, so many clients at once. README.md says how, and why it is fair.

Rounds go round the peers, so that all meet the same machine. Before its first round each peer is
asked for seats that overlap, and at the end, after a restart, for all that it has locked: a peer
that gave a seat to two, or forgot a lock, is wrong, and its figures are worth nothing.
"""

import argparse
import json
import math
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

import peers
from check import acknowledged_in, problems
from processes import ROOT, environment

SKIPPED = 77  # what ctest takes for "not here"
BYTES_OF_A_LOCK = 150  # in our log, docs/performance.md#the-codec


def options_of(words):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--boxoffice", default=ROOT / "build/release/boxoffice")
    parser.add_argument("--client", default=ROOT / "build/release/benchmarks/peers/peer_client")
    parser.add_argument("--folder", default=ROOT / "build",
                        help="for the data of all; on the disk that is to be measured")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of each round")
    parser.add_argument("--warm-seconds", type=float, default=0.5, help="before, not counted")
    parser.add_argument("--one-show", action="store_true",
                        help="all clients in one show until it is full, then in the next")
    parser.add_argument("--unix-sockets", action="store_true",
                        help="PostgreSQL and Redis by a Unix socket rather than by TCP")
    parser.add_argument("--only", default="", help="peers whose names have one of these words")
    parser.add_argument("--json", metavar="FILE", help="write what was measured there, too")
    parser.add_argument("--smoke", action="store_true",
                        help="a moment of each, to see that all work; measures nothing")
    options = parser.parse_args(words)
    for name in ("boxoffice", "client", "folder"):
        setattr(options, name, pathlib.Path(getattr(options, name)).resolve())
    options.folder /= "bench-peers"  # emptied
    if options.smoke:
        options.clients, options.rounds = 8, 1
        options.seconds, options.warm_seconds = 0.3, 0.0
    return options


class Measurement:
    """One peer, all its rounds."""

    def __init__(self, peer, options):
        self.peer = peer
        self.options = options
        self.rounds = []
        self.acknowledged = []  # files
        self.overlapping = None
        self.problems = []

    def prepare(self):
        """Fresh data, and requests of which most are to be refused."""
        self.peer.create()
        if self.peer.kind in ("raw", "echo"):
            return
        self.peer.start()
        try:
            self.overlapping = self.ask("overlap", 1, warm=0, seconds=min(1, self.options.seconds))
        finally:
            self.peer.stop()
        if self.overlapping["locks"] == 0 or self.overlapping["refused"] == 0:
            self.problems.append(f"of overlapping requests some are locks, some are refused, not "
                                 f"{self.overlapping}")

    def round(self):
        seconds = self.options.seconds + self.options.warm_seconds
        seats = self.peer.locks_per_s_max * seconds * 3
        self.peer.start()
        try:
            self.rounds.append(self.ask(
                "one-show" if self.options.one_show else "spread",
                math.ceil(seats / peers.HALL_SEATS), self.options.warm_seconds,
                self.options.seconds))
        finally:
            self.peer.stop()
        if self.rounds[-1]["refused"]:
            self.problems.append(f"{self.rounds[-1]['refused']} locks of free seats were refused")

    def ask(self, order, halls, warm, seconds):
        number = len(self.acknowledged)
        given = self.peer.folder_of_answers / f"{number}.txt"
        command = [self.options.client, self.peer.kind]
        if self.peer.kind == "raw":
            clients, seats = self.peer.locks_at_once, []
        else:
            clients = self.options.clients
            seats = ["--halls", ",".join("%d:%d:%d" % hall for hall in self.peer.add_halls(halls))]
        used = self.peer.processor_seconds()
        done = subprocess.run(
            [*command, self.peer.address(), *seats, "--order", order, "--clients", str(clients),
             "--warm-seconds", str(warm), "--seconds", str(seconds), "--owners", f"o{number}",
             "--bytes", str(BYTES_OF_A_LOCK), "--locked", given],
            env=environment(), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{self.peer.name}: {done.stderr}\n{self.last_words()}")
        if self.peer.kind not in ("raw", "echo"):
            self.acknowledged.append(given)
        told = json.loads(done.stdout)
        server = self.peer.processor_seconds() - used if self.peer.processes() else None
        cpu = told["client_cpu_s"] if server is None else server
        told["server_cpu_us"] = 1e6 * cpu / max(told["answers"], 1)
        return told

    def last_words(self):
        return self.peer.process.last_words() if self.peer.process else ""

    def check(self):
        if not self.acknowledged:
            return
        self.peer.start()
        try:
            self.problems += problems(self.locks_given(), self.peer.stored())
        finally:
            self.peer.stop()

    def locks_given(self):
        for path in self.acknowledged:
            with open(path, encoding="ascii") as lines:
                yield from acknowledged_in(lines)

    def median(self, figure):
        return statistics.median(each[figure] for each in self.rounds)

    def ratio(self, other):
        """Of ours to this one: of each round, then the median."""
        return statistics.median(mine["locks_per_s"] / max(its["locks_per_s"], 1e-9)
                                 for mine, its in zip(other.rounds, self.rounds))

    def sold_out(self):
        return any(each["sold_out"] for each in self.rounds)


def measure(options):
    """The measurements of what is here, and the names of what is not."""
    words = [word.lower() for word in options.only.split(",") if word]
    measurements, missing = [], []
    for kind in peers.ALL:
        peer = kind(options)
        if words and not any(word in peer.name.lower() for word in words):
            continue
        reason = peer.missing() or not_in_client(peer, options)
        if reason:
            missing.append(f"{peer.name}: {reason}")
            continue
        measurements.append(Measurement(peer, options))
    for each in measurements:
        tell(f"preparing {each.peer.name}")
        each.peer.folder_of_answers = peers.empty_folder(
            options.folder / "answers" / each.peer.kind_folder())
        each.prepare()
    for number in range(options.rounds):
        for each in measurements:
            tell(f"round {number + 1} of {options.rounds}: {each.peer.name}")
            each.round()
    for each in measurements:
        tell(f"checking {each.peer.name}")
        each.check()
    tell("")
    return measurements, missing


def not_in_client(peer, options):
    known = subprocess.run([options.client, "has"], env=environment(), capture_output=True,
                           text=True, check=True)
    if peer.kind in ("postgresql", "redis") and peer.kind not in known.stdout.split():
        return "the client was built without its library"
    return None


def tell(what):
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def print_table(measurements, missing):
    ours = next((each for each in measurements if isinstance(each.peer, peers.Ours)), None)
    print(f"{'':44}{'locks/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU us':>9}{'ours / it':>11}"
          "  goal")
    for each in measurements:
        ratio = each.ratio(ours) if ours and each is not ours else None
        cells = f"{each.peer.name:44}{each.median('locks_per_s'):>10,.0f}"
        cells += f"{each.median('p50_ms'):>9.2f}{each.median('p99_ms'):>9.2f}"
        cells += f"{each.median('server_cpu_us'):>9,.0f}"
        cells += f"{ratio:>11.3g}" if ratio else f"{'':>11}"
        if ratio and each.peer.goal:
            cells += f"  >= {each.peer.goal}: {'met' if ratio >= each.peer.goal else 'not met'}"
        if each.sold_out():
            cells += "  (there were no more seats before the time was over)"
        print(cells.rstrip())
    for each in missing:
        print(f"not measured: {each}")
    for each in measurements:
        if each.problems:
            print(f"WRONG: {each.peer.name}: {len(each.problems)} problems, such as")
            for problem in each.problems[:5]:
                print(f"  {problem}")
    if not any(each.problems for each in measurements):
        count = sum(1 for each in measurements if each.acknowledged)
        print(f"checked: each of the {count} gave no seat to two, and has every lock that it gave "
              "and no other")


def machine(loads):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="ascii")
                  if line.startswith("model name")), platform.machine())
    return {"processor": model, "cores": os.cpu_count(), "system": platform.platform(),
            "load_before": loads[0], "load_after": loads[1]}


def write_json(path, options, measurements, missing, loads):
    ours = next((each for each in measurements if isinstance(each.peer, peers.Ours)), None)
    rows = [{"name": each.peer.name, "locks_per_s": each.median("locks_per_s"),
             "p50_ms": each.median("p50_ms"), "p99_ms": each.median("p99_ms"),
             "server_cpu_us": each.median("server_cpu_us"),
             "ours_to_it": each.ratio(ours) if ours else None, "goal": each.peer.goal,
             "rounds": each.rounds, "overlapping": each.overlapping, "problems": each.problems}
            for each in measurements]
    pathlib.Path(path).write_text(json.dumps({
        "machine": machine(loads), "clients": options.clients, "seconds": options.seconds,
        "one_show": options.one_show, "unix_sockets": options.unix_sockets, "peers": rows,
        "not_measured": missing}, indent=2) + "\n", encoding="utf-8")


def main(words):
    options = options_of(words)
    before = os.getloadavg()[0]
    try:
        measurements, missing = measure(options)
    except RuntimeError as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)
    if not measurements:
        print("nothing to measure is here")
        return SKIPPED
    loads = (before, os.getloadavg()[0])
    how = "one show at a time" if options.one_show else "spread over shows"
    print(f"{options.clients} clients, {how}, medians of {options.rounds} rounds of "
          f"{options.seconds:g} s; {os.cpu_count()} cores, load {loads[0]:.1f} to {loads[1]:.1f}")
    print_table(measurements, missing)
    if options.json:
        write_json(options.json, options, measurements, missing, loads)
    return 1 if any(each.problems for each in measurements) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
