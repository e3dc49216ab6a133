"""The trade bill of a day as WeChat Pay writes it: CSV with back-ticks, Chinese headings, and totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from orders.money import yuan
from tests.emulator.books import CHINA, Books, Movement, MovementKind, Refund, RefundState
from tests.emulator.wechat_pay_keys import APP_ID, MERCHANT_ID

HEADINGS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"

FEE_PER_MILLE = 6
STATES = {"succeeded": "SUCCESS", "processing": "PROCESSING", "failed": "FAIL"}


class WeChatPayBooks(Books):
    """Lists a refund on the day on which it was asked for, in the state in which it was when the bill was
    made, at nine the next morning; it stands on no later bill, and that state is never corrected."""

    def movements(self, day: date) -> tuple[Movement, ...]:
        paid = (one for one in super().movements(day) if one.kind is MovementKind.PAYMENT)
        asked = (one for one in self.refunds.values() if one.asked_at.astimezone(CHINA).date() == day)
        made_at = datetime.combine(day + timedelta(days=1), time(9), CHINA)
        return (*paid, *(_refund(one, made_at) for one in asked))


def _refund(refund: Refund, made_at: datetime) -> Movement:
    ended = refund.ends_at <= made_at
    state = ("succeeded" if refund.ends_as is RefundState.SUCCEEDED else "failed") if ended else "processing"
    return Movement(
        MovementKind.REFUND, refund.transaction_no, refund.refund_no, refund.out_trade_no, refund.amount_fen,
        refund.asked_at, state=state,
    )  # fmt: skip


def trade_bill(movements: Sequence[Movement]) -> str:
    rows = [_row(one) for one in sorted(movements, key=lambda one: one.at)]
    return "\r\n".join((HEADINGS, *map(_line, rows), TOTALS, _line(_totals(rows)))) + "\r\n"


def fee_yuan(movement: Movement) -> str:
    """Of a refund the fee comes back, so it is negative. With more decimals than there is money for."""
    fee = Decimal(movement.fee_fen) or Decimal(movement.amount_fen * FEE_PER_MILLE) / 1000
    return f"{(fee if movement.kind is MovementKind.PAYMENT else -fee) / 100:.5f}"


def _row(one: Movement) -> list[str]:
    back = one.kind is MovementKind.REFUND
    paid, given = ("0.00", yuan(one.amount_fen)) if back else (yuan(one.amount_fen), "0.00")
    transaction = "" if back else one.transaction_no
    refund = [one.transaction_no, one.our_no] if back else ["0", "0"]
    return [
        f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}", APP_ID, MERCHANT_ID, "0", "", transaction,
        one.out_trade_no, "oEmulatedPayer", "NATIVE", "REFUND" if back else "SUCCESS", "OTHERS", "CNY", paid, "0.00",
        *refund, given, "0.00", "ORIGINAL" if back else "", STATES[one.state] if back else "",
        "话费, 100元", "", fee_yuan(one), "0.60%", paid, given, "",
    ]  # fmt: skip


def _totals(rows: Sequence[Sequence[str]]) -> list[str]:
    paid, given, fees = (sum((Decimal(row[column]) for row in rows), Decimal()) for column in (24, 25, 22))
    return [
        f"{len(rows)}",
        f"{paid:.2f}",
        f"{given:.2f}",
        "0.00",
        f"{fees:.5f}",
        f"{paid:.2f}",
        f"{given:.2f}",
    ]


def _line(values: Sequence[str]) -> str:
    return ",".join(f"`{value}" for value in values)
