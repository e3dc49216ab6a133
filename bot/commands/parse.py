"""`xiadan parse`: what one utterance means, with no conversation around it (contract/frame.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.lexicon import Lexicon
from nlu.parser import Parser
from orders.catalog_file import read_catalog
from orders.policy import Policy

LINE_CHARACTERS_MAX = 100_000
"""A longer JSON line is no utterance; it gets an error in its place."""


def framer_for(catalog_path: Path, data_folder: Path) -> Framer:
    """A framer for a catalog file. Raises CatalogRejected, LexiconError or PolicyError."""
    catalog = read_catalog(catalog_path)
    policy = Policy.read(data_folder / "policy.toml")
    parser = Parser(vocabulary_of(catalog), Lexicon.read(data_folder))
    return Framer(catalog, parser, policy.reading.sure_at)


def parse_lines(framer: Framer, lines: Iterable[str], out: TextIO) -> int:
    """Write one frame a line, in order, as they come. Returns how many lines were bad."""
    bad = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = _frame_of(framer, line)
        except ValueError as error:
            bad += 1
            answer = {"error": f"line {number}: {error}"}
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()
    return bad


def _frame_of(framer: Framer, line: str) -> dict[str, object]:
    if len(line) > LINE_CHARACTERS_MAX:
        raise ValueError(f"longer than {LINE_CHARACTERS_MAX} characters")
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise ValueError('expected an object with a "text" that is a string')
    passed_through = {key: value for key, value in given.items() if key != "text"}
    return {**passed_through, **framer.frame(given["text"])}
