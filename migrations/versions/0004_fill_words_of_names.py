"""Fill the words of the names of cooperatives, under which duplicates meet.

The rule stands here a second time, as it was on the day of this migration. Rows that have their words
already are left alone, so it can be run again after a stop.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
LONGEST = 199

_DIGITS = {ord(d): str(n) for base in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for n, d in enumerate(base)}
_BIDI_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_FOLDS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None}
)
_LETTERS = str.maketrans({"ڭ": "ك", "گ": "ك", "ݣ": "ك", "پ": "ب", "ڤ": "ف", "ء": None, "œ": "oe", "æ": "ae"})
_PHRASES = ("ذات النفع الاقتصادي", "d interet economique", "interet economique", "g i e", "s a r l")
_WORDS_AR = (
    "تعاونيه تعاونيات تعاوني جمعيه جمعيات اتحاد اتحادات مجموعه مجموعات مجموع شبكه شبكات فيدراليه فدراليه"
    " كونفدراليه تعاضديه تعاضديات مقاوله مقاولات شركه شركات موسسه موسسات رابطه هييه منظمه"
)
_WORDS_FR = (
    "cooperative cooperatives coop coops cop association associations asso assoc ass union unions groupement"
    " groupements groupe gie societe societes ste sarl federation federations reseau reseaux mutuelle"
    " mutuelles entreprise entreprises fondation network society company group enterprise"
    # articles and the words between: they come and go with whoever writes
    " de du des d la le les l et and the of"
)
_WORDS = frozenset([*_WORDS_AR.split(), *("ال" + word for word in _WORDS_AR.split()), *_WORDS_FR.split()])


def _fold(text: str) -> str:
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    folded = kept.translate(_BIDI_MARKS).translate(_DIGITS).translate(_FOLDS)
    plain = unicodedata.normalize("NFKD", folded)
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def words_key(name: str) -> str:
    """Return the folded words of a name in order, without those that only say the kind of body."""
    text = _fold(name).translate(_LETTERS)
    bare = f" {text} "
    for phrase in _PHRASES:
        bare = bare.replace(f" {phrase} ", " ")
    words = [word for word in bare.split() if word not in _WORDS] or text.split()
    return " ".join(sorted(words))[:LONGEST]


_TABLE = sa.table(
    "cooperatives",
    sa.column("id", sa.Integer),
    sa.column("name_ar", sa.String),
    sa.column("name_fr", sa.String),
    sa.column("words_ar", sa.String),
    sa.column("words_fr", sa.String),
)


def upgrade() -> None:
    """Apply."""
    connection, last = op.get_bind(), 0
    while rows := connection.execute(_next_rows(last)).all():
        values = [{"row": row.id, "ar": words_key(row.name_ar), "fr": words_key(row.name_fr)} for row in rows]
        connection.execute(
            _TABLE.update()
            .where(_TABLE.c.id == sa.bindparam("row"))
            .values(words_ar=sa.bindparam("ar"), words_fr=sa.bindparam("fr")),
            values,
        )
        last = rows[-1].id


def downgrade() -> None:
    """Undo: empty words are as good as none, the columns go with the structure."""


def _next_rows(last: int) -> sa.Select[tuple[int, str, str]]:
    return (
        sa.select(_TABLE.c.id, _TABLE.c.name_ar, _TABLE.c.name_fr)
        .where(_TABLE.c.id > last, _TABLE.c.words_ar == "", _TABLE.c.words_fr == "")
        .order_by(_TABLE.c.id)
        .limit(AT_ONCE)
    )
