"""Lists as CSV files that spreadsheets open rightly and safely (promises A80)."""

import csv
import io
from collections.abc import Iterable, Sequence

from fairapp.foundation.text import clean

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARK = "\ufeff"  # without it, spreadsheets read Arabic as another encoding


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, without control characters."""
    kept = clean(text)
    return f"'{kept}" if kept.startswith(_FORMULA_STARTS) else kept


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a list as RFC 4180 in UTF-8 with its mark; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([defused("" if cell is None else str(cell)) for cell in row])
    return (_MARK + text.getvalue()).encode()
