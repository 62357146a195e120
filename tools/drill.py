"""`make drill`: long runs that are too slow for the suite. Each prints its report; 1 on a loss.

The suite keeps a short form of each. FAIRAPP_DRILL tells the tests how long to go on.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tools.provision import postgresql

ROOT = Path(__file__).resolve().parent.parent
DRILLS = {
    "kill loop: worker and broker killed while mail waits": ["tests/outbox/test_kill.py"],
    "ledger: devices, faults and clocks by chance": ["tests/sales", "-k", "model"],
    "every form: more than 10,000 odd inputs": ["tests/guards/test_forms.py"],
    "races: last stand, same entries, same scans": ["tests", "-k", "race or concurrent or at_once"],
}


def main() -> int:
    """Run every drill on both databases."""
    lost = 0
    with postgresql() as server:
        for database, extra in (("SQLite", {}), ("PostgreSQL", {"TEST_DATABASE_URL": server})):
            for title, what in DRILLS.items():
                env = {**os.environ, "FAIRAPP_DRILL": "1", **extra}
                began = time.monotonic()
                command = [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "no:randomly",
                    "--timeout",
                    "3000",
                    *what,
                ]
                code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
                lost += code != 0
                verdict = "nothing lost" if code == 0 else "LOST, see above"
                print(f"drill: {title}, {database}: {time.monotonic() - began:.0f} s, {verdict}", flush=True)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
