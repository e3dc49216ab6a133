"""What a description may say, and how it is told what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.suppliers.topup_checks import check_account, read_description
from adapters.suppliers.topup_description import Fact, Filling, Unit
from orders.errors import SupplierRejected

SHIPPED = Path(__file__).parents[2] / "data" / "suppliers"
GOOD = (SHIPPED / "dayuanren.yaml").read_text("utf-8")
ACCOUNT = {"user": "10001", "key": "4fQz81LmWx0"}


def rejected(tmp_path: Path, text: str, name: str = "acme") -> SupplierRejected:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SupplierRejected) as caught:
        read_description(path)
    return caught.value


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_descriptions_are_good(path: Path) -> None:
    said = read_description(path)
    assert Fact.REQUEST_NO in {filling.fact for filling in said.submit.fields.values()}
    assert said.money is Unit.YUAN


def test_a_guard_of_face_value_and_one_of_cost_are_sent_to_dayuanren() -> None:
    fields = read_description(SHIPPED / "dayuanren.yaml").submit.fields
    assert fields["amount"] == Filling(Fact.FACE_VALUE)
    assert fields["price"] == Filling(Fact.COST_MAX)


@pytest.mark.parametrize(
    ("before", "after", "line_has", "told"),
    [
        ("hash: md5", "hash: md6", "hash", "Write one of md5, sha256, hmac-sha256"),
        ("field: sign", "fields: sign\n  felid: sign", "felid", "sign.felid: is not known"),
        ("mobile: account", "mobile: acount", "acount", "Write one of request_no"),
        ("userid: setting.user\n    out", "userid: setting\n    out", "setting", "cannot stand here"),
        ("userid: setting.user\n    out", "userid: setting.usr\n    out", "usr", "'usr' is no setting"),
        ('after: "&apikey={key}"', 'after: "&apikey={kye}"', "sign", "names no setting"),
        ('after: "&apikey={key}"', 'after: "&apikey={key"', "sign", "names no setting"),
        ('after: "&apikey={key}"', 'after: "&apikey="', "sign", "nothing secret is signed"),
        ('done: "1"', 'done: "2"', "states", "'2' means two things"),
        ("https://dayuanren.example", "http://dayuanren.example", "base_url", "is not encrypted"),
        ("/yrapi.php/", "/yrapi.php", "base_url", "ends with a slash"),
        ("https://dayuanren", "https://me:secret@dayuanren", "base_url", "more than a host and a path"),
        ("path: index/recharge", "path: //evil.example/recharge", "path", "leaves the base_url"),
        ("out_trade_num: request_no", "x: account", "fields", "our number is not sent"),
        ("  number: out_trade_num\n", "", "order", "`number` is missing"),
        ("rating: 4.5", "rating: 9", "rating", "Write 0 to 5"),
        ('code: "67"}', 'code: "67", cost: 1}', "topup-50", "that cost cannot be"),
        ('ok: "0"', 'ok: ["0", "208"]', "codes", "'208' is ok as well"),
        ("  topup-50:", "  topup-100:", "topup-100", "stands there twice"),
        ("at: data.*.products.*", "at: data", "at", "is one place and no list"),
        ("  cost: price\n", "  cost: price\n  available: on\n", "prices", "go together"),
        ("base_url: ", "base_url: [", "base_url", "not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_line_column_and_remedy(
    tmp_path: Path, before: str, after: str, line_has: str, told: str
) -> None:
    assert before in GOOD
    text = GOOD.replace(before, after, 1)
    error = rejected(tmp_path, text)
    assert told in str(error)
    assert f"acme.yaml:{error.line}:{error.column}: " in str(error)
    around = text.splitlines()[max(0, error.line - 3) : error.line + 1]
    assert any(line_has in line for line in around), around


def test_a_section_that_is_missing_is_named(tmp_path: Path) -> None:
    assert "answer: is missing" in str(rejected(tmp_path, GOOD.split("\nanswer:")[0]))


@pytest.mark.parametrize("name", ["a", "Acme", "house:x", "x" * 21, "a-b"])
def test_a_name_that_does_not_fit_everywhere_is_refused(tmp_path: Path, name: str) -> None:
    assert "cannot be called" in str(rejected(tmp_path, GOOD, name))


@pytest.mark.parametrize("text", ["", "- a list", "a: &x [*x]", "!!python/object:os.system {}", "a: {b: c"])
def test_nonsense_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    assert "acme.yaml:" in str(rejected(tmp_path, text))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    assert "bytes" in str(rejected(tmp_path, "#" * 70_000))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"key": ""}, "XIADAN_SUPPLIER_ACME_KEY"),
        ({"key": "short"}, "no secret of 8 characters"),
        ({"key": "aaaaaaaaaaaa"}, "no secret of 8 characters"),
        ({"key": "your_key_here"}, "still the text of an example"),
        ({"key": " 4fQz81LmWx0"}, "blanks around it"),
        ({"user": ""}, "XIADAN_SUPPLIER_ACME_USER"),
    ],
)
def test_settings_that_are_missing_or_made_up_are_refused(change: dict[str, str], told: str) -> None:
    said = read_description(SHIPPED / "dayuanren.yaml")
    with pytest.raises(SupplierRejected, match=told) as caught:
        check_account("acme", said, ACCOUNT | change, "https://acme.cn/yrapi.php/")
    assert ACCOUNT["key"] not in str(caught.value)
    assert all(not value or value not in str(caught.value).split("Set")[0] for value in change.values())


def test_an_address_that_only_stands_for_one_is_refused() -> None:
    said = read_description(SHIPPED / "dayuanren.yaml")
    with pytest.raises(SupplierRejected, match="XIADAN_SUPPLIER_ACME_URL"):
        check_account("acme", said, ACCOUNT, "")
    check_account("acme", said, ACCOUNT, "https://acme.cn/yrapi.php/")
