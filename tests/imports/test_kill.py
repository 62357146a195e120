"""A worker killed with SIGKILL in the middle of an import: nothing is half-imported, all is done later."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from fairapp.audit.domain import SYSTEM
from fairapp.cooperatives.models import Cooperative
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.imports.domain import ImportState
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.services import applying, taking_in
from fairapp.imports.services import reading as reading_services
from tests.factories.imports import applied, read, register_csv
from tests.processes import ROOT, Backstage

ROWS = 2_500
_DYING = """
import os, signal, sys
from fairapp import create_app
from fairapp.imports import tasks
from fairapp.imports.services import {module} as service
kind, import_id, key, left = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
write = service.insert_rows
def insert_rows(*args, **kwargs):
    global left
    written = write(*args, **kwargs)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return written
service.insert_rows = insert_rows
with create_app().app_context():
    if kind == "read":
        tasks.read_register.run(import_id=import_id, key=key)
    else:
        tasks.apply_register.run(import_id=import_id, account_id=None, key=key)
"""


def die(app: Flask, kind: str, its: Import, key: str, *, after_statements: int) -> None:
    """Run a task in a process of its own that kills itself after so many statements."""
    env = Backstage(app.extensions["settings"]).env
    script = _DYING.format(module="reading" if kind == "read" else "applying")
    command = [sys.executable, "-c", script, kind, str(its.id), key, str(after_statements)]
    ended = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def start(app: Flask) -> Import:
    with app.app_context(), transaction() as session:
        return taking_in.start_import(
            session,
            actor=SYSTEM,
            filename="register.csv",
            content=register_csv(
                *((f"Coopérative {n}", "Khénifra", "Khénifra", "Tapis") for n in range(ROWS)),
                headings=("Nom", "Province", "Commune", "Secteurs"),
            ),
            now=utc_now(),
        )


def state(app: Flask, its: Import) -> tuple[ImportState, int, int]:
    with app.app_context(), transaction() as session:
        entries = session.scalar(select(func.count()).select_from(Cooperative)) or 0
        rows = session.scalar(select(func.count()).select_from(ImportRow)) or 0
        return session.get_one(Import, its.id).state, entries, rows


@pytest.mark.processes
@pytest.mark.parametrize("statements", [1, 4], ids=["among the entries", "among their sectors"])
def test_apply_killed_in_the_middle_leaves_nothing_and_is_done_once_later(
    committed: Flask, statements: int
) -> None:
    its = start(committed)
    with committed.app_context():
        read(its)
        with transaction() as session:
            applying.ask_to_apply(session, actor=SYSTEM, code=its.code, now=utc_now())
    die(committed, "apply", its, f"imports.apply_register:{its.code}", after_statements=statements)
    assert state(committed, its)[:2] == (ImportState.APPLYING, 0)
    with committed.app_context():
        applied(its)
        applied(its)
    assert state(committed, its)[:2] == (ImportState.APPLIED, ROWS)


@pytest.mark.processes
def test_reading_killed_in_the_middle_is_begun_again(committed: Flask) -> None:
    its = start(committed)
    die(committed, "read", its, f"imports.read_register:{its.code}:1", after_statements=2)
    with committed.app_context():
        with transaction() as session:  # a while later the relay sends the task again
            silent = timedelta(seconds=reading_services.SILENT_FOR_S)
            session.get_one(Import, its.id).worked_at = utc_now() - silent
        read(its)
    assert state(committed, its) == (ImportState.READY, 0, ROWS)
