"""Fresh RSA keys for both sides, made once in a process: making them takes longer than most tests."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

STRANGER = "stranger"
"""Whose key signs what is forged."""


@cache
def fresh_key(owner: str, bits: int = 2048) -> RSAPrivateKey:
    """The key of `owner`: the same one for the same name, in this process."""
    return generate_private_key(65537, bits)


def private_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def bare(pem: str) -> str:
    """The base64 between the lines of a PEM, as consoles show it."""
    return "".join(line for line in pem.splitlines() if not line.startswith("-----"))
