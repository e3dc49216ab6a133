"""The shop as people see it: a real Chromium, a phone and a desktop, a shop in a process of its own."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import DESKTOP, PHONE, Invite, RunningShop, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SENTENCE = "帮我充100元话费到13800138000"
STREET = "浙江省杭州市西湖区文三路1号"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2055A Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240301 MicroMessenger/8.0.48"
)


def pays(person: Visitor, method: str = "微信支付") -> None:
    person.taps("去支付")
    person.sees("应付金额")
    person.taps(method)
    person.sees("支付成功")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_one_sentence_is_ordered_paid_and_delivered(visitor: Invite, size: dict[str, int]) -> None:
    me = visitor(size)
    me.goes("/")
    me.says(SENTENCE)
    me.sees("99.80元", "#entries .slip")
    me.sees("138****8000", "#entries .slip")
    pays(me)
    me.taps("返回聊天")
    me.sees("已到账", "#entries .slip .status")
    assert me.page.locator("#entries .slip").count() == 1, "one order, one slip"
    me.taps("查看订单")
    me.sees("进度")
    me.sees("已收到付款", ".timeline")
    me.sees("已到账", ".timeline")
    assert "13800138000" not in me.page.content()


def test_it_works_in_a_narrow_wechat_webview(visitor: Invite) -> None:
    me = visitor({"width": 320, "height": 568}, user_agent=WECHAT)
    me.goes("/")
    me.says(SENTENCE)
    me.sees("去支付")
    assert no_sideways_scroll(me)
    pays(me, "支付宝")
    assert no_sideways_scroll(me)
    me.taps("查看订单")
    me.sees("进度")
    assert no_sideways_scroll(me)


def no_sideways_scroll(person: Visitor) -> bool:
    return bool(person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_slot_by_slot_with_chips(visitor: Invite) -> None:
    me = visitor()
    me.goes("/")
    me.says("充话费")
    me.page.locator("#chips").get_by_role("button", name="100元").first.click()
    me.page.locator('#entries [data-who="customer"] .bubble').get_by_text("100元").wait_for()
    expect(me.page.locator("#entries [data-who=bot]")).to_have_count(2)
    me.says("13800138000")
    me.sees("去支付")


def test_everything_that_is_tapped_is_large_enough(visitor: Invite) -> None:
    me = visitor()
    me.goes("/")
    me.sees("在线")
    me.says("充话费")
    me.page.locator("#chips button").first.wait_for()
    for target in me.page.locator("button:visible, a.button:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, target.inner_text()


def test_nothing_is_lost_or_doubled_when_the_server_dies(visitor: Invite, shop: RunningShop) -> None:
    me = visitor()
    me.goes("/")
    me.says("你好")
    expect(me.page.locator("#entries [data-who=bot]")).to_have_count(1)
    shop.close(signal.SIGKILL)
    me.says("充话费")
    me.says("13800138000")
    me.page.locator("[data-sending]").nth(1).wait_for()
    me.sees("网络断开")
    shop.open()
    me.sees("在线")
    expect(me.page.locator("#entries [data-who=bot]")).to_have_count(3)
    assert me.bubbles("customer") == ["你好", "充话费", "13800138000"]
    before = me.page.locator("#entries .bubble").all_inner_texts()
    me.page.reload()
    expect(me.page.locator("#entries .bubble")).to_have_count(len(before))
    assert me.page.locator("#entries .bubble").all_inner_texts() == before
    me.complaints = [
        said for said in me.complaints if "WebSocket" not in said and "ERR_CONNECTION" not in said
    ]


def test_what_waited_for_the_network_survives_a_reload(visitor: Invite) -> None:
    me = visitor()
    me.goes("/")
    me.sees("在线")
    me.page.evaluate(
        """localStorage.setItem("xiadan.queue", JSON.stringify([{id: "waited-for-the-network", text: "有人吗", means: null}]))"""
    )
    for _ in range(2):
        me.page.reload()
        expect(me.page.locator("#entries [data-who=bot]")).to_have_count(1)
        assert me.bubbles("customer") == ["有人吗"]
    me.page.wait_for_function('localStorage.getItem("xiadan.queue") === "[]"')


def test_a_webview_without_sockets_is_served_by_plain_requests(visitor: Invite) -> None:
    me = visitor()

    def hang_up(socket: WebSocketRoute) -> None:
        socket.close()

    me.page.route_web_socket("**/chat/ws*", hang_up)
    me.goes("/")
    me.says(SENTENCE)
    me.sees("去支付")
    assert me.bubbles("customer") == [SENTENCE]


def test_another_browser_sees_nothing_of_an_order(visitor: Invite) -> None:
    me, other = visitor(), visitor(DESKTOP)
    me.goes("/")
    me.says(SENTENCE)
    pays(me)
    me.taps("查看订单")
    me.sees("进度")
    order_page = me.page.url.removeprefix(me.shop.address)
    order_no = me.page.locator("[data-copy]").first.get_attribute("data-copy")
    other.goes("/")
    other.sees("想买什么")
    other.goes(order_page)
    other.taps("查看订单")
    other.sees("打不开这个订单")
    assert order_no
    assert order_no not in other.page.content()
    assert "138" not in other.page.content()
    other.complaints.clear()  # the closed door is a 404, which the browser itself notes
    me.goes(order_page)
    me.sees(order_no)


def test_a_card_key_lies_behind_a_click(visitor: Invite) -> None:
    me = visitor()
    me.goes("/")
    me.says("来一张50美元的steam礼品卡")
    pays(me)
    me.taps("返回聊天")
    me.page.locator('#entries .status[data-state="delivered"]').wait_for()
    me.taps("查看订单")
    assert me.page.locator(".key").count() == 0
    me.taps("查看卡密")
    key = me.page.locator(".key code").inner_text()
    assert len(key) >= 12
    me.taps("复制")
    me.sees("已复制")
    me.goes("/")
    me.page.locator("#entries .slip").wait_for()
    assert key not in me.page.content()


def test_staff_take_over_and_hand_back(visitor: Invite) -> None:
    me, staff = visitor(), visitor(DESKTOP)
    me.goes("/")
    me.sees("在线")
    me.taps("人工")
    me.sees("正在为你转人工")
    staff.goes("/desk")
    staff.page.fill("[name=name]", "小李")
    staff.page.fill("[name=password]", staff.shop.desk_password)
    staff.taps("登录")
    staff.page.locator(".people button").first.click()
    staff.sees("转人工", "#entries")
    staff.taps("接入")
    staff.sees("由你接待")
    me.sees("客服 小李 为你服务")
    said_by_bot = len(me.bubbles("bot"))
    staff.says("您好，我是小李，请说。")
    me.sees("您好，我是小李，请说。", "#entries")
    me.says("帮我看看订单")
    staff.sees("帮我看看订单", "#entries")
    assert len(me.bubbles("bot")) == said_by_bot, "the bot is silent while a person attends"
    staff.taps("交回机器人")
    me.sees("在线", "#presence")
    me.says(SENTENCE)
    me.sees("去支付")


def test_staff_see_where_a_parcel_goes_and_send_it(visitor: Invite) -> None:
    me, staff = visitor(), visitor(DESKTOP)
    me.goes("/")
    me.says("移动花卡办一张")
    me.sees("寄到哪儿")
    me.says(f"张三 13800138000 {STREET}")
    pays(me)
    me.taps("返回聊天")
    staff.goes("/desk")
    staff.page.fill("[name=name]", "小王")
    staff.page.fill("[name=password]", staff.shop.desk_password)
    staff.taps("登录")
    staff.taps("订单")
    staff.page.locator(".people button", has_text="花卡").first.click()
    staff.sees("查看完整收件信息", "#side")
    assert STREET not in staff.page.locator("#side").inner_text()
    staff.taps("查看完整收件信息")
    staff.sees(STREET, "#side")
    staff.page.fill("#side [name=tracking]", "SF1234567890")
    staff.page.locator("#side").get_by_role("button", name="已发货").click()
    staff.page.locator("#side .ship").wait_for(state="detached")
    staff.sees("已发货", "#side .status")
    staff.sees(STREET, "#side")
    me.sees("已发货", "#entries .slip .status")


def test_a_key_that_does_not_work_is_replaced_at_the_desk(visitor: Invite) -> None:
    me, staff = visitor(), visitor(DESKTOP)
    me.goes("/")
    me.says("来一张50美元的steam礼品卡")
    pays(me)
    me.taps("返回聊天")
    me.page.locator('#entries .status[data-state="delivered"]').wait_for()
    me.taps("查看订单")
    me.taps("查看卡密")
    before = me.page.locator(".key code").inner_text()
    me.goes("/")
    me.says("卡密无效")
    me.sees("客服会核实")
    staff.goes("/desk")
    staff.page.fill("[name=name]", "小孙")
    staff.page.fill("[name=password]", staff.shop.desk_password)
    staff.taps("登录")
    staff.page.locator(".people button", has_text="用不了").first.click()
    staff.sees("顾客反馈卡密用不了", "#side")
    side = staff.page.locator("#side")
    assert before[-4:] in side.inner_text()
    assert before not in side.inner_html()
    side.get_by_placeholder("哪里不对").fill("已被兑换")
    side.get_by_role("button", name="换一张").click()
    staff.sees("已作废", "#side")
    me.sees("卡密换好了")
    me.taps("查看订单")
    me.sees("已换新卡密")
    me.taps("查看卡密")
    after = me.page.locator(".key code").inner_text()
    assert after != before


def test_what_people_write_is_text_and_never_markup(visitor: Invite) -> None:
    me = visitor()
    me.goes("/")
    wicked = '<img src=x onerror="document.title=1"><b>粗</b>'
    me.says(wicked)
    expect(me.page.locator("#entries [data-who=bot]")).to_have_count(1)
    assert me.bubbles("customer") == [wicked]
    assert me.page.title() != "1"


def test_the_enter_that_picks_a_word_does_not_send(visitor: Invite) -> None:
    me = visitor(DESKTOP)
    me.goes("/")
    me.page.fill("#words", "huafei")
    me.page.evaluate(
        """document.getElementById("words").dispatchEvent(
             new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )
    assert me.page.input_value("#words") == "huafei"
    assert me.bubbles("customer") == []


def test_an_order_and_its_chat_come_back_another_day(visitor: Invite) -> None:
    me = visitor()
    me.goes("/")
    me.says(SENTENCE)
    me.sees("去支付")
    again = me.context.new_page()
    again.goto(me.shop.address + "/")
    again.get_by_text("去支付").wait_for()
    assert again.locator('[data-who="customer"] .bubble').all_inner_texts() == [SENTENCE]
