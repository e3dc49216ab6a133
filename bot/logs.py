"""Structured logs in which nobody's number can be read.

Masking is done here, for every event, so that no line of code can forget it.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

LONG_DIGITS = re.compile(r"(?<![A-Za-z0-9_-])\+?\d(?:[ -]?\d){6,}(?![A-Za-z0-9_-])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

UNMASKED_KEYS = frozenset({"order_no", "timestamp", "level", "logger", "job_id", "outgoing_id", "seq"})
"""What is ours and names nobody: without it a log could not be followed."""


def masked(text: str) -> str:
    """`13800138000` as `138****8000`, `someone@mail.com` as `s***@mail.com`."""
    text = EMAIL.sub(lambda found: f"{found[0][0]}***@{found[0].rsplit('@', 1)[1]}", text)
    return LONG_DIGITS.sub(lambda found: _masked_digits(re.sub(r"\D", "", found[0])), text)


def _masked_digits(digits: str) -> str:
    shown = 3 if len(digits) >= 9 else 2
    return f"{digits[:shown]}****{digits[-shown - 1 :]}"


def mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: every string of the event, but those that are ours, is masked."""
    for key, value in event.items():
        if isinstance(value, str) and key not in UNMASKED_KEYS:
            event[key] = masked(value)
    return event


def configure_logs(level: str, style: Literal["json", "console"]) -> None:
    """Send our events and the libraries' alike through one pipe to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask_event, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in (
        "httpx",
        "httpcore",
        "aiosqlite",
        "uvicorn.access",
        "telegram",
        "wechatpy",
        "urllib3",
        "alembic",
    ):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
