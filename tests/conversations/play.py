"""Plays a conversation file through the real assistant, shop, database, sandbox bank and supplier.

A file is a title, then a dialogue: one speaker a line, what follows indented belongs to him.

    客 帮我充100元话费到13800138000    a customer types; `客2` is another one; `客 [修改]` taps a choice
    机 …                             the bot's words, with its choices in brackets
    员 接手 / 员 交还 / 员 您好         staff takes over, hands back, says something
    员 换卡 单1 / 员 退款 单1 5元       staff replaces the order's first key; gives money back
    员 同意                           a second person says yes to the refund that waits for one
    看 单1                            the customer opens the order's page and looks at his keys
    规 refund_failed = false          the shop's policy says so, in this conversation
    账 微信                           he pays his payable order; `账 微信 单1` pays that very order, and
                                     `账 微信 单1 1元` another amount than was asked
    货 13800138000 fail              the supplier's manner with a recipient or a SKU; `货 卖完 SKU`
    时 16分钟                         time passes
    重                               the channel delivers the last message once more
    单                               every order of the customer, as it stands
    漏                               every message that was missed, masked, with what it meant
    教 alias lol 瓦                  the shopkeeper teaches a lesson; 教 forget 1 takes one back
    券 NEW5 5 2                      he gives out a coupon: its code, yuan off, uses in all;
                                     满100 and the id of a product may follow

Order numbers are written `单1`, `单2` in the order in which they appear, in both directions. What
the bot says and how orders stand is compared, and rewritten by `pytest --accept`.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from adapters.suppliers.sandbox import Manner
from bot.app import assemble_sandbox
from bot.commands.talk import Customer, Stage
from bot.learning.examining import Refused
from bot.learning.words import Lesson, LessonKind
from bot.messages import OutgoingMessage, Speaker
from bot.reading import Readers
from nlu.lexicon import Lexicon
from orders.card_key import KeyState
from orders.catalog import Catalog
from orders.clock import VirtualClock
from orders.coupon import Coupon
from orders.database import Tx
from orders.money import fen_from_yuan, yuan
from orders.order import Order, customer_state
from orders.policy import Policy

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
START = datetime.fromisoformat("2026-01-05T10:00:00+08:00")
SHOP = "https://shop.example"

HEARD = "客员看账货时重教规券"
TOLD = "机单漏"
LINE = re.compile(rf"([{HEARD}{TOLD}])(\d?)(?: (.*))?")
WAIT = re.compile(r"(\d+)(秒|分钟|小时)")
UNITS = {"秒": timedelta(seconds=1), "分钟": timedelta(minutes=1), "小时": timedelta(hours=1)}
METHODS = {"微信": "wechat", "支付宝": "alipay", "银联": "unionpay"}
PAGES = (
    ("<订单页>", re.compile(rf"{re.escape(SHOP)}/o/[\w-]+")),
    ("<付款页>", re.compile(rf"{re.escape(SHOP)}/pay/[\w-]+")),
)
"""Their addresses are random."""
AGENT = "小李"
SECOND = "小王"


@dataclass(frozen=True)
class Line:
    """One speaker's part: `who` is empty for the first customer, `2` for the second."""

    speaker: str
    who: str
    text: str


@dataclass(frozen=True)
class Conversation:
    title: str
    lines: tuple[Line, ...]


def read(text: str) -> Conversation:
    """Raises ValueError with the line that is no part of a conversation."""
    title, _, dialogue = text.partition("\n")
    lines: list[Line] = []
    for number, row in enumerate(dialogue.splitlines(), start=2):
        if not row.strip():
            continue
        if row.startswith("  ") and lines:
            lines[-1] = replace(lines[-1], text=f"{lines[-1].text}\n{row[2:]}")
        elif match := LINE.fullmatch(row.rstrip()):
            lines.append(Line(match[1], match[2], match[3] or ""))
        else:
            raise ValueError(f"line {number}: {row!r} has no speaker of {HEARD}{TOLD}")
    return Conversation(title.strip(), tuple(lines))


def written(conversation: Conversation) -> str:
    rows = [conversation.title, ""]
    for line in conversation.lines:
        first, *more = line.text.split("\n")
        rows.append(f"{line.speaker}{line.who} {first}".rstrip())
        rows += [f"  {row}" for row in more]
    return "\n".join(rows) + "\n"


@cache
def readers() -> Readers:
    """The words are read and compiled once; no conversation changes them."""
    return Readers(Lexicon.read(DATA), Policy.read(DATA / "policy.toml").reading.sure_at)


async def played(conversation: Conversation) -> Conversation:
    """The same conversation, with what was really said."""
    with tempfile.TemporaryDirectory(prefix="xiadan-conversation-") as folder:
        clock = VirtualClock(START)
        rules = [line.text for line in conversation.lines if line.speaker == "规"]
        async with assemble_sandbox(
            database_url=f"sqlite+aiosqlite:///{folder}/shop.db",
            data=data_with(rules, Path(folder)) if rules else DATA,
            clock=clock,
            base_url=SHOP,
            catalog=DATA / "catalog" / "demo.csv",
            readers=readers(),
        ) as app:
            player = Player(Stage(app, clock))
            for line in conversation.lines:
                await player.play(line)
            return replace(conversation, lines=tuple(player.said))


def data_with(rules: list[str], folder: Path) -> Path:
    """The shop's data with another policy: each rule is a line of the policy, as it shall be."""
    data = folder / "data"
    data.mkdir()
    policy = (DATA / "policy.toml").read_text("utf-8")
    for rule in rules:
        policy, changed = re.subn(rf"(?m)^{rule.split(' = ')[0]} = .*$", rule, policy)
        assert changed == 1, f"{rule} is no line of the policy"
    (data / "policy.toml").write_text(policy, "utf-8")
    for part in DATA.iterdir():
        if part.name != "policy.toml":
            (data / part.name).symlink_to(part)
    return data


@dataclass
class Player:
    stage: Stage
    said: list[Line] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    """What the file calls an order, by its number."""

    async def play(self, line: Line) -> None:
        if line.speaker == "机":
            return
        customer = self.stage.customer(f"c{line.who or 1}")
        if line.speaker == "单":
            orders = await self.stage.orders(customer)
            self.said.append(Line("单", line.who, "\n".join(self._standing(order) for order in orders)))
            return
        if line.speaker == "漏":
            self.said.append(Line("漏", "", "\n".join(await self._missed())))
            return
        self.said.append(line)
        await self.stage.pass_time(timedelta(seconds=1))
        repeated = await self._do(line, customer)
        await self.stage.pass_time(timedelta(0))
        for message in repeated:
            self.said.append(Line("机", line.who, self._shown(message)))
        for name, listener in self.stage.customers.items():
            who = "" if name == "c1" else name.removeprefix("c")
            for message in await self.stage.received(listener):
                if message.speaker is not Speaker.STAFF:
                    self.said.append(Line("机", who, self._shown(message)))

    async def _do(self, line: Line, customer: Customer) -> tuple[OutgoingMessage, ...]:
        text = self._real(line.text)
        match line.speaker:
            case "客" if text.startswith("[") and text.endswith("]"):
                await self._tap(customer, text[1:-1])
            case "客":
                await self.stage.say(customer, text)
            case "看":
                await self._look(customer, text)
            case "员" if text.split()[0] in ("换卡", "退款", "同意"):
                await self._staff_acts(*text.split())
            case "员":
                act = {"接手": "take", "交还": "release"}.get(text, "say")
                await self.stage.staff(customer, act, AGENT, text)
            case "账":
                await self._pay(customer, *text.split())
            case "货":
                await self._tell_supplier(*text.split())
            case "时":
                await self._wait(text)
            case "教":
                await self._teach(*text.split(maxsplit=2))
            case "券":
                await self._give_out(*text.split())
            case "重":
                return await self.stage.again(customer)
        return ()

    async def _teach(self, kind: str, subject: str, words: str = "") -> None:
        teaching = self.stage.app.teaching
        if kind == "forget":
            await teaching.forget(int(subject))
            return
        verdict = await teaching.teach(Lesson(LessonKind(kind), subject, words))
        if isinstance(verdict, Refused):
            self.said += [Line("机", "", f"!! {reason}") for reason in verdict.reasons]

    async def _give_out(self, code: str, off: str, uses: str, *more: str) -> None:
        now = self.stage.clock.now()
        least = next((one.removeprefix("满") for one in more if one.startswith("满")), "0")
        products = tuple(one for one in more if not one.startswith("满"))
        until = now + timedelta(days=30)
        coupon = Coupon(
            code, fen_from_yuan(off), 0, None, fen_from_yuan(least), products, int(uses), 1, now, until
        )
        await self.stage.app.database.write(lambda tx: self.stage.app.shop.add_coupon(tx, coupon))

    async def _missed(self) -> list[str]:
        return [
            " ".join(
                filter(
                    None,
                    (
                        group.phrase,
                        ",".join(group.kinds),
                        f"{group.customers}/{group.times}",
                        *(f"-> {subject} {count}" for subject, count in group.outcomes),
                    ),
                )
            )
            for group in await self.stage.app.teaching.missed()
        ]

    async def _tap(self, customer: Customer, label: str) -> None:
        chat = await self.stage.chat(customer)
        choices = chat.conversation.offered() if chat else ()
        means = next((choice.means for choice in choices if choice.label == label), None)
        if means is None:
            self.said.append(Line("机", "", f"!! {label} is not offered"))
            return
        await self.stage.choose(customer, means)

    async def _pay(self, customer: Customer, method: str, number: str = "", amount: str = "") -> None:
        if not number:
            await self.stage.pay(customer, METHODS[method])
            return
        order = next(one for one in await self.stage.orders(customer) if one.order_no == number)
        if not amount:
            await self.stage.app.pay_in_sandbox(order, METHODS[method], again=True, although_closed=True)
            return
        app, fen = self.stage.app, fen_from_yuan(amount.removesuffix("元"))
        payment = await app.database.read(lambda tx: app.shop.payment_of(tx, number))
        assert payment is not None, f"order {number} was placed without a payment"
        await app.bank.pay(payment.ask, METHODS[method], amount_fen=fen, again=True, although_closed=True)

    async def _look(self, customer: Customer, number: str) -> None:
        app, now = self.stage.app, self.stage.clock.now()
        order = next(one for one in await self.stage.orders(customer) if one.order_no == number)
        await app.database.write(lambda tx: app.shop.card_keys(tx, number, order.customer_id, now))

    async def _staff_acts(self, act: str, number: str = "", amount: str = "") -> None:
        shop, now = self.stage.app.shop, self.stage.clock.now()

        def do(tx: Tx) -> object:
            if act == "换卡":
                key = next(key for key in shop.aftersales.keys_of(tx, number) if key.state is KeyState.SOLD)
                return shop.aftersales.replace_key(tx, number, key.key_no, AGENT, "打不开", now)
            if act == "同意":
                (waiting,) = shop.staff_refunds.proposals(tx)
                return shop.staff_refunds.confirm(tx, waiting.proposal_no, SECOND, now)
            line_no = int(match[1]) if (match := re.match(r"(\d+)#", amount)) else 1
            fen = fen_from_yuan(amount.rpartition("#")[2].removesuffix("元")) if amount else None
            return shop.staff_refunds.refund(tx, number, line_no, fen, AGENT, "补偿", now)

        await self.stage.app.database.write(do)

    async def _tell_supplier(self, subject: str, manner: str) -> None:
        if subject == "卖完":
            await self._sell_out(manner)
        elif subject == "等":
            self.stage.app.supplier.delay = _duration(manner)
        else:
            self.stage.app.supplier.told[subject] = Manner(manner)

    async def _sell_out(self, sku_id: str) -> None:
        app, now = self.stage.app, self.stage.clock.now()
        catalog = await app.database.read(app.shop.catalog)
        products = (
            replace(
                product,
                skus=tuple(replace(sku, stock=0) if sku.sku_id == sku_id else sku for sku in product.skus),
            )
            for product in catalog.products
        )
        without = Catalog.of(products, f"{catalog.version}-{sku_id}")
        await app.database.write(lambda tx: app.shop.import_catalog(tx, without, now))

    async def _wait(self, text: str) -> None:
        await self.stage.pass_time(_duration(text))

    def _shown(self, message: OutgoingMessage) -> str:
        reply = message.reply
        rows = [reply.text]
        buttons = [f"[{choice.label}]" for choice in reply.choices]
        if reply.pay_url:
            buttons.insert(0, "<去付款>")
        if buttons:
            rows.append(" ".join(buttons))
        text = "\n".join(rows)
        for name, address in PAGES:
            text = address.sub(name, text)
        return self._named(text)

    def _standing(self, order: Order) -> str:
        lines = ", ".join(
            " ".join(filter(None, (f"{line.sku_id}×{line.quantity}", line.account, line.region)))
            for line in order.lines
        )
        return self._named(f"{order.order_no} {customer_state(order).value} {yuan(order.total_fen)} {lines}")

    def _named(self, text: str) -> str:
        """Order numbers as the file writes them: they are random."""
        for number in re.findall(r"(?<!\d)20\d{12}(?!\d)", text):
            self.numbers.setdefault(number, f"单{len(self.numbers) + 1}")
        for number, name in self.numbers.items():
            text = text.replace(number, name)
        return text

    def _real(self, text: str) -> str:
        for number, name in reversed(self.numbers.items()):
            text = text.replace(name, number)
        return text


def _duration(text: str) -> timedelta:
    match = WAIT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no time such as 16分钟")
    return int(match[1]) * UNITS[match[2]]
