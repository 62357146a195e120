"""A whole instance on this machine: web server, broker, worker, scheduler and mail server."""

import email
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from config import Settings
from fairapp import create_app
from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import transaction
from tests.databases import copy_database, disconnect, make_settings
from tests.factories.accounts import make_account
from tests.factories.documents import make_required_document
from tests.factories.events import make_event, make_market
from tests.factories.stands import make_stand
from tests.processes import Backstage, MailServer, free_port
from tools import run

READY_WITHIN_S = 60


@dataclass
class Stage:
    """A running instance, and what was put into it."""

    url: str
    settings: Settings
    backstage: Backstage
    web: run.Part
    mail: MailServer
    accounts: dict[str, Account] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)

    def letters_to(self, recipient: str) -> list[EmailMessage]:
        """Return the mails that the mail server took for somebody."""
        letters = [email.message_from_bytes(raw, policy=default) for raw in list(self.mail.mails)]
        return [letter for letter in letters if recipient in str(letter["To"])]

    def wait_for_letter(self, recipient: str, *, number: int = 1, within_s: float = 20) -> EmailMessage:
        """Wait until somebody has got so many mails, and return the last of them."""
        until = time.monotonic() + within_s
        while len(letters := self.letters_to(recipient)) < number:
            if time.monotonic() > until:
                raise AssertionError(f"{len(letters)} of {number} letters to {recipient} after {within_s} s")
            time.sleep(0.1)
        return letters[-1]

    def wait_for_letter_with(self, recipient: str, words: str, *, within_s: float = 30) -> EmailMessage:
        """Wait until somebody has got a mail whose plain text contains some words."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            for letter in self.letters_to(recipient):
                body = letter.get_body(("plain",))
                if body is not None and words in body.get_content():
                    return letter
            time.sleep(0.1)
        subjects = [str(letter["Subject"]) for letter in self.letters_to(recipient)]
        raise AssertionError(f"no letter with {words} to {recipient}, but {subjects}")

    def stop(self) -> None:
        """End every process."""
        self.web.ask_to_stop()
        self.web.wait(time.monotonic() + 10)
        self.backstage.stop()
        self.mail.stop()


def set_stage(template: str, folder: Path) -> Stage:
    """Start everything on a copy of a migrated database, and wait until it is ready."""
    mail = MailServer(free_port()).start()
    port = free_port()
    url = f"http://localhost:{port}"
    settings = make_settings(
        folder, copy_database(template, folder), mail_url=mail.url, port=port, public_url=url
    )
    app = create_app(settings)
    backstage = Backstage(settings)
    web = run.parts(backstage.env)[0]
    stage = Stage(url, settings, backstage, web, mail)
    with app.app_context(), transaction() as session:
        _fill(session, stage)
    disconnect(app)
    backstage.start()
    web.start()
    _wait_until_ready(stage)
    return stage


def _fill(session: Session, stage: Stage) -> None:
    today = local_date(utc_now())
    dates: dict[str, Any] = {
        "registration_opens_on": today - timedelta(days=5),
        "registration_closes_on": today + timedelta(days=5),
        "published_at": utc_now() - timedelta(days=6),
        "created_at": utc_now() - timedelta(days=7),
    }
    fair = make_event(
        session,
        slug="journey-fair",
        title_ar="المعرض الجهوي بخنيفرة",
        title_fr="Foire régionale de Khénifra",
        title_en="Regional fair of Khenifra",
        **dates,
    )
    make_required_document(session, fair, "statutes")
    make_required_document(session, fair, "onssa", position=2, food_only=True, can_be_exempt=True)
    market = make_market(
        session,
        stops=2,
        slug="journey-market",
        title_ar="سوق متنقل بالأطلس",
        title_fr="Marché mobile de l’Atlas",
        title_en="Mobile market of the Atlas",
        **dates,
    )
    for event in (fair, market):
        for position, stop in enumerate(event.stops):
            stop.starts_on = today - timedelta(days=1 - 10 * position)
            stop.ends_on = stop.starts_on + timedelta(days=3)
            for number in range(1, 7):
                make_stand(session, stop, code=f"A-{number}", x_cm=400 * number, y_cm=100)
    stage.events = {"fair": fair, "market": market}
    stage.accounts = {
        "administrator": make_account(session, Role.ADMINISTRATOR),
        "organizer": make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="05"),
        "official": make_account(session, Role.OFFICIAL),
        "gate": make_account(session, Role.GATE, ScopeKind.EVENT, event_id=fair.id),
        "gate_market": make_account(session, Role.GATE, ScopeKind.EVENT, event_id=market.id),
    }


def _wait_until_ready(stage: Stage) -> None:
    until = time.monotonic() + READY_WITHIN_S
    said = "nothing"
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{stage.url}/readyz", timeout=2):
                return
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            error.close()
        except OSError as error:
            said = str(error)
        time.sleep(0.2)
    stage.stop()
    raise AssertionError(f"not ready after {READY_WITHIN_S} s: {said}")
