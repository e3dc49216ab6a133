"""What must stand right in front of a place is sought near it."""

from __future__ import annotations

import re

from nlu.in_front import REACH, in_front

NOT = re.compile("不是 *$")


def test_it_is_found_where_it_ends_at_the_place() -> None:
    found = in_front(NOT, "我要100不是50", 7)
    assert found is not None
    assert found.span() == (5, 7)


def test_it_is_not_found_where_something_stands_between() -> None:
    assert in_front(NOT, "不是我要的50", 5) is None


def test_what_is_looked_behind_may_stand_out_of_reach() -> None:
    told = re.compile(f"(?<!别)充{{{REACH}}}$")
    assert in_front(told, "别" + "充" * REACH, REACH + 1) is None


def test_more_than_a_few_words_are_no_part_of_it() -> None:
    assert in_front(NOT, "不是" + " " * REACH + "50", REACH + 2) is None
