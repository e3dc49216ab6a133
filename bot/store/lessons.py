"""What the shop was taught, as a log. Its newest version is the version of the shop's words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Connection, Integer, String, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.learning.words import Lesson, LessonKind, ShopWords, Taught
from bot.store.tables import Moment, metadata

lessons = Table(
    "lessons",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("act", String(8), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("words", String(240), nullable=False),
    Column("at", Moment, nullable=False),
)

_VERSION = select(func.max(lessons.c.version))


class _Act(StrEnum):
    TEACH = "teach"
    FORGET = "forget"


class Overtaken(Exception):
    """Somebody else taught the shop something meanwhile; what was tested does not hold any more."""


def version(tx: Connection) -> int:
    """Changes with every lesson taught and forgotten; 0 before the first."""
    return tx.execute(_VERSION).scalar() or 0


def load(tx: Connection) -> ShopWords:
    """Everything that holds."""
    taught: dict[Lesson, Taught] = {}
    number = 0
    for row in tx.execute(select(lessons).order_by(lessons.c.version)):
        lesson = Lesson(LessonKind(row.kind), row.subject, row.words)
        number = row.version
        if row.act == _Act.TEACH:
            taught[lesson] = Taught(row.version, lesson, row.at)
        else:
            taught.pop(lesson, None)
    return ShopWords(number, tuple(taught.values()))


def teach(tx: Connection, lesson: Lesson, known: ShopWords, now: datetime) -> int:
    """Write the lesson down behind what was known. Raises Overtaken."""
    return _append(tx, _Act.TEACH, lesson, known, now)


def forget(tx: Connection, lesson: Lesson, known: ShopWords, now: datetime) -> int:
    """The lesson holds no more. Raises Overtaken."""
    return _append(tx, _Act.FORGET, lesson, known, now)


def _append(tx: Connection, act: _Act, lesson: Lesson, known: ShopWords, now: datetime) -> int:
    if version(tx) != known.version:
        raise Overtaken
    number = known.version + 1
    try:
        # Two processes may have seen the same version: the key lets one of them through.
        with tx.begin_nested():
            tx.execute(
                insert(lessons).values(
                    version=number,
                    act=act.value,
                    kind=lesson.kind.value,
                    subject=lesson.subject,
                    words=lesson.words,
                    at=now,
                )
            )
    except IntegrityError as error:
        raise Overtaken from error
    return number
