"""What stands where, by the slot names of the example phrases, so that a message can be compared with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlu.accounts import Account
from nlu.amounts import Amount
from nlu.filters import Limit
from nlu.mention import Mention, MentionKind
from nlu.page import Mark, Page
from nlu.quantities import Quantity
from nlu.references import Reference
from nlu.understanding import PaymentMethod, Slot, SlotSpan


def masks_of(
    mentions: Sequence[Mention], recipients: Sequence[Mark[Account]], sizes: Sequence[Mark[Amount]],
    counts: Sequence[Mark[Quantity]], order: Sequence[Mark[Reference]], contact: Mark[str] | None,
) -> tuple[tuple[int, int, str], ...]:  # fmt: skip
    found = [
        (m.start, m.end, "product") for m in mentions if m.kind in (MentionKind.NAME, MentionKind.UNKNOWN)
    ]
    found += [(m.start, m.end, "region") for m in mentions if m.kind is MentionKind.REGION]
    found += [(m.start, m.end, "account") for m in recipients]
    found += [(m.start, m.end, "size") for m in sizes]
    found += [(m.start, m.end, "quantity") for m in counts]
    found += [(m.start, m.end, "order") for m in order]
    if contact is not None:
        found.append((contact.start, contact.end, "contact"))
    chosen: list[tuple[int, int, str]] = []
    for mask in sorted(found, key=lambda mask: (mask[0], -mask[1])):
        if not chosen or mask[0] >= chosen[-1][1]:
            chosen.append(mask)
    return tuple(chosen)


def blanked(text: str, masks: Sequence[tuple[int, int, str]]) -> str:
    characters = list(text)
    for start, end, slot in masks:
        if slot != "contact":
            characters[start:end] = "\0" * (end - start)
    return "".join(characters)


def spans_of(
    page: Page, order: Sequence[Mark[Reference]], paying: Sequence[Mark[PaymentMethod]],
    limits: Sequence[Mark[Limit]],
) -> tuple[SlotSpan, ...]:  # fmt: skip
    said: list[tuple[Slot, Mark[Any], str]] = [
        *((Slot.ORDER_REF, mark, mark.value.order) for mark in order),
        *((Slot.PAYMENT, mark, mark.value.value) for mark in paying),
        *((mark.value.slot, mark, str(mark.value.value)) for mark in limits),
    ]
    found = []
    for slot, mark, value in said:
        span = page.span(mark.start, mark.end)
        found.append(SlotSpan(slot, span.start, span.end, value))
    return tuple(found)
