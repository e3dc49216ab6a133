"""A shop can be ordered by its own titles and aliases: each, with a size as the catalog writes it, is that SKU."""

from __future__ import annotations

from typing import Any

import pytest

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.parser import Parser
from orders.catalog_file import read_catalog
from tests.nlu.readers import lexicon
from tests.nlu.test_corpus import CATALOGS, complete

SURE_AT = 0.5
RECIPIENTS = {
    "phone": "13812345678",
    "qq": "QQ3344556677",
    "uid": "UID123456789",
    "email": "lili88@gmail.com",
    "game_id": "账号xiaoming_88",
    "fuel_card": "1000112200045567781",
    "address": "地址浙江省杭州市西湖区文三路88号 王芳 13812345678",
}

A_PLUS = "a plus may stand between two things that are both wanted"
SAID_TWICE = "the title says a size of its own, which may be one more"
OF_A_SIBLING = "the size is also part of what a sibling is called"
TWO_KINDS = "the label names two kinds that a slash parts"
A_NOTE = "a note in the title says a number, another country or a question of its own"
ASKED = {
    "arcade": {"我的世界Java+基岩版激活码(国际版) Java+基岩合集": A_PLUS},
    "creator": {"★自动发货★ Windows 11 正版激活密钥（永久·单机）专业工作站版": OF_A_SIBLING},
    "county": {"猫眼电影兑换券普通厅2D/3D": TWO_KINDS},
    "guild": {"我的世界Java版激活码Java+基岩版": A_PLUS},
    "games": {"无尽对决周卡通行证(Weekly Diamond Pass) 7天周卡": SAID_TWICE},
    "pets": {"萤石宠物摄像头云存储30天循环": SAID_TWICE},
    "studio": {"Typora 正版激活码 (3设备)永久 3设备": SAID_TWICE},
    "untagged": {
        "手机话费慢充特惠(慢充0-72小时)【急单勿拍】慢充200": A_NOTE,
        "【自动发货】Steam礼品卡美区美元账户Steam Gift Card(非美区勿拍) $10": A_NOTE,
        "【自动发货】Steam礼品卡美区美元账户Steam Gift Card(非美区勿拍) $20": A_NOTE,
        "夸克网盘SVIP会员直充(6T大空间 手机号登录)【秒到】1个月": A_NOTE,
        "夸克网盘SVIP会员直充(6T大空间 手机号登录)【秒到】12个月": A_NOTE,
        "明日方舟源石直充(代充安全不封号)【需UID】20源石": A_NOTE,
        "明日方舟源石直充(代充安全不封号)【需UID】66源石": A_NOTE,
        "【秒到】腾讯Q币直充(填QQ号别填微信号) 10Q币": A_NOTE,
        "【秒到】腾讯Q币直充(填QQ号别填微信号) 100Q币": A_NOTE,
    },
}
"""By catalog: what is asked about all the same, and why."""


@pytest.mark.parametrize("name", CATALOGS)
def test_every_product_is_ordered_by_its_title_and_its_aliases(name: str) -> None:
    catalog = read_catalog(CATALOGS[name])
    vocabulary = vocabulary_of(catalog)
    framer = Framer(catalog, Parser(vocabulary, lexicon()), SURE_AT)
    asked = set()
    for product in vocabulary.products.values():
        for called in (product.name, *product.aliases):
            for variant in dict.fromkeys((product.variants[0], product.variants[-1])):
                said = _said(called, variant.label)
                recipient = RECIPIENTS.get(product.account_kind, "")
                frame: Any = framer.frame(" ".join((said, *product.regions[:1], recipient)).strip())
                if [line["sku"] for line in frame["lines"]] != [variant.sku_id]:
                    assert not complete(frame), frame
                    asked.add(said)
    assert asked == ASKED.get(name, {}).keys()


def _said(called: str, label: str) -> str:
    """A name and a size behind each other; signs and letters are parted by a blank."""
    return f"{called} {label}" if called[-1].isascii() and label[0].isascii() else f"{called}{label}"
