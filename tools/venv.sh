#!/bin/sh
# Makes or mends .venv:  tools/venv.sh run   what the product needs (requirements.txt)
#                        tools/venv.sh test  with what developing needs (requirements-dev.txt)
# A venv holds absolute paths, so one that was made elsewhere (the tree has moved) is made anew.
set -eu
cd "$(dirname "$0")/.."

exec 9<requirements.txt
command -v flock >/dev/null 2>&1 && flock 9  # two makes at once wait for each other

made_here() {
    [ -f .venv/pyvenv.cfg ] && grep -qF -- "-m venv $PWD/.venv" .venv/pyvenv.cfg && .venv/bin/python -c "" 2>/dev/null
}

python=""
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    if [ -n "$candidate" ] && "$candidate" -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then
        python=$candidate
        break
    fi
done

if ! made_here; then
    if [ -z "$python" ]; then
        echo "fairapp needs Python 3.11 or newer with venv (Debian: apt install python3-venv)" >&2
        exit 1
    fi
    echo "fairapp: making .venv"
    rm -rf .venv
    "$python" -m venv "$PWD/.venv"
fi

install() { # install FILE STAMP
    stamp=".venv/installed-$2"
    wanted=$(sha256sum <"$1")
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        echo "fairapp: installing $1"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
        echo "$wanted" >"$stamp"
    fi
}

install requirements.txt run
if [ "${1:-run}" = test ]; then
    install requirements-dev.txt test
fi
