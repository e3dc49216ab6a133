"""What the shop leaves for its worker to do: one line for each kind of job, and what names it.

The key says what the errand is about, so that the same errand is never written down twice. The
handlers are in `dispatch.py`; `order_event` is for whoever tells the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from orders.ports import Payload


@dataclass(frozen=True, slots=True)
class Errand:
    kind: str
    key: str
    payload: Payload
    lane: str | None = None


def tell(order_no: str, seq: int) -> Errand:
    """Tell the customer what happened; the news of one order go out in their order."""
    payload: Payload = {"order_no": order_no, "seq": seq}
    return Errand("order_event", f"event:{order_no}:{seq}", payload, lane=f"order:{order_no}")


def submit_line(order_no: str, line_no: int) -> Errand:
    """Deliver a queued line."""
    return Errand("submit_line", f"submit:{order_no}:{line_no}", {"order_no": order_no, "line_no": line_no})


def query_attempt(order_no: str, line_no: int, attempt: int, request_no: str) -> Errand:
    """Ask the supplier what became of an attempt."""
    payload: Payload = {"order_no": order_no, "line_no": line_no, "attempt": attempt}
    return Errand("query_attempt", f"query:{request_no}", payload)


def expire_order(order_no: str) -> Errand:
    return Errand("expire_order", f"expire:{order_no}", {"order_no": order_no})


def send_invoice(order_no: str) -> Errand:
    """Show the customer an invoice in his own chat."""
    return Errand("send_invoice", f"invoice:{order_no}", {"order_no": order_no})


def close_payment(out_trade_no: str) -> Errand:
    """Let nobody pay this payment any more."""
    return Errand("close_payment", f"close:{out_trade_no}", {"out_trade_no": out_trade_no})


def query_payment(out_trade_no: str, asked: int = 0) -> Errand:
    """Ask the gateway whether the payer has paid, after having asked `asked` times."""
    payload: Payload = {"out_trade_no": out_trade_no, "asked": asked}
    return Errand("query_payment", f"query-payment:{out_trade_no}", payload)


def check_promise(order_no: str) -> Errand:
    """See whether what was promised has come, at the time when it should have."""
    return Errand("check_promise", f"promise:{order_no}", {"order_no": order_no})


def submit_refund(refund_no: str) -> Errand:
    return Errand("submit_refund", f"refund:{refund_no}", {"refund_no": refund_no})


def query_refund(refund_no: str) -> Errand:
    return Errand("query_refund", f"refund-query:{refund_no}", {"refund_no": refund_no})


def fetch_bills(party: str) -> Errand:
    """Every day: have the party's bills fetched that are not known yet."""
    return Errand("fetch_bills", f"bills:{party}", {"party": party})


def fetch_bill(party: str, day: date, tried: int = 0) -> Errand:
    """Fetch one bill and compare it, after having tried `tried` times in vain."""
    payload: Payload = {"party": party, "day": day.isoformat(), "tried": tried}
    return Errand("fetch_bill", f"bill:{party}:{day}", payload)


def sync_prices(supplier: str) -> Errand:
    """Ask an outside supplier for its prices, and come again."""
    return Errand("sync_prices", f"prices:{supplier}", {"supplier": supplier})


def check_balance(supplier: str) -> Errand:
    """Ask an outside supplier what is left of our prepayment, and come again."""
    return Errand("check_balance", f"balance:{supplier}", {"supplier": supplier})


SWEEP = Errand("sweep", "sweep", {})
