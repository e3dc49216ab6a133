"""The bill of a day as Alipay packs it: a zip, file names and CSV in GBK, comments around the table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date

from orders.money import yuan
from tests.emulator.books import CHINA, Movement, MovementKind

HEADING = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def packed_bill(account: str, day: date, movements: Sequence[Movement]) -> bytes:
    """The movements, and beside them a summary that is not for reading."""
    rule = "#" + "-" * 40
    lines = [
        "#支付宝业务明细查询",
        f"#账号：[{account}0156]",
        f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]",
        f"{rule}业务明细列表{rule}",
        HEADING,
        *map(_line, movements),
        f"{rule}业务明细列表结束{rule}",
        f"#合计：{len(movements)}笔",
    ]
    stem = f"{account}0156_{day:%Y%m%d}"
    files = {f"{stem}_业务明细.csv": "\r\n".join(lines), f"{stem}_业务明细(汇总).csv": "#汇总\r\n"}
    return zipped({name: text.encode("gb18030") for name, text in files.items()})


def zipped(files: dict[str, bytes]) -> bytes:
    """With names in GBK and no word of it, which `zipfile` would not write by itself."""
    packed = io.BytesIO()
    stand_ins: dict[bytes, bytes] = {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(files.items()):
            meant = name.encode("gb18030")
            stand_in = f"{number}".rjust(len(meant), "~")
            stand_ins[stand_in.encode()] = meant
            archive.writestr(stand_in, content)
    whole = packed.getvalue()
    for stand_in_bytes, meant in stand_ins.items():
        whole = whole.replace(stand_in_bytes, meant)
    return whole


def _line(movement: Movement) -> str:
    paid = movement.kind is MovementKind.PAYMENT
    sign, fee_sign = ("", "-") if paid else ("-", "")
    amount, at = f"{sign}{yuan(movement.amount_fen)}", f"{movement.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    cells = [
        f"{movement.transaction_no}\t", f"{movement.out_trade_no}\t", "交易" if paid else "退款", "商品", at, at,
        "", "", "", "", "138****0000", amount, amount, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00",
        "" if paid else f"{movement.our_no}\t", f"{fee_sign}{yuan(movement.fee_fen)}", "0.00", "",
    ]  # fmt: skip
    return ",".join(cells)
