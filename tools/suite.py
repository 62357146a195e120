"""`make test`: the whole suite on SQLite, then on a real PostgreSQL of its own.

The browser journeys run once, on SQLite. Arguments go to pytest, both times.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tools.provision import postgresql, provide

ROOT = Path(__file__).resolve().parent.parent
DECODER = ROOT / "fairapp" / "static" / "vendor" / "jsQR.js"
NO_TESTS = 5  # pytest's exit code when a narrowed run selects nothing


def main() -> int:
    """Provide, run twice, and return the worse exit code."""
    arguments = sys.argv[1:]
    missing, few = provide()
    subprocess.run([sys.executable, "-m", "tools.vendor"], cwd=ROOT, check=True)
    few += [] if DECODER.is_file() else ["jsQR (.venv/bin/python -m tools.vendor)"]
    for need in missing:
        print(f"tests: left out: the browser journeys; missing: {need}", flush=True)
    for need in few:
        print(f"tests: left out: single tests; missing: {need}", flush=True)
    if (missing or few) and os.environ.get("CI") == "true":
        print("tests: with CI=true nothing may be left out", flush=True)
        return 1
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], cwd=ROOT, check=True)
    first = _pytest("SQLite", ["-m", "not browser"] if missing else [], arguments, {})
    with postgresql() as url:
        once = ["-m", "not browser", "--ignore", "tests/run"]  # these bring a database of their own
        second = _pytest("PostgreSQL", once, arguments, {"TEST_DATABASE_URL": url})
    codes = {first, second}
    if arguments:
        codes -= {NO_TESTS} if codes != {NO_TESTS} else set()
    return max(codes, default=0)


def _pytest(title: str, options: list[str], arguments: list[str], extra: dict[str, str]) -> int:
    print(f"\ntests: on {title}", flush=True)
    env = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", *options, *arguments]
    code = subprocess.run(command, cwd=ROOT, env=env | extra, check=False).returncode
    print(f"tests: on {title}: {time.monotonic() - begun:.0f} s, exit {code}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
