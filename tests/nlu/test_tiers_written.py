"""Versions and tiers of programs as people say them: Office21, project专业版, win11 pro, 6 Users / 1 Year."""

from __future__ import annotations

import pytest

from tests.nlu.small_shops import bought, shop

PROGRAMS = """
visio | Visio 2021 Professional | 软件 | none | 1台=1个
o21 | Office 2021 | 软件 | none | 家庭学生版=1个 专业增强版=1个
o24 | Office 2024 | 软件 | none | 家庭版=1个 专业增强版=1个
key | CorelDRAW 2023专业增强版密钥 | 软件 | none | 1个=1个
win | Windows 11 | 软件 | none | Home家庭版=1个 Pro专业版=1个 ProforWorkstations工作站版=1个
norton | Norton 360 Deluxe | 软件 | none | 3Devices/1Year=3台 5Devices/1Year=5台
"""


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("visio专业版", "visio-1台"),
        ("visio pro来一个", "visio-1台"),
        ("office21专业增强版", "o21-专业增强版"),
        ("office24家庭版", "o24-家庭版"),
        ("24版office家庭版", "o24-家庭版"),
        ("coreldraw23专业版", "key-1个"),
        ("win11 pro", "win-Pro专业版"),
        ("norton 5 Devices / 1 Year", "norton-5Devices/1Year"),
        ("norton 360 3 Devices / 1 Year", "norton-3Devices/1Year"),
    ],
)
def test_it_is_the_program_that_is_called_so(text: str, sku: str) -> None:
    assert [line[0] for line in bought(shop(PROGRAMS).frame(text))] == [sku]


@pytest.mark.parametrize(
    "text",
    ["visio家庭版", "office19家庭版", "office专业增强版", "coreldraw23家庭版", "win11 max", "windows 7 pro"],
)
def test_another_version_or_tier_is_not_ordered(text: str) -> None:
    assert not bought(shop(PROGRAMS).frame(text))
