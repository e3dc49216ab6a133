"""From what still stands between a draft and its quote to the one question that is asked next."""

from __future__ import annotations

from bot.conversation import Purpose, Question
from bot.messages import Choice
from bot.store.contacts import contacts_of
from bot.turn import CANCEL, DROP, HUMAN, Turn, paragraphs
from orders.catalog import AccountKind, Delivery, Product, Sku
from orders.draft import Draft, DraftLine, Slot
from orders.quote import Ambiguous, Finding, Missing, Unacceptable

EVERY_LINE = -1
"""`Question.line` when the answer goes to every line that lacks it."""

OF_THE_WHOLE_ORDER = frozenset({"lines_limit", "amount_limit"})
"""Findings that no single line is to blame for."""

RECIPIENTS_OFFERED = 3

PHONE_DIGITS = 11
PIECE_MAX = 8
"""So short a number is a piece of one, and no slip of the finger."""

MONEY = "元"
PERIODS = frozenset({"天", "周", "月", "年"})


def question_about(turn: Turn, draft: Draft, found: tuple[Finding, ...]) -> Question:
    """What is wrong comes before what is missing; otherwise in the order of the lines."""
    finding = next((one for one in found if isinstance(one, Unacceptable)), found[0])
    line = draft.lines[finding.line] if finding.line < len(draft.lines) else DraftLine()
    if isinstance(finding, Unacceptable):
        return _about_problem(turn, draft, line, finding, found)
    text, choices = _asked(turn, draft, line, finding, found)
    shared = len(_sharing(turn, draft, finding, found)) > 1
    which = EVERY_LINE if shared or len(draft.lines) < 2 else finding.line
    if which != EVERY_LINE:
        text = turn.say("ask.in_line", n=finding.line + 1, question=text)
    return Question(Purpose.ORDER, text, finding.slot.value, which, choices)


def _asked(
    turn: Turn, draft: Draft, line: DraftLine, finding: Missing | Ambiguous, found: tuple[Finding, ...]
) -> tuple[str, tuple[Choice, ...]]:
    things = turn.telling.things(
        thing
        for at in _sharing(turn, draft, finding, found)
        if (thing := turn.telling.drafted(draft.lines[at])) is not None
    )
    match finding.slot:
        case Slot.PRODUCT:
            return _ask_product(turn, line, finding)
        case Slot.VARIANT:
            return _ask_variant(turn, line, finding)
        case Slot.ACCOUNT:
            return _ask_account(turn, line, things)
        case Slot.REGION:
            product = product_of(turn, line)
            regions = product.regions if product else ()
            regions = finding.options if isinstance(finding, Ambiguous) else regions
            return turn.say("ask.region", thing=things), tuple(Choice(name, name) for name in regions)
        case Slot.QUANTITY:
            return turn.say("ask.quantity", thing=things), ()


def _sharing(turn: Turn, draft: Draft, finding: Finding, found: tuple[Finding, ...]) -> list[int]:
    """The lines for which one answer serves: same slot, and same product or same kind of recipient."""
    if not draft.lines:
        return []

    def key(line: DraftLine) -> tuple[str | None, str | None]:
        product = product_of(turn, line)
        if finding.slot is Slot.ACCOUNT:
            return product.account_kind.value if product else None, line.contact
        return product.product_id if product else None, None

    mine = key(draft.lines[finding.line])
    return [
        other.line
        for other in found
        if other.slot is finding.slot
        and not isinstance(other, Unacceptable)
        and key(draft.lines[other.line]) == mine
    ]


def _ask_product(turn: Turn, line: DraftLine, finding: Missing | Ambiguous) -> tuple[str, tuple[Choice, ...]]:
    if isinstance(finding, Ambiguous):
        return turn.say("ask.which_product"), product_choices(turn, finding.options)
    popular = product_choices(turn, popular_products(turn))
    if line.measure_text:
        return turn.say("ask.product_sized", size=line.measure_text), popular
    return turn.say("ask.product"), popular


def _ask_variant(turn: Turn, line: DraftLine, finding: Missing | Ambiguous) -> tuple[str, tuple[Choice, ...]]:
    product = product_of(turn, line)
    assert product is not None, "the size is asked only of a known product"
    options = finding.options if isinstance(finding, Ambiguous) else ()
    skus = skus_of(turn, options) or in_stock(turn, product)
    return ask_size(turn, product), sku_choices(turn, skus, named=False)


def ask_size(turn: Turn, product: Product) -> str:
    """`充多少`, `开多久`, or `要哪一种`: people ask differently for money, time and tiers."""
    units = {sku.unit for sku in product.skus}
    if units == {MONEY}:
        tops_up = all(sku.delivery is Delivery.TOPUP for sku in product.skus)
        return turn.say("ask.amount" if tops_up else "ask.face", product=product.name)
    if units <= PERIODS and len({sku.face_value for sku in product.skus}) == len(product.skus):
        return turn.say("ask.period", product=product.name)
    return turn.say("ask.variant", product=product.name)


def _ask_account(turn: Turn, line: DraftLine, things: str) -> tuple[str, tuple[Choice, ...]]:
    product = product_of(turn, line)
    assert product is not None, "the recipient is asked only of a known product"
    kind = product.account_kind
    if line.contact:
        return turn.say(
            "ask.contact_account", thing=things, name=line.contact, kind=turn.telling.kind(kind)
        ), ()
    return turn.say(f"ask.account.{kind.value}", thing=things), recipients(turn, kind)


def recipients(turn: Turn, kind: AccountKind) -> tuple[Choice, ...]:
    """Whom this customer charged before: remembered by name first, then used last. Masked."""
    offered: dict[str, str] = {}
    for contact in contacts_of(turn.tx, turn.customer_id):
        if contact.kind == kind.value:
            shown = turn.telling.account(kind, contact.account)
            label = turn.say("say.contact", name=contact.name, account=shown)
            offered.setdefault(contact.account, label)
    for order in turn.shop.orders_of(turn.tx, turn.customer_id):
        for line in order.lines:
            if line.account is not None and line.account_kind is kind:
                offered.setdefault(line.account, turn.telling.account(kind, line.account))
    return tuple(Choice(label, account) for account, label in offered.items())[:RECIPIENTS_OFFERED]


def _about_problem(
    turn: Turn, draft: Draft, line: DraftLine, finding: Unacceptable, found: tuple[Finding, ...]
) -> Question:
    text = problem(turn, line, finding)
    choices = _ways_out(turn, line, finding)
    if finding.code in OF_THE_WHOLE_ORDER:
        ways = (turn.choice("choice.cancel", CANCEL), turn.choice("choice.human", HUMAN))
        return Question(Purpose.ORDER, text, finding.slot.value, EVERY_LINE, ways)
    if len(draft.lines) > 1:
        bad = {one.line for one in found if isinstance(one, Unacceptable)}
        fine = len(draft.lines) - len({one.line for one in found})
        rest = turn.say("problem.rest_fine", count=fine) if fine else ""
        others = turn.say("problem.others_too", count=len(bad) - 1) if len(bad) > 1 else ""
        text = turn.say("problem.in_line", n=finding.line + 1, problem=text)
        text = paragraphs(text, others, turn.say("problem.give_or_drop"), rest)
        choices = (*choices, turn.choice("choice.drop", DROP))
    return Question(Purpose.ORDER, text, finding.slot.value, finding.line, choices)


def problem(turn: Turn, line: DraftLine, finding: Unacceptable) -> str:
    """What is wrong, in words that say what to do."""
    product = product_of(turn, line)
    key = f"problem.{finding.code}"
    if finding.code == "out_of_stock":
        if finding.slot is Slot.QUANTITY:
            key = "problem.too_few"
        elif not finding.options:
            key = "problem.sold_out"
    if finding.code == "phone_length" and len(finding.value) <= PIECE_MAX:
        key = "problem.phone_piece"
    return turn.say(
        key,
        value=finding.value,
        left=PHONE_DIGITS - len(finding.value),
        digits=sum(char.isdigit() for char in finding.value),
        thing=turn.telling.drafted(line) or finding.value,
        product=product.name if product else finding.value,
        kind=turn.telling.kind(product.account_kind) if product else turn.say("kind.none"),
    )


def _ways_out(turn: Turn, line: DraftLine, finding: Unacceptable) -> tuple[Choice, ...]:
    match finding.slot:
        case Slot.VARIANT:
            skus = skus_of(turn, finding.options)
            if skus:
                return sku_choices(turn, skus, named=False)
            if finding.code == "out_of_stock":
                return (turn.choice("choice.cancel", CANCEL), turn.choice("choice.human", HUMAN))
            product = product_of(turn, line)
            return sku_choices(turn, in_stock(turn, product), named=False) if product else ()
        case Slot.REGION:
            return tuple(Choice(name, name) for name in finding.options)
        case Slot.PRODUCT:
            return product_choices(turn, finding.options)
        case Slot.ACCOUNT if finding.code == "account_conflict":
            said = finding.value.split()
            return tuple(Choice(one, one) for one in said) if len(said) > 1 else ()
        case Slot.ACCOUNT | Slot.QUANTITY:
            return ()


def product_of(turn: Turn, line: DraftLine) -> Product | None:
    catalog = turn.reader.catalog
    if line.product_id is not None:
        return catalog.product(line.product_id)
    return catalog.product_of(line.sku_id) if line.sku_id else None


def popular_products(turn: Turn) -> tuple[str, ...]:
    """The best sold product of each category, best first: a broad offer in a few choices."""
    ranked = sorted(turn.reader.catalog.products, key=lambda product: -product.sales)
    best: dict[str, str] = {}
    for product in ranked:
        best.setdefault(product.category, product.product_id)
    return tuple(best.values())[: turn.policy.limits.choices_max]


def product_choices(turn: Turn, product_ids: tuple[str, ...]) -> tuple[Choice, ...]:
    """Products, or SKUs where a SKU id stands among them."""
    catalog = turn.reader.catalog
    choices = []
    for one in product_ids:
        product = catalog.product(one)
        sku = catalog.sku(one)
        if product is not None:
            choices.append(Choice(product.name, one))
        elif sku is not None:
            choices.append(Choice(turn.telling.goods(sku), one))
    return tuple(choices)


def skus_of(turn: Turn, sku_ids: tuple[str, ...]) -> tuple[Sku, ...]:
    catalog = turn.reader.catalog
    return tuple(sku for sku_id in sku_ids if (sku := catalog.sku(sku_id)) is not None)


def in_stock(turn: Turn, product: Product) -> tuple[Sku, ...]:
    available = turn.shop.available(turn.tx)
    return tuple(sku for sku in product.skus if available(sku.sku_id) > 0)


def sku_choices(turn: Turn, skus: tuple[Sku, ...], *, named: bool) -> tuple[Choice, ...]:
    """Sizes with their prices; with the product's name where several products stand together."""
    return tuple(
        Choice(
            turn.say(
                "say.priced",
                thing=turn.telling.goods(sku) if named else sku.variant,
                price=turn.telling.money(sku.price_fen),
            ),
            sku.sku_id,
        )
        for sku in skus
    )
