"""The desk, where staff read along, take over, answer, and hand back to the bot.

Reading goes over a socket, acting over plain requests with an anti-forgery token: an action is then
either answered or was not done. Who speaks is decided by `bot.handover`, never here.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from adapters.web.desk_alarms import DeskAlarms
from adapters.web.desk_books import DeskBooks
from adapters.web.desk_cases import DeskCases
from adapters.web.desk_door import DeskDoor
from adapters.web.desk_learning import DeskLearning
from adapters.web.desk_live import DeskLive
from adapters.web.desk_orders import DeskOrders
from adapters.web.forms import act_of, form_of
from adapters.web.pages import Pages
from adapters.web.protocol import read_chat, read_say
from adapters.web.services import WebServices
from adapters.web.sessions import Agent, Sessions
from adapters.web.signals import Signals
from bot.desk import Box, conversation
from bot.handover import AttendedByAnother, UnknownChat
from bot.messages import ChatAddress, OutgoingMessage
from bot.store.chats import Attended
from orders.database import Tx


class DeskPages:
    """The routes of the desk. Everything but the login needs an agent's cookie."""

    def __init__(self, services: WebServices, sessions: Sessions, pages: Pages, signals: Signals) -> None:
        self._services = services
        self._sessions = sessions
        self._pages = pages
        self._signals = signals
        self._door = DeskDoor(services, sessions, pages)
        self._live = DeskLive(services, sessions, pages, signals)
        self._orders = DeskOrders(services, sessions, signals)
        self._cases = DeskCases(services, sessions, signals)
        self._learning = DeskLearning(services, sessions, pages)
        self._books = DeskBooks(services, sessions, pages)
        self._alarms = DeskAlarms(services, sessions, pages)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/desk", self.page, methods=["GET"]),
            Route("/desk/login", self._door.page, methods=["GET"]),
            Route("/desk/login", self._door.enter, methods=["POST"]),
            Route("/desk/logout", self.leave, methods=["POST"]),
            Route("/desk/take", self.take, methods=["POST"]),
            Route("/desk/release", self.release, methods=["POST"]),
            Route("/desk/say", self.say, methods=["POST"]),
            Route("/desk/before", self._live.before, methods=["GET"]),
            WebSocketRoute("/desk/ws", self._live.socket),
            *self._orders.routes(),
            *self._cases.routes(),
            *self._learning.routes(),
            *self._books.routes(),
            *self._alarms.routes(),
        ]

    async def page(self, request: Request) -> Response:
        agent = self._sessions.agent(request)
        if agent is None:
            return RedirectResponse("/desk/login", status_code=303)
        ringing = await self._services.database.read(self._services.shop.alarms)
        facts = {
            "agent": agent.name,
            "alarm_count": len(ringing),
            "boxes": list(Box),
            "form_token": self._sessions.form_token(agent.login_id),
            "longest": self._services.settings.message_characters_max,
        }
        return self._pages.page("desk.html", facts)

    async def leave(self, request: Request) -> Response:
        agent = self._sessions.agent(request)
        if agent is not None:
            await form_of(request, self._sessions, agent.login_id)
        response = RedirectResponse("/desk/login", status_code=303)
        self._sessions.log_out(response, agent, self._services.clock.now())
        self._signals.desks_changed()
        return response

    async def take(self, request: Request) -> Response:
        agent, chat, _ = await self._asked(request)
        now, handover = self._services.clock.now(), self._services.handover
        try:
            await self._services.database.write(lambda tx: handover.take(tx, chat, agent.name, now))
        except (AttendedByAnother, UnknownChat) as refusal:
            return _refused(refusal)
        self._signals.changed(chat)
        return JSONResponse({"attended_by": agent.name})

    async def release(self, request: Request) -> Response:
        """Give the conversation back to the bot; only the one who attends can."""
        agent, chat, _ = await self._asked(request)
        now, handover = self._services.clock.now(), self._services.handover

        def released(tx: Tx) -> OutgoingMessage | None:
            found = conversation(tx, chat)
            if found is not None and found.attended is Attended.AGENT and found.attended_by != agent.name:
                raise AttendedByAnother(found.attended_by)
            return handover.release(tx, chat, now)

        try:
            said = await self._services.database.write(released)
        except (AttendedByAnother, UnknownChat) as refusal:
            return _refused(refusal)
        self._services.fanout.publish_outgoing(said)
        self._signals.changed(chat)
        return JSONResponse({"attended_by": "bot"})

    async def say(self, request: Request) -> Response:
        agent, chat, frame = await self._asked(request)
        said = read_say(frame)
        if said is None or len(said.text) > self._services.settings.message_characters_max:
            raise HTTPException(400)
        now, handover, client_id, text = (
            self._services.clock.now(),
            self._services.handover,
            said.client_id,
            said.text,
        )
        try:
            message = await self._services.database.write(
                lambda tx: handover.say(tx, chat, agent.name, text, now, client_id)
            )
        except (AttendedByAnother, UnknownChat) as refusal:
            return _refused(refusal)
        self._services.fanout.publish_outgoing(message)
        self._signals.changed(chat)
        return JSONResponse({"attended_by": agent.name, "seq": message.seq})

    async def _asked(self, request: Request) -> tuple[Agent, ChatAddress, dict[str, object]]:
        """Who asks, and about which chat. Raises 401, 403, 400."""
        agent, frame = await act_of(request, self._sessions)
        chat = read_chat(frame.get("channel"), frame.get("chat_id"))
        if chat is None:
            raise HTTPException(400)
        return agent, chat, frame


def _refused(refusal: AttendedByAnother | UnknownChat) -> Response:
    if isinstance(refusal, UnknownChat):
        return JSONResponse({"attended_by": None}, status_code=404)
    return JSONResponse({"attended_by": refusal.attended_by}, status_code=409)
