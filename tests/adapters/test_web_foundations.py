"""Sessions, passwords, limits and the chat's wire: the small parts that the pages stand on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.agent_names import NameTrouble, name_trouble
from adapters.web.desk_cases import NotDone
from adapters.web.limits import RateLimit
from adapters.web.pages import StaticFiles, templates
from adapters.web.passwords import hash_password, password_fits
from adapters.web.protocol import read_frame, read_say, written_entry
from adapters.web.sessions import BROWSER_COOKIE, Sessions
from adapters.web.storefront import storefront
from bot.messages import ChatAddress, ChatEntry, IncomingMessage, OutgoingMessage, Reply, Speaker
from bot.wording import Wording
from orders.aftersales import NotReplaced
from orders.catalog import Catalog, Delivery
from orders.catalog_file import read_catalog
from orders.order import CustomerState, EventKind
from orders.payment import RefundDenied
from orders.staff_refunds import StaffDenied

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
KEY = "a secret that only this test knows"
DATA = Path(__file__).resolve().parents[2] / "data"


def request_with(cookie: str | None) -> Request:
    headers = [(b"cookie", f"{BROWSER_COOKIE}={cookie}".encode())] if cookie else []
    return Request({"type": "http", "headers": headers})


def cookie_of(sessions: Sessions) -> tuple[str, str]:
    """A new browser's id, and the cookie that it is sent."""
    browser = sessions.browser(request_with(None))
    response = Response()
    sessions.remember(response, browser)
    return browser.browser_id, response.headers["set-cookie"]


def value_of(cookie: str) -> str:
    return cookie.split(";")[0].split("=", 1)[1]


def test_a_browser_is_known_again_by_its_cookie() -> None:
    sessions = Sessions(KEY, secure=True)
    browser_id, cookie = cookie_of(sessions)
    again = sessions.browser(request_with(value_of(cookie)))
    assert (again.browser_id, again.known) == (browser_id, True)
    assert {"HttpOnly", "SameSite=lax", "Secure"} <= set(re.split(r"; ", cookie))


@pytest.mark.parametrize("change", ["", "x", "another"])
def test_a_cookie_that_we_did_not_sign_is_nobody(change: str) -> None:
    sessions = Sessions(KEY, secure=False)
    browser_id, cookie = cookie_of(sessions)
    forged = {
        "": browser_id,
        "x": value_of(cookie)[:-2] + "xx",
        "another": value_of(cookie_of(Sessions(KEY[::-1], secure=False))[1]),
    }
    browser = sessions.browser(request_with(forged[change]))
    assert not browser.known
    assert browser.browser_id != browser_id


def test_a_form_token_is_good_for_its_holder_alone() -> None:
    sessions = Sessions(KEY, secure=False)
    token = sessions.form_token("me")
    assert sessions.is_form_token("me", token)
    assert not sessions.is_form_token("you", token)
    assert not sessions.is_form_token("me", "é")


def test_a_short_secret_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        Sessions("short", secure=False)


def test_a_password_is_kept_as_a_salted_hash() -> None:
    hashed = hash_password("open sesame")
    assert "sesame" not in hashed
    assert hashed != hash_password("open sesame")
    assert password_fits("open sesame", hashed)
    assert not password_fits("Open sesame", hashed)


@pytest.mark.parametrize("hashed", ["", "plain", "md5$YQ==$YQ==", "scrypt$%$%"])
def test_what_is_no_hash_fits_no_password(hashed: str) -> None:
    assert not password_fits("", hashed)
    assert not password_fits(hashed, hashed)


def test_an_endless_password_is_not_even_hashed() -> None:
    hashed = hash_password("x" * 201)
    assert not password_fits("x" * 201, hashed)


@pytest.mark.parametrize("name", ["小李", "客服小李", "Anna", "李 雷", "王姐😊", "José", "小李-2", "Jean-Bo"])
def test_people_may_be_called_what_people_are_called(name: str) -> None:
    assert name_trouble(name) is None


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("", NameTrouble.MISSING),
        ("…", NameTrouble.MISSING),
        ("bot", NameTrouble.TAKEN_BY_THE_SHOP),
        ("ＢＯＴ", NameTrouble.TAKEN_BY_THE_SHOP),
        ("Queued", NameTrouble.TAKEN_BY_THE_SHOP),
        ("agent", NameTrouble.TAKEN_BY_THE_SHOP),
        ("机器人", NameTrouble.TAKEN_BY_THE_SHOP),
        ("机 器·人", NameTrouble.TAKEN_BY_THE_SHOP),
        ("系统", NameTrouble.TAKEN_BY_THE_SHOP),
        ("客服机器人", NameTrouble.TAKEN_BY_THE_SHOP),
        ("小李机器人2号", NameTrouble.TAKEN_BY_THE_SHOP),
        ("订单通知", NameTrouble.TAKEN_BY_THE_SHOP),
        ("小\u200b李", NameTrouble.UNSEEN),
        ("机\u2060器人", NameTrouble.UNSEEN),
        ("\u202e李小", NameTrouble.UNSEEN),
        ("\u2066李\u2069", NameTrouble.UNSEEN),
        ("李\ufeff", NameTrouble.UNSEEN),
        ("\u3164", NameTrouble.UNSEEN),
        ("李\ufe0f", NameTrouble.UNSEEN),
        ("李\n小", NameTrouble.UNSEEN),
    ],
)
def test_nobody_is_called_like_the_shop_or_unseen(name: str, trouble: NameTrouble) -> None:
    assert name_trouble(name) is trouble


def test_a_burst_is_allowed_once_and_fills_up_again() -> None:
    limit = RateLimit(3, timedelta(seconds=30))
    assert [limit.allows("a", NOW) for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b", NOW)
    assert not limit.allows("a", NOW + timedelta(seconds=9))
    assert limit.allows("a", NOW + timedelta(seconds=21))
    limit.forgive("a")
    assert [limit.allows("a", NOW + timedelta(seconds=21)) for _ in range(4)] == [True, True, True, False]


def test_the_limit_remembers_only_so_many_visitors() -> None:
    limit = RateLimit(1, timedelta(seconds=30), keys_max=2)
    assert all(limit.allows(key, NOW) for key in "abc")
    assert limit.allows("a", NOW), "a was forgotten first"
    assert not limit.allows("c", NOW)


@pytest.mark.parametrize(
    "frame",
    [
        None,
        [],
        {},
        {"id": "abcdefgh"},
        {"id": "short", "text": "hi"},
        {"id": "abcdefgh", "text": "  "},
        {"id": "abcdefgh", "text": 7},
        {"id": "abcdefgh", "text": "\0"},
        {"id": "abcdefgh", "text": "hi", "means": 1},
        {"id": "abcdefgh", "text": "hi", "means": "x" * 257},
        {"id": "../../../etc", "text": "hi"},
    ],
)
def test_what_is_no_message_is_not_read_as_one(frame: object) -> None:
    assert read_say(frame) is None


def test_a_message_is_read_without_what_no_database_can_keep() -> None:
    said = read_say({"id": "abcdefgh", "text": " 充\0值\ud800 ", "means": "topup-100"})
    assert said is not None
    assert (said.text, said.means) == ("充值", "topup-100")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"x"', "null", "{" * 5000])
def test_a_broken_frame_is_an_empty_one(text: str) -> None:
    assert read_frame(text) == {}


def test_the_customer_gets_his_own_message_back_under_his_own_id() -> None:
    chat = ChatAddress("web", "c")
    entry = ChatEntry(chat, 3, NOW, incoming=IncomingMessage("my-id-01", chat, "充100", NOW))
    written = written_entry(entry)
    assert (written["seq"], written["who"], written["id"], written["text"]) == (
        3,
        "customer",
        "my-id-01",
        "充100",
    )


def test_links_to_our_own_pages_lose_their_host() -> None:
    chat = ChatAddress("web", "c")
    reply = Reply("好", pay_url="https://shop.example/pay/tok?x=1")
    said = OutgoingMessage(1, chat, 4, Speaker.BOT, None, reply, None, None, NOW)
    assert written_entry(ChatEntry(chat, 4, NOW, outgoing=said))["pay_url"] == "/pay/tok"


def test_every_code_of_the_shop_has_a_word_on_the_pages() -> None:
    labels = templates().get_template("_labels.html").module.__dict__
    assert set(labels["order_states"]) == set(CustomerState)
    assert set(labels["delivered_words"]) == set(Delivery)
    assert set(labels["steps"]) == set(EventKind)
    login = (DATA.parent / "adapters/web/templates/desk_login.html").read_text(encoding="utf-8")
    assert all(f'"{trouble}"' in login for trouble in NameTrouble)
    assert set(labels["refunds"]) == {*RefundDenied, "started"}
    assert set(labels["refusals"]) == {*NotReplaced, *StaffDenied, *NotDone}


def test_an_order_is_called_the_same_on_the_pages_and_in_the_chat() -> None:
    labels = templates().get_template("_labels.html").module.__dict__
    wording = Wording.read(DATA / "replies.yaml")
    for state in CustomerState:
        assert labels["order_states"][state] == wording.say(f"state.{state}")
    for delivery in Delivery:
        assert labels["delivered_words"][delivery] == wording.say(f"state.delivered_as.{delivery}")


def test_the_storefront_shows_the_best_seller_of_each_category() -> None:
    catalog = read_catalog(DATA / "catalog" / "demo.csv")
    front = storefront(catalog)
    assert len(front.offers) == 6
    assert len({offer.name for offer in front.offers}) == 6
    assert front.example is not None
    assert front.example.variant == "100元"
    assert storefront(Catalog.of(())).example is None


def test_static_files_change_their_address_with_their_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("x")
    before = StaticFiles(tmp_path).address("a.css")
    assert StaticFiles(tmp_path).address("a.css") == before
    (tmp_path / "a.css").write_text("y")
    assert StaticFiles(tmp_path).address("a.css") != before


def test_scripts_hold_no_chinese_and_no_foreign_address() -> None:
    static = Path(__file__).resolve().parents[2] / "adapters" / "web" / "static"
    for script in static.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"[\u4e00-\u9fff]", text), script.name
        assert "//" not in re.sub(r"^\s*//.*$|/\*\*.*?\*/|\s//.*$|`\$\{scheme\}//", "", text, flags=re.M), (
            script.name
        )
    for page in (*static.glob("*.css"), *static.parent.glob("templates/*.html")):
        assert not re.search(
            r"https?://|<script(?![^>]*src)|style=|onclick=", page.read_text(encoding="utf-8")
        ), page.name
