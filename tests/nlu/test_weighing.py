"""What a message as a whole speaks for, beside the single signs in it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.commands.parse import framer_for
from bot.frame import Framer
from nlu import intent_weights
from nlu.understanding import Intent
from nlu.weighing import legible, traits
from tests.bench.judged import DATA, NLU, catalog_of
from tests.nlu.test_corpus import complete


@pytest.fixture(scope="module")
def framer() -> Framer:
    return framer_for(catalog_of("demo", NLU / "corpus"), DATA)


ORDERED = (
    "带娃看电视，老弹广告。那就给她整个优酷会员吧，要一年的。她手机18230559174",
    "优酷会员一年的，手机18230559174，别说是我送的",
    "优酷会员一年的，手机18230559174，充好别发短信",
    "优酷会员一年的，手机18230559174，之前都是在别家买的，这次换你们试试",
    "优酷会员一年的，手机18230559174，可别给我弄成慢的",
)
TOLD = (
    "收到一条短信：优酷会员一年的，手机18230559174",
    "朋友说，优酷会员一年的，手机18230559174",
    "有人加我，优酷会员一年的，手机18230559174",
    "对方说优酷会员一年的，手机18230559174，返我一百",
    "剧本里写着：我想要优酷会员一年的，手机18230559174",
)


@pytest.mark.parametrize("text", ORDERED)
def test_a_whole_order_in_a_story_is_an_order(framer: Framer, text: str) -> None:
    assert framer.frame(text)["intent"] == "order"


@pytest.mark.parametrize("text", TOLD)
def test_what_others_say_reaches_to_the_end_of_the_sentence(framer: Framer, text: str) -> None:
    assert not complete(framer.frame(text))


@pytest.mark.parametrize("text", ["叽里咕噜的那个东西", "阿巴阿巴", "嘎嘎乱杀的呜呼", "那啥那啥的那个啥"])
def test_nonsense_is_no_answer(framer: Framer, text: str) -> None:
    assert framer.frame(text)["intent"] == "out_of_scope"


@pytest.mark.parametrize(
    "text",
    [
        "优酷会员一年的，18230559174，先别充",
        "优酷会员一年的，18230559174，还没到",
        "优酷会员一年的，18230559174，多少钱",
        "如果便宜，优酷会员一年的，18230559174",
        "别给我充成一年的，优酷会员，18230559174",
    ],
)
def test_however_much_it_sounds_like_an_order_a_refusal_holds_it_back(framer: Framer, text: str) -> None:
    assert not complete(framer.frame(text))


def test_weights_are_read_as_they_were_written() -> None:
    weights = {"asks": {Intent.FAQ: 0.5, Intent.ORDER: -1.25}, "# ": {Intent.DENY: 0.1}}
    assert intent_weights.read(intent_weights.written(weights)) == weights


def test_traits_are_written_with_the_names_of_slots(framer: Framer) -> None:
    seen: Any = framer.parser.evidence("充话费")
    assert all(character < "\ue000" or character > "\uf8ff" for t in traits(seen) for character in legible(t))
