"""What WeChat Pay says, from JSON to typed facts: an amount is an integer and no bool, a time has a zone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from orders.money import Fen
from orders.ports import PaymentNotice, RefundAnswer, RefundNotice, RefundStatus, Source

NAME = "wechat_pay"
METHOD = "wechat"
"""What the customer is told that he paid by."""

AMOUNT_MAX_FEN = 10**12
TEXT_CHARACTERS_MAX = 2048


class Unreadable(Exception):
    """Not what WeChat Pay documents; `fact` names what is missing or of another type."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        super().__init__(fact)


class Facts:
    """A JSON object, asked for its facts one by one. Raises Unreadable."""

    def __init__(self, said: Mapping[str, object]) -> None:
        self._said = said

    @classmethod
    def read(cls, body: bytes) -> Facts:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable("json") from None
        if not isinstance(said, dict):
            raise Unreadable("json")
        return cls(said)

    def text(self, name: str, default: str | None = None) -> str:
        """Never empty, but where `default` is."""
        said = self._said.get(name)
        if (said is None or said == "") and default is not None:
            return default
        if not isinstance(said, str) or not said or len(said) > TEXT_CHARACTERS_MAX:
            raise Unreadable(name)
        return said

    def shown(self, name: str) -> str:
        """Whatever it is, cut short, for a log."""
        return str(self._said.get(name, ""))[:200]

    def sealed(self, name: str) -> str:
        """A cipher text, which may be long."""
        said = self._said.get(name)
        if not isinstance(said, str):
            raise Unreadable(name)
        return said

    def fen(self, name: str) -> Fen:
        said = self._said.get(name)
        # A bool is an int to Python, and no amount.
        if type(said) is not int or not 0 < said <= AMOUNT_MAX_FEN:
            raise Unreadable(name)
        return Fen(said)

    def moment(self, name: str) -> datetime:
        try:
            said = datetime.fromisoformat(self.text(name))
            if said.tzinfo is None:
                raise Unreadable(name)
            return said.astimezone(UTC)
        except (ValueError, OverflowError):
            raise Unreadable(name) from None

    def inner(self, name: str) -> Facts:
        said = self._said.get(name)
        if not isinstance(said, dict):
            raise Unreadable(name)
        return Facts(said)

    def each(self, name: str) -> tuple[Facts, ...]:
        said = self._said.get(name)
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise Unreadable(name)
        return tuple(Facts(one) for one in said)


def payment_notice(transaction: Facts, source: Source, nonce: str = "") -> PaymentNotice:
    """That a transaction whose state is SUCCESS was paid, as a notice or a query tells it.

    `amount.total` is what was asked for. `payer_total` is less where a coupon of WeChat's own paid a part;
    we get the whole.
    """
    amount = transaction.inner("amount")
    return PaymentNotice(
        gateway=NAME,
        merchant_id=transaction.text("mchid"),
        app_id=transaction.text("appid"),
        out_trade_no=transaction.text("out_trade_no"),
        psp_ref=transaction.text("transaction_id"),
        amount_fen=amount.fen("total"),
        currency=amount.text("currency"),
        method=METHOD,
        paid_at=transaction.moment("success_time"),
        source=source,
        nonce=nonce,
    )


REFUND_STATES = {
    "SUCCESS": RefundAnswer(RefundStatus.SUCCEEDED),
    "PROCESSING": RefundAnswer(RefundStatus.PROCESSING),
    # The money lies with us again. WeChat Pay does not go on by itself; whether a person does there, or
    # gives the money back by hand, nobody but he can know.
    "ABNORMAL": RefundAnswer(
        RefundStatus.REFUSED,
        "ABNORMAL: the payer's bank does not take it; finish it on the merchant platform, then try again",
    ),
    "CLOSED": RefundAnswer(
        RefundStatus.REFUSED, "CLOSED: WeChat Pay gave the refund up; give it back by hand"
    ),
}


def refund_notice(refund: Facts, event_type: str, nonce: str) -> RefundNotice:
    """What became of a refund. Raises Unreadable, also where the sealed state is not the event's."""
    state = refund.text("refund_status")
    answer = REFUND_STATES.get(state)
    if answer is None or event_type != f"REFUND.{state}":
        raise Unreadable("refund_status")
    return RefundNotice(
        gateway=NAME,
        merchant_id=refund.text("mchid"),
        refund_no=refund.text("out_refund_no"),
        status=answer.status,
        amount_fen=refund.inner("amount").fen("refund"),
        psp_ref=refund.text("refund_id"),
        nonce=nonce,
        reason=answer.reason,
    )
