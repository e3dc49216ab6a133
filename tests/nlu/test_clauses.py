"""Which clause a place of a message is in."""

import re

from nlu.clauses import Clauses

TEXT = "京东卡，100的。谢谢"


def test_a_sign_belongs_to_the_clause_that_it_ends() -> None:
    clauses = Clauses.of(TEXT)
    assert [clauses.at(place) for place in (0, TEXT.index("，"), TEXT.index("1"), len(TEXT))] == [0, 0, 1, 2]


def test_a_clause_reaches_from_sign_to_sign_and_to_the_end_of_the_message() -> None:
    clauses = Clauses.of(TEXT)
    assert [TEXT[slice(*clauses.bounds(TEXT.index(word)))] for word in ("京", "1", "谢")] == [
        "京东卡",
        "100的",
        "谢谢",
    ]


def test_another_reader_may_let_other_signs_end_a_clause() -> None:
    assert Clauses.of(TEXT, re.compile("。")).at(TEXT.index("1")) == 0
