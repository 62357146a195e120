"""The secret in the link by which a cooperative says that a registration is its own."""

import hmac

from fairapp.registrations.sealing import seal

# 80 bits: short enough for an SMS, and too many to try. Tries are not counted, so that nobody who
# knows a reference shuts out who has the link.
_SIGNS = 20


def confirm_secret(reference: str) -> str:
    """Return the secret that goes to the phone and the address of the cooperative alone."""
    return seal(f"confirm:{reference}")[:_SIGNS]


def is_confirm_secret(reference: str, text: str) -> bool:
    """Tell whether a text is the secret of a registration's link."""
    return hmac.compare_digest(confirm_secret(reference).encode(), text.encode())
