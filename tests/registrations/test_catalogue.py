"""Products of the accepted on the pages of an event, and participations on the card."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.services.products import show_product
from fairapp.events.models import Event
from fairapp.foundation.ids import show_reference
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.queries.catalogue import catalogue_page
from tests import NOW
from tests.badges.statements import statements_of
from tests.conftest import sign_in
from tests.factories.accounts import make_account, make_actor
from tests.factories.catalogue import make_product
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration

S = RegistrationState


def accepted(session: Session, event: Event, **values: Any) -> Cooperative:
    cooperative = make_cooperative(session, **values)
    make_registration(session, event=event, cooperative=cooperative, state=S.ACCEPTED)
    return cooperative


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_products_are_those_of_the_accepted_without_phones(
    client: FlaskClient, session: Session, language: str
) -> None:
    event = make_event(session)
    shown = accepted(session, event, phone="+212612121212", email="me@example.ma")
    make_product(session, shown, name_fr="Miel", name_ar="عسل", price_minor=12_050, unit="pot")
    make_product(session, shown, name_fr="Caché", name_ar="مخفي", is_public=False)
    make_product(session, shown, name_fr="Retiré", name_ar="محذوف", removed_at=NOW)
    for state in (S.RECEIVED, S.REFUSED, S.WITHDRAWN):
        other = make_cooperative(session)
        make_registration(session, event=event, cooperative=other, state=state)
        make_product(session, other, name_fr="Ailleurs", name_ar="آخر")
    page = client.get(f"/{language}/events/{event.slug}/products")
    assert page.status_code == 200
    name = "عسل" if language == "ar" else "Miel"
    assert f"<b><bdi>{name}</bdi></b>" in page.text
    for hidden in ("Caché", "مخفي", "Retiré", "محذوف", "Ailleurs", "آخر", "12 12 12", "me@example.ma"):
        assert hidden not in page.text
    assert f"<bdi>{name}</bdi>" in client.get(f"/{language}/events/{event.slug}").text


def test_products_of_an_event_that_is_not_published_are_not_found(
    client: FlaskClient, session: Session
) -> None:
    event = make_event(session, published_at=None)
    assert client.get(f"/en/events/{event.slug}/products").status_code == 404


def test_products_are_filtered_by_sector_and_paged(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    cooperative = accepted(session, event)
    for number in range(26):
        make_product(session, cooperative, position=number, sector_code="AGR-HONEY")
    make_product(session, cooperative, sector_code="COSM", name_fr="Savon")
    found = catalogue_page(session, event_id=event.id)
    assert (len(found.items), found.pages, found.total) == (24, 2, 27)
    assert found.sectors == {"AGR": 26, "COSM": 1}
    soaps = catalogue_page(session, event_id=event.id, sector="COSM", page=9)
    assert [one.product.name_fr for one in soaps.items] == ["Savon"]
    page = client.get(f"/fr/events/{event.slug}/products?sector=COSM")
    assert "Savon" in page.text
    assert "Miel de thym" not in page.text
    assert client.get(f"/fr/events/{event.slug}/products?sector=NONE&page=x").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_catalogue_asks_as_often_for_any_number_of_rows(session: Session, count: int) -> None:
    event = make_event(session)
    for _ in range(count):
        make_product(session, accepted(session, event))
    session.expire_all()
    with statements_of(session) as asked:
        found = catalogue_page(session, event_id=event.id)
        assert [(one.product.photo, one.cooperative.name_fr != "") for one in found.items] == [
            (None, True)
        ] * count
    assert len([one for one in asked if "catalogue_products" in one]) == 2


def test_kept_page_follows_a_product_that_is_hidden(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    event = make_event(session)
    cooperative = accepted(session, event)
    product = make_product(session, cooperative)
    url = f"/fr/events/{event.slug}/products"
    assert "Miel de thym" in client.get(url).text
    show_product(
        session,
        actor=make_actor(Role.ORGANIZER),
        code=cooperative.code,
        product_code=product.code,
        is_public=False,
        now=NOW,
    )
    assert "Miel de thym" not in client.get(url).text


def test_card_shows_participations_and_links_those_that_may_be_opened(
    client: FlaskClient, session: Session
) -> None:
    here, elsewhere = make_event(session, region_code="05"), make_event(session, region_code="01")
    cooperative = accepted(session, here)
    make_registration(session, event=elsewhere, cooperative=cooperative, state=S.REFUSED)
    account = make_account(session, Role.DESK_AGENT)
    card = sign_in(client, account).get(f"/en/organizer/directory/{show_reference(cooperative.code)}")
    assert card.status_code == 200
    assert here.title_ar in card.text or here.title_en in card.text
    assert f"/organizer/events/{here.slug}" not in card.text
