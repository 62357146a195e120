"""What may be sent as a file, and how large. The numbers are promises B68's."""

import enum

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000  # a phone's largest photo has some 50 million
LONGEST_SIDE_PX = 2200  # after it was written anew: an A4 paper stays readable


class MediaType(enum.StrEnum):
    """Kinds of files that are kept: photos become JPEG, papers in PDF stay PDF."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"
