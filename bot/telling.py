"""Goods, recipients, money and times in the words a customer reads. Accounts are always masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.messages import CardRow, OrderCard
from bot.wording import Voice
from nlu.lexicon import Lexicon
from orders import money
from orders.catalog import AccountKind, Catalog, Delivery, Sku
from orders.clock import CHINA
from orders.draft import DraftLine
from orders.order import CustomerState, Order, OrderLine, OrderPurpose, customer_line_state, customer_state
from orders.pricing import PriceRule, RuleKind
from orders.quote import Quote, QuoteLine

TOLD = (RuleKind.LEVEL, RuleKind.TIER, RuleKind.COUPON)


LINES_SHOWN = 10
"""An order of more lines is summed up after these; the order page shows all."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where the pages of an order are. `base_url` has no slash at its end."""

    base_url: str

    def pay(self, order: Order) -> str:
        return f"{self.base_url}/pay/{order.pay_token}"

    def order(self, order: Order) -> str:
        return f"{self.base_url}/o/{order.link_token}"


@dataclass(frozen=True, slots=True)
class Telling:
    """Puts what the shop knows into words."""

    voice: Voice
    catalog: Catalog
    lexicon: Lexicon
    links: Links

    def money(self, amount_fen: int) -> str:
        return self.voice.say("say.money", yuan=money.yuan(amount_fen).removesuffix(".00"))

    def time(self, moment: datetime) -> str:
        return f"{moment.astimezone(CHINA):%H:%M}"

    def date(self, moment: datetime) -> str:
        local = moment.astimezone(CHINA)
        return self.voice.say("say.date", month=local.month, day=local.day)

    def minutes(self, minutes: int) -> str:
        """`3分钟`, `2小时`, `1天`."""
        if minutes >= 1440 and minutes % 1440 == 0:
            return self.voice.say("say.days", n=minutes // 1440)
        if minutes >= 60 and minutes % 60 == 0:
            return self.voice.say("say.hours", n=minutes // 60)
        return self.voice.say("say.minutes", n=max(1, minutes))

    def account(self, kind: AccountKind | str, account: str) -> str:
        return self.lexicon.mask(str(kind), account)

    def thing(self, name: str, variant: str | None, quantity: int = 1) -> str:
        """What is bought: `优酷VIP会员 月卡`, `50Q币`, `京东E卡 100元 ×2`."""
        text = name if variant is None else variant if name in variant else f"{name} {variant}"
        return text if quantity == 1 else self.voice.say("say.times", thing=text, quantity=quantity)

    def goods(self, sku: Sku, quantity: int = 1) -> str:
        product = self.catalog.product(sku.product_id)
        return self.thing(product.name if product else sku.product_id, sku.variant, quantity)

    def drafted(self, line: DraftLine) -> str | None:
        """As much as is known of a draft line, or None where not even the product is."""
        sku = self.catalog.sku(line.sku_id) if line.sku_id else None
        if sku is not None:
            return self.goods(sku, line.quantity)
        product = self.catalog.product(line.product_id) if line.product_id else None
        return product.name if product else None

    def discount(self, sku: Sku) -> str | None:
        """`8.2折`, or None where nothing is saved to speak of."""
        tenths = (sku.discount * 10).quantize(Decimal("0.01"))
        return self.voice.say("say.discount", tenths=f"{tenths.normalize():f}") if tenths < 10 else None

    def quote(self, quote: Quote) -> str:
        """What was understood and what it costs, before money changes hands."""
        goods = self._listed([self._quoted_line(line) for line in quote.lines])
        rows = [*goods, self._total(quote.total_fen, quote.list_fen, quote.saved_fen, quote.fee_fen)]
        return "\n".join((*rows, *self._rules(quote.rules)))

    def due(self, order: Order) -> str:
        """What an order costs that was shown before, and which rules made it so."""
        total = self.voice.say("quote.total", total=self.money(order.total_fen))
        return "\n".join((total, *self._rules(order.price_rules)))

    def _rules(self, rules: Iterable[PriceRule]) -> tuple[str, ...]:
        """Which rule gave what, in one line: `会员价省0.50元，优惠券减5元`. What the catalog itself takes
        off the official price, and the fee, stand beside the total already."""
        off: dict[RuleKind, int] = {}
        for rule in rules:
            if rule.kind in TOLD and rule.off_fen:
                off[rule.kind] = off.get(rule.kind, 0) + rule.off_fen
        told = [self.voice.say(f"quote.rule.{kind.value}", off=self.money(fen)) for kind, fen in off.items()]
        return (self.voice.say("quote.comma").join(told),) if told else ()

    def eta(self, quote: Quote) -> str:
        return self.minutes(max(line.eta_minutes for line in quote.lines))

    def _quoted_line(self, line: QuoteLine) -> tuple[str, str]:
        sku = self.catalog.sku(line.sku_id)
        product = self.catalog.product(line.product_id)
        assert sku is not None, f"a quote for {line.sku_id}, which is not sold"
        assert product is not None, f"{line.sku_id} belongs to no product"
        kind = product.account_kind
        return self.goods(sku, line.quantity), self.recipient(kind, line.account, line.region, whole=True)

    def recipient(
        self, kind: AccountKind, account: str | None, region: str | None, *, whole: bool = False
    ) -> str:
        """`手机号 138****8000`, with the server where there is one; empty for card goods. `whole` only
        where the customer is to check it before he pays: a masked number cannot be checked."""
        if account is None:
            return ""
        written = in_groups(kind, account) if whole else self.account(kind, account)
        shown = self.voice.say("say.recipient", label=self.kind(kind), account=written)
        return self.voice.say("say.in_region", recipient=shown, region=region) if region else shown

    def kind(self, kind: AccountKind) -> str:
        return self.voice.say(f"kind.{kind.value}")

    def _listed(self, lines: list[tuple[str, str]]) -> list[str]:
        if len(lines) == 1:
            thing, recipient = lines[0]
            return [thing, self.voice.say("quote.to", recipient=recipient)] if recipient else [thing]
        rows = [
            self.voice.say("quote.line", n=n, thing=thing)
            if not recipient
            else self.voice.say("quote.line_to", n=n, thing=thing, recipient=recipient)
            for n, (thing, recipient) in enumerate(lines[:LINES_SHOWN], start=1)
        ]
        if len(lines) > LINES_SHOWN:
            rows.append(self.voice.say("quote.more_lines", count=len(lines) - LINES_SHOWN, total=len(lines)))
        return rows

    def _total(self, total_fen: int, list_fen: int, saved_fen: int, fee_fen: int) -> str:
        total = self.voice.say("quote.total", total=self.money(total_fen))
        if saved_fen:
            total = self.voice.say(
                "quote.total_saved",
                total=self.money(total_fen),
                list=self.money(list_fen),
                saved=self.money(saved_fen),
            )
        return f"{total}\n{self.voice.say('quote.fee', fee=self.money(fee_fen))}" if fee_fen else total

    def order(self, order: Order) -> str:
        """An order in a few words: `手机话费充值(快充) 100元(138****8000)`."""
        if order.purpose is OrderPurpose.DEPOSIT:
            return self.voice.say("wallet.thing", amount=self.money(order.price_fen))
        return self.things(self.line(line) for line in order.lines)

    def line(self, line: OrderLine) -> str:
        thing = self.thing(line.name, line.variant, line.quantity)
        if line.account is None:
            return thing
        return self.voice.say(
            "say.thing_for", thing=thing, account=self.account(line.account_kind, line.account)
        )

    def things(self, things: Iterable[str], shown: int = 3) -> str:
        """Several things in one breath; the rest is counted."""
        names = list(dict.fromkeys(things))
        joined = self.voice.say("say.and").join(names[:shown])
        if len(names) <= shown:
            return joined
        return self.voice.say("say.and_more", things=joined, count=len(names))

    def state(self, state: CustomerState, delivery: Delivery | None) -> str:
        """The word for a state. What is delivered is called after its kind of goods, as on the pages;
        `delivery` is None for goods of several kinds."""
        if state is CustomerState.DELIVERED and delivery is not None:
            return self.voice.say(f"state.delivered_as.{delivery.value}")
        return self.voice.say(f"state.{state.value}")

    def card(self, order: Order) -> OrderCard:
        """The order as a picture, for channels that can draw one."""
        rows = [CardRow(self.thing(line.name, line.variant, line.quantity), self._card_value(order, line))
                for line in order.lines[:LINES_SHOWN]]  # fmt: skip
        state = customer_state(order)
        return OrderCard(
            order_no=order.order_no,
            title=self.things(self.thing(line.name, line.variant, line.quantity) for line in order.lines)
            or self.order(order),
            status=state.value,
            status_text=self.state(state, order.delivery),
            rows=tuple(rows),
            total=self.money(order.total_fen),
            order_url=self.links.order(order),
        )

    def _card_value(self, order: Order, line: OrderLine) -> str:
        to = self.recipient(line.account_kind, line.account, line.region)
        return to or self.state(customer_line_state(order, line), line.delivery)


def in_groups(kind: AccountKind, account: str) -> str:
    """A number as people read it aloud: `138 0013 8000`, card numbers by fours."""
    match kind:
        case AccountKind.PHONE:
            return f"{account[:3]} {account[3:7]} {account[7:]}"
        case AccountKind.FUEL_CARD:
            return " ".join(account[at : at + 4] for at in range(0, len(account), 4))
        case _:
            return account
