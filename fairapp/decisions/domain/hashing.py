"""The hash of what a letter says."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SHORT = 16


def hash_of(facts: Mapping[str, Any]) -> str:
    """Return SHA-256 over the canonical JSON of a letter's facts, hex."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def short_hash(facts_hash: str) -> str:
    """Return the part of a hash that stands on the letter, in groups of four: `1a2b 3c4d 5e6f 7a8b`."""
    return " ".join(facts_hash[place : place + 4] for place in range(0, SHORT, 4))
