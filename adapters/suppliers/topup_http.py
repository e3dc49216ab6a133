"""An outside supplier that is spoken to over HTTP in the usual Chinese form, as its description says.

Only its own clear word is believed. A time-out, a 5xx, a redirect, a page of HTML, a code that nobody
listed: all of it is UNKNOWN, and the shop asks later what became of the request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

import httpx
import structlog

from adapters.bounded import TooLong, read_bounded
from adapters.suppliers import topup_answers
from adapters.suppliers.topup_answers import Json, NotUnderstood
from adapters.suppliers.topup_description import (
    BillCall,
    Call,
    Description,
    Fact,
    Filling,
    Method,
    PriceCall,
    Send,
    State,
    Unit,
)
from adapters.suppliers.topup_signing import is_genuine, signature
from orders.clock import Clock
from orders.money import Fen, yuan
from orders.ports import (
    BillAnswer,
    BillKind,
    BillRow,
    DeliveryAsk,
    NoticeRefused,
    Outcome,
    RawNotice,
    Refusal,
    SupplierAnswer,
    SupplierPrice,
)

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 4 * 1024 * 1024
CALLBACK_FIELDS_MAX = 100

BILL_STATES = {
    State.DONE: "succeeded",
    State.PARTIAL: "succeeded",
    State.WORKING: "processing",
    State.FAILED: "failed",
}


class TopupHttp:
    """One account of ours at one supplier."""

    def __init__(
        self,
        name: str,
        description: Description,
        settings: Mapping[str, str],
        callback_url: str,
        client: httpx.AsyncClient,
        clock: Clock,
        base_url: str = "",
    ) -> None:
        """`settings` are those that the description names, secrets included. `base_url` in place of the
        description's. The client must follow no redirects: whoever we are sent to is not the supplier."""
        assert not client.follow_redirects, "a redirected submission may be carried out twice"
        self._name = name
        self._said = description
        self._settings = dict(settings)
        self._callback_url = callback_url
        self._client = client
        self._clock = clock
        self._base_url = base_url or description.base_url

    def __repr__(self) -> str:
        return f"TopupHttp({self._name!r})"

    @property
    def name(self) -> str:
        return self._name

    @property
    def acknowledgement(self) -> str:
        return self._said.callback.acknowledgement if self._said.callback else "success"

    # --- requests of one delivery ---------------------------------------------------------------

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
        facts = {filling.fact for filling in self._said.submit.fields.values()}
        if ask.quantity > 1 and Fact.QUANTITY not in facts:
            return SupplierAnswer(Outcome.FAILED, reason=Refusal.ONE_AT_A_TIME)
        try:
            said = await self._call(self._said.submit, ask)
            return topup_answers.submitted(said, self._said, ask)
        except NotUnderstood as doubt:
            return self._unknown("submit", doubt)

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
        try:
            said = await self._call(self._said.query, ask)
            return topup_answers.asked_about(said, self._said, ask)
        except NotUnderstood as doubt:
            return self._unknown("query", doubt)

    def read_callback(self, raw: RawNotice) -> tuple[str, SupplierAnswer]:
        """Raises NoticeRefused: `no_callbacks`, `unreadable`, `unsigned` or `forged`."""
        callback = self._said.callback
        if callback is None:
            raise NoticeRefused("no_callbacks")
        sign = callback.sign or self._said.sign
        fields = _posted(raw.body, callback.send)
        if not fields.get(sign.field):
            raise NoticeRefused("unsigned")
        if not is_genuine(sign, fields, self._settings):
            raise NoticeRefused("forged")
        try:
            return topup_answers.called_back(dict(fields), self._said)
        except NotUnderstood as doubt:
            number = topup_answers.text_at(dict(fields), self._said.order.number)
            if str(doubt) == "no_number" or not number:
                raise NoticeRefused("unreadable") from None
            return number, self._unknown("callback", doubt)

    # --- our account there ----------------------------------------------------------------------

    async def balance_fen(self) -> Fen | None:
        call = self._said.balance
        if call is None:
            return None
        try:
            said = await self._checked(call)
            return topup_answers.balance_fen(topup_answers.text_at(said, call.at), self._said.money)
        except NotUnderstood as doubt:
            self._unknown("balance", doubt)
            return None

    async def prices(self) -> tuple[SupplierPrice, ...] | None:
        """As its list says; where it has none, as the description says."""
        call = self._said.prices
        if call is None:
            return tuple(
                SupplierPrice(one.code, topup_answers.cost_fen(str(one.cost), Unit.YUAN), available=True)
                for one in self._said.goods.values()
            )
        try:
            rows = topup_answers.rows_at(await self._checked(call), call)
        except NotUnderstood as doubt:
            self._unknown("prices", doubt)
            return None
        ours = {one.code for one in self._said.goods.values()}
        return tuple(
            price
            for row in rows
            if topup_answers.text_at(row, call.code) in ours
            if (price := self._price(row, call)) is not None
        )

    def _price(self, row: Json, call: PriceCall) -> SupplierPrice | None:
        """None where it has none: one row of many that is broken must not stop the others."""
        code = topup_answers.text_at(row, call.code)
        try:
            cost = topup_answers.cost_fen(topup_answers.text_at(row, call.cost), self._said.money)
        except NotUnderstood as doubt:
            self._unknown(f"price of {code}", doubt)
            return None
        available = not call.available or topup_answers.text_at(row, call.available) in call.available_is
        return SupplierPrice(code, cost, available and cost > 0)

    async def bill(self, day: date) -> BillAnswer:
        call = self._said.bill
        if call is None:
            return BillAnswer(None, "no_bills")
        try:
            rows = topup_answers.rows_at(await self._checked(call, day=day), call)
            return BillAnswer(tuple(self._bill_row(row, call) for row in rows))
        except NotUnderstood as doubt:
            return BillAnswer(None, self._unknown("bill", doubt).reason)

    def _bill_row(self, row: Json, call: BillCall) -> BillRow:
        state = topup_answers.text_at(row, call.state) if call.state else ""
        meant = [BILL_STATES[known] for known, values in self._said.order.states.items() if state in values]
        if call.state and not meant:
            raise NotUnderstood("state_of_bill")
        return BillRow(
            BillKind.DELIVERY,
            ref=topup_answers.text_at(row, call.ref),
            our_no=topup_answers.text_at(row, call.number),
            amount_fen=topup_answers.cost_fen(topup_answers.text_at(row, call.amount), self._said.money),
            fee_fen=Fen(0),
            state=meant[0] if meant else "succeeded",
            at=self._moment(topup_answers.text_at(row, call.time)) if call.time else self._clock.now(),
        )

    # --- the wire -------------------------------------------------------------------------------

    def request_of(
        self, call: Call, ask: DeliveryAsk | None = None, day: date | None = None
    ) -> Mapping[str, str]:
        """The fields of a request, its signature last."""
        filled = {name: self._filled(filling, ask, day) for name, filling in call.fields.items()}
        fields = {name: text for name, text in filled.items() if text is not None}
        return {**fields, self._said.sign.field: signature(self._said.sign, fields, self._settings)}

    async def _checked(self, call: Call, day: date | None = None) -> Json:
        said = await self._call(call, day=day)
        if meaning := topup_answers.verdict(said, self._said.answer):
            raise NotUnderstood(f"not_told_{meaning}")
        return said

    async def _call(self, call: Call, ask: DeliveryAsk | None = None, day: date | None = None) -> Json:
        fields = self.request_of(call, ask, day)
        url = self._base_url + call.path
        query = fields if call.send is Send.QUERY or call.method is Method.GET else None
        content, headers = None, {"accept": "application/json"}
        if query is None and call.send is Send.JSON:
            content = body_of(fields).encode()
            headers["content-type"] = "application/json; charset=utf-8"
        try:
            async with self._client.stream(
                call.method.value,
                url,
                params=query,
                data=fields if query is None and content is None else None,
                content=content,
                headers=headers,
            ) as answer:
                # Some answer 201 or 202 to a request that they took on; that is no failure.
                if not answer.is_success:
                    raise NotUnderstood(f"http_{answer.status_code}")
                return topup_answers.parsed(await read_bounded(answer, ANSWER_BYTES_MAX))
        except TooLong:
            raise NotUnderstood("too_long") from None
        except httpx.TimeoutException:
            raise NotUnderstood("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise NotUnderstood(f"network_{type(error).__name__}") from None

    def _filled(self, filling: Filling, ask: DeliveryAsk | None, day: date | None) -> str | None:
        match filling.fact:
            case Fact.SETTING:
                return self._settings[filling.argument]
            case Fact.TEXT:
                return filling.argument
            case Fact.TIME:
                return self._time(self._clock.now())
            case Fact.DAY:
                return day.isoformat() if day else None
            case Fact.CALLBACK_URL:
                return self._callback_url
        if ask is None:
            return None
        match filling.fact:
            case Fact.REQUEST_NO:
                return ask.request_no
            case Fact.ACCOUNT:
                return ask.account
            case Fact.CODE:
                return ask.supplier_code or ask.sku_id
            case Fact.QUANTITY:
                return str(ask.quantity)
            case Fact.REGION:
                return ask.region
            case Fact.FACE_VALUE:
                return None if ask.face_value is None else format(ask.face_value.normalize(), "f")
            case Fact.COST_MAX:
                cost = ask.cost_max_fen
                return None if cost is None else yuan(cost) if self._said.money is Unit.YUAN else str(cost)
        return None

    def _time(self, now: datetime) -> str:
        match self._said.time:
            case "unix":
                return str(int(now.timestamp()))
            case "unix_ms":
                return str(int(now.timestamp() * 1000))
            case pattern:
                return now.astimezone(self._said.time_zone).strftime(pattern)

    def _moment(self, text: str) -> datetime:
        try:
            match self._said.time:
                case "unix":
                    return datetime.fromtimestamp(int(text), UTC)
                case "unix_ms":
                    return datetime.fromtimestamp(int(text) / 1000, UTC)
                case pattern:
                    told = datetime.strptime(text, pattern)  # noqa: DTZ007
                    return told.replace(tzinfo=self._said.time_zone).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            raise NotUnderstood("no_time") from None

    def _unknown(self, what: str, doubt: NotUnderstood) -> SupplierAnswer:
        """The reason is a code of ours: what the supplier wrote may name the customer."""
        log.warning("supplier not understood", supplier=self._name, call=what, reason=str(doubt))
        return SupplierAnswer(Outcome.UNKNOWN, reason=str(doubt))


def body_of(fields: Mapping[str, str]) -> str:
    """The fields as a JSON body: every value is text, numbers too, as it stands under the signature."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _posted(body: bytes, send: Send) -> dict[str, str]:
    """The fields of a callback, each once and as it was written. Raises NoticeRefused."""
    try:
        if send is Send.JSON:
            said = topup_answers.parsed(body)
            if not isinstance(said, dict) or len(said) > CALLBACK_FIELDS_MAX:
                raise NoticeRefused("unreadable")
            # What has parts of its own cannot be signed by this rule, so it is not believed either.
            return {name: topup_answers.text_at(said, name) for name in said}
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=CALLBACK_FIELDS_MAX,
        )
    except (ValueError, NotUnderstood):
        raise NoticeRefused("unreadable") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        # Of a field that stands twice, the signature may mean the one and the reader the other.
        raise NoticeRefused("unreadable")
    return fields
