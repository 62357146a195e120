"""`make bench`: every measured promise, on SQLite and on a real PostgreSQL; ARGS names some of them."""

import os
import subprocess
import sys
from pathlib import Path

from tools.provision import postgresql

ROOT = Path(__file__).resolve().parent.parent
BENCHES = (
    "public_page",
    "registration_step",
    "sales_sync",
    "turnover",
    "badges_pdf",
    "review_queue",
    "register_import",
)


def main() -> int:
    """Run the benches one after the other, each in a process of its own."""
    chosen = sys.argv[1:] or BENCHES
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], cwd=ROOT, check=True)
    failed = 0
    with postgresql() as server:
        env = {**os.environ, "BENCH_POSTGRES_URL": server}
        env.pop("DATABASE_URL", None)
        for name in chosen:
            failed += (
                subprocess.run(
                    [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, env=env, check=False
                ).returncode
                != 0
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
