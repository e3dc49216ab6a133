"""Whole messages against the demo catalog: the rules of reading, each with several ways to say it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.lexicon import IntentPhrases, Lexicon
from nlu.parser import Parser
from nlu.understanding import Expectation, Intent, LineInHand, OfferedChoice, Slot
from orders.catalog_file import read_catalog

DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Shop:
    parser: Parser
    framer: Framer


@pytest.fixture(scope="module")
def shop() -> Shop:
    catalog = read_catalog(DATA / "catalog" / "demo.csv")
    parser = Parser(vocabulary_of(catalog), Lexicon.read(DATA))
    return Shop(parser, Framer(catalog, parser, 0.5))


def complete(frame: dict[str, Any]) -> bool:
    return (
        frame["intent"] in ("order", "modify")
        and bool(frame["lines"])
        and all(line["sku"] for line in frame["lines"])
        and not frame["missing"]
        and not frame["problems"]
    )


RULES = yaml.safe_load((Path(__file__).parent / "understandings.yaml").read_text(encoding="utf-8"))
SAID = [(rule["rule"], text, rule["means"]) for rule in RULES for text in rule.get("said", ())]
ASKS = [(rule["rule"], text) for rule in RULES for text in rule.get("asks", ())]


@pytest.mark.parametrize(("rule", "text", "means"), SAID, ids=[f"{rule}: {text}" for rule, text, _ in SAID])
def test_said_this_way_it_is_that_order(shop: Shop, rule: str, text: str, means: dict[str, Any]) -> None:
    frame: Any = shop.framer.frame(text)
    assert complete(frame), frame
    (line,) = frame["lines"]
    assert {key: line[key] for key in means} == means


@pytest.mark.parametrize(("rule", "text"), ASKS, ids=[f"{rule}: {text}" for rule, text in ASKS])
def test_this_is_no_order_as_it_stands(shop: Shop, rule: str, text: str) -> None:
    assert not complete(shop.framer.frame(text))  # type: ignore[arg-type]


def test_a_message_longer_than_the_limit_orders_nothing(shop: Shop) -> None:
    text = "充100话费13800138000" + "啊" * 3000
    assert shop.parser.understand(text).lines == ()


def test_a_hostile_line_is_read_without_fuss(shop: Shop) -> None:
    for text in (
        "一万" * 500,
        "1" * 1000,
        "话费" * 400,
        "“" * 800,
        "\n" * 900,
        "不对" * 300,
        "13800138000" * 80,
    ):
        assert not complete(shop.framer.frame(text))  # type: ignore[arg-type]


ASKED_SIZE = Expectation(
    Slot.VARIANT,
    tuple(OfferedChoice(f"{face}元", f"topup-{face}") for face in (10, 20, 30)),
    (LineInHand(product_id="topup", account="13800138000"),),
)
QUOTED = Expectation(None, (), (LineInHand("topup", "topup-100", None, "13800138000"),), quoted=True)


@pytest.mark.parametrize("text", ["第二个", "选2", "２"])
def test_a_number_picks_among_the_choices(shop: Shop, text: str) -> None:
    assert shop.parser.understand(text, ASKED_SIZE).chosen == "topup-20"


@pytest.mark.parametrize("text", ["100的", "一百块", "就要100"])
def test_a_size_answers_the_question_for_the_size(shop: Shop, text: str) -> None:
    (line,) = shop.parser.understand(text, ASKED_SIZE).lines
    assert line.sku is not None
    assert line.sku.value == "topup-100"


@pytest.mark.parametrize("text", ["50的", "改成50", "不对，要50的"])
def test_a_size_after_the_quote_changes_the_order(shop: Shop, text: str) -> None:
    understood = shop.parser.understand(text, QUOTED)
    assert understood.intent is Intent.MODIFY
    assert understood.lines[0].sku is not None
    assert understood.lines[0].sku.value == "topup-50"


@pytest.mark.parametrize("text", ["别下单", "先别", "不要", "不是", "不行", "取消", "算了", "别"])
def test_a_negation_never_confirms(shop: Shop, text: str) -> None:
    asked = Expectation(Slot.CONFIRM, (OfferedChoice("确认", "confirm"),), QUOTED.lines, quoted=True)
    understood = shop.parser.understand(text, asked)
    assert understood.intent not in (Intent.CONFIRM, Intent.ORDER)
    assert understood.chosen != "confirm"


@pytest.mark.parametrize("text", ["等发工资了再给13800138000充100话费", "过几天再充100话费13800138000"])
def test_what_is_put_off_orders_nothing_and_cancels_nothing(shop: Shop, text: str) -> None:
    assert shop.parser.understand(text, QUOTED).intent not in (Intent.ORDER, Intent.MODIFY, Intent.CANCEL)


def test_a_row_that_is_not_cut_like_its_heading_is_read_without_it(shop: Shop) -> None:
    frame: Any = shop.framer.frame("手机号,金额\n134 1102 9938,20\n13800138000,50")
    assert [line["account"] for line in frame["lines"]] == ["13411029938", "13800138000"]


@pytest.mark.parametrize(
    ("text", "people", "sizes"),
    [
        ("给老妈充100，给老爸充50", ["老妈", "老爸"], ["topup-100", "topup-50"]),
        ("给老爸老妈各充50", ["老爸", "老妈"], ["topup-50", "topup-50"]),
        ("给老爸和老妈充50话费", ["老爸", "老妈"], ["topup-50", "topup-50"]),
        ("给老婆充个腾讯视频月卡，给我爸充50话费", ["老婆", "爸"], ["tencent-video-1m", "topup-50"]),
    ],
)
def test_everyone_who_is_named_has_a_line(shop: Shop, text: str, people: list[str], sizes: list[str]) -> None:
    understood = shop.parser.understand(text)
    assert understood.contact == people[0]
    assert [line.contact for line in understood.lines] == people
    assert [line.sku.value if line.sku else None for line in understood.lines] == sizes


@pytest.mark.parametrize(
    "text", ["记一下我老婆电话13811112222，我爸13911112222", "把13811112222存成老婆，13911112222存成爸"]
)
def test_several_people_are_remembered_each_with_his_number(shop: Shop, text: str) -> None:
    understood = shop.parser.understand(text)
    assert understood.intent is Intent.SAVE_CONTACT
    said = [(line.contact, line.account.value if line.account else None) for line in understood.lines]
    assert said == [("老婆", "13811112222"), ("爸", "13911112222")]


def test_the_parts_of_a_total_are_ordered_and_the_total_is_not(shop: Shop) -> None:
    frame: Any = shop.framer.frame("要3张京东卡 一张100两张50")
    assert complete(frame)
    assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [
        ("jd-ecard-100", 1),
        ("jd-ecard-50", 2),
    ]


def test_no_recipient_slides_to_a_line_that_lacks_one(shop: Shop) -> None:
    frame: Any = shop.framer.frame("话费50到13800138000、q币30、原神648 uid 123456789 天空岛")
    assert [line["account"] for line in frame["lines"]] == ["13800138000", None, "123456789"]


IN_HAND = Expectation(None, (), (LineInHand("jd-ecard", "jd-ecard-100", None, None, None, 5),), quoted=True)


@pytest.mark.parametrize(
    ("text", "change"),
    [("减两张", -2), ("加两张", 2), ("少一张", -1), ("再来一张", 1), ("京东卡多加一张", 1), ("去掉两张", -2)],
)
def test_so_many_more_or_fewer_is_no_new_count(shop: Shop, text: str, change: int) -> None:
    understood = shop.parser.understand(text, IN_HAND)
    (line,) = understood.lines
    assert (line.quantity, line.quantity_change) == (None, change)
    assert understood.intent is Intent.MODIFY
    assert not understood.adds


@pytest.mark.parametrize("text", ["加到两张", "改成两张", "要两张"])
def test_a_count_that_is_said_whole_is_the_count(shop: Shop, text: str) -> None:
    (line,) = shop.parser.understand(text, IN_HAND).lines
    assert line.quantity is not None
    assert (line.quantity.value, line.quantity_change) == (2, None)


def test_another_size_comes_on_top_of_what_is_in_hand(shop: Shop) -> None:
    understood = shop.parser.understand("加一张50的", IN_HAND)
    (line,) = understood.lines
    assert understood.adds
    assert line.product is not None
    assert line.sku is not None
    assert (line.product.value, line.sku.value) == ("jd-ecard", "jd-ecard-50")


def test_what_comes_besides_for_the_same_account_has_it(shop: Shop) -> None:
    hand = Expectation(None, (), (LineInHand("qq-music", None, None, "12345678"),), quoted=True)
    understood = shop.parser.understand("还有超级会员月卡也是这个号", hand)
    (line,) = understood.lines
    assert understood.adds
    assert line.account is not None
    assert line.account.value == "12345678"


def test_an_address_keeps_who_opens_the_parcel(shop: Shop) -> None:
    for text in (
        "花卡 张三 13800138000 北京市朝阳区建国路1号",
        "花卡，张三，13800138000，北京市朝阳区建国路1号",
    ):
        frame: Any = shop.framer.frame(text)
        assert complete(frame)
        assert frame["lines"][0]["account"] == text[3:]


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("饿了么会员月卡\n15866201937\n15866201938\n13044820016", "eleme-1m"),
        ("13570441298\n13570441299\n13570441300\n每个号移动10G月包，谢谢", "data-cmcc-10g-m"),
    ],
)
def test_what_is_said_around_a_list_goes_for_every_row(shop: Shop, text: str, sku: str) -> None:
    frame: Any = shop.framer.frame(text)
    assert complete(frame)
    assert [line["sku"] for line in frame["lines"]] == [sku] * 3


def test_a_number_of_kin_or_shops_is_no_size(shop: Shop) -> None:
    frame: Any = shop.framer.frame("给我二舅充两百话费，他号码我回头发你")
    assert [line["sku"] for line in frame["lines"]] == ["topup-200"]
    assert frame["missing"] == ["account"]


@pytest.mark.parametrize(
    "text",
    [
        "话费，前两个100最后一个50：13800138000 13900139000 13700137000",
        "充话费，前两个100最后一个50\n13800138000\n13900139000\n13700137000",
        "13800138000\n13900139000\n13700137000\n最后一个充50，其他的充100",
    ],
)
def test_sizes_said_by_place_go_to_the_recipients_in_their_order(shop: Shop, text: str) -> None:
    frame: Any = shop.framer.frame(text)
    assert complete(frame)
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == [
        ("topup-100", "13800138000"),
        ("topup-100", "13900139000"),
        ("topup-50", "13700137000"),
    ]


def test_places_that_are_not_there_leave_the_sizes_open(shop: Shop) -> None:
    assert not complete(shop.framer.frame("充话费，前两个100最后一个50\n13800138000\n13900139000"))  # type: ignore[arg-type]


def test_who_will_not_talk_to_a_machine_wants_a_person(shop: Shop) -> None:
    assert shop.parser.understand("那个有没有人啊我不想跟机器讲话").intent is Intent.HUMAN


def test_a_number_that_was_topped_up_keeps_its_amount_beside_goods_that_no_phone_gets(shop: Shop) -> None:
    frame: Any = shop.framer.frame("给13800138000充50，再来两张100的京东卡")
    assert complete(frame)
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == [
        ("topup-50", "13800138000"),
        ("jd-ecard-100", None),
    ]


def test_what_is_said_to_the_letter_of_an_example_orders_nothing_although_it_names_goods() -> None:
    words = Lexicon.read(DATA).with_phrases([IntentPhrases(Intent.STATUS, None, ("{product}咕噜咕噜",))])
    goods = vocabulary_of(read_catalog(DATA / "catalog" / "demo.csv"))
    assert Parser(goods, Lexicon.read(DATA)).understand("Q币咕噜咕噜").intent is Intent.ORDER
    assert Parser(goods, words).understand("Q币咕噜咕噜").intent is Intent.STATUS


@pytest.mark.parametrize("text", ["别充话费100到13800138000", "不用充话费100，13800138000"])
def test_what_is_forbidden_is_not_ordered_although_the_name_begins_with_the_verb(
    shop: Shop, text: str
) -> None:
    understood = shop.parser.understand(text)
    assert understood.intent is Intent.CANCEL
    assert not complete(shop.framer.frame(text))  # type: ignore[arg-type]


def test_items_that_are_numbered_are_lines_and_their_numbers_are_no_digits(shop: Shop) -> None:
    for text in (
        "①京东卡50 ②京东卡100两张",
        "1. 京东卡50；2. 京东卡100两张",
        "要这些：1、京东卡50，2、京东卡100两张",
    ):
        frame: Any = shop.framer.frame(text)
        assert complete(frame), text
        assert [(line["sku"], line["quantity"]) for line in frame["lines"]] == [
            ("jd-ecard-50", 1),
            ("jd-ecard-100", 2),
        ]


def test_one_count_for_all_recipients_is_one_for_each(shop: Shop) -> None:
    frame: Any = shop.framer.frame("这俩加油卡都充200：1000113300022233344、1000113300022233355")
    assert complete(frame)
    assert [(line["account"], line["quantity"]) for line in frame["lines"]] == [
        ("1000113300022233344", 1),
        ("1000113300022233355", 1),
    ]


def test_goods_named_again_only_for_their_recipient_are_one_line_each(shop: Shop) -> None:
    frame: Any = shop.framer.frame("喜马拉雅和知乎都要年卡，喜马拉雅充13926640773，知乎充18922047758")
    assert complete(frame)
    assert [(line["sku"], line["account"]) for line in frame["lines"]] == [
        ("ximalaya-12m", "13926640773"),
        ("zhihu-12m", "18922047758"),
    ]


def test_a_fuel_card_has_the_digits_of_its_brand(shop: Shop) -> None:
    frame: Any = shop.framer.frame("中石化加油卡500 卡号9030001122334455")
    assert not complete(frame)
    assert [problem["code"] for problem in frame["problems"]] == ["account_format"]
    assert complete(shop.framer.frame("中石化加油卡500 卡号1000113400012345678"))  # type: ignore[arg-type]


def test_what_one_is_asked_to_do_is_nobody_to_charge_for(shop: Shop) -> None:
    for text in ("帮我看看充上了没有", "帮我查查充上没", "帮我问问充好了吗"):
        understood = shop.parser.understand(text)
        assert (understood.intent, understood.contact) == (Intent.STATUS, None), text
