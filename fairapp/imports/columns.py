"""Columns of a register: which heading, in whatever spelling, means which field."""

from collections.abc import Mapping, Sequence
from functools import cache

from fairapp.foundation.text import clean, fold

# Fields in the order of the sample file, with the headings that people give them, in three languages.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code",
        "code fairapp",
        "code cooperative",
        "code de la cooperative",
        "رمز",
        "الرمز",
        "رمز التعاونية",
    ),
    "name_ar": (
        "name ar",
        "name arabic",
        "name in arabic",
        "arabic name",
        "nom arabe",
        "nom ar",
        "nom en arabe",
        "denomination arabe",
        "denomination en arabe",
        "الاسم",
        "الإسم",
        "الاسم بالعربية",
        "الإسم بالعربية",
        "اسم التعاونية",
        "إسم التعاونية",
        "التسمية",
        "تسمية التعاونية",
        "اسم التعاونية بالعربية",
        "التعاونية",
        "اسم المنظمة",
        "اسم الهيئة",
    ),
    "name_fr": (
        "name fr",
        "name",
        "name french",
        "name in french",
        "french name",
        "cooperative",
        "name of the cooperative",
        "cooperative name",
        "nom",
        "nom fr",
        "nom francais",
        "nom en francais",
        "nom de la cooperative",
        "nom cooperative",
        "denomination",
        "denomination sociale",
        "denomination de la cooperative",
        "denomination fr",
        "denomination en francais",
        "raison sociale",
        "intitule",
        "organisation",
        "nom de l organisation",
        "الاسم بالفرنسية",
        "الإسم بالفرنسية",
        "اسم التعاونية بالفرنسية",
        "التسمية بالفرنسية",
    ),
    "legal_kind": (
        "legal kind",
        "legal form",
        "legal status",
        "kind",
        "type",
        "forme juridique",
        "statut juridique",
        "forme",
        "nature juridique",
        "الشكل القانوني",
        "الصفة القانونية",
        "النوع",
        "نوع الهيئة",
        "نوع المنظمة",
    ),
    "register_court": (
        "register court",
        "court",
        "tribunal",
        "tribunal d immatriculation",
        "tribunal de premiere instance",
        "lieu d immatriculation",
        "registre local",
        "المحكمة",
        "المحكمة الابتدائية",
        "محكمة التسجيل",
        "السجل المحلي",
        "مكان التسجيل",
    ),
    "register_number": (
        "register number",
        "registration number",
        "number in the register",
        "register no",
        "numero d immatriculation",
        "n d immatriculation",
        "n immatriculation",
        "no d immatriculation",
        "immatriculation",
        "numero d enregistrement",
        "numero du registre",
        "numero au registre",
        "numero de registre",
        "n registre",
        "n rc",
        "rc",
        "rlc",
        "n rlc",
        "registre de commerce",
        "numero rc",
        "رقم التسجيل",
        "رقم السجل",
        "رقم القيد",
        "رقم التقييد",
        "رقم السجل المحلي",
        "السجل التجاري",
        "رقم السجل التجاري",
    ),
    "ice": (
        "ice",
        "ice number",
        "n ice",
        "numero ice",
        "identifiant commun de l entreprise",
        "التعريف الموحد للمقاولة",
        "المعرف الموحد للمقاولة",
        "المعرف المشترك للمقاولة",
        "رقم التعريف الموحد للمقاولة",
        "رقم التعريف الموحد",
    ),
    "province": (
        "province",
        "prefecture",
        "province prefecture",
        "province or prefecture",
        "province ou prefecture",
        "prefecture province",
        "province code",
        "code province",
        "الإقليم",
        "إقليم",
        "العمالة",
        "العمالة أو الإقليم",
        "الإقليم أو العمالة",
        "الإقليم العمالة",
        "العمالة الإقليم",
    ),
    "commune": (
        "commune",
        "municipality",
        "collectivite",
        "الجماعة",
        "جماعة",
        "الجماعة الترابية",
        "ville",
        "المدينة",
    ),
    "douar": ("douar", "village", "quartier", "localite", "lieu dit", "الدوار", "دوار", "الحي", "القرية"),
    "rural": (
        "rural",
        "rural area",
        "milieu",
        "milieu rural",
        "zone rurale",
        "الوسط",
        "قروي",
        "الوسط القروي",
        "المجال",
        "المجال القروي",
    ),
    "sectors": (
        "sectors",
        "sector",
        "activity",
        "activities",
        "products",
        "secteur",
        "secteurs",
        "secteur d activite",
        "secteurs d activite",
        "activite",
        "activites",
        "activite principale",
        "branche",
        "filiere",
        "produits",
        "القطاع",
        "القطاعات",
        "النشاط",
        "الأنشطة",
        "قطاع النشاط",
        "مجال النشاط",
        "المنتجات",
        "المنتوجات",
    ),
    "founded_on": (
        "founded on",
        "founded",
        "date founded",
        "founding date",
        "date of foundation",
        "date de creation",
        "creation",
        "annee de creation",
        "date creation",
        "date de constitution",
        "date de l assemblee constitutive",
        "تاريخ التأسيس",
        "التأسيس",
        "سنة التأسيس",
        "تاريخ الإحداث",
        "تاريخ الإنشاء",
    ),
    "members": (
        "members",
        "number of members",
        "membres",
        "nombre de membres",
        "nombre d adherents",
        "adherents",
        "nombre des adherents",
        "effectif",
        "total des membres",
        "nbre adherents",
        "nb adherents",
        "nb membres",
        "عدد الأعضاء",
        "الأعضاء",
        "عدد المنخرطين",
        "المنخرطون",
        "عدد المتعاونين",
        "مجموع الأعضاء",
    ),
    "women_members": (
        "women members",
        "women",
        "number of women",
        "female members",
        "femmes",
        "nombre de femmes",
        "femmes membres",
        "membres femmes",
        "adherentes",
        "dont femmes",
        "nb femmes",
        "عدد النساء",
        "النساء",
        "عدد العضوات",
        "العضوات",
        "منهم نساء",
        "عدد المنخرطات",
    ),
    "youth_members": (
        "youth members",
        "youth",
        "young members",
        "number of young members",
        "jeunes",
        "nombre de jeunes",
        "jeunes membres",
        "membres jeunes",
        "dont jeunes",
        "nb jeunes",
        "عدد الشباب",
        "الشباب",
        "منهم شباب",
        "عدد الأعضاء الشباب",
    ),
    "women_led": (
        "women led",
        "woman led",
        "led by a woman",
        "presided by a woman",
        "dirigee par une femme",
        "presidee par une femme",
        "presidence feminine",
        "femme presidente",
        "genre du president",
        "sexe du president",
        "ترأسها امرأة",
        "تسيرها امرأة",
        "تديرها امرأة",
        "رئاسة نسائية",
        "جنس الرئيس",
    ),
    "phone": (
        "phone",
        "phone number",
        "telephone",
        "tel",
        "mobile",
        "gsm",
        "numero de telephone",
        "n de telephone",
        "n tel",
        "portable",
        "الهاتف",
        "رقم الهاتف",
        "الهاتف المحمول",
        "النقال",
        "الهاتف النقال",
    ),
    "email": (
        "email",
        "e mail",
        "mail",
        "email address",
        "e mail address",
        "courriel",
        "adresse email",
        "adresse e mail",
        "adresse electronique",
        "البريد الإلكتروني",
        "البريد الالكتروني",
        "الإيميل",
        "ايميل",
    ),
}
FIELDS = tuple(HEADINGS)
# What the sample file and the page call the columns.
SHOWN_HEADINGS = {
    "ar": {
        "code": "الرمز",
        "name_ar": "الاسم بالعربية",
        "name_fr": "الاسم بالفرنسية",
        "legal_kind": "الشكل القانوني",
        "register_court": "المحكمة",
        "register_number": "رقم التسجيل",
        "ice": "التعريف الموحد للمقاولة",
        "province": "الإقليم",
        "commune": "الجماعة",
        "douar": "الدوار",
        "rural": "الوسط",
        "sectors": "القطاعات",
        "founded_on": "تاريخ التأسيس",
        "members": "عدد الأعضاء",
        "women_members": "عدد النساء",
        "youth_members": "عدد الشباب",
        "women_led": "ترأسها امرأة",
        "phone": "الهاتف",
        "email": "البريد الإلكتروني",
    },
    "fr": {
        "code": "Code",
        "name_ar": "Nom arabe",
        "name_fr": "Nom",
        "legal_kind": "Forme juridique",
        "register_court": "Tribunal",
        "register_number": "Numéro d’immatriculation",
        "ice": "ICE",
        "province": "Province",
        "commune": "Commune",
        "douar": "Douar",
        "rural": "Milieu",
        "sectors": "Secteurs",
        "founded_on": "Date de création",
        "members": "Membres",
        "women_members": "Femmes",
        "youth_members": "Jeunes",
        "women_led": "Présidée par une femme",
        "phone": "Téléphone",
        "email": "E-mail",
    },
}
_NAMING = ("name_ar", "name_fr", "code")
ROWS_LOOKED_AT = 20
_LONGEST_HEADING = 120
_LEAST_KNOWN = 2


@cache
def _known() -> dict[str, str]:
    return {fold(heading): name for name, headings in HEADINGS.items() for heading in (name, *headings)}


_LOCAL_REGISTER = {fold("registre local"), fold("السجل المحلي")}


def field_of(heading: str) -> str | None:
    """Return the field that a heading means, in any spelling; None when it is not known."""
    return _known().get(fold(heading))


def recognise(row: Sequence[str]) -> dict[int, str]:
    """Return the fields of a row of headings by their place; a field named twice counts once.

    "Local register" is its court, as registers print it; beside a column of courts it is the number.
    """
    names = [field_of(heading[:_LONGEST_HEADING]) for heading in row]
    if names.count("register_court") > 1 and "register_number" not in names:
        for place, heading in enumerate(row):
            if fold(heading) in _LOCAL_REGISTER:
                names[place] = "register_number"
    found: dict[int, str] = {}
    for place, name in enumerate(names):
        if name is not None and name not in found.values():
            found[place] = name
    return found


def find_headings(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the place of the row of headings among the first rows: the one with most known headings.

    Titles may stand above it. None when no row has two known headings, or one in a file of one column.
    """
    best, most = None, 0
    for place, row in enumerate(rows[:ROWS_LOOKED_AT]):
        known = len(recognise(row))
        if known > most and (known >= _LEAST_KNOWN or _filled(row) == 1):
            best, most = place, known
    return best


def first_filled(rows: Sequence[Sequence[str]]) -> int:
    """Return the place of the first row that has as many filled cells as most rows, as a guess."""
    widest = max((_filled(row) for row in rows[:ROWS_LOOKED_AT]), default=0)
    return next((place for place, row in enumerate(rows) if _filled(row) * 2 > widest), 0)


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def names_somebody(columns: Mapping[int, str]) -> bool:
    """Tell whether some column says which cooperative a row is about."""
    return any(name in columns.values() for name in _NAMING)


def shown_heading(heading: str) -> str:
    """Return a heading as it may be kept and shown."""
    return clean(heading.replace("\n", " "))[:_LONGEST_HEADING]
