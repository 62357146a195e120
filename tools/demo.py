"""`make demo`: the main job without a browser, over HTTP, checked against sums of its own.

Uses the instance at http://localhost:PORT when one runs with the state in FAIRAPP_VAR;
otherwise starts a fresh one and stops it at the end. Exits 1 if any figure is wrong.
"""

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from fairapp.foundation.clock import from_local, local_date, utc_now

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 240
MAIL_WITHIN_S = 10
BADGES_WITHIN_S = 30
CENT = Decimal("0.01")
Json = dict[str, Any]


class Wrong(Exception):  # noqa: N818 - a figure or an answer is not as it must be
    """An answer or a figure differs from what must be."""


class Caller:
    """Calls the API with one bearer token."""

    def __init__(self, base: str, token: str = "") -> None:
        self.base = base
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, body: Json | None = None, *, expect: int = 200) -> Json:
        """Call, and insist on a status."""
        headers = {**self._headers, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        if status != expect:
            raise Wrong(f"{method} {path}: {status} instead of {expect}: {text[:400]}")
        parsed: Json = json.loads(text) if text else {}
        return parsed

    def post(self, path: str, body: Json, *, expect: int = 201) -> Json:
        """Ask for a change."""
        return self.call("POST", path, body, expect=expect)

    def get(self, path: str) -> Json:
        """Read."""
        return self.call("GET", path)


def step(text: str) -> None:
    """Print a step."""
    print(f"  {text}", flush=True)


def check(what: str, got: object, want: object) -> None:
    """Print a figure beside the one that was worked out here; refuse a difference."""
    print(f"  {'=' if got == want else 'WRONG'} {what}: {got}", flush=True)
    if got != want:
        raise Wrong(f"{what}: {got!r}, but it must be {want!r}")


def wait_for(condition: Callable[[], Any], *, within_s: float, what: str) -> Any:
    """Wait until a condition gives something, and return it."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.3)
    raise Wrong(f"after {within_s:g} s: no {what}")


def answers(base: str) -> bool:
    """Tell whether an instance is ready there."""
    try:
        with urllib.request.urlopen(f"{base}/readyz", timeout=3):
            return True
    except OSError:
        return False


@contextmanager
def instance() -> Iterator[tuple[str, dict[str, str]]]:
    """Give the address and environment of a running instance, or of a fresh one."""
    env = dict(os.environ)
    env.setdefault("FAIRAPP_VAR", str(ROOT / "var"))
    base = f"http://localhost:{env.get('PORT', '8000')}"
    if (Path(env["FAIRAPP_VAR"]) / "instance.env").exists() and answers(base):
        print(f"using the instance at {base}")
        yield base, env
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="fairapp-demo-") as folder:
        env = {**env, "FAIRAPP_VAR": folder, "PORT": str(port), "FAIRAPP_DEMO": "1"}
        env.pop("PUBLIC_URL", None)
        print("starting a fresh instance")
        process = subprocess.Popen([sys.executable, "-m", "tools.run"], cwd=ROOT, env=env)
        base = f"http://localhost:{port}"
        try:
            wait_for(lambda: answers(base), within_s=READY_WITHIN_S, what="instance")
            yield base, env
        finally:
            process.terminate()
            process.wait(20)


def token(env: dict[str, str], name: str) -> str:
    """Return an API token of a demonstration account."""
    command = [sys.executable, "-m", "flask", "--app", "fairapp", "token", f"{name}@fairapp.example"]
    return subprocess.check_output(command, cwd=ROOT, env=env, text=True).strip()


class Fair:
    """One whole event, driven from outside, with its own book of what was sent."""

    def __init__(self, base: str, env: dict[str, str]) -> None:
        self.base = base
        self.organizer = Caller(base, token(env, "organizer"))
        self.official = Caller(base, token(env, "official"))
        self.slug = f"demo-{uuid.uuid4().hex[:8]}"
        self.path = f"/events/{self.slug}"
        self.today = local_date(utc_now())
        self.references: list[str] = []
        self.book: dict[tuple[str, date], Decimal] = {}
        self.sales = 0
        self.random = random.Random()

    def open(self) -> None:
        """Create an event under way since yesterday, with six stands."""
        starts = self.today - timedelta(days=1)
        self.organizer.post(
            "/events",
            {
                "slug": self.slug,
                "kind": "fair",
                "level": "regional",
                "titles": {"ar": "معرض التجربة", "fr": "Foire d’essai", "en": "Trial fair"},
                "region": "05",
                "registration_opens_on": (self.today - timedelta(days=9)).isoformat(),
                "registration_closes_on": self.today.isoformat(),
                "stops": [
                    {
                        "code": "S1",
                        "place": "خنيفرة",
                        "province": "05.301",
                        "starts_on": starts.isoformat(),
                        "ends_on": (self.today + timedelta(days=2)).isoformat(),
                    }
                ],
                "published": True,
            },
        )
        stands = [_stand(number) for number in range(1, 7)]
        self.organizer.post(f"{self.path}/stops/S1/stands", {"stands": stands}, expect=200)
        check("status of the event", self.organizer.get(self.path)["status"], "running")

    def register(self) -> None:
        """Register six cooperatives; each gets a reference and a mail."""
        mails = []
        for number in range(6):
            mail = f"{self.slug}-{number}@coop.example"
            cooperative = self.organizer.post("/cooperatives", _cooperative(number, mail))["code"]
            answer = self.organizer.post(
                f"{self.path}/registrations",
                {
                    "cooperative": cooperative,
                    "stops": ["S1"],
                    "sectors": ["ARG-FOOD"],
                    "products": [{"name": "زيت الأركان", "sector": "ARG-FOOD"}],
                    "stand_needs": {"width_m": 3, "power": False, "water": False, "step_free": False},
                    "representatives": [
                        {"name": "فاطمة أيت علي", "gender": "woman", "phone": "0612345678"},
                        {"name": "Brahim Oubella", "gender": "man", "phone": None},
                    ],
                    "filed_by": {"channel": "desk"},
                },
            )
            self.references.append(answer["reference"])
            mails.append(mail)
        check("references, all different", len(set(self.references)), 6)
        began = time.monotonic()
        wait_for(lambda: self._arrived(mails), within_s=MAIL_WITHIN_S, what="confirmation mails")
        step(f"6 confirmation mails after {time.monotonic() - began:.1f} s")

    def _arrived(self, mails: list[str]) -> bool:
        with urllib.request.urlopen(f"{self.base}/mailbox", timeout=10) as page:
            text = page.read().decode()
        return all(mail in text for mail in mails)

    def decide(self) -> None:
        """Accept four, put one on the waiting list, refuse one with its reason."""
        for reference in self.references[:4]:
            self._decide(reference, {"decision": "accept"})
        self._decide(self.references[4], {"decision": "waitlist", "reason": "sector_full"})
        self._decide(self.references[5], {"decision": "refuse", "reason": "rank", "note": "المرتبة 6"})
        told = self.organizer.get(f"/registrations/{self.references[5]}")
        check("reason that the refused one reads", told["history"][-1]["reason"], "rank")

    def _decide(self, reference: str, decision: Json) -> None:
        path = f"/registrations/{reference}/decisions"
        self.organizer.post(path, {"reason": None, "note": "", **decision}, expect=200)

    def allocate(self) -> None:
        """Give four stands; a stand that is held is refused."""
        for number, reference in enumerate(self.references[:4], 1):
            self._hold(number, reference, expect=200)
        self._hold(1, self.references[1], expect=409)
        step("a stand that is held is refused with 409")

    def _hold(self, number: int, reference: str, *, expect: int) -> None:
        path = f"{self.path}/stops/S1/stands/A-{number:02d}/holder"
        self.organizer.call("PUT", path, {"registration": reference, "reason": "تجربة"}, expect=expect)

    def admit(self) -> None:
        """Scan the badges of three cooperatives, one twice, and a forged one."""
        codes = [
            wait_for(partial(self._badges, reference), within_s=BADGES_WITHIN_S, what="badges")[0]
            for reference in self.references[:4]
        ]
        gate = Caller(self.base, self._device("gate", None))
        asked = [codes[0], codes[1], codes[2], codes[0], codes[0][:-3] + "ABC"]
        scans = [
            {
                "id": str(uuid.uuid4()),
                "stop": "S1",
                "gate": "main",
                "code": code,
                "scanned_at": utc_now().isoformat(),
                "decided": None,
            }
            for code in asked
        ]
        results = gate.post(f"{self.path}/scans/sync", {"scans": scans}, expect=200)["results"]
        wanted = ["admitted", "admitted", "admitted", "already_in", "forged"]
        check("answers at the gate", [result["outcome"] for result in results], wanted)

    def _badges(self, reference: str) -> list[str]:
        badges = self.organizer.get(f"/registrations/{reference}")["badges"]
        return [badge["code"] for badge in badges]

    def _device(self, role: str, stand: str | None) -> str:
        body = {"name": f"{role} {stand or ''}", "role": role, "stop": "S1", "stand": stand}
        enrolled: str = self.organizer.post(f"{self.path}/devices", body)["token"]
        return enrolled

    def sell(self) -> None:
        """Log sales at three stands on two days, all sent twice; correct some; declare one zero."""
        for number in (1, 2):
            till = Caller(self.base, self._device("till", f"A-{number:02d}"))
            for back in (1, 0):
                self._sell_day(till, f"A-{number:02d}", self.today - timedelta(days=back))
        self._report("A-03", self.today - timedelta(days=1), "0.00")
        self._report("A-03", self.today, "431.50")
        self.book["A-03", self.today] = Decimal("431.50")

    def _sell_day(self, till: Caller, stand: str, day: date) -> None:
        at = utc_now() if day == self.today else from_local(day, time_of_day(12))
        sales = [self._sale(stand, at, Decimal(self.random.randint(100, 90_000)) * CENT) for _ in range(40)]
        wrong = sales[-1]
        reversal = {**self._sale(stand, at, Decimal(wrong["amount"])), "reverses": wrong["id"]}
        sent = [*sales, reversal]
        body = {"sent_at": utc_now().isoformat(), "sales": sent}
        for wanted in ("recorded", "duplicate"):
            results = till.post(f"{self.path}/sales/sync", body, expect=200)["results"]
            if {result["outcome"] for result in results} != {wanted}:
                raise Wrong(f"sync: not all {wanted}: {results[:3]}")
            self.random.shuffle(sent)
        self.book[stand, day] = sum((Decimal(sale["amount"]) for sale in sales[:-1]), Decimal(0))
        self.sales += len(sales) - 1

    def _sale(self, stand: str, at: datetime, amount: Decimal) -> Json:
        return {
            "id": str(uuid.uuid4()),
            "stop": "S1",
            "stand": stand,
            "sold_at": at.isoformat(),
            "amount": str(amount.quantize(CENT)),
            "payment": "cash",
            "sector": "ARG-FOOD",
            "product": None,
            "quantity": None,
            "reverses": None,
        }

    def _report(self, stand: str, day: date, takings: str) -> None:
        body = {
            "id": str(uuid.uuid4()),
            "stop": "S1",
            "stand": stand,
            "day": day.isoformat(),
            "takings": takings,
            "source": "paper",
        }
        self.organizer.post(f"{self.path}/day-reports", body, expect=201)

    def compare(self) -> None:
        """Compare what an official reads with the book kept here."""
        figures = self.official.get(f"{self.path}/turnover")
        total = sum(self.book.values(), Decimal(0))
        check("turnover", figures["turnover"], str(total.quantize(CENT)))
        check("sales", figures["sales"], self.sales)
        # Four stands are held, two days have begun; three of them reported on both.
        wanted = {"expected": 8, "reported": 6, "zero_reports": 1, "rate": "0.750"}
        check("coverage", figures["coverage"], wanted)
        check("counts", figures["counts"], {"registered": 6, "accepted": 4, "present": 3, "reported": 3})
        by_day = {
            row["day"]: Decimal(row["turnover"]) for row in figures["by_day"] if Decimal(row["turnover"])
        }
        own: dict[str, Decimal] = {}
        for (_stand_code, day), amount in self.book.items():
            own[day.isoformat()] = own.get(day.isoformat(), Decimal(0)) + amount
        check("turnover of each day", by_day, own)


def _stand(number: int) -> Json:
    return {
        "code": f"A-{number:02d}",
        "zone": "A",
        "kind": "exhibitor",
        "width_m": 3,
        "depth_m": 3,
        "x_m": 3 * number,
        "y_m": 0,
        "power": number == 1,
        "water": False,
        "corner": number in (1, 6),
        "step_free": True,
    }


def _cooperative(number: int, mail: str) -> Json:
    mark = uuid.uuid4().hex[:6]
    return {
        "names": {"ar": f"تعاونية التجربة {mark}", "fr": f"Coopérative d’essai {mark}"},
        "legal_kind": "cooperative",
        "register_court": "Khénifra",
        "register_number": mark,
        "ice": None,
        "province": "05.301",
        "commune": "خنيفرة",
        "rural": True,
        "sectors": ["ARG-FOOD"],
        "founded_on": "2018-03-01",
        "members": 12,
        "women_members": 9,
        "youth_members": 4,
        "women_led": number % 2 == 0,
        "phone": f"06{random.randint(10_000_000, 99_999_999)}",
        "email": mail,
    }


def main() -> int:
    """Drive an event and return 1 if anything is wrong."""
    with instance() as (base, env):
        fair = Fair(base, env)
        for title, act in (
            ("An event and its stands", fair.open),
            ("Registrations", fair.register),
            ("Decisions", fair.decide),
            ("Allocation", fair.allocate),
            ("Badges and gate", fair.admit),
            ("Sales and day reports", fair.sell),
            ("Figures, beside sums worked out here", fair.compare),
        ):
            print(title, flush=True)
            try:
                act()
            except Wrong as error:
                print(f"demo: WRONG: {error}", file=sys.stderr)
                return 1
    print("demo: everything as it must be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
