"""Right answers of each step, as a browser posts them."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

RIGHT: Mapping[str, dict[str, Any]] = {
    "cooperative": {
        "name_ar": "تعاونية النور",
        "name_fr": "",
        "legal_kind": "cooperative",
        "register_number": "١٢/20",
        "register_court": "خنيفرة",
        "ice": "001 561 191 000 066",
        "phone": "٠٦ ١٢-٣٤ ٥٦ ٧٨",
        "email": "annour@example.com",
    },
    "place": {
        "province": "05.301",
        "commune": "أجلموس",
        "douar": "آيت موسى",
        "members": "٢٤",
        "women_members": "21",
        "youth_members": "",
        "women_led": "yes",
    },
    "products": {"sectors": ["ARG-FOOD", "CRAFT-CARPET"]},
    "stops": {"stops": ["S1", "S3"]},
    "stand": {
        "names_0": "زيت أركان، أملو",
        "names_1": "",
        "width_cm": "400",
        "power": "y",
        "remark": "قرب الباب",
    },
    "people": {
        "name_1": "فاطمة الزهراء",
        "gender_1": "woman",
        "phone_1": "0612345679",
        "name_2": "Ahmed",
        "gender_2": "",
        "phone_2": "",
    },
}
SEND = {"consent": "y"}


def walk(client: FlaskClient, slug: str, *, until: str = "check", language: str = "ar") -> None:
    """Answer all steps before one, as a person does: each page leads to the next."""
    path = f"/{language}/events/{slug}/register"
    for _ in range(len(RIGHT) + 1):
        step = path.split("?")[0].rpartition("/")[2]
        step = "cooperative" if step == "register" else step
        if step == until:
            return
        answer = client.post(path, data=RIGHT[step])
        assert answer.status_code == 303, (step, answer.text[:3000])
        path = answer.headers["Location"]
    raise AssertionError(f"never came to {until}")
