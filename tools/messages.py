"""Catalogues of messages: extract, update, compile, and check that nothing is missing.

`python -m tools.messages update` after changing sentences, `compile` before starting,
`check` in `make check`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "fairapp" / "translations"
LANGUAGES = ("ar", "fr", "en")
KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def extract() -> Catalog:
    """Return a catalogue of every marked sentence in code and templates."""
    with (FOLDER / "babel.cfg").open() as file:
        mappings, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call] # Babel
    template = Catalog(project="fairapp")
    found = extract_from_dir(
        ROOT, mappings, options, keywords=KEYWORDS, comment_tags=("i18n:",), strip_comment_tags=True
    )
    for filename, _line, message, comments, context in found:
        template.add(message, locations=[(filename, 0)], auto_comments=comments, context=context)
    return template


def path_of(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def load(language: str) -> Catalog:
    """Return the catalogue of a language, empty when it has none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def save(language: str, catalog: Catalog) -> None:
    """Write a catalogue, sorted, without line numbers, so that changes stay small."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, sort_output=True, include_previous=False, no_location=True, width=100)


def update() -> None:
    """Bring the catalogues up to date with the code; English takes the sentences themselves."""
    template = extract()
    for language in LANGUAGES:
        catalog = load(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        if language == "en":
            for message in _messages(catalog):
                message.string = message.string if any(message.string or ()) else message.id
        save(language, catalog)


def compile_all() -> None:
    """Write the compiled catalogues that the program reads."""
    for language in LANGUAGES:
        path = path_of(language).with_suffix(".mo")
        with path.open("wb") as file:
            write_mo(file, load(language))


def problems() -> Iterator[str]:
    """Yield what is missing or wrong: sentences, plural forms, placeholders."""
    template = extract()
    for language in LANGUAGES:
        catalog = load(language)
        for wanted in _messages(template):
            found = catalog.get(wanted.id, context=wanted.context)
            if found is None:
                yield f"{language}: not in the catalogue: {wanted.id!r}"
            elif fault := _fault(found, catalog.num_plurals):
                yield f"{language}: {fault}: {wanted.id!r}"
        wanted_ids = {message.id for message in _messages(template)}
        for message in _messages(catalog):
            if message.id not in wanted_ids:
                yield f"{language}: no longer used: {message.id!r}"


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _fault(message: Message, plurals: int) -> str | None:
    if message.fuzzy:
        return "fuzzy"
    given = message.string
    strings = [text or "" for text in (given if isinstance(given, (list, tuple)) else [given])]
    if not all(strings) or (isinstance(message.id, tuple) and len(strings) != plurals):
        return "not translated"
    source = message.id if isinstance(message.id, str) else message.id[-1]
    names = set(_PLACEHOLDER.findall(source))
    for string in strings:
        used = set(_PLACEHOLDER.findall(string))
        # A plural form may spell out its number ("one stand") instead of showing it.
        if used - names or (names - used) - ({"num"} if message.pluralizable else set()):
            return "other placeholders"
    return None


def main() -> int:
    """Run the verb of the command line."""
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "update":
        update()
        compile_all()
    elif verb == "compile":
        compile_all()
    elif verb == "check":
        found = list(problems())
        print("\n".join(found) or "messages: complete in ar, fr, en")
        return 1 if found else 0
    else:
        print("usage: python -m tools.messages update|compile|check")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
