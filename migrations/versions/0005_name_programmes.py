"""Name the programmes that support cooperatives.

Source: public statements, 2024-2026. Those that are there already are left alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PROGRAMMES = (
    ("mouazara", "برنامج مؤازرة", "Programme Mouazara", "Mouazara programme"),
    ("tahfiz_an_niswa", "برنامج تحفيز النسوة", "Programme Tahfiz An-Niswa", "Tahfiz An-Niswa programme"),
    ("mourafaka", "برنامج مرافقة", "Programme Mourafaka", "Mourafaka programme"),
    (
        "al_jil_al_moutadamin",
        "برنامج الجيل المتضامن",
        "Programme Al-Jil Al-Moutadamin",
        "Al-Jil Al-Moutadamin programme",
    ),
    ("coop_in", "برنامج كوب إن (Coop'IN)", "Programme Coop'IN", "Coop'IN programme"),
    (
        "indh",
        "المبادرة الوطنية للتنمية البشرية",
        "Initiative nationale pour le développement humain (INDH)",
        "National human-development initiative (INDH)",
    ),
)

_TABLE = sa.table(
    "programmes",
    sa.column("code", sa.String),
    sa.column("name_ar", sa.String),
    sa.column("name_fr", sa.String),
    sa.column("name_en", sa.String),
)


def upgrade() -> None:
    """Apply."""
    connection = op.get_bind()
    there = set(connection.scalars(sa.select(_TABLE.c.code)))
    missing = [
        {"code": code, "name_ar": ar, "name_fr": fr, "name_en": en}
        for code, ar, fr, en in PROGRAMMES
        if code not in there
    ]
    if missing:
        connection.execute(_TABLE.insert(), missing)


def downgrade() -> None:
    """Undo: names hinder nobody, the table goes with the structure."""
