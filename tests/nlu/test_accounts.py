"""Recipients: exactly right, however typed or spoken, or a problem. Never repaired, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlu.accounts import Account, Recipient, carrier
from nlu.understanding import ProblemCode
from tests.nlu.readers import lexicon, phrases, read, rows, table

PREFIXES = [prefix for prefixes in lexicon().groups("carriers.prefixes").values() for prefix in prefixes]
SPOKEN = "零一二三四五六七八九"
RADIO = dict(zip(SPOKEN, "洞幺二三四五六拐八勾", strict=True))


def recipients(text: str, kind: str) -> list[str | None]:
    """The accounts that a product of `kind` would be delivered to."""
    return [account.read_as(kind, lexicon()).account for account in claimed(text)]


def claimed(text: str) -> list[Account]:
    return [mark.value for mark in read(text).accounts if mark.value.claimed]


@pytest.mark.parametrize(("phrase", "account"), rows("accounts", "phone"))
def test_one_phone_however_it_is_given(phrase: str, account: str) -> None:
    assert recipients(phrase, "phone") == [account]


@pytest.mark.parametrize(("phrase", "account"), rows("accounts", "qq"))
def test_one_qq_number_however_it_is_given(phrase: str, account: str) -> None:
    assert recipients(phrase, "qq") == [account]


@pytest.mark.parametrize(("phrase", "account"), rows("accounts", "uid"))
def test_one_uid_however_it_is_given(phrase: str, account: str) -> None:
    assert recipients(phrase, "uid") == [account]


@pytest.mark.parametrize(("phrase", "account"), rows("accounts", "email"))
def test_one_email_however_it_is_given(phrase: str, account: str) -> None:
    assert recipients(phrase, "email") == [account]


@pytest.mark.parametrize(("phrase", "account"), rows("accounts", "game_id"))
def test_one_game_account_as_it_was_typed(phrase: str, account: str) -> None:
    assert recipients(phrase, "game_id") == [account]


@pytest.mark.parametrize(("phrase", "account"), rows("accounts", "fuel_card"))
def test_one_fuel_card_however_it_is_given(phrase: str, account: str) -> None:
    assert recipients(phrase, "fuel_card") == [account]


@pytest.mark.parametrize(("phrase", "account"), rows("accounts", "address"))
def test_one_address_as_it_was_typed(phrase: str, account: str) -> None:
    assert recipients(phrase, "address") == [account]


@pytest.mark.parametrize(("phrase", "kind", "code"), table("accounts")["problems"])
def test_what_cannot_be_right_is_a_problem(phrase: str, kind: str, code: str) -> None:
    found = [account.read_as(kind, lexicon()) for account in claimed(phrase)]
    assert [recipient.account for recipient in found] == [None]
    assert found[0].problem is not None
    assert found[0].problem.code is ProblemCode(code)


@pytest.mark.parametrize("phrase", phrases("accounts", "none"))
def test_other_digits_are_nobodys_account(phrase: str) -> None:
    assert claimed(phrase) == []


@pytest.mark.parametrize(
    ("phrase", "accounts"),
    [
        ("13811110026，18611110027", ["13811110026", "18611110027"]),
        ("13811110063、13911110064、13711110065", ["13811110063", "13911110064", "13711110065"]),
        ("13811110044,话费,100\n13911110045,话费,200", ["13811110044", "13911110045"]),
        ("138 1111 0063 139 1111 0064", ["13811110063", "13911110064"]),
        ("幺三八幺幺幺幺零零六三和幺三九幺幺幺幺零零六四", ["13811110063", "13911110064"]),
        ("号码13800138000，不对，是13900139000", ["13800138000", "13900139000"]),
        ("13811110063/13911110064", ["13811110063", "13911110064"]),
        ("①13811110063 话费50 ②13911110064", ["13811110063", "13911110064"]),
        ("13811110063 13911110064 50", ["13811110063", "13911110064"]),
    ],
)
def test_several_phones_stay_apart(phrase: str, accounts: list[str]) -> None:
    assert recipients(phrase, "phone") == accounts


def test_a_number_called_a_phone_is_no_qq_number() -> None:
    (account,) = claimed("手机13800138000")
    assert account.read_as("qq", lexicon()).account is None


def test_a_number_called_qq_is_no_phone_and_no_problem_of_one() -> None:
    (account,) = claimed("QQ13800138000")
    assert account.read_as("phone", lexicon()) == Recipient("phone", None)


def test_a_country_code_is_taken_off_a_phone_and_left_on_a_uid() -> None:
    (account,) = claimed("8613800138000")
    assert account.read_as("phone", lexicon()).account == "13800138000"
    assert account.read_as("uid", lexicon()).account == "8613800138000"


def test_an_account_is_found_where_it_was_typed() -> None:
    said = read("充Ｑ币　ＱＱ：８４５５１０２９３")
    (mark,) = said.accounts
    span = said.page.span(mark.start, mark.end)
    assert said.page.original[span.start : span.end] == "８４５５１０２９３"


def test_an_amount_in_front_never_joins_a_card_number() -> None:
    assert recipients("加油卡100 9030120012345678", "fuel_card") == ["9030120012345678"]
    assert recipients("加油卡 100 1000113400012345678", "fuel_card") == ["1000113400012345678"]
    assert recipients("卡号 100 9030120012345678", "fuel_card")[-1] == "9030120012345678"


def test_a_word_that_may_be_an_account_stays_free() -> None:
    said = read("mengxy8820")
    assert [mark.value.claimed for mark in said.accounts] == [False]
    assert said.page.rest() == "mengxy8820"


@pytest.mark.parametrize(
    ("phone", "name"),
    [
        ("13800138000", "移动"),
        ("18612340003", "联通"),
        ("18012340003", "电信"),
        ("19212340003", "广电"),
        ("17012340003", None),
    ],
)
def test_a_prefix_names_its_network(phone: str, name: str | None) -> None:
    assert carrier(phone, lexicon()) == name


phones = st.builds(
    lambda prefix, rest: f"{prefix}{rest:08d}", st.sampled_from(PREFIXES), st.integers(0, 99_999_999)
)


@st.composite
def ways_to_give(draw: st.DrawFn) -> tuple[str, str]:
    """A phone, and one of the many ways to type or say it."""
    phone = draw(phones)
    spoken = "".join(SPOKEN[int(digit)] for digit in phone)
    if draw(st.booleans()):
        spoken = "".join(RADIO[digit] if draw(st.booleans()) else digit for digit in spoken)
    groups = phone[:3], phone[3:7], phone[7:]
    said = spoken[:3], spoken[3:7], spoken[7:]
    pause = draw(st.sampled_from([" ", "，", "嗯", " 呃 ", "，然后，", "、", "那个"]))
    form = draw(
        st.sampled_from(
            [
                phone,
                "-".join(groups),
                " ".join(groups),
                "\n".join(groups),
                f"+86 {phone}",
                f"+86-{'-'.join(groups)}",
                f"86{phone}",
                f"0086{phone}",
                phone.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
                spoken,
                pause.join(said),
                " ".join(phone),
                f"{phone[:3]}{pause}{phone[3:7]}{pause}{phone[7:]}",
            ]
        )
    )
    return phone, form


@given(ways_to_give())
def test_every_way_to_give_a_phone_gives_the_same_phone(given_: tuple[str, str]) -> None:
    phone, form = given_
    assert recipients(f"充100元话费，手机号{form}", "phone") == [phone]
    assert recipients(f"{form}", "phone") == [phone]
    assert recipients(f"给{form}充50", "phone") == [phone]


@given(phones, st.integers(0, 10), st.integers(1, 9))
def test_a_changed_digit_changes_the_phone_or_is_a_problem(phone: str, at: int, by: int) -> None:
    changed = phone[:at] + str((int(phone[at]) + by) % 10) + phone[at + 1 :]
    for found in recipients(f"手机号{changed}充50", "phone"):
        assert found in (changed, None)


@given(phones, st.integers(0, 10))
def test_a_dropped_or_doubled_digit_is_never_repaired(phone: str, at: int) -> None:
    for broken in (phone[:at] + phone[at + 1 :], phone[:at] + phone[at] + phone[at:]):
        assume(not (broken.startswith("86") and len(broken) == 13))
        for text in (f"手机号{broken}", f"话费50 {broken}", "号码" + "".join(SPOKEN[int(d)] for d in broken)):
            assert recipients(text, "phone") in ([None], [])


@given(st.text(alphabet="0123456789一二三幺零 -+@.,嗯号手机qQ是：\n*x", max_size=60))
def test_nothing_that_looks_like_accounts_breaks_the_reader(text: str) -> None:
    end = 0
    for mark in read(text).accounts:
        if mark.value.claimed:
            assert end <= mark.start < mark.end
            end = mark.end
