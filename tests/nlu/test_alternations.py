"""Words of the lexicon as pieces of patterns."""

import re

from nlu.alternations import any_in, any_of, either, repeatable
from nlu.lexicon import Lexicon
from tests.nlu.readers import DATA

LEXICON = Lexicon.read(DATA)


def test_the_longest_word_is_read_first() -> None:
    found = re.match(either(["不要", "不要了", "c++"]), "不要了")
    assert found is not None
    assert found[0] == "不要了"
    assert re.fullmatch(either(["c++"]), "c++")


def test_of_no_words_none_is_ever_there() -> None:
    assert re.search(either([]), "") is None


def test_a_list_is_named_with_its_file_or_within_it() -> None:
    assert any_in(LEXICON, "english")("lacking") == any_of(LEXICON, "english.lacking")
    assert re.fullmatch(any_of(LEXICON, "english.lacking", "mishaps.wrong") + "{2}", "money错")


def test_words_that_others_make_up_are_not_looked_for() -> None:
    assert repeatable(["老", "板", "老板", "好", "好的"]) == "好的|好|板|老"
