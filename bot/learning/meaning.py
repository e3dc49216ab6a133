"""What a message means, made fit to be compared and told: two readings of one text, before and after."""

from __future__ import annotations

from bot.learning.words import subject_of
from nlu.understanding import Heard, Intent, SpokenLine, Understanding
from orders.policy import ReadingPolicy


def products_of(understood: Understanding) -> set[str]:
    """The products that are meant, or may be."""
    found = {line.product.value for line in understood.lines if line.product}
    found |= {option for line in understood.lines if not line.product for option in line.product_options}
    return found


def told(understood: Understanding) -> str:
    """What a message was taken for, for people."""
    subject = subject_of(understood.intent, understood.topic if understood.intent is Intent.FAQ else None)
    ids = products_of(understood) or set(understood.options)
    skus = [line.sku.value for line in understood.lines if line.sku]
    goods = ", ".join(skus or sorted(ids)[:4])
    problems = ", ".join(problem.code.value for problem in understood.problems)
    return " ".join(part for part in (subject, goods and f"of {goods}", problems and f"({problems})") if part)


def signature(understood: Understanding, policy: ReadingPolicy) -> tuple[object, ...]:
    """What a message means, without how sure that is; but with what is done about the sureness."""
    return (
        understood.intent,
        understood.topic if understood.intent is Intent.FAQ else None,
        understood.confidence >= policy.guess_at,
        tuple(_line(line, policy.sure_at) for line in understood.lines),
        tuple(understood.options),
        understood.problems,
        understood.filters,
        understood.sort,
        understood.order_ref,
        understood.order_at,
        understood.every_order,
        understood.times,
        understood.payment,
        understood.contact,
        understood.adds,
        understood.broken,
        understood.apart,
    )


def _line(line: SpokenLine, sure_at: float) -> tuple[object, ...]:
    heard: tuple[Heard[str] | Heard[int] | None, ...] = (
        line.product, line.sku, line.quantity, line.account, line.region,
    )  # fmt: skip
    return (
        tuple((value.value, value.sureness >= sure_at) if value else None for value in heard),
        line.measure.value if line.measure else None,
        line.product_options,
        line.sku_options,
        line.region_options,
        line.problems,
        line.contact,
        line.dropped,
        line.position,
        line.quantity_change,
    )
