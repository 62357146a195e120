"""A QR code as one SVG path, drawn on the server."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # modules of white around the code, as the standard asks


def qr_path(text: str) -> tuple[int, str]:
    """Return the width in modules, quiet zone included, and the path of the dark modules."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=3)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    dark = [
        (x + QUIET, y + QUIET) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark
    ]
    return len(matrix) + 2 * QUIET, "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
