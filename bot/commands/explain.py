"""`xiadan parse --explain`: how one utterance was read, stretch by stretch, in colour."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.frame import Framer, Json
from nlu.explanation import Explanation, Piece, PieceKind

_COLOURS = {
    PieceKind.PRODUCT: "black on green",
    PieceKind.TIER: "black on bright_green",
    PieceKind.REGION: "black on cyan",
    PieceKind.SIZE: "black on yellow",
    PieceKind.QUANTITY: "black on bright_yellow",
    PieceKind.ACCOUNT: "white on blue",
    PieceKind.CONTACT: "white on bright_blue",
    PieceKind.REFERENCE: "white on magenta",
    PieceKind.LIMIT: "black on bright_cyan",
    PieceKind.PAYMENT: "white on magenta",
    PieceKind.OTHER_NUMBER: "white on bright_black",
    PieceKind.TURN: "white on red",
    PieceKind.QUOTATION: "italic",
    PieceKind.WORD: "underline",
}
_LEFT_OUT = "strike"
"""On top of the colour: read, and not in the result."""
_SHOWN_CHARACTERS_MAX = 40


def show(framer: Framer, text: str, console: Console | None = None) -> None:
    """Print the explanation of `text`. Text of customers is never read as terminal markup."""
    (console or Console(width=110)).print(rendered(framer, text))


def rendered(framer: Framer, text: str) -> RenderableType:
    """The message in colours, its pieces, and the order lines that they made."""
    explanation = framer.explain(text)
    frame = framer.frame(text)
    return Group(_coloured(explanation), Text(), _pieces(explanation), Text(), *_result(frame))


def _coloured(explanation: Explanation) -> Text:
    text = explanation.understanding.text
    shown = Text(_visible(text), no_wrap=False)
    layers = sorted(
        explanation.pieces, key=lambda piece: piece.kind not in (PieceKind.WORD, PieceKind.QUOTATION)
    )
    for piece in layers:
        shown.stylize(_style(piece), piece.span.start, piece.span.end)
    return shown


def _pieces(explanation: Explanation) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("characters", "text", "read as", "meaning"):
        table.add_column(column, overflow="fold")
    text = explanation.understanding.text
    for piece in explanation.pieces:
        start, end = piece.span.start, piece.span.end
        said = _visible(text[start:end])
        if len(said) > _SHOWN_CHARACTERS_MAX:
            said = f"{said[:_SHOWN_CHARACTERS_MAX]}…"
        meaning = piece.meaning if piece.used else f"{piece.meaning}; not in the result"
        table.add_row(
            Text(f"{start}-{end}"),
            Text.assemble((said, _style(piece))),
            Text(piece.kind.value),
            Text(meaning),
        )
    return table


def _style(piece: Piece) -> str:
    colour = _COLOURS[piece.kind]
    return colour if piece.used else f"{colour} {_LEFT_OUT}"


def _result(frame: dict[str, Json]) -> Sequence[Text]:
    """The frame in a few lines, only what is there."""
    complete = _is_complete(frame)
    shown = [
        Text.assemble(
            ("intent ", "bold"),
            f"{frame['intent']} ({frame['confidence']})",
            ("   complete" if complete else "   open", "bold green" if complete else "bold yellow"),
        )
    ]
    lines = frame["lines"]
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict):
            said = ", ".join(f"{key} {value}" for key, value in line.items() if value is not None)
            shown.append(Text.assemble(("line ", "bold"), said))
    for key in ("missing", "candidates", "problems", "filters", "sort", "order_ref", "payment", "contact"):
        if frame[key]:
            shown.append(Text.assemble((f"{key} ", "bold"), _plain(frame[key])))
    return shown


def _plain(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return " ".join(f"{key}={_plain(one)}" for key, one in value.items())
    return str(value)


def _is_complete(frame: dict[str, Json]) -> bool:
    lines = frame["lines"]
    return (
        frame["intent"] in ("order", "modify", "reorder")
        and isinstance(lines, list)
        and bool(lines)
        and all(isinstance(line, dict) and line["sku"] for line in lines)
        and not frame["missing"]
        and not frame["problems"]
    )


def _visible(text: str) -> str:
    """One character for one, none of which moves the cursor."""
    return "".join(
        "↵" if character == "\n" else character if character.isprintable() else "·" for character in text
    )
