"""The desk's password, kept only as a salted scrypt hash, so that a leaked settings file opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_COST, _BLOCK, _LANES = 2**14, 8, 1
_LONGEST = 200
"""Characters. A longer password is refused unread, so that nobody can make us hash a megabyte."""


def hash_password(password: str, salt: bytes | None = None) -> str:
    """`scrypt$salt$hash`, each time with another salt unless one is given."""
    salt = salt or secrets.token_bytes(16)
    return f"scrypt${_text(salt)}${_text(_digest(password, salt))}"


def password_fits(password: str, hashed: str) -> bool:
    """Whether `password` is the one behind `hashed`; takes some 50 ms, whatever the answer."""
    if len(password) > _LONGEST:
        return False
    try:
        scheme, salt, wanted = hashed.split("$")
        known = scheme == "scrypt"
        salt_bytes, wanted_bytes = base64.b64decode(salt), base64.b64decode(wanted)
    except ValueError:
        return False
    return known and hmac.compare_digest(_digest(password, salt_bytes), wanted_bytes)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
