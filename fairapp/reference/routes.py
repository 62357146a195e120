"""What all templates may ask of the reference lists: the name of a code, and a sector's picture."""

from collections.abc import Callable

from flask import Blueprint

from fairapp.reference import queries
from fairapp.web.filters import locale_language

plain = Blueprint("reference_plain", __name__)  # no pages: it carries the filters to the templates

_PICTURES = {
    "AGR": "date",
    "AGR-OLIVE": "oil",
    "AGR-HONEY": "honey",
    "AGR-FIG": "date",
    "AGR-DATE": "date",
    "AGR-SAFFRON": "saffron",
    "AGR-PULSE": "grain",
    "AGR-DAIRY": "cheese",
    "AGR-WOOL": "rug",
    "ARG": "oil",
    "ARG-COSM": "soap",
    "PAM": "herb",
    "PAM-SPICE": "saffron",
    "FOOD": "grain",
    "FOOD-CHEESE": "cheese",
    "COSM": "soap",
    "CRAFT": "pot",
    "CRAFT-FIBRE": "basket",
    "CRAFT-CARPET": "rug",
    "CRAFT-SEWING": "rug",
    "CRAFT-EMBROIDERY": "rug",
    "CRAFT-WEAVING": "rug",
    "CRAFT-DYEING": "rug",
    "CRAFT-LEATHER": "leather",
    "CRAFT-SADDLE": "leather",
    "CRAFT-METAL": "jewel",
    "CRAFT-JEWEL": "jewel",
    "CRAFT-WOOD": "basket",
    "CRAFT-REED": "basket",
    "CRAFT-SAHRAWI": "rug",
    "FOREST": "herb",
}


def picture_of(sector_code: str) -> str:
    """Return the name of the pictogram of a sector; of its main sector, else "more"."""
    main = queries.main_sector_of(sector_code)
    return _PICTURES.get(sector_code) or _PICTURES.get(main) or "more"


def _name_filter(look_up: Callable[[], dict[str, queries.Entry]]) -> Callable[[str | None], str]:
    def name_of(code: str | None) -> str:
        entry = look_up().get(code or "")
        return entry.name(locale_language()) if entry else (code or "")

    return name_of


for _filter, _look_up in (
    ("region", queries.regions),
    ("province", queries.provinces),
    ("sector", queries.sectors),
    ("legal_kind", queries.legal_kinds),
):
    plain.add_app_template_filter(_name_filter(_look_up), _filter)
plain.add_app_template_global(picture_of, "picture_of")
