"""The signatures of outside suppliers: one rule with its variants, as their descriptions tell them.

`sign = MD5(k1=v1&k2=v2&apikey=KEY)`, sorted or as listed, names or values only, the key in front or
behind, upper or lower case: https://www.kancloud.cn/boyanyun/boyanyun_huafei/3097250 and
https://www.jisuapi.com/api/mobilerecharge are two of them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from adapters.suppliers.topup_description import Case, Hash, Pairs, Sequence, Signing


def signature(sign: Signing, fields: Mapping[str, str], settings: Mapping[str, str]) -> str:
    text = signed_text(sign, fields, settings).encode()
    match sign.hash:
        case Hash.MD5:
            digest = hashlib.md5(text).hexdigest()
        case Hash.SHA256:
            digest = hashlib.sha256(text).hexdigest()
        case Hash.HMAC_SHA256:
            digest = hmac.new(settings[sign.key].encode(), text, hashlib.sha256).hexdigest()
    return digest.upper() if sign.case is Case.UPPER else digest


def is_genuine(sign: Signing, fields: Mapping[str, str], settings: Mapping[str, str]) -> bool:
    """Whether the fields carry the signature that they should. Its case is no secret and may differ."""
    given = fields.get(sign.field, "").lower()
    expected = signature(sign, fields, settings).lower()
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def signed_text(sign: Signing, fields: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """The text under the signature, secrets and all."""
    outside = {sign.field, *sign.outside}
    names = sorted(fields) if sign.sequence is Sequence.SORTED else list(sign.fields)
    parts = [
        _part(sign.pairs, name, fields.get(name, ""))
        for name in names
        if name not in outside and (fields.get(name) or not sign.skip_empty)
    ]
    before, after = sign.filled(settings)
    return f"{before}{sign.joiner.join(parts)}{after}"


def _part(pairs: Pairs, name: str, value: str) -> str:
    match pairs:
        case Pairs.KEY_IS_VALUE:
            return f"{name}={value}"
        case Pairs.KEY_VALUE:
            return f"{name}{value}"
        case Pairs.VALUE:
            return value
