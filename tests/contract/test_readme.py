"""The walk-through in the README: every curl line works as written."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from support.case import ServerCase
from support.server import COMMAND_LIMIT_S

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"

# Stands before the README's lines: the real curl, which also notes each status and body.
RECORDER = """
curl() {
  command curl -sS -o body -w '%{http_code}' "$@" > status || return
  calls=$(ls answer.* 2> /dev/null | wc -l)
  cp body "answer.$((calls + 1)).$(cat status)"
  cat body
}
"""


def curl_blocks():
    blocks = re.findall(r"^[ \t]*```bash\n(.*?)^[ \t]*```", README.read_text(), re.M | re.S)
    return [block for block in blocks if re.search(r"^\s*curl\b", block, re.M)]


@unittest.skipUnless(shutil.which("curl"), "curl is not installed")
class Readme(ServerCase):
    def test_every_curl_line_works_as_written_and_in_order(self):
        blocks = curl_blocks()
        calls = sum(len(re.findall(r"\bcurl\b", block)) for block in blocks)
        self.assertGreaterEqual(calls, 4, "the FastAPI program's walk-through has four calls")
        script = "\n".join(["set -e", RECORDER, *blocks])
        script = script.replace("http://localhost:8000", self.server.url)
        folder = self.server.folder / "readme"
        folder.mkdir()
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True,
                              env=os.environ | {"no_proxy": "*"}, timeout=COMMAND_LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        answers = sorted(folder.glob("answer.*"), key=lambda path: int(path.suffixes[0][1:]))
        self.assertEqual([path.suffixes[1] for path in answers], [".200"] * calls, done.stdout)
        bodies = [json.loads(path.read_text()) for path in answers]
        self.registers_lists_locks_and_books(bodies)

    def registers_lists_locks_and_books(self, bodies):
        """The FastAPI program that this one replaces has a README with four calls: they are among
        them, with the answers that it promises."""
        objects = [body for body in bodies if isinstance(body, dict)]
        registered = next(body for body in objects if "access_token" in body)
        self.assertEqual(registered["user"]["id"], 2)
        movies = next(body for body in bodies if isinstance(body, list))
        self.assertEqual(movies[0]["title"], "Avengers: Endgame")
        lock = next(body for body in objects if "locked_seats" in body)
        self.assertEqual((lock["success"], lock["locked_seats"]), (True, [1, 2, 3]))
        booking = next(body for body in objects if "booking_seats" in body)
        self.assertEqual((booking["status"], booking["user_id"], booking["total_amount"]),
                         ("pending", 2, 37.5))


if __name__ == "__main__":
    unittest.main()
