"""Signing and checking badges with ECDSA P-256; keeping the private keys encrypted.

P-256 because every browser verifies it; a shared secret would let a lost gate phone make
badges (promises B50).
"""

import base64
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config import Settings
from fairapp.badges.domain import Claim, pack_claim, split_code, unpack_claim, write_code

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ALGORITHM = ec.ECDSA(hashes.SHA256())


class Vault:
    """Encrypts private keys with the secret of the instance; older secrets still open them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Take the secrets, the newest first."""
        self._fernet = MultiFernet([Fernet(_derive(secret)) for secret in secrets])

    def close(self, key: ec.EllipticCurvePrivateKey) -> bytes:
        """Return a private key encrypted with the newest secret."""
        raw = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self._fernet.encrypt(raw)

    def open(self, encrypted: bytes) -> ec.EllipticCurvePrivateKey:
        """Return a private key.

        Raises: InvalidToken, when no secret of this instance closed it.
        """
        key = serialization.load_der_private_key(self._fernet.decrypt(encrypted), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key


def vault_of(settings: Settings) -> Vault:
    """Return the vault of an instance, from SECRET_KEY and SECRET_KEY_FALLBACKS."""
    secrets = (settings.secret_key, *settings.secret_key_fallbacks)
    return Vault([secret.get_secret_value() for secret in secrets])


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a fresh private key."""
    return ec.generate_private_key(ec.SECP256R1())


def public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half, as gates get it."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def sign_claim(claim: Claim, key: ec.EllipticCurvePrivateKey) -> str:
    """Return the QR text of a claim."""
    packed = pack_claim(claim)
    r, s = decode_dss_signature(key.sign(packed, _ALGORITHM))
    s = min(s, _ORDER - s)  # of the two valid forms the low one, so that a badge has one text
    return write_code(packed, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def read_code(code: str, public_pems: Mapping[int, str]) -> Claim | None:
    """Return the claim of a QR text that one of our keys signed; None for every other text.

    Never raises, whatever the text. `public_pems` maps key ids to public keys.
    """
    parts = split_code(code)
    claim = unpack_claim(parts[0]) if parts else None
    if parts is None or claim is None or claim.key_id not in public_pems:
        return None
    r, s = (int.from_bytes(half, "big") for half in (parts[1][:32], parts[1][32:]))
    if not (0 < r < _ORDER and 0 < s <= _ORDER // 2):
        return None
    try:
        _public_key(public_pems[claim.key_id]).verify(encode_dss_signature(r, s), parts[0], _ALGORITHM)
    except InvalidSignature:
        return None
    return claim


def _derive(secret: str) -> bytes:
    raw = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"fairapp badge keys 1").derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(raw)


@lru_cache(maxsize=64)
def _public_key(pem: str) -> ec.EllipticCurvePublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key
