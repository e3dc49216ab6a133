"""What goods may be called in a catalog that gives nothing but their names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nlu.parser import Parser
from nlu.vocabulary import ProductWords, VariantWords, Vocabulary
from tests.nlu.readers import lexicon


def variant(sku: str, label: str, face_value: int, unit: str) -> VariantWords:
    return VariantWords(sku, label, Decimal(face_value), unit, 10000)


def product(identity: str, name: str, *variants: VariantWords) -> ProductWords:
    return ProductWords(identity, name, "软件", (), "none", (), variants)


def periods(prefix: str) -> tuple[VariantWords, ...]:
    return (variant(f"{prefix}-1", "1个月", 1, "月"), variant(f"{prefix}-12", "1年", 12, "月"))


def editions(prefix: str) -> tuple[VariantWords, ...]:
    return (variant(f"{prefix}-home", "家庭版", 1, "套"), variant(f"{prefix}-pro", "专业版", 1, "套"))


PARSER = Parser(
    Vocabulary.compile(
        (
            product("win10", "Windows 10 激活密钥", *editions("win10")),
            product("win11", "Windows 11 激活密钥", *editions("win11")),
            product("packer", "PackMaster 7", variant("packer-1", "单机永久", 1, "套")),
            product("guard", "守盾 Shieldon 360", *periods("guard")),
            product("drive", "【官方直充】 云朵匣子 超级会员 秒到 自动发货 24小时", *periods("drive")),
            product("sheet", "【表格精灵】 会员 自动发货", *periods("sheet")),
            product(
                "cleaner",
                "TidyMyDisk",
                variant("cleaner-1y", "1台1年", 1, "台"),
                variant("cleaner-1", "1台永久", 1, "台"),
                variant("cleaner-2", "2台永久", 2, "台"),
            ),
            product(
                "server",
                "云朵轻量服务器",
                variant("server-22", "2核2G 1年", 1, "年"),
                variant("server-24", "2核4G 1年", 1, "年"),
            ),
            product(
                "writer",
                "WriteWell Premium",
                variant("writer-1", "1个月", 1, "月"),
                variant("writer-12", "1年", 12, "月"),
            ),
        )
    ),
    lexicon(),
)


def meant(text: str) -> str | None:
    """The one variant that is ordered, or None."""
    lines = PARSER.understand(text).lines
    return lines[0].sku.value if len(lines) == 1 and lines[0].sku is not None else None


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("Windows 11专业版来一套", "win11-pro"),
        ("windows十一专业版来一套", "win11-pro"),
        ("WINDOWS十 家庭版", "win10-home"),
        ("买个PackMaster", "packer-1"),
        ("packmaster 7 一套", "packer-1"),
        ("守盾一年的来一个", "guard-12"),
        ("shieldon 360 1y", "guard-12"),
        ("云朵匣子超级会员一个月", "drive-1"),
        ("云朵匣子年卡", "drive-12"),
        ("表格精灵会员1个月", "sheet-1"),
        ("tidymydisk 1台永久", "cleaner-1"),
        ("TidyMyDisk终身2台", "cleaner-2"),
        ("TidyMyDisk 1台一年", "cleaner-1y"),
        ("云朵轻量服务器 2核4G", "server-24"),
        ("买writewell premuim 1个月", "writer-1"),
    ],
)
def test_a_name_alone_is_enough_to_be_found_by(text: str, sku: str) -> None:
    assert meant(text) == sku


@pytest.mark.parametrize(
    "text",
    ["Windows 7专业版来一套", "windows专业版来一套", "windows八专业版", "PackMaster 6 来一套", "TidyMyDisk永久的", "云朵匣子永久会员", "云朵轻量服务器 4核4G"],
)  # fmt: skip
def test_another_version_or_a_size_that_is_not_sold_is_never_the_nearest(text: str) -> None:
    assert meant(text) is None


CARDS = Parser(
    Vocabulary.compile(
        (
            product("cn", "Playbox钱包充值码(国区)", variant("cn-200", "200元", 200, "元")),
            product("us", "Playbox礼品卡(美区)", variant("us-20", "20美元", 20, "美元")),
            product("paper", "Playbox实体充值卡", variant("paper-200", "200元实体卡", 200, "元")),
            product("plain", "小熊卡", variant("plain-200", "200元", 200, "元")),
            product("rich", "小熊卡(实体)", variant("rich-200", "200元", 200, "元")),
        )
    ),
    lexicon(),
)


@pytest.mark.parametrize("text", ["playbox 200来一张", "Playbox卡200元的"])
def test_a_size_that_two_of_a_brand_sell_stays_open_where_neither_has_the_plain_name(text: str) -> None:
    (line,) = CARDS.understand(text).lines
    assert line.sku is None
    assert {"cn", "paper"} <= set(line.product_options)


@pytest.mark.parametrize(
    ("text", "sku"),
    [("playbox国区200", "cn-200"), ("playbox实体卡200", "paper-200"), ("playbox 20刀", "us-20"), ("小熊卡200", "plain-200")],
)  # fmt: skip
def test_what_was_said_or_the_plain_name_decides_between_them(text: str, sku: str) -> None:
    (line,) = CARDS.understand(text).lines
    assert line.sku is not None
    assert line.sku.value == sku


CARRIERS = Parser(
    Vocabulary.compile(
        (
            product("a", "中国移动流量包【移动号专用】", variant("a-10", "10GB", 10, "GB")),
            product("b", "(自动发货)联通流量充值 全国通用", variant("b-10", "10GB", 10, "GB")),
            product("c", "电信流量★秒到★月包", variant("c-10", "10GB", 10, "GB")),
        )
    ),
    lexicon(),
)


@pytest.mark.parametrize("text", ["来个10G流量", "流量包10G来一个"])
def test_ornaments_and_a_pack_set_no_equal_sibling_apart(text: str) -> None:
    (line,) = CARRIERS.understand(text).lines
    assert line.sku is None
    assert set(line.product_options) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "text", ["来个AutoCAD 2024激活", "Perplexity Pro一年", "Windows Server 激活密钥", "Grok会员一个月"]
)
def test_a_program_that_is_not_sold_is_never_another(text: str) -> None:
    heard = PARSER.understand(text)
    assert all(line.product is None for line in heard.lines)
    assert any(problem.code.value == "product_unknown" for problem in heard.problems)


LETTERS = Parser(
    Vocabulary.compile(
        (
            product("zhong", "钟苓梨摩视频会员", *periods("zhong")),
            product("jia", "格茉朗琮视频会员", *periods("jia")),
            product("yi", "笺格茉视频会员", *periods("yi")),
            product("enjia", "莱曼恩青松会员", *periods("enjia")),
        )
    ),
    lexicon(),
)


@pytest.mark.parametrize(
    "text", ["帮我买钟苓岚阅读VIP1个月", "来一份杏臻恩青松会员，要1年的", "钟苓瑙视频会员1个月"]
)
def test_part_of_a_brand_is_no_brand_where_it_goes_on_otherwise(text: str) -> None:
    assert all(line.sku is None for line in LETTERS.understand(text).lines)


@pytest.mark.parametrize("text", ["钟苓视频会员1个月", "来一份钟苓会员，要1个月的", "帮我开1个月钟苓视频"])
def test_part_of_a_brand_is_enough_by_itself(text: str) -> None:
    line = LETTERS.understand(text).lines[0]
    assert line.sku is not None
    assert line.sku.value == "zhong-1"


def test_part_of_one_brand_that_is_another_with_a_slip_is_asked_about() -> None:
    line = LETTERS.understand("格茉视频会员1年").lines[0]
    assert line.product is None
    assert set(line.product_options) == {"jia", "yi"}
