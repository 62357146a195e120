"""1,000 badges in one PDF beside 1,000 empty pages with a QR code by the same libraries.

Goal: at least 40 % of the speed of the bare pages.

    python -m bench.badges_pdf
"""

import json
import statistics
import time
from datetime import date

import typst

from bench.databases import applications
from bench.servers import tell
from fairapp.badges.codes import sheet_svg
from fairapp.badges.domain import BadgeStatus, Card, CardStop
from fairapp.badges.printing import print_badges

GOAL = 0.40
BADGES = 1_000
ROUNDS = 5
BARE = b"""#let pages = json(bytes(sys.inputs.pages))
#set page(paper: "a6", margin: 8mm)
#for (place, svg) in pages.enumerate() [
  #if place > 0 { pagebreak() }
  #image(bytes(svg), format: "svg", width: 44mm)
]
"""


def card(number: int) -> Card:
    """Return a badge with Arabic, French and mixed text."""
    stop = CardStop(
        "S1", "خنيفرة", "Khénifra", date(2027, 5, 28), date(2027, 6, 3), (f"A-{number % 99 + 1:02d}",)
    )
    return Card(
        code=f"{number:06d}".ljust(120, "A"),
        short_code=f"{number:08d}",
        token="t" * 32,
        name="فاطمة الزهراء أيت لحسن" if number % 2 else "Brahim Oubella",
        gender="woman" if number % 2 else "man",
        cooperative_ar="تعاونية تيفاوين لزيت الأركان",
        cooperative_fr="Coopérative Tifaouine d’huile d’argan",
        event_ar="المعرض الجهوي «السوق التضامني» 2027",
        event_fr="Foire régionale « Marché solidaire » 2027",
        event_slug="bench-fair",
        stops=(stop,),
        sector_code="ARG-FOOD",
        position=number % 2 + 1,
        count=2,
        status=BadgeStatus.VALID,
    )


def bare(cards: list[Card], compiler: typst.Compiler) -> bytes:
    """Return the bare pages."""
    pages = json.dumps([sheet_svg(one.code) for one in cards])
    pdf: bytes = compiler.compile(input=BARE, sys_inputs={"pages": pages}, format="pdf")
    return pdf


def main() -> None:
    """Measure by turns."""
    cards = [card(number) for number in range(BADGES)]
    compiler = typst.Compiler(ignore_system_fonts=True)
    own, reference = [], []
    with applications() as each:
        _name, app = next(each)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            bare(cards, compiler)
            between = time.perf_counter()
            with app.app_context():
                print_badges(cards)
            reference.append(between - began)
            own.append(time.perf_counter() - between)
    median = statistics.median
    tell(f"{BADGES} badges in one PDF", median(own), median(reference), beside="bare pages", goal=GOAL)


if __name__ == "__main__":
    main()
