"""Connects the chat channels that have settings: a wing of the composition root (`app.py`).

Their libraries are imported where a channel is connected: they take longer to load than all the rest of the
shop, and most shops connect one of them or none.
"""

from __future__ import annotations

from adapters.line import Line
from bot.app import App
from bot.channel import Sending
from bot.settings import Settings


def chat_lines(app: App, settings: Settings) -> tuple[Line, ...]:
    """Connect the chat channels that have settings."""
    lines: list[Line] = []
    if token := settings.telegram_bot_token.get_secret_value():
        from adapters import telegram
        from adapters.payments.stars import StarsGateway
        from adapters.telegram_stars import StarsInbox, StarsWords

        gateway, stars = app.gateways.get("stars"), None
        if isinstance(gateway, StarsGateway):
            words = StarsWords.of(app.wording)
            stars = StarsInbox(gateway, app.shop, app.database, words, app.clock)
        webhook = settings.telegram_mode == "webhook"
        lines.append(
            telegram.telegram_line(
                token=token,
                webhook_secret=settings.telegram_webhook_secret.get_secret_value() if webhook else None,
                base_url=settings.base_url,
                reception=app.reception,
                database=app.database,
                wording=app.wording,
                clock=app.clock,
                api_url=settings.telegram_api_url,
                stars=stars,
                pays_in_chat=stars is not None and app.shop.ways_to_pay("telegram:")[0] == "stars",
            )
        )
    if settings.wechat_app_id:
        from adapters import wechat

        lines.append(
            wechat.wechat_line(
                app_id=settings.wechat_app_id,
                secret=settings.wechat_app_secret.get_secret_value(),
                token=settings.wechat_token.get_secret_value(),
                encoding_aes_key=settings.wechat_encoding_aes_key.get_secret_value(),
                reception=app.reception,
                database=app.database,
                wording=app.wording,
                clock=app.clock,
                api_url=settings.wechat_api_url,
            )
        )
    app.channels.update({line.channel.name: line.channel for line in lines})
    return tuple(lines)


def sendings(settings: Settings) -> dict[str, Sending]:
    """How each connected channel gets its messages."""
    sendings: dict[str, Sending] = {}
    if settings.telegram_bot_token.get_secret_value():
        from adapters import telegram, telegram_inbox

        sendings[telegram_inbox.CHANNEL] = telegram.SENDING
    if settings.wechat_app_id:
        from adapters import wechat, wechat_pushes

        sendings[wechat_pushes.CHANNEL] = wechat.SENDING
    return sendings
