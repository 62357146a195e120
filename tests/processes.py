"""Real processes for tests: broker, worker, scheduler and mail server, killed as one likes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from config import Settings
from tools import run

ROOT = Path(__file__).resolve().parent.parent


def wait_until(condition: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Wait until something is true; fail the test when it takes too long."""
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"after {within_s} s: not {what}")
        time.sleep(0.1)


class MailServer:
    """A real SMTP server on loopback that keeps what it takes."""

    def __init__(self, port: int) -> None:
        """Take the port; `start` listens."""
        self.mails: list[bytes] = []
        self.recipients: list[str] = []
        self.refuse_with: str | None = None
        self.pause_s = 0.0
        self._controller = Controller(self, hostname="127.0.0.1", port=port)
        self.url = f"smtp://127.0.0.1:{port}"

    def start(self) -> "MailServer":
        """Listen."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop listening; once is enough."""
        if not self._controller.loop.is_closed():
            self._controller.stop(no_assert=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail, or refuse it as told."""
        if self.refuse_with:
            return self.refuse_with
        self.mails.append(bytes(envelope.content))
        self.recipients.extend(envelope.rcpt_tos)
        if self.pause_s:
            time.sleep(self.pause_s)
        return "250 OK"


class Backstage:
    """The processes behind the web server, on the state folder and database of some settings."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; `start` starts broker, worker and scheduler."""
        self.env = {
            **os.environ,
            "FAIRAPP_VAR": str(settings.var),
            "DATABASE_URL": settings.database,
            "SECRET_KEY": settings.secret_key.get_secret_value(),
            "MAIL_URL": settings.mail_url.get_secret_value() if settings.mail_url else "",
            "PUBLIC_URL": settings.public_url,
            "FAIRAPP_DEMO": "1" if settings.fairapp_demo else "0",
            "PYTHONPATH": str(ROOT),
            "PORT": str(settings.port),
        }
        self.env.pop("REDIS_URL", None)
        self.broker = run.broker(self.env)
        _web, self.worker, self.scheduler = run.parts(self.env)

    def start(self) -> "Backstage":
        """Start what does not run."""
        for part in (self.broker, self.worker, self.scheduler):
            if part.process is None or part.process.poll() is not None:
                part.start()
        return self

    def kill(self, *parts: run.Part) -> None:
        """End parts with SIGKILL, children included."""
        for part in parts:
            assert part.process is not None
            os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()

    def stop(self) -> None:
        """End everything."""
        running = [self.worker, self.scheduler, self.broker]
        for part in running:
            part.ask_to_stop()
        for part in running:
            part.wait(time.monotonic() + 5)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def flask_command(env: dict[str, str], *words: str) -> str:
    """Run a `flask` command and return what it printed."""
    command = [sys.executable, "-m", "flask", "--app", "fairapp", *words]
    return subprocess.check_output(command, cwd=ROOT, env=env, text=True)
