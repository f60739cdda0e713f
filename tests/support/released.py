"""The released OpenAPI document in the repository, and how a new one takes its place.

    python3 tests/support/released.py build/dev/boxoffice    (or: cmake --build … --target record_document)

It refuses a change that breaks clients unless http/openapi/released/breaks.json has it, with the
reason why it is made all the same.
"""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from support.breaking import breaks  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "http" / "openapi" / "released"
DOCUMENT, BREAKS = FOLDER / "openapi.json", FOLDER / "breaks.json"


def released():
    return json.loads(DOCUMENT.read_text())


def recorded_breaks():
    """{change: reason}"""
    return {entry["change"]: entry["reason"] for entry in json.loads(BREAKS.read_text())}


def unrecorded(old, new):
    known = recorded_breaks()
    return [change for change in breaks(old, new) if not known.get(change)]


def without_version(document):
    return {**document, "info": {**document["info"], "version": ""}}


def main():
    printed = subprocess.run([sys.argv[1], "openapi"], capture_output=True, check=True)
    new = json.loads(printed.stdout)
    if DOCUMENT.exists():
        found = unrecorded(released(), new)
        if found:
            sys.exit("these changes break clients; undo them, or record each with its reason in "
                     f"{BREAKS}:\n  " + "\n  ".join(found))
    DOCUMENT.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
