"""Refusals of files; each says what to do instead."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class FileRefused(RuleViolation):
    """A file that is not kept; the base of what is wrong with it."""

    field = "file"


class FileEmpty(FileRefused):
    """Nothing is in it."""

    message = N_("This file is empty. Take the photo again, or choose another file.")


class FileTooLarge(FileRefused):
    """More bytes than are taken."""

    message = N_("This file is larger than %(most)s MB. Take a photo of the paper with the phone instead.")


class KindNotTaken(FileRefused):
    """Neither a photo nor a PDF, whatever its name says."""

    message = N_("This kind of file cannot be kept. Send a photo (JPEG, PNG or HEIC) or a PDF.")


class FileUnreadable(FileRefused):
    """It begins like a photo or a PDF, but cannot be opened to its end."""

    message = N_("This file is damaged or not whole. Take the photo again, or choose another file.")


class TooManyPixels(FileRefused):
    """A picture that would need too much memory."""

    message = N_("This picture is larger than %(most)s million points. Take the photo again with the phone.")


class PdfLocked(FileRefused):
    """A PDF that asks for a password."""

    message = N_("This PDF asks for a password. Save it without one, or take photos of its pages.")


class TooManyPages(FileRefused):
    """A PDF that is a book."""

    message = N_("This PDF has more than %(most)s pages. Send the pages that matter, or photos of them.")


class CheckingBusy(FileRefused):
    """Too many files are being checked at this moment."""

    message = N_("Many files arrive at this moment. Send this one again in a minute.")


class StoreFull(FileRefused):
    """The disk has no room to spare: the database needs the rest."""

    message = N_("No file can be kept at this moment. Go on without it and add the paper later.")


class TooManyFiles(FileRefused):
    """The owner keeps as many files as it may."""

    message = N_("You have sent %(most)s files already. Remove one before you add another.")


class NoRoomLeft(FileRefused):
    """The owner's files together are as large as they may be."""

    message = N_("Your files together are larger than %(most)s MB. Remove one before you add another.")


class StoredFileNotFound(NotFound):
    """No such file, removed, or not this person's."""

    message = N_("This file is not kept here, or not any more.")


class UploadNotFound(NotFound):
    """The file on its way is not known: too old, or of somebody else."""

    message = N_("We did not find this file on its way. Choose it again.")


class UploadOutOfStep(Conflict):
    """A piece does not follow the last one that arrived; `received` bytes are here."""

    message = N_("A piece of the file is missing. It is sent again from %(received)s bytes on.")
