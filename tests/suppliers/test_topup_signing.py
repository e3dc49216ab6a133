"""Each variant of the signature, against digests made by other means or by the suppliers' own rules."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from adapters.suppliers.topup_description import Case, Hash, Pairs, Sequence, Signing
from adapters.suppliers.topup_signing import is_genuine, signature, signed_text

FIELDS = {"b": "2", "a": "1", "empty": "", "sign": "old"}
SETTINGS = {"key": "K3y", "user": "7"}
PLAIN = Signing(field="sign", hash=Hash.MD5, after="&apikey={key}")


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        (PLAIN, "a=1&b=2&empty=&apikey=K3y"),
        (replace(PLAIN, skip_empty=True), "a=1&b=2&apikey=K3y"),
        (replace(PLAIN, before="{key}", after="{key}", joiner="", pairs=Pairs.KEY_VALUE), "K3ya1b2emptyK3y"),
        (replace(PLAIN, pairs=Pairs.VALUE, joiner="", after="{key}"), "12K3y"),
        (replace(PLAIN, outside=("a",)), "b=2&empty=&apikey=K3y"),
        (replace(PLAIN, sequence=Sequence.LISTED, fields=("b", "a")), "b=2&a=1&apikey=K3y"),
        (replace(PLAIN, sequence=Sequence.LISTED, fields=("b", "none")), "b=2&none=&apikey=K3y"),
        (replace(PLAIN, before="user={user}&", joiner="|"), "user=7&a=1|b=2|empty=&apikey=K3y"),
    ],
)
def test_the_signed_text_is_put_together_as_described(sign: Signing, text: str) -> None:
    assert signed_text(sign, FIELDS, SETTINGS) == text
    assert signature(sign, FIELDS, SETTINGS) == hashlib.md5(text.encode()).hexdigest()


def test_hashes_and_cases() -> None:
    text = signed_text(PLAIN, FIELDS, SETTINGS).encode()
    sha = replace(PLAIN, hash=Hash.SHA256, case=Case.UPPER)
    mac = replace(PLAIN, hash=Hash.HMAC_SHA256, key="key")
    assert signature(sha, FIELDS, SETTINGS) == hashlib.sha256(text).hexdigest().upper()
    assert signature(mac, FIELDS, SETTINGS) == hmac.new(b"K3y", text, hashlib.sha256).hexdigest()


def test_a_genuine_signature_is_known_and_any_change_is_seen() -> None:
    signed = FIELDS | {"sign": signature(PLAIN, FIELDS, SETTINGS)}
    assert is_genuine(PLAIN, signed, SETTINGS)
    assert is_genuine(PLAIN, signed | {"sign": signed["sign"].upper()}, SETTINGS)
    for name in ("a", "b", "empty", "new"):
        assert not is_genuine(PLAIN, signed | {name: "9"}, SETTINGS)
    assert not is_genuine(PLAIN, signed, SETTINGS | {"key": "other"})
    assert not is_genuine(PLAIN, FIELDS | {"sign": ""}, SETTINGS)
    assert not is_genuine(PLAIN, {name: FIELDS[name] for name in ("a", "b")}, SETTINGS)


def test_chinese_is_signed_as_utf_8() -> None:
    fields = {"remark": "充值成功"}
    expected = hashlib.md5("remark=充值成功&apikey=K3y".encode()).hexdigest()
    assert signature(PLAIN, fields, SETTINGS) == expected
