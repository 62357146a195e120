"""Web servers to measure: ours and a bare one, by turns, so that noise falls on both."""

import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent


class Keeper:
    """A client that keeps its connection, as a phone's browser does."""

    def __init__(self, port: int) -> None:
        """Connect to a port of this machine."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Send a request, read the answer, return its status and body."""
        self._connection.request(method, path, body, {"Accept-Encoding": "gzip", **headers})
        answer = self._connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def gunicorn(target: str, env: dict[str, str]) -> Iterator[int]:
    """Serve an application in one process with four threads, and give its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "4", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port), within_s=60, what=f"{target} serves")
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _answers(port: int) -> bool:
    try:
        Keeper(port).ask("GET", "/healthz")
    except OSError:
        return False
    return True


def by_turns(own: Callable[[], None], reference: Callable[[], None], *, rounds: int) -> tuple[float, float]:
    """Return the median seconds of two acts done by turns, after a warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 10):
        for place, act in enumerate((own, reference)):
            began = time.perf_counter()
            act()
            if turn >= 10:  # the first rounds warm caches
                times[place].append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


def tell(what: str, own_s: float, reference_s: float, *, beside: str, goal: float) -> float:
    """Print a measured promise and return its ratio."""
    ratio = reference_s / own_s
    verdict = "" if ratio >= goal else ", missed"
    print(
        f"{what}: {own_s * 1000:.2f} ms; {beside} {reference_s * 1000:.2f} ms;"
        f" ratio {ratio:.0%} (goal {goal:.0%}{verdict})",
        flush=True,
    )
    return ratio
