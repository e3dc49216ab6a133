"""Card keys are money: they lie encrypted in the database, each under a named key.

AES-256-GCM with a fresh nonce; the SKU is authenticated along, so that a sealed key cannot be
moved to another product. New secrets are sealed with the first key, old ones open with theirs.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orders.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted secret: which key it needs, and nonce and ciphertext together."""

    key_id: str
    box: bytes


class Vault:
    """Seals and opens secrets. `keys` by id, the newest first."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("a vault needs at least one key")
        for key_id, key in keys.items():
            if not key_id or len(key) != KEY_BYTES or len(set(key)) < 8:
                raise ValueError(f"key {key_id!r} must be {KEY_BYTES} random bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._newest = next(iter(keys))
        # Fingerprints must not change when keys are added, so they hang on the oldest one.
        self._fingerprint_key = hashlib.sha256(b"fingerprint" + list(keys.values())[-1]).digest()

    @classmethod
    def from_text(cls, text: str) -> Vault:
        """Read `id:base64,id:base64`, the newest first. Raises ValueError without showing a key."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = part.partition(":")
            try:
                keys[key_id.strip()] = base64.b64decode(encoded.strip(), validate=True)
            except (binascii.Error, ValueError):
                raise ValueError(f"key {key_id.strip()!r} is not base64") from None
        return cls(keys)

    @staticmethod
    def fresh_text() -> str:
        """A new random key, written as `from_text` reads it."""
        return f"k1:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"

    def seal(self, secret: str, sku_id: str) -> Sealed:
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self._newest]
        return Sealed(self._newest, nonce + cipher.encrypt(nonce, secret.encode(), sku_id.encode()))

    def open(self, sealed: Sealed, sku_id: str) -> str:
        """Raises SealBroken where the key is gone or a byte was changed."""
        cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            raise SealBroken(f"the secret needs key {sealed.key_id!r}, which is not configured")
        nonce, box = sealed.box[:NONCE_BYTES], sealed.box[NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, box, sku_id.encode()).decode()
        except InvalidTag:
            raise SealBroken(f"a secret of {sku_id} was changed or moved since it was sealed") from None

    def fingerprint(self, secret: str) -> str:
        """Tells whether two secrets are equal without telling either; keyed against guessing."""
        return hmac.new(self._fingerprint_key, secret.strip().encode(), hashlib.sha256).hexdigest()
