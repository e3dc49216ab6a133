"""A conversation small enough to see through: keeps the record as the real one does, answers by rule."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from adapters.rendering import ChannelWords
from bot.messages import (
    CardRow,
    ChatAddress,
    IncomingMessage,
    OrderCard,
    OutgoingMessage,
    Reply,
    Speaker,
)
from bot.store import chats
from bot.store.chats import Delivery
from orders.clock import Clock
from orders.database import Database, Tx

WORDS = ChannelWords(
    pay_button="去付款",
    order_button="查看订单",
    pay_by_link="付款：{url}",
    order_by_link="订单：{url}",
    card_total="合计 {total}",
    card_order="订单号 {order_no}",
    only_private="请私聊我下单",
    opened="[打开]",
    unreadable="[图片]",
)

ORDER_NO = "20260105123456"


def card(status: str, status_text: str) -> OrderCard:
    return OrderCard(
        order_no=ORDER_NO,
        title="手机话费 100元",
        status=status,
        status_text=status_text,
        rows=(CardRow("手机话费 100元", "手机号 138****8000"),),
        total="99.8元",
        order_url="https://shop.example/o/abc",
    )


class Clerk:
    """Answers with `rule(text)`, once for each message id; `slow` makes it take its time."""

    def __init__(
        self, database: Database, clock: Clock, rule: Callable[[IncomingMessage], Reply | None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._rule = rule
        self.heard: list[IncomingMessage] = []
        self.slow: asyncio.Event | None = None

    async def receive(self, message: IncomingMessage) -> tuple[OutgoingMessage, ...]:
        if self.slow is not None:
            await self.slow.wait()
        answer = await self._database.write(lambda tx: self._hear(tx, message))
        return (answer,) if answer is not None else ()

    def _hear(self, tx: Tx, message: IncomingMessage) -> OutgoingMessage | None:
        now = self._clock.now()
        chat = chats.open_chat(tx, message.chat, now)
        if chats.already_heard(tx, chat, message.message_id):
            return chats.answer_to(tx, chat, message.message_id)
        self.heard.append(message)
        chats.log_incoming(tx, chat, message, now)
        reply = self._rule(message)
        if reply is None:
            return None
        return chats.log_outgoing(
            tx,
            chat,
            reply,
            now,
            speaker=Speaker.BOT,
            delivery=Delivery.PENDING,
            answers=message.message_id,
        )

    async def news(
        self, chat: ChatAddress, reply: Reply, *, about: str | None = None, speaker: Speaker = Speaker.NEWS
    ) -> OutgoingMessage:
        """Something to tell a customer that answers nothing."""

        def said(tx: Tx) -> OutgoingMessage:
            now = self._clock.now()
            opened = chats.open_chat(tx, chat, now)
            return chats.log_outgoing(
                tx, opened, reply, now, speaker=speaker, delivery=Delivery.PENDING, about=about
            )

        return await self._database.write(said)


START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
