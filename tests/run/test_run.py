"""One command starts everything, and leaves nothing behind however it ends."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import SECRET_KEY
from tests.processes import ROOT, free_port, wait_until

STOPS_WITHIN_S = 15
PARTS = ("gunicorn", "celery", "valkey")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start an instance without demonstration, in a folder whose name has a space; wait until it is ready."""
    port = free_port()
    var = tmp_path / "state of the fair"
    env = {
        **without_settings(),
        "FAIRAPP_VAR": str(var),
        "PORT": str(port),
        "FAIRAPP_DEMO": "0",
        "SECRET_KEY": SECRET_KEY,
    }
    running: list[subprocess.Popen[bytes]] = []

    def start_one() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "tools.run"], cwd=ROOT, env=env)
        running.append(process)
        wait_until(lambda: answers(port), within_s=60, what="ready")
        return process

    yield start_one
    for process in running:
        process.kill()
        process.wait()


def without_settings() -> dict[str, str]:
    """Return the environment without what would lead an instance elsewhere."""
    ours = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "MAIL_URL", "PUBLIC_URL")
    return {name: value for name, value in os.environ.items() if name not in ours}


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            return True
    except OSError:
        return False


def left_of(folder: Path) -> list[str]:
    """Return the commands of processes whose state lies in a folder."""
    mark = f"FAIRAPP_VAR={folder}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # The broker writes its title over its environment; it works in a folder of its own.
            if mark in (process / "environ").read_bytes() or _is_in(process / "cwd", folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # ended meanwhile, or someone else's
    return found


def _is_in(link: Path, folder: Path) -> bool:
    return link.readlink().is_relative_to(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_run_stopped_leaves_no_process_and_starts_again(
    start: Callable[[], subprocess.Popen[bytes]], tmp_path: Path, number: signal.Signals
) -> None:
    process = start()
    commands = " ".join(left_of(tmp_path))
    assert [part for part in PARTS if part not in commands] == []
    began = time.monotonic()
    process.send_signal(number)
    assert process.wait(STOPS_WITHIN_S) == 0
    assert time.monotonic() - began < STOPS_WITHIN_S
    assert left_of(tmp_path) == []


def test_run_killed_takes_its_processes_along(
    start: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    process = start()
    process.kill()
    process.wait()
    wait_until(lambda: left_of(tmp_path) == [], within_s=STOPS_WITHIN_S, what="every process ended")


def test_run_starts_a_part_again_that_was_killed(
    start: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    start()
    worker = next(
        int(process.name) for process in Path("/proc").glob("[0-9]*") if _is_worker(process, tmp_path)
    )
    os.killpg(worker, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), within_s=5, what="the worker ended")
    wait_until(lambda: "celery" in " ".join(left_of(tmp_path)), within_s=20, what="a worker again")


def _is_worker(process: Path, folder: Path) -> bool:
    try:
        command = (process / "cmdline").read_bytes().split(b"\0")
        leads = os.getpgid(int(process.name)) == int(process.name)
        mine = f"FAIRAPP_VAR={folder}".encode() in (process / "environ").read_bytes()
    except OSError:
        return False
    return mine and leads and b"worker" in command


def test_run_without_a_key_is_for_demonstrations_only(tmp_path: Path) -> None:
    env = {**without_settings(), "FAIRAPP_VAR": str(tmp_path), "PORT": str(free_port()), "FAIRAPP_DEMO": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.run"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "SECRET_KEY is missing" in done.stderr
    assert left_of(tmp_path) == []
