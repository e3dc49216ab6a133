"""Every size that is named by its label is ordered, or it is asked about."""

from __future__ import annotations

import pytest

from tests.nlu.test_corpus import complete
from tests.nlu.test_unseen_shops import framer


@pytest.mark.parametrize(
    "text",
    [
        "科目一VIP 13728391046，再来一个科目四",
        "驾考宝典科目一13728391046 科目四也要",
        "科目四VIP 13728391046 加科目一",
    ],
)
def test_of_two_labels_none_is_left_out_silently(text: str) -> None:
    frame = framer("garage").frame(text)
    assert frame["intent"] == "order"
    assert not complete(frame)


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("科目一VIP 13728391046", ["exam-1-1"]),
        ("科目一VIP 13728391046，科目四VIP 13728391046", ["exam-1-1", "exam-1-2"]),
        ("驾考宝典13728391046，不要科目一，要科目四", ["exam-1-2"]),
    ],
)
def test_labels_that_are_lines_or_taken_back_ask_nothing(text: str, skus: list[str]) -> None:
    frame = framer("garage").frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == skus
