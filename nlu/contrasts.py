"""What is set against something else, and so not wanted: 100不是50, 别搞成月卡, 慢充的不要."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlu.records import Event, EventKind, same_value
from nlu.signs import Signs


def contrasted(text: str, events: list[Event], signs: Signs) -> list[Event]:
    """100不是50: what is set against something else is not what is wanted. 要100不是50 and 100不是50 by
    itself say so; of 充100不是50 nobody knows whether the speaker only corrected himself."""
    told: list[Event] = []
    said_until = 0
    for at, event in enumerate(events):
        if event.start < said_until:
            continue  # the 不要 of 慢充的不要
        if event.kind is EventKind.QUALIFIER and (behind := signs.refused_behind.match(text, event.end)):
            told += [Event(EventKind.REJECTS, event.start, event.start), event]
            said_until = behind.end()
        elif event.kind is EventKind.AMOUNT and _given_up_before(
            text, event, events[:at], events[at + 1 :], signs
        ):
            told += [Event(EventKind.REJECTS, event.start, event.start), event]
        elif (
            event.kind in SET_AGAINST and told and (begins := _mistaken_from(text, event, signs)) is not None
        ):
            told += [Event(EventKind.REJECTS, begins, event.start), event]
        elif (
            event.kind is EventKind.AMOUNT
            and (begins := _other_size_from(text, event, told, events[at + 1 :], signs)) is not None
        ):
            told = [other for other in told if other.start < begins]
            told += [Event(EventKind.REJECTS, begins, event.start), event]
        elif event.kind is EventKind.INSTEAD and text[event.start : event.end] in signs.contrasts:
            kind = _contrast(text, events[:at], event, events[at + 1 :], signs)
            told.append(replace(event, kind=kind) if kind else event)
        else:
            told.append(event)
    return told


def _given_up_before(
    text: str, event: Event, before: Sequence[Event], behind: Sequence[Event], signs: Signs
) -> bool:  # fmt: skip
    """年卡…更正：要季卡，年卡买不起: why a size was given up that had been corrected before."""
    if not signs.beyond_means.match(text, event.end):
        return False
    turns = [at for at, other in enumerate(before) if other.kind is EventKind.CORRECTION]
    if not turns or any(other.kind is EventKind.AMOUNT for other in behind):
        return False
    earlier = [other for other in before[: turns[-1]] if other.kind is EventKind.AMOUNT]
    later = [other for other in before[turns[-1] :] if other.kind is EventKind.AMOUNT]
    return (
        any(same_value(event, one) for one in earlier)
        and not any(same_value(event, one) for one in later)
        and bool(later)
    )


def _other_size_from(
    text: str, event: Event, before: Sequence[Event], behind: Sequence[Event], signs: Signs
) -> int | None:  # fmt: skip
    """移动10G月包，…，别给我1G的啊: of goods that were ordered in front, in another size, and nothing more is said."""
    if any(other.kind in _SAID_BEHIND for other in behind):
        return None
    refused = signs.not_this_size.search(text, max(0, event.start - _REFUSED_REACH), event.start)
    if refused is None or signs.only_that.match(text, event.end) is None:
        return None
    sizes = [other for other in before if other.kind is EventKind.AMOUNT]
    others = sizes and not any(same_value(other, event) for other in sizes)
    return refused.start() if others else None


def _mistaken_from(text: str, event: Event, signs: Signs) -> int | None:
    """别搞成月卡: what it must not be mistaken for."""
    sign = signs.mistaken_place if event.kind is EventKind.REGION else signs.mistaken
    mistaken = sign.search(text, max(0, event.start - _REFUSED_REACH), event.start)
    return mistaken.start() if mistaken else None


_REFUSED_REACH = 12


def _contrast(
    text: str, before: Sequence[Event], event: Event, behind: Sequence[Event], signs: Signs
) -> EventKind | None:  # fmt: skip
    rejected = behind[0] if behind and behind[0].start - event.end <= 1 else None
    if rejected is None or rejected.kind not in SET_AGAINST:
        return None
    others = [other for other in before if other.kind is rejected.kind]
    if not others or any(same_value(other, rejected) for other in others):
        return None
    front = text[: others[-1].start].rstrip(" ,")
    refuses = text[event.start : event.end] in signs.refusals
    return EventKind.REJECTS if refuses or not front or signs.insists.search(front) else EventKind.EITHER


SET_AGAINST = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT, EventKind.REGION})

_SAID_BEHIND = SET_AGAINST | {EventKind.QUANTITY, EventKind.CORRECTION, EventKind.INSTEAD}
