"""From a file to the directory and back: dry run, apply, undo, on a real database."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM
from fairapp.audit.models import AuditEntry
from fairapp.cooperatives.models import Cooperative, CooperativeSector
from fairapp.imports import queries
from fairapp.imports.domain import ImportState, RowChoice, RowOutcome
from fairapp.imports.errors import NothingToApply, NotInThisState, OnlyTheLastIsUndone, RowNotOpen
from fairapp.imports.models import Import, ImportContent, ImportRow
from fairapp.imports.services import applying, deciding, taking_in, undoing
from tests import NOW
from tests.factories.cooperatives import make_cooperative
from tests.factories.imports import applied, make_import, outcomes, read, register_csv, register_xlsx, undone
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("app_context")
WIDE = ("Nom", "Tribunal", "RC", "Province", "Commune", "Membres", "Femmes", "Secteurs", "Téléphone")


def directory(session: Session) -> list[tuple[str, str, int | None]]:
    session.expire_all()
    found = session.execute(
        select(Cooperative.name_fr, Cooperative.province_code, Cooperative.members).order_by(Cooperative.id)
    )
    return [(row[0], row[1], row[2]) for row in found]


def ready(session: Session, content: bytes) -> Import:
    its = make_import(session, content)
    read(its)
    session.expire_all()
    return session.get_one(Import, its.id)


def ask_and_apply(session: Session, its: Import) -> Import:
    applying.ask_to_apply(session, actor=SYSTEM, code=its.code, now=NOW)
    applied(its)
    session.expire_all()
    return session.get_one(Import, its.id)


def ask_and_undo(session: Session, its: Import) -> Import:
    undoing.ask_to_undo(session, actor=SYSTEM, code=its.code, now=NOW)
    undone(its)
    session.expire_all()
    return session.get_one(Import, its.id)


def row_of(session: Session, its: Import, number: int) -> ImportRow:
    session.expire_all()
    return session.scalars(
        select(ImportRow).where(ImportRow.import_id == its.id, ImportRow.number == number)
    ).one()


def test_reading_changes_nothing_and_says_what_each_row_would_do(session: Session) -> None:
    known = make_cooperative(
        session, name_fr="Coopérative Nour", register_court="Khénifra", register_number="12/2019", members=10
    )
    make_cooperative(session, name_fr="Coopérative Amal", name_ar="تعاونية الأمل", province_code="05.301")
    before = directory(session)
    its = ready(
        session,
        register_csv(
            ("Coopérative Nour", "KHENIFRA", "12 / 2019", "Khénifra", "Khénifra", "١٤", "", "", ""),
            ("Coopérative Zitoun", "", "", "Khénifra", "Khénifra", "5", "2", "Tapis", "0612345678"),
            ("AMAL coop", "", "", "Khénifra", "Khénifra", "", "", "", ""),
            ("Coopérative Zitoun", "", "", "Khénifra", "Khénifra", "9", "", "", ""),
            ("Coopérative Fausse", "", "", "Nulle part", "Khénifra", "", "", "", ""),
            ("Coopérative Nour", "Khénifra", "12/2019", "", "", "", "", "", ""),
            headings=WIDE,
        ),
    )
    assert (its.state, directory(session)) == (ImportState.READY, before)
    assert outcomes(session, its) == {
        2: "changed",
        3: "new",
        4: "doubtful",
        5: "repeated",
        6: "wrong",
        7: "repeated",
    }
    changed = row_of(session, its, 2)
    assert (changed.cooperative_id, changed.before, changed.stated["members"]) == (
        known.id,
        {"members": 10},
        14,
    )
    assert its.counts == {"new": 1, "changed": 1, "same": 0, "doubtful": 1, "repeated": 2, "wrong": 1}


def test_applied_import_makes_and_changes_entries_and_is_recorded_once(session: Session) -> None:
    known = make_cooperative(
        session, name_fr="Coopérative Nour", register_court="Khénifra", register_number="12/2019", members=10
    )
    its = ready(
        session,
        register_csv(
            ("Coopérative Nour", "Khénifra", "12/2019", "", "", "14", "", "Miel et apiculture; Tapis", ""),
            ("Coopérative Zitoun", "", "", "Khénifra", "Khénifra", "5", "2", "Tapis", "06 12 34 56 78"),
            headings=WIDE,
        ),
    )
    its = ask_and_apply(session, its)
    made = session.scalars(select(Cooperative).where(Cooperative.name_fr == "Coopérative Zitoun")).one()
    assert its.state is ImportState.APPLIED
    assert (made.name_ar, made.words_fr, made.phone, made.members, made.women_members, made.legal_kind) == (
        "Coopérative Zitoun",
        "zitoun",
        "+212612345678",
        5,
        2,
        "cooperative",
    )
    assert session.get_one(Cooperative, known.id).members == 14
    sectors = session.scalars(
        select(CooperativeSector.sector_code).where(CooperativeSector.cooperative_id == known.id)
    )
    assert sorted(sectors) == ["AGR-HONEY", "CRAFT-CARPET"]
    acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "imports.applied")).all()
    assert [act.details["counts"]["new"] for act in acts] == [1]
    assert acts[0].details["sha256"] == its.sha256
    assert session.get(ImportContent, its.id) is None


def test_applying_twice_does_nothing_twice(session: Session) -> None:
    its = ask_and_apply(session, ready(session, register_csv(("Coopérative A", "Khénifra", "Khénifra"))))
    applied(its)
    assert len(directory(session)) == 1
    with pytest.raises(NotInThisState):
        applying.ask_to_apply(session, actor=SYSTEM, code=its.code, now=NOW)


def test_file_sent_again_after_it_was_applied_changes_nothing(session: Session) -> None:
    content = register_csv(
        ("Coopérative A", "TPI", "7", "Khénifra", "Khénifra", "5", "2", "Tapis", "0612345678"), headings=WIDE
    )
    ask_and_apply(session, ready(session, content))
    again = ready(session, content)
    assert outcomes(session, again) == {2: "same"}
    with pytest.raises(NothingToApply):
        applying.ask_to_apply(session, actor=SYSTEM, code=again.code, now=NOW)


def test_entry_changed_after_the_dry_run_makes_its_row_doubtful_again(session: Session) -> None:
    known = make_cooperative(session, register_court="Khénifra", register_number="12/2019", members=10)
    its = ready(
        session,
        register_csv(
            (known.name_fr, "Khénifra", "12/2019", "", "", "14", "", "", ""),
            ("Coopérative Zitoun", "", "", "Khénifra", "Khénifra", "", "", "", ""),
            headings=WIDE,
        ),
    )
    session.get_one(Cooperative, known.id).commune = "Ajelmous"
    session.flush()
    its = ask_and_apply(session, its)
    stale = row_of(session, its, 2)
    assert (stale.outcome, stale.candidates) == (RowOutcome.DOUBTFUL, [[known.id, "changed_since"]])
    assert session.get_one(Cooperative, known.id).members == 10
    assert (its.state, its.counts["new"], its.counts["doubtful"]) == (ImportState.APPLIED, 1, 1)


def test_entry_made_after_the_dry_run_makes_the_new_row_doubtful(session: Session) -> None:
    its = ready(session, register_csv(("Coopérative Zitoun", "Khénifra", "Khénifra")))
    made = make_cooperative(session, name_fr="Coop Zitoun", name_ar="تعاونية زيتون")
    its = ask_and_apply(session, its)
    assert row_of(session, its, 2).candidates == [[made.id, "entered_since"]]
    assert len(directory(session)) == 1


@pytest.mark.parametrize(
    "choice, outcome, entries",
    [(RowChoice.NEW, "new", 2), (RowChoice.SAME, "changed", 1), (RowChoice.LEFT_OUT, "doubtful", 1)],
)
def test_doubtful_row_does_what_a_person_says(
    session: Session, choice: RowChoice, outcome: str, entries: int
) -> None:
    make_cooperative(session, name_fr="Coopérative Zitoun", name_ar="تعاونية زيتون", douar=None)
    its = ready(
        session,
        register_csv(
            ("Zitoun", "Khénifra", "Khénifra", "Aït Sidi"),
            ("Coopérative Autre", "Khénifra", "Khénifra", ""),
            headings=("Nom", "Province", "Commune", "Douar"),
        ),
    )
    deciding.decide_rows(session, actor=SYSTEM, code=its.code, numbers=[2], choice=choice, now=NOW)
    session.flush()
    assert outcomes(session, its)[2] == outcome
    ask_and_apply(session, its)
    assert len(directory(session)) == entries + 1


def test_decided_row_can_be_opened_again(session: Session) -> None:
    make_cooperative(session, name_fr="Coopérative Zitoun", name_ar="تعاونية زيتون")
    its = ready(session, register_csv(("Zitoun", "Khénifra", "Khénifra")))
    for choice in (RowChoice.NEW, None):
        deciding.decide_rows(session, actor=SYSTEM, code=its.code, numbers=[2], choice=choice, now=NOW)
    row = row_of(session, its, 2)
    assert (row.outcome, row.choice) == (RowOutcome.DOUBTFUL, None)


def test_row_that_is_not_doubtful_cannot_be_decided(session: Session) -> None:
    its = ready(session, register_csv(("Coopérative Zitoun", "Khénifra", "Khénifra")))
    with pytest.raises(RowNotOpen):
        deciding.decide_rows(
            session, actor=SYSTEM, code=its.code, numbers=[2], choice=RowChoice.LEFT_OUT, now=NOW
        )


def test_all_doubtful_rows_are_decided_at_once(session: Session) -> None:
    for number in range(3):
        make_cooperative(session, name_fr=f"Coopérative Zitoun {number}", name_ar=f"زيتون {number}")
    its = ready(session, register_csv(*((f"Zitoun {number}", "Khénifra", "Khénifra") for number in range(3))))
    done = deciding.decide_rows(
        session, actor=SYSTEM, code=its.code, numbers=None, choice=RowChoice.NEW, now=NOW
    )
    assert (done, its.counts["new"]) == (3, 3)


def test_undo_takes_new_entries_away_and_brings_values_back(session: Session) -> None:
    known = make_cooperative(
        session, register_court="Khénifra", register_number="12/2019", members=10, sectors=("AGR-HONEY",)
    )
    before = directory(session)
    its = ready(
        session,
        register_csv(
            (known.name_fr, "Khénifra", "12/2019", "", "", "14", "", "Tapis", ""),
            ("Coopérative Zitoun", "", "", "Khénifra", "Khénifra", "5", "2", "Tapis", "0612345678"),
            headings=WIDE,
        ),
    )
    ask_and_apply(session, its)
    its = ask_and_undo(session, its)
    assert (its.state, its.counts["kept"], directory(session)) == (ImportState.UNDONE, 0, before)
    assert session.scalars(select(CooperativeSector.sector_code)).all() == ["AGR-HONEY"]


def test_undo_keeps_entries_with_registrations_and_those_changed_since(session: Session) -> None:
    its = ready(
        session,
        register_csv(*((f"Coopérative {name}", "Khénifra", "Khénifra") for name in ("Un", "Deux", "Trois"))),
    )
    ask_and_apply(session, its)
    one, two, _three = session.scalars(select(Cooperative).order_by(Cooperative.name_fr.desc())).all()
    make_registration(session, cooperative=one)
    two.members = 12
    session.flush()
    its = ask_and_undo(session, its)
    assert its.counts["kept"] == 2
    assert {name for name, _province, _members in directory(session)} >= {one.name_fr, two.name_fr}
    kept = [
        row
        for row in queries.rows_after(session, import_id=its.id, outcomes=list(RowOutcome), after=0, most=9)
        if row.problems
    ]
    assert len(kept) == 2


def test_only_the_last_applied_import_is_undone(session: Session) -> None:
    first = ask_and_apply(session, ready(session, register_csv(("Coopérative A", "Khénifra", "Khénifra"))))
    ask_and_apply(session, ready(session, register_csv(("Coopérative B", "Khénifra", "Khénifra"))))
    with pytest.raises(OnlyTheLastIsUndone):
        undoing.ask_to_undo(session, actor=SYSTEM, code=first.code, now=NOW)


def test_row_that_breaks_a_rule_of_the_directory_is_wrong(session: Session) -> None:
    known = make_cooperative(session, register_court="TPI", register_number="1", members=5)
    its = ready(
        session,
        register_csv(
            (known.name_fr, "TPI", "1", "", "", "", "8", "", ""),
            ("Coopérative Zitoun", "", "", "", "Khénifra", "", "", "", ""),
            headings=WIDE,
        ),
    )
    assert outcomes(session, its) == {2: "wrong", 3: "wrong"}
    assert [row_of(session, its, number).problems[0]["column"] for number in (2, 3)] == [
        "women_members",
        "province",
    ]


def test_code_finds_the_kept_entry_of_a_merged_one(session: Session) -> None:
    kept = make_cooperative(session)
    merged = make_cooperative(session, merged_into_id=kept.id)
    its = ready(session, register_csv((merged.code, "7"), headings=("Code", "Membres")))
    assert row_of(session, its, 2).cooperative_id == kept.id


def test_workbook_with_titles_empty_rows_and_formulas_is_read(session: Session) -> None:
    its = ready(
        session,
        register_xlsx(
            (None, None, None),
            ("Nom", "Province", "Commune", "Date de création"),
            ("Coopérative Un", 5.301, "Khénifra", NOW.date()),
            (None, None, None, None),
            ("=HYPERLINK(1)", "خنيفرة", "Khénifra", 41057),
            headings=("Registre des coopératives", "", ""),
        ),
    )
    assert (its.found["headings_row"], outcomes(session, its)) == (3, {4: "new", 6: "wrong"})
    assert row_of(session, its, 4).stated["founded_on"] == NOW.date().isoformat()


def test_columns_that_a_person_chose_are_read_again(session: Session) -> None:
    its = ready(session, register_csv(("Coopérative Un", "Khénifra", "Khénifra"), headings=("X", "Y", "Z")))
    assert its.state is ImportState.UNREADABLE
    taking_in.read_again(
        session, actor=SYSTEM, code=its.code, columns={0: "name_fr", 1: "province", 2: "commune"}, now=NOW
    )
    session.flush()
    read(its)
    assert outcomes(session, its) == {2: "new"}


def test_dropped_import_forgets_its_file_and_rows(session: Session) -> None:
    its = ready(session, register_csv(("Coopérative Un", "Khénifra", "Khénifra")))
    taking_in.drop_import(session, actor=SYSTEM, code=its.code, now=NOW)
    session.flush()
    assert session.get(ImportContent, its.id) is None
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 0


def test_reading_is_left_to_the_worker_that_is_at_it(session: Session, app: Flask) -> None:
    its = make_import(session, register_csv(("Coopérative Un", "Khénifra", "Khénifra")))
    its.worked_at = NOW
    session.flush()
    read(its)
    session.expire_all()
    assert session.get_one(Import, its.id).state is ImportState.READING
