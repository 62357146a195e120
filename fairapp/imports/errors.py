"""Refusals of imports."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class ImportNotFound(NotFound):
    """No such import."""

    message = N_("We did not find this import.")


class FileMissing(RuleViolation):
    """No file was chosen, or it is empty."""

    message = N_("Choose a file that is not empty.")
    field = "file"


class FileTooLarge(RuleViolation):
    """The file is larger than an import takes."""

    message = N_("The file is larger than %(megabytes)s MB. Send it in parts.")
    field = "file"


class FileUnreadable(RuleViolation):
    """The file is neither a CSV nor an XLSX that we can read."""

    message = N_("We cannot read this file. Save it as XLSX or CSV, then send it again.")
    field = "file"


class OldExcelFile(FileUnreadable):
    """An .xls file, or a workbook locked with a password."""

    message = N_("This is an old Excel file (.xls), or one with a password. Save it as XLSX or CSV.")


class LineUnreadable(FileUnreadable):
    """A line cannot be read as CSV: mostly a quotation mark that is never closed."""

    message = N_("We cannot read the file after line %(line)s: a quotation mark may not be closed there.")


class NothingInside(FileUnreadable):
    """The file holds no rows below its headings."""

    message = N_("The file holds no rows.")


class TooManyRows(FileUnreadable):
    """The file holds more rows than an import takes."""

    message = N_("The file holds more than %(most)s rows. Send it in parts.")


class NameColumnUnknown(FileUnreadable):
    """No column says who a row is about."""

    message = N_("We did not recognise the column with the names. Say below which column it is.")


class NameColumnNotChosen(RuleViolation):
    """A person chose no column that says who a row is about."""

    message = N_("Say which column holds the names, or the codes of the directory.")


class ColumnChosenTwice(RuleViolation):
    """Two columns are said to be the same field."""

    message = N_("Two columns are said to be the same: %(first)s and %(second)s.")


class NotInThisState(Conflict):
    """The import is in a state in which this cannot be done, such as being read."""

    message = N_("This cannot be done now: the import has moved on. Look at where it stands.")


class NothingToApply(RuleViolation):
    """No row would change anything."""

    message = N_("No row would change anything. There is nothing to apply.")


class OnlyTheLastIsUndone(Conflict):
    """A later import was applied after this one."""

    message = N_("Only the import that was applied last can be undone.")


class RowNotOpen(RuleViolation):
    """A row is not one that a person decides."""

    message = N_("There is nothing to decide about this row.")


class DirectoryMoved(Conflict):
    """The directory was changed while an import was being prepared; it is prepared again."""
