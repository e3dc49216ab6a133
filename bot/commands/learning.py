"""`xiadan misses` and `xiadan teach`: what was not understood, and how it is understood the next time.

What customers typed is printed as plain text, never as markup, and without anything that would act on
the terminal: it comes masked and cleaned, and is cleaned once more here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from bot.commands.database import run_on
from bot.learning.examining import Refused
from bot.learning.proposals import MissGroup, Proposal
from bot.learning.refusal import NotTaught
from bot.learning.teaching import Teaching
from bot.learning.words import Lesson, LessonKind
from bot.settings import Settings

T = TypeVar("T")


def show_misses(settings: Settings, database_url: str, limit: int) -> None:
    """List what was missed, most customers first, with what could be taught."""
    groups = _run(settings, database_url, lambda teaching: teaching.missed())
    if not groups:
        typer.echo("Nothing was missed.")
        return
    proposed = {one.proposal.number: one.proposal for one in groups if one.proposal is not None}
    for proposal in proposed.values():
        typer.echo(_proposed(proposal))
    if proposed:
        typer.echo("")
    for group in groups[:limit]:
        _show(group)
    if len(groups) > limit:
        typer.echo(f"and {len(groups) - limit} more; --limit {len(groups)} shows all")


def dismiss(settings: Settings, database_url: str, number: int) -> None:
    """Forget one phrase of the list."""
    phrase = _run(settings, database_url, lambda teaching: teaching.dismiss(number))
    if phrase is None:
        raise NotTaught(f"nothing numbered {number} was missed; `xiadan misses` shows the numbers")
    typer.echo(f"Forgot {_shown(phrase)}")


def teach(settings: Settings, database_url: str, lesson: Lesson) -> None:
    """Teach one lesson. Raises NotTaught where it does harm or nothing."""

    async def taught(teaching: Teaching) -> None:
        await _taught(teaching, lesson)

    _run(settings, database_url, taught)


def teach_proposal(settings: Settings, database_url: str, number: int) -> None:
    """Teach what `xiadan misses` proposes under the number."""

    async def taught(teaching: Teaching) -> None:
        proposal = await teaching.propose(number)
        if proposal is None:
            raise NotTaught(f"there is no proposal {number}; `xiadan misses` shows what is proposed")
        await _taught(teaching, proposal.lesson)

    _run(settings, database_url, taught)


def show_lessons(settings: Settings, database_url: str) -> None:
    words = _run(settings, database_url, lambda teaching: teaching.taught())
    if not words.taught:
        typer.echo("The shop was taught nothing yet.")
    for one in words.taught:
        typer.echo(f"{one.number:>5}  {one.at:%Y-%m-%d}  {_as_typed(one.lesson)}")


def forget(settings: Settings, database_url: str, number: int) -> None:
    """Take a lesson back. Raises NotTaught where there is none."""
    found = _run(settings, database_url, lambda teaching: teaching.forget(number))
    if found is None:
        raise NotTaught(f"there is no lesson {number}; `xiadan teach list` shows them")
    typer.echo(f"Forgot: {_as_typed(found.lesson)}")


async def _taught(teaching: Teaching, lesson: Lesson) -> None:
    verdict = await teaching.teach(lesson)
    if isinstance(verdict, Refused):
        raise NotTaught("Not taught:\n" + "\n".join(f"  {_shown(reason)}" for reason in verdict.reasons))
    typer.echo(f"Taught: {_as_typed(verdict.lesson)}")
    for note in verdict.notes:
        typer.echo(f"  {_shown(note)}")
    typer.echo(f"  {verdict.tried} known texts still mean what they meant; running shops know it in a second")


def _shown(text: str) -> str:
    """Without what would act on the terminal."""
    return "".join(character for character in text if character.isprintable())


def _as_typed(lesson: Lesson) -> str:
    name = "alias" if lesson.kind is LessonKind.ALIAS else "phrase"
    return f"{name} {lesson.subject} {_shown(lesson.words)}"


def _show(group: MissGroup) -> None:
    often = f"{group.customers} customer{'s' if group.customers > 1 else ''}, {group.times}×"
    kinds = ", ".join(group.kinds)
    taken = f"taken for {group.intent} {group.confidence:.2f}"
    typer.echo(f"{group.number:>5}  {_shown(group.phrase)}")
    typer.echo(f"       {kinds}; {often}, last {group.last_at:%Y-%m-%d}; {taken}")
    if group.outcomes:
        meant = ", ".join(f"{subject} ({count})" for subject, count in group.outcomes)
        typer.echo(f"       turned out to mean {meant}")
    if group.proposal is not None:
        typer.echo(f"       see proposal {group.proposal.number}")


def _proposed(proposal: Proposal) -> str:
    said = f"{proposal.agreeing} of {proposal.of} customers meant it"
    return f"proposed: {_as_typed(proposal.lesson)}  ({said}): xiadan teach --proposal {proposal.number}"


def _run(settings: Settings, database_url: str, do: Callable[[Teaching], Awaitable[T]]) -> T:
    from bot.workbench import teaching_of

    return run_on(database_url, lambda database: do(teaching_of(settings, database)))
