"""Answers of a draft, step by step, and the filing that they make. Pure.

Each step keeps what its form took, under the step's name, in plain JSON. Nothing here trusts
it to be whole: a step that is missing is asked again. The questions of the call share the page
of the stand and have a name of their own:

    documents: {"documents": [{"code", "state", "explanation", "files": [token, …]}, …]}
    questions: {"answers": [{"code", "value", "file": token or null}, …]}

Seven pages for one stop, the check included (decision 0007): names, papers of identity and how to be
reached are one topic; so are place and members; what the call alone asks stands where the stand's
needs are asked. The phone is on the first page, so that the first save can be resumed elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.registrations.domain import (
    USUAL_WIDTH_CM,
    DocumentState,
    FiledAnswer,
    FiledDocument,
    Filing,
    FilingChannel,
    Gender,
    NamedProduct,
    Person,
    StandNeeds,
)

STEPS = ("cooperative", "place", "products", "stops", "stand", "people", "documents")
DOCUMENTS = "documents"
QUESTIONS = "questions"
_ASKED_BESIDE = {"stand": QUESTIONS}  # a topic that shares the page of a step
CHECK = "check"
COOPERATIVE_CODE = "cooperative_code"
PREFILLED = "prefilled"  # steps that were filled in from what is known, until they are saved
VERSIONS = "versions"  # {step: version of the draft at its last save}
_NEEDED_OF = {"cooperative": "phone", "place": "members"}  # what older drafts and the directory may lack
_OF_THE_COOPERATIVE = ("members", "place", "cooperative")  # members: an own page in older drafts
LONGEST_PRODUCT_NAME = 120
_BETWEEN_NAMES = re.compile(r"[,،;؛\n]+")
_TRUTH = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of one registration: those that its event asks for."""

    steps: tuple[str, ...]
    has_questions: bool = False

    @classmethod
    def of(cls, *, open_stops: int, has_documents: bool = False, has_questions: bool = False) -> "Journey":
        """Return the journey of an event with so many stops that can be asked for."""
        left_out = {"stops"} if open_stops <= 1 else set()
        left_out |= set() if has_documents else {DOCUMENTS}
        return cls(tuple(step for step in STEPS if step not in left_out), has_questions)

    def number(self, step: str) -> int:
        """Return the number of a step, from 1; the check is the last."""
        return self.steps.index(step) + 1 if step in self.steps else len(self)

    def __len__(self) -> int:
        return len(self.steps) + 1

    def is_answered(self, step: str, answers: Mapping[str, Any]) -> bool:
        """Tell whether a step has all that its page asks for today, also in an older draft."""
        if step not in answers:
            return False
        needed = _NEEDED_OF.get(step)
        if needed is not None:
            return said_of_itself(answers).get(needed) not in (None, "")
        beside = _ASKED_BESIDE.get(step)
        return not (beside == QUESTIONS and self.has_questions) or beside in answers

    def first_missing(self, answers: Mapping[str, Any]) -> str | None:
        """Return the first step without answers; None when all are there."""
        return next((step for step in self.steps if not self.is_answered(step, answers)), None)

    def after(self, step: str, answers: Mapping[str, Any]) -> str:
        """Return where a saved step leads: to the first one missing after it, else to the check."""
        later = self.steps[self.steps.index(step) + 1 :]
        missing = next((other for other in later if not self.is_answered(other, answers)), None)
        return missing or self.first_missing(answers) or CHECK

    def before(self, step: str) -> str | None:
        """Return the step before one; None before the first."""
        place = self.number(step) - 2
        return self.steps[place] if place >= 0 else None


def first_answers(known: Mapping[str, Any], step: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of a fresh draft: what is known, and the first page as it was saved."""
    answers = {**known, step: dict(given)}
    if PREFILLED in answers:
        answers[PREFILLED] = [one for one in answers[PREFILLED] if one != step]
    return answers


def saved_since(answers: Mapping[str, Any], step: str, version: int) -> bool:
    """Tell whether a step was saved after a version of its draft."""
    return int(answers.get(VERSIONS, {}).get(step, 0)) > version


def split_names(text: str) -> list[str]:
    """Return the product names typed in one field, parted by commas of any script or lines."""
    return list(dict.fromkeys(name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()))


def filing_of(answers: Mapping[str, Any], *, channel: FilingChannel, locale: str) -> Filing:
    """Return the filing that whole answers make.

    Raises: KeyError, when a step is missing.
    """
    stand = answers["stand"]
    return Filing(
        cooperative_code=answers.get(COOPERATIVE_CODE),
        profile=profile_of(answers),
        people=tuple(
            Person(
                name=person["name"],
                gender=Gender(person["gender"]) if person.get("gender") else None,
                phone=person.get("phone") or None,
            )
            for person in answers["people"]["people"]
        ),
        sectors=tuple(answers["products"]["sectors"]),
        products=tuple(
            NamedProduct(name, sector)
            for sector in answers["products"]["sectors"]
            for name in split_names(stand.get("names", {}).get(sector, ""))
        ),
        stops=tuple(answers.get("stops", {}).get("stops", ())),
        needs=StandNeeds(
            width_cm=int(stand.get("width_cm") or USUAL_WIDTH_CM),
            power=bool(stand.get("power")),
            water=bool(stand.get("water")),
            step_free=bool(stand.get("step_free")),
        ),
        channel=channel,
        locale=locale,
        remark=stand.get("remark") or None,
        documents=documents_of(answers),
        answers=call_answers_of(answers),
    )


def documents_of(answers: Mapping[str, Any]) -> tuple[FiledDocument, ...]:
    """Return how a draft stands with the documents of the call."""
    return tuple(
        FiledDocument(
            code=given["code"],
            state=DocumentState(given["state"]),
            explanation=given.get("explanation") or None,
            file_tokens=tuple(given.get("files", ())),
        )
        for given in answers.get(DOCUMENTS, {}).get("documents", ())
    )


def call_answers_of(answers: Mapping[str, Any]) -> tuple[FiledAnswer, ...]:
    """Return the answers of a draft to the questions of the call, without the empty ones."""
    return tuple(
        FiledAnswer(given["code"], given.get("value") or "", given.get("file") or None)
        for given in answers.get(QUESTIONS, {}).get("answers", ())
        if given.get("value") or given.get("file")
    )


def profile_of(answers: Mapping[str, Any]) -> CooperativeProfile:
    """Return what the cooperative said of itself.

    Raises: KeyError, when something that is always asked is missing.
    """
    said = said_of_itself(answers)
    return CooperativeProfile(
        name_ar=said["name_ar"],
        name_fr=said["name_fr"],
        legal_kind=said["legal_kind"],
        register_court=said.get("register_court") or None,
        register_number=said.get("register_number") or None,
        ice=said.get("ice") or None,
        province_code=said["province"],
        commune=said["commune"],
        douar=said.get("douar") or None,
        rural=True if said.get("douar") else None,
        phone=said["phone"],
        email=said.get("email") or None,
        members=said.get("members"),
        women_members=said.get("women_members"),
        youth_members=said.get("youth_members"),
        women_led=_TRUTH.get(said.get("women_led") or ""),
        sectors=tuple(answers["products"]["sectors"]) if "products" in answers else (),
    )


def said_of_itself(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the cooperative, whichever page they were asked on."""
    said: dict[str, Any] = {}
    for step in _OF_THE_COOPERATIVE:
        said |= answers.get(step, {})
    return said


def answers_of(profile: CooperativeProfile, *, code: str) -> dict[str, Any]:
    """Return answers filled from the directory, so that nothing is asked twice (promises A13)."""
    women_led = {True: "yes", False: "no", None: ""}[profile.women_led]
    return {
        COOPERATIVE_CODE: code,
        "cooperative": {
            "name_ar": profile.name_ar,
            "name_fr": profile.name_fr,
            "legal_kind": profile.legal_kind,
            "register_court": profile.register_court or "",
            "register_number": profile.register_number or "",
            "ice": profile.ice or "",
            "phone": profile.phone or "",
            "email": profile.email or "",
        },
        "place": {
            "province": profile.province_code,
            "commune": profile.commune,
            "douar": profile.douar or "",
            "members": profile.members,
            "women_members": profile.women_members,
            "youth_members": profile.youth_members,
            "women_led": women_led,
        },
    }


def answers_of_filing(filing: Filing) -> dict[str, Any]:
    """Return the answers that make a filing, for a change of it or for the next registration.

    The documents are not among them: they have a page of their own once a registration is sent.
    """
    names: dict[str, list[str]] = {}
    for product in filing.products:
        names.setdefault(product.sector_code, []).append(product.name)
    answers = answers_of(filing.profile, code=filing.cooperative_code or "") if filing.profile else {}
    answers |= {
        "products": {"sectors": list(filing.all_sectors())},
        "stops": {"stops": list(filing.stops)},
        "stand": {
            "width_cm": filing.needs.width_cm,
            "power": filing.needs.power,
            "water": filing.needs.water,
            "step_free": filing.needs.step_free,
            "remark": filing.remark or "",
            "names": {sector: "، ".join(own) for sector, own in names.items()},
        },
        "people": {
            "people": [
                {
                    "name": person.name,
                    "gender": person.gender.value if person.gender else "",
                    "phone": person.phone or "",
                }
                for person in filing.people
            ]
        },
        QUESTIONS: {
            "answers": [
                {"code": one.code, "value": one.value, "file": one.file_token} for one in filing.answers
            ]
        },
    }
    if not answers.get(COOPERATIVE_CODE):
        answers.pop(COOPERATIVE_CODE, None)
    return answers


def known_from(
    profile: CooperativeProfile, last: Filing | None, *, code: str, most_people: int
) -> dict[str, Any]:
    """Return answers filled from the directory and from the last registration (promises A13).

    Stops, remarks, papers and the call's own questions belong to one event and are asked anew.
    """
    answers = answers_of(profile, code=code)
    if last is not None:
        again = answers_of_filing(last)
        answers["products"] = again["products"]
        answers["stand"] = {**again["stand"], "remark": ""}
        answers["people"] = {"people": again["people"]["people"][:most_people]}
    answers[PREFILLED] = [step for step in STEPS if step in answers]
    return answers
