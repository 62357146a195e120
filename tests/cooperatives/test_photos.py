"""Photos of products: checked, shrunk, shown only while the product is."""

import io

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.cooperatives.models import CatalogueProduct
from fairapp.files.models import StoredFile
from fairapp.foundation.ids import show_reference
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.catalogue import give_photo, make_product, picture
from tests.factories.cooperatives import make_cooperative

PRODUCT = {"name_fr": "Miel", "sector": "AGR-HONEY", "is_public": "y"}


def test_photo_of_a_product_is_written_anew_and_handed_out_small(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    cooperative = make_cooperative(session)
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=cooperative.id)
    browser = sign_in(client, account)
    base = f"/en/cooperative/card/{show_reference(cooperative.code)}/products"
    sent = {**PRODUCT, "photo": (io.BytesIO(picture(side=1800)), "../../honey.php.jpg")}
    assert browser.post(f"{base}/new", data=sent).status_code == 303
    product = session.scalars(select(CatalogueProduct)).one()
    photo = session.get_one(StoredFile, product.photo_id)
    assert (photo.owner, photo.name) == (f"cooperative:{cooperative.code}", "honey.php.jpg")
    assert f"/photos/{photo.token}/small.jpg" in browser.get(base).text
    small = app.test_client().get(f"/photos/{photo.token}/small.jpg")
    assert (small.status_code, small.mimetype) == (200, "image/jpeg")
    assert small.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in small.headers["Content-Security-Policy"]
    assert max(Image.open(io.BytesIO(small.data)).size) == 320
    assert len(small.data) < 20_000
    small.close()

    shown = show_reference(product.code)
    browser.post(f"{base}/{shown}", data={**PRODUCT, "without_photo": "y"})
    session.expire_all()
    assert product.photo_id is None
    assert photo.removed_at is not None
    assert app.test_client().get(f"/photos/{photo.token}/small.jpg").status_code == 404


def test_photo_that_is_none_is_refused_in_words_and_keeps_what_was_typed(
    client: FlaskClient, session: Session
) -> None:
    cooperative = make_cooperative(session)
    browser = sign_in(client, make_account(session, Role.DESK_AGENT))
    url = f"/en/organizer/directory/{show_reference(cooperative.code)}/products/new"
    for content in (b"<svg onload=alert(1)>", b"", b"%PDF-1.4 nothing"):
        answer = browser.post(url, data={**PRODUCT, "photo": (io.BytesIO(content), "x.jpg")})
        assert answer.status_code == 422
        assert 'value="Miel"' in answer.text
        assert 'id="photo-e"' in answer.text
    assert session.scalars(select(CatalogueProduct)).all() == []


def test_photo_of_a_hidden_product_is_for_its_own_people(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    cooperative = make_cooperative(session)
    product = make_product(session, cooperative, is_public=False)
    url = f"/photos/{give_photo(app, session, product, cooperative)}/large.jpg"
    assert app.test_client().get(url).status_code == 404
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=cooperative.id)
    own = sign_in(client, account).get(url)
    assert own.status_code == 200
    own.close()
