"""Signed codes: what is read back, and that nothing else is."""

import random
from dataclasses import replace
from datetime import date

import pytest
from cryptography.fernet import InvalidToken

from fairapp.badges.domain import Claim, HolderKind, base45, from_base45, pack_claim, write_code
from fairapp.badges.signing import Vault, new_key, public_pem, read_code, sign_claim

KEY = new_key()
KEYS = {1: public_pem(KEY), 2: public_pem(new_key())}
CLAIM = Claim(3, 12345678, HolderKind.EXHIBITOR, date(2027, 5, 28), date(2027, 6, 3), 1)
CODE = sign_claim(CLAIM, KEY)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def test_signed_claim_is_read_back_from_a_short_text() -> None:
    assert (len(CODE), read_code(CODE, KEYS)) == (120, CLAIM)


def test_retired_key_still_vouches_for_its_badges() -> None:
    second = replace(CLAIM, key_id=2)
    key = new_key()
    keys = KEYS | {2: public_pem(key)}
    assert (read_code(sign_claim(second, key), keys), read_code(CODE, keys)) == (second, CLAIM)


def test_signature_of_another_key_is_refused() -> None:
    assert read_code(sign_claim(CLAIM, new_key()), KEYS) is None
    assert read_code(sign_claim(replace(CLAIM, key_id=2), KEY), KEYS) is None
    assert read_code(sign_claim(replace(CLAIM, key_id=9), KEY), KEYS) is None


def test_other_form_of_the_same_signature_is_refused() -> None:
    raw = from_base45(CODE) or b""
    s = ORDER - int.from_bytes(raw[48:], "big")
    assert read_code(base45(raw[:48] + s.to_bytes(32, "big")), KEYS) is None


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, bytes(63) + b"\x01"], ids=["0", "max", "r=0"])
def test_impossible_signature_is_refused(signature: bytes) -> None:
    assert read_code(write_code(pack_claim(CLAIM), signature), KEYS) is None


def test_no_mutated_code_is_accepted_and_none_raises() -> None:
    chance = random.Random(50)
    accepted = 0
    for _ in range(4000):
        symbols = list(CODE)
        match chance.randrange(5):
            case 0:
                symbols[chance.randrange(120)] = chance.choice(SYMBOLS)
            case 1:
                del symbols[chance.randrange(120) :]
            case 2:
                symbols.insert(chance.randrange(120), chance.choice(SYMBOLS))
            case 3:
                a, b = chance.sample(range(120), 2)
                symbols[a], symbols[b] = symbols[b], symbols[a]
            case _:
                raw = bytearray(from_base45(CODE) or b"")
                raw[chance.randrange(80)] ^= 1 << chance.randrange(8)
                symbols = list(base45(bytes(raw)))
        text = "".join(symbols)
        if text != CODE and read_code(text, KEYS) is not None:
            accepted += 1
    assert accepted == 0


@pytest.mark.parametrize(
    "text",
    ["", "K7QM-4T2X", "\x00" * 120, "\ud800" * 120, CODE.lower(), CODE + " ", "١" * 120, "V" * 100_000],
)
def test_any_other_text_is_refused_without_an_exception(text: str) -> None:
    assert read_code(text, KEYS) is None


def test_vault_opens_keys_of_older_secrets_and_of_no_others() -> None:
    closed = Vault(["old secret"]).close(KEY)
    assert public_pem(Vault(["new secret", "old secret"]).open(closed)) == KEYS[1]
    with pytest.raises(InvalidToken):
        Vault(["new secret"]).open(closed)
    assert b"PRIVATE" not in closed
