"""Install the third-party scripts of the browser into `fairapp/static/vendor/` by npm.

Optional: where npm is missing, browsers without a QR detector of their own send a photo
to the server instead. Versions and checksums are those of `tools/npm/package-lock.json`.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ROOT / "tools" / "npm"
TARGET = ROOT / "fairapp" / "static" / "vendor"
FILES = {"jsqr/dist/jsQR.js": "jsQR.js"}
WITHIN_S = 120


def install() -> str | None:
    """Install what is missing; return why it could not be done, None when all is there."""
    if all((TARGET / name).is_file() for name in FILES.values()):
        return None
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCKED / name, folder)
        try:
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"npm did not answer within {WITHIN_S} s"
        if done.returncode:
            return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "npm failed"
        TARGET.mkdir(parents=True, exist_ok=True)
        for source, name in FILES.items():
            _put(Path(folder) / "node_modules" / source, TARGET / name)
    return None


def _put(source: Path, target: Path) -> None:
    """Copy a file so that a reader sees all of it or none."""
    half = target.with_suffix(".part")
    shutil.copy(source, half)
    half.replace(target)


def main() -> int:
    """Install, and say in one line what happened; never an error, since nothing depends on it."""
    reason = install()
    if reason is None:
        print("scripts of the gate: installed")
    else:
        print(f"scripts of the gate: left out ({reason}); photos are read on the server instead")
    return 0


if __name__ == "__main__":
    sys.exit(main())
