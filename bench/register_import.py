"""Import of a register of 60,000 cooperatives: reading, dry run and applying, beside the bare minimum.

Goal: at most 60 s together for the CSV, in less than 500 MB. The reference reads the same CSV with the
bare reader and writes its columns by `executemany` into one table without indexes. Said too: how long
other writers wait (the transaction that applies), the workbook, and the undoing.

    python -m bench.register_import [rows]
"""

import csv
import io
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from openpyxl import Workbook
from sqlalchemy.exc import SQLAlchemyError

from bench.databases import applications
from fairapp.audit.domain import SYSTEM
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import db, reading, transaction
from fairapp.foundation.errors import Conflict
from fairapp.imports import tasks
from fairapp.imports.domain import ImportState
from fairapp.imports.models import Import
from fairapp.imports.services import applying, taking_in, undoing
from fairapp.messages.models import Message
from fairapp.reference.queries import Entry, provinces, sectors

GOAL_S = 60.0
GOAL_MB = 500
ROWS = 60_000
ARABIC = [
    "النور",
    "الأمل",
    "الخير",
    "الأطلس",
    "أركان",
    "الوردة",
    "الزيتون",
    "العسل",
    "النخيل",
    "السلام",
    "التضامن",
    "المستقبل",
]
FRENCH = [
    "Nour",
    "Amal",
    "Khir",
    "Atlas",
    "Argane",
    "Warda",
    "Zitoun",
    "Assal",
    "Nakhil",
    "Salam",
    "Tadamoun",
    "Moustakbal",
]
HEADINGS = (
    *(
        "الاسم بالعربية",
        "Nom",
        "Forme juridique",
        "Tribunal",
        "N° d'immatriculation",
        "ICE",
        "Province",
        "Commune",
    ),
    *(
        "Douar",
        "Milieu",
        "Secteurs",
        "Date de création",
        "Membres",
        "Femmes",
        "Jeunes",
        "Présidée par une femme",
    ),
    *("Téléphone", "E-mail"),
)


def rows_of(number: int) -> Iterator[list[Any]]:
    """Yield the rows of an invented register, the same each time."""
    chance = random.Random(1)
    places, crafts = list(provinces().values()), list(sectors().values())
    for place in range(number):
        words, province = chance.sample(range(len(ARABIC)), 3), chance.choice(places)
        members = chance.randint(5, 60)
        yield [
            "تعاونية " + " ".join(ARABIC[word] for word in words) + f" {place}",
            "Coopérative " + " ".join(FRENCH[word] for word in words) + f" {place}",
            chance.choice(["Coopérative", "تعاونية", "cooperative"]),
            f"TPI {province.name_fr}",
            f"{place}/{chance.randint(2000, 2024)}",
            _ice(chance) if place % 5 else "",
            _written(chance, province),
            f"Commune {place % 1500}",
            f"Douar {place % 7000}" if place % 2 else "",
            chance.choice(["Rural", "Urbain"]),
            "; ".join(entry.name_fr for entry in chance.sample(crafts, 2)),
            f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1990, 2024)}",
            members,
            members // 2,
            members // 4,
            chance.choice(["oui", "non"]),
            f"06{place:08}",
            f"c{place}@cooperatives.example",
        ]


def _ice(chance: random.Random) -> str:
    bare = chance.randint(10**12, 10**13 - 1) * 100
    return str(bare + (97 - bare % 97) % 97).zfill(15)


def _written(chance: random.Random, province: Entry) -> str:
    return chance.choice([province.code, province.name_ar, province.name_fr])


def as_csv(number: int) -> bytes:
    """Return the register as spreadsheets save it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([HEADINGS, *rows_of(number)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(number: int) -> bytes:
    """Return the register as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Registre")
    sheet.append(HEADINGS)
    for row in rows_of(number):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def reference(name: str, app: Flask, folder: Path, content: bytes) -> float:
    """Return how long the bare reader and `executemany` into one table take."""
    columns = ", ".join(f"c{place} text" for place in range(len(HEADINGS)))
    mark = "?" if name == "SQLite" else "%s"
    insert = f"INSERT INTO bare VALUES ({', '.join([mark] * len(HEADINGS))})"
    began = time.perf_counter()
    rows = list(csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""), delimiter=";"))
    if name == "SQLite":
        with sqlite3.connect(folder / "bare.sqlite3") as plain:
            plain.execute("PRAGMA journal_mode=WAL")
            plain.execute("PRAGMA synchronous=FULL")
            plain.execute(f"CREATE TABLE bare ({columns})")
            plain.executemany(insert, rows)
        plain.close()
    else:
        url = app.extensions["settings"].database.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(url) as server:
            server.execute(f"CREATE TEMP TABLE bare ({columns})")
            with server.cursor() as cursor:
                cursor.executemany(insert, rows)
    return time.perf_counter() - began


class Writer(threading.Thread):
    """Somebody else who writes every few milliseconds, and how long the slowest took.

    It changes no row: on SQLite it needs the one write lock all the same, on PostgreSQL it waits for nobody.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__(daemon=True)
        self.app, self.slowest, self.failed, self.done = app, 0.0, 0, threading.Event()

    def run(self) -> None:
        """Write until told to stop."""
        with self.app.app_context():
            while not self.done.is_set():
                began = time.perf_counter()
                try:
                    with transaction() as session:
                        session.query(Message).filter(Message.id == -1).update({"recipient": "nobody"})
                except (Conflict, SQLAlchemyError):
                    self.failed += 1
                self.slowest = max(self.slowest, time.perf_counter() - began)
                time.sleep(0.02)


def timed(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def start(content: bytes) -> Import:
    """Send a register."""
    with transaction() as session:
        return taking_in.start_import(
            session, actor=SYSTEM, filename="register.csv", content=content, now=utc_now()
        )


def state_of(its: Import) -> ImportState:
    """Return the state of an import."""
    reading().rollback()
    return reading().get_one(Import, its.id).state


def read(its: Import) -> float:
    """Read and set beside the directory; return how long it took."""
    key = f"imports.read_register:{its.code}:1"
    took = timed(lambda: tasks.read_register.run(import_id=its.id, key=key))
    assert state_of(its) is ImportState.READY
    return took


def apply(its: Import) -> float:
    """Apply; return how long it took."""
    with transaction() as session:
        applying.ask_to_apply(session, actor=SYSTEM, code=its.code, now=utc_now())
    key = f"imports.apply_register:{its.code}"
    took = timed(lambda: tasks.apply_register.run(import_id=its.id, account_id=None, key=key))
    assert state_of(its) is ImportState.APPLIED
    return took


def undo(its: Import) -> float:
    """Undo; return how long it took."""
    with transaction() as session:
        undoing.ask_to_undo(session, actor=SYSTEM, code=its.code, now=utc_now())
    key = f"imports.undo_register:{its.code}"
    took = timed(lambda: tasks.undo_register.run(import_id=its.id, account_id=None, key=key))
    assert state_of(its) is ImportState.UNDONE
    return took


def measure(name: str, app: Flask, folder: Path, number: int) -> bool:
    """Measure on one database, print, and tell whether the goal is met."""
    content = (folder / "register.csv").read_bytes()
    with app.app_context():
        bare = reference(name, app, folder, content)
        its = start(content)
        del content
        cpu = time.process_time()
        reading_s = read(its)
        other = Writer(app)
        other.start()
        applying_s = apply(its)
        other.done.set()
        other.join()
        cpu = time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        undoing_s = undo(its)
        workbook = start((folder / "register.xlsx").read_bytes())
        workbook_s = read(workbook)
        again_s = apply(workbook)
        db.session.remove()
    whole = reading_s + applying_s
    met = whole <= GOAL_S * number / ROWS and memory < GOAL_MB
    print(
        f"register of {number:,} rows, CSV, {name}: {whole:.1f} s"
        f" (dry run {reading_s:.1f}, apply {applying_s:.1f}; CPU {cpu:.1f});"
        f" bare reader and executemany {bare:.1f} s; ratio {bare / whole:.0%};"
        f" memory {memory} MB (goal {GOAL_S:.0f} s, {GOAL_MB} MB{'' if met else ', missed'});"
        f" slowest other writer meanwhile {other.slowest:.1f} s, {other.failed} failed;"
        f" undo {undoing_s:.1f} s; XLSX {workbook_s + again_s:.1f} s (dry run {workbook_s:.1f})",
        flush=True,
    )
    return met


def main() -> None:
    """Run on SQLite, and on PostgreSQL when a server is named; each in a process of its own."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    if len(sys.argv) > 2:
        folder, wanted = Path(sys.argv[2]), sys.argv[3]
        with applications() as each:
            for name, app in each:
                if name == wanted:
                    measure(name, app, folder, number)
        return
    with tempfile.TemporaryDirectory(prefix="fairapp-bench-") as name:
        (Path(name) / "register.csv").write_bytes(as_csv(number))
        (Path(name) / "register.xlsx").write_bytes(as_xlsx(number))
        for wanted in ("SQLite", "PostgreSQL"):
            command = [sys.executable, "-m", "bench.register_import", str(number), name, wanted]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
