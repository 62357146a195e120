"""Every form takes anything (promises B62): no failure, no lost text, refusals told as promised (A11).

FAIRAPP_DRILL makes it the long form: more than 10,000 inputs.
"""

import os
import random
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.guards.forms import Browser, Page, Target, crawl, judge, make_post, walk
from tests.guards.test_access import entries, path_of
from tests.guards.world import COOKIE, GUEST, World, make_world

LONG = "FAIRAPP_DRILL" in os.environ
INPUTS = int(os.environ.get("FAIRAPP_FORM_INPUTS", "12000" if LONG else "600"))
SEED = 20270520
CALLERS = ("administrator", "organizer", "cooperative", "agent", "reviewer", "gate", "official", GUEST)
JOURNEY = "/en/events/fair/register/cooperative"
MOST_PAGES = 200
FEWEST_FORMS = 60


def targets(app: Flask, world: World) -> list[Target]:
    """Return one target for each different form, as the first caller who sees it."""
    found: dict[tuple[object, ...], Target] = {}
    for who in CALLERS:
        browser = Browser(app, who, {})
        if who != GUEST:
            world.sign_in(who)
            client = app.test_client()
            client.set_cookie(COOKIE, world.cookies[who])
            browser.cookies = dict(client._cookies or {})
        starts = [
            path_of(world, entry)
            for entry in entries(app)
            if entry.method == "GET" and entry.answers[who] == "ok" and "/api/" not in entry.rule.rule
        ]
        if who == GUEST:
            starts = [*walk(browser, JOURNEY, most=12, chance=random.Random(SEED)), *starts]
        for target in crawl(browser, starts, most=MOST_PAGES):
            found.setdefault(target.key, target)
    return list(found.values())


@pytest.mark.timeout(3000 if LONG else 600)
def test_every_form_takes_anything(app: Flask, session: Session, connection: Connection) -> None:
    world = make_world(app, session)
    forms = targets(app, world)
    assert len(forms) >= FEWEST_FORMS
    chance = random.Random(SEED)
    wrong: Counter[str] = Counter()
    for number in range(INPUTS):
        target = forms[number % len(forms)]
        post = make_post(target.form, chance)
        undo = connection.begin_nested()
        for fault in judge(app, target, post):
            wrong[f"{target.who} {target.endpoint}: {fault}"] += 1
        undo.rollback()
    if LONG:
        print(f"{INPUTS} inputs over {len(forms)} forms")  # noqa: T201
    told = "\n".join(f"{times} × {fault}" for fault, times in wrong.most_common())
    assert not wrong, f"{len(forms)} forms, {INPUTS} inputs:\n{told}"


def test_page_knows_its_forms() -> None:
    page = Page(
        "<title>Error: x</title><form method=post id=f><input name=a value=1><textarea name=b>\nx</textarea>"
        "<select name=c><option value=1><option value=2 selected></select></form>"
        "<input name=d form=f required>"
    )
    assert [(one.name, one.value) for one in page.forms[0].inputs] == [
        ("a", "1"),
        ("b", "x"),
        ("c", "2"),
        ("d", ""),
    ]
    assert (page.title, page.required) == ("Error: x", ["d"])
