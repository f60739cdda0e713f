"""The document as others read it: a validator finds it sound, and clients that two generators make
of it compile strictly, book and pay.

Everything is made in build/clients, of exact versions (package-lock.json)."""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from support.server import Server, binary

HERE = pathlib.Path(__file__).resolve().parent
BUILT = HERE.parents[1] / "build" / "clients"
SKIPPED = 77  # as ctest knows it
LIMIT_S = 600


def run(*command):
    done = subprocess.run(command, cwd=BUILT, capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}:\n{done.stdout[-4000:]}"
                             f"{done.stderr[-4000:]}")
    return done.stdout


def registry_answers():
    try:
        run("npm", "ping")
    except (AssertionError, subprocess.TimeoutExpired):
        return False
    return True


def why_not():
    """Installs what is missing; says why when that cannot be. What the registry has and npm cannot
    install all the same is no reason, but a fault of package-lock.json."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "Node and npm are not installed (make clients installs them)"
    BUILT.mkdir(parents=True, exist_ok=True)
    for file in HERE.iterdir():
        if file.suffix in (".ts", ".mjs", ".json"):
            shutil.copyfile(file, BUILT / file.name)
    stamp = BUILT / "node_modules" / ".installed"
    lock = (HERE / "package-lock.json").read_bytes()
    if not stamp.exists() or stamp.read_bytes() != lock:
        try:
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        except (AssertionError, subprocess.TimeoutExpired) as error:
            if registry_answers():
                raise
            return f"npm cannot install, and its registry does not answer: {error}"
        stamp.write_bytes(lock)
    return None


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        (BUILT / "openapi.json").write_text(run(binary(), "openapi"))

    def test_a_validator_finds_nothing_wrong(self):
        self.assertIn("3.1.0", run("node", "validate.mjs", "openapi.json"))

    def test_a_validator_would_find_it(self):
        text = (BUILT / "openapi.json").read_text()
        (BUILT / "wrong.json").write_text(text.replace('"in":"path"', '"in":"nowhere"', 1))
        with self.assertRaises(AssertionError):
            run("node", "validate.mjs", "wrong.json")

    def test_generated_clients_compile_strictly_book_and_pay(self):
        shutil.rmtree(BUILT / "generated", ignore_errors=True)
        bin_folder = BUILT / "node_modules" / ".bin"
        run(bin_folder / "openapi-typescript", "openapi.json", "--output",
            "generated/fetch/schema.ts")
        run(bin_folder / "openapi-ts", "--input", "openapi.json", "--output", "generated/hey",
            "--client", "@hey-api/client-fetch")
        run(bin_folder / "tsc", "--project", "tsconfig.json")
        with Server() as server:
            for client in ("with_openapi_fetch", "with_hey_api"):
                with self.subTest(client):
                    self.assertIn("booked and paid",
                                  run("node", f"out/{client}.js", server.url))


if __name__ == "__main__":
    if reason := why_not():
        print("skipped:", reason)
        sys.exit(1 if os.environ.get("CLIENTS_REQUIRED") else SKIPPED)
    unittest.main()
