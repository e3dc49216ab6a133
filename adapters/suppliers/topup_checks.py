"""Reads the description of an outside supplier, and says what is wrong with it before it costs money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from adapters.suppliers.topup_description import Description, Fact, Hash, Sequence, State
from adapters.suppliers.topup_yaml import Document
from orders.errors import SupplierRejected

SECRET_CHARACTERS_MIN = 8
SECRET_LETTERS_MIN = 4
"""So many different characters: a row of x is a place to fill in."""
PLACEHOLDERS = ("your", "example", "changeme", "placeholder", "secret_here", "<", "xxxx")

NAME = re.compile(r"[a-z][a-z0-9_]{1,19}")


def read_description(path: Path) -> Description:
    """Read and check one file. Raises SupplierRejected with file, line, column, problem and remedy."""
    document = Document.open(path)
    if not NAME.fullmatch(path.stem):
        raise document.wrong(
            "", f"a supplier cannot be called {path.stem!r}", "Use 2 to 20 of a-z, 0-9 and _"
        )
    description = document.read(Description)
    _check_address(document, description)
    _check_settings(document, description)
    _check_numbers(document, description)
    _check_answers(document, description)
    _check_lists(document, description)
    _check_goods(document, description)
    return description


def check_account(name: str, said: Description, settings: Mapping[str, str], base_url: str) -> None:
    """Refuse settings that are missing or only stand for something to fill in. Raises SupplierRejected,
    which never shows a secret."""
    for wrong in account_mistakes(name, said, settings, base_url):
        raise wrong


def account_mistakes(
    name: str, said: Description, settings: Mapping[str, str], base_url: str
) -> Iterator[SupplierRejected]:
    """Each setting that is missing or only stands for something to fill in, without showing a secret."""
    address = base_url or said.base_url
    if problem := address_problem(address, plain_http=said.plain_http):
        yield _unset(name, "url", problem)
    elif (urlsplit(address).hostname or "").endswith((".example", ".invalid", "example.com")):
        yield _unset(name, "url", f"{address} is nobody's address")
    for setting in (*said.settings, *said.secrets):
        if problem := _setting_problem(settings.get(setting, ""), is_secret=setting in said.secrets):
            yield _unset(name, setting, problem)


def _setting_problem(value: str, *, is_secret: bool) -> str:
    if not value or value != value.strip():
        return "it is not set, or has blanks around it"
    if any(word in value.lower() for word in PLACEHOLDERS):
        return "it is still the text of an example"
    if is_secret and (len(value) < SECRET_CHARACTERS_MIN or len(set(value)) < SECRET_LETTERS_MIN):
        return f"that is no secret of {SECRET_CHARACTERS_MIN} characters or more"
    return ""


def _unset(name: str, setting: str, problem: str) -> SupplierRejected:
    variable = f"XIADAN_SUPPLIER_{name}_{setting}".upper()
    remedy = f"Set {variable} to what the supplier gave you, or drop {name} from XIADAN_SUPPLIERS"
    return SupplierRejected(f"supplier {name}", 0, 0, f"{setting}: {problem}", remedy)


def _check_address(document: Document, said: Description) -> None:
    if problem := address_problem(said.base_url, plain_http=said.plain_http):
        raise document.wrong("base_url", problem, "Write https://host/path/, or set plain_http: true")
    for name, call in said.calls.items():
        if "//" in call.path or call.path.startswith("/") or "?" in call.path:
            raise document.wrong(
                f"{name}.path", f"{call.path!r} leaves the base_url", "Write it as index/recharge"
            )


def address_problem(url: str, *, plain_http: bool) -> str:
    """What is wrong with a base address; empty where nothing is."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or not url.endswith("/"):
        return f"{url!r} is no address that ends with a slash"
    if parts.query or parts.fragment or parts.username:
        return f"{url!r} has more than a host and a path"
    if parts.scheme == "http" and not plain_http and parts.hostname not in ("127.0.0.1", "localhost"):
        return f"{url!r} is not encrypted"
    return ""


def _check_settings(document: Document, said: Description) -> None:
    known = {*said.settings, *said.secrets}
    signatures = {"sign": said.sign}
    if said.callback and said.callback.sign:
        signatures["callback.sign"] = said.callback.sign
    for where, sign in signatures.items():
        try:
            sign.filled(dict.fromkeys(known, ""))
        except (ValueError, KeyError, IndexError, AttributeError):
            raise document.wrong(
                where,
                "`before` or `after` names no setting",
                f"Known are {', '.join(sorted(known))}; write {{{{ for a brace",
            ) from None
        if (sign.hash is Hash.HMAC_SHA256) != bool(sign.key):
            raise document.wrong(
                where, "hmac-sha256 needs `key`, and no other hash has one", "Mend one of them"
            )
        if not sign.settings & set(said.secrets):
            raise document.wrong(
                where, "nothing secret is signed, so anybody could", "Put {key} into `after`"
            )
        if (sign.sequence is Sequence.LISTED) != bool(sign.fields):
            raise document.wrong(where, "`listed` needs `fields`, and `sorted` has none", "Mend one of them")
        if sign.key and sign.key not in known:
            raise document.wrong(
                where, f"{sign.key!r} is no setting", f"Known are {', '.join(sorted(known))}"
            )
    for name, call in said.calls.items():
        for key, filling in call.fields.items():
            where = f"{name}.fields.{key}"
            if filling.fact is Fact.SETTING and filling.argument not in known:
                raise document.wrong(
                    where, f"{filling.argument!r} is no setting", "Add it to settings or secrets"
                )
            if filling.fact is Fact.CALLBACK_URL and said.callback is None:
                raise document.wrong(where, "there is no section callback", "Write one, or drop the field")
            if key == said.sign.field:
                raise document.wrong(where, "the signature goes there", "Drop the field")


def _check_numbers(document: Document, said: Description) -> None:
    for name in ("submit", "query"):
        facts = {filling.fact for filling in said.calls[name].fields.values()}
        if Fact.REQUEST_NO not in facts:
            raise document.wrong(f"{name}.fields", "our number is not sent", "Fill a field with request_no")
    facts = {filling.fact for filling in said.submit.fields.values()}
    if not facts & {Fact.CODE, Fact.FACE_VALUE}:
        raise document.wrong(
            "submit.fields", "nothing says which goods", "Fill a field with code or face_value"
        )
    if not said.order.number and (said.callback or "*" in said.query.at):
        raise document.wrong("order", "`number` is missing", "Say under which name our number comes back")
    if not 0 <= said.rating <= 5:
        raise document.wrong("rating", f"{said.rating} is no rating", "Write 0 to 5")


def _check_answers(document: Document, said: Description) -> None:
    listed = [value for values in said.order.states.values() for value in values]
    if twice := sorted({value for value in listed if listed.count(value) > 1}):
        raise document.wrong("order.states", f"{twice[0]!r} means two things", "Keep it under one of them")
    if missing := sorted({State.DONE, State.FAILED} - set(said.order.states)):
        raise document.wrong("order.states", f"{missing[0]} is missing", "List the values that mean it")
    if both := sorted(set(said.answer.ok) & set(said.answer.codes)):
        raise document.wrong("answer.codes", f"{both[0]!r} is ok as well", "Keep it in one of the two")
    if said.answer.words and not said.answer.message:
        raise document.wrong("answer", "`words` without `message`", "Say where the message stands")


def _check_lists(document: Document, said: Description) -> None:
    for name in ("prices", "bill"):
        call = said.calls.get(name)
        if call is not None and "*" not in call.at.split("."):
            raise document.wrong(
                f"{name}.at", f"{call.at!r} is one place and no list", "End it with *: data.list.*"
            )
    if said.prices is not None and bool(said.prices.available) != bool(said.prices.available_is):
        raise document.wrong(
            "prices", "`available` and `available_is` go together", "Write available: on, available_is: [1]"
        )


def _check_goods(document: Document, said: Description) -> None:
    for sku_id, goods in said.goods.items():
        if goods.cost is None and said.prices is None:
            raise document.wrong(
                f"goods.{sku_id}", "nobody says what it costs", "Write {code: ..., cost: 98.50}"
            )
        if goods.cost is not None and (said.prices is not None or not 0 < goods.cost < 10**7):
            raise document.wrong(
                f"goods.{sku_id}", "that cost cannot be", "Write yuan, and only without `prices`"
            )
