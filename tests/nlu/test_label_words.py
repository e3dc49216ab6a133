"""What of a variant's label people say."""

from __future__ import annotations

import pytest

from nlu.label_words import label_words


@pytest.mark.parametrize(
    ("label", "sizes", "said"),
    [
        ("全合成机油", (), {"全合成机油", "全合成", "机油"}),
        ("暑假班", (), {"暑假班", "暑假"}),
        ("近十年真题pdf", ("近十年",), {"真题", "pdf"}),
        ("一学年(10个月)", ("10个月",), {"一学年", "一学"}),
        ("科目一+科目四", (), {"科目一", "科目四", "科一", "科四"}),
        ("10次卡", ("10次",), set()),
        ("2段", (), {"2段"}),
    ],
)
def test_a_label_is_said_by_its_pieces(label: str, sizes: tuple[str, ...], said: set[str]) -> None:
    assert said <= {word for word, _ in label_words(label, sizes)}
    assert said or not list(label_words(label, sizes))


def test_the_end_of_a_short_label_says_too_little() -> None:
    assert "杯券" not in dict(label_words("单杯券", ()))


def test_a_piece_of_a_bundle_is_but_a_part() -> None:
    assert dict(label_words("真题+听力", ())) == {"真题": 2, "听力": 2}
    assert not dict(label_words("真题", ()))["真题"]


def test_what_stands_in_front_of_a_number_is_said_alone() -> None:
    assert ("半合成", 1) in set(label_words("半合成4l", ()))
