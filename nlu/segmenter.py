"""Cuts talk into words, with a dictionary of our own: the words of the trade, and nothing else.

A private jieba tokenizer, never the library's global one: two shops in one process would share their
words, its general dictionary takes half a second and 80 MB, and its cache is a file of a known name in
the shared temporary folder, which anybody on the machine may have put there.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


@contextmanager
def _unseen(module: str) -> Iterator[None]:
    """`import module` fails in here, as if it were not installed."""
    loaded = {module: sys.modules[module]} if module in sys.modules else {}
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
        sys.modules.update(loaded)


# jieba asks setuptools for the place of its own files, and does as well without: 0.2 s and 12 MB of a start.
with _unseen("pkg_resources"):
    import jieba

WORD_WEIGHT = 1000
"""A known word beats the single characters it is made of, and a longer one two shorter ones."""


class Segmenter:
    """Knows the words it was made with; every other character is a word by itself."""

    def __init__(self, words: Iterable[str]) -> None:
        rows = "\n".join(f"{word} {WORD_WEIGHT}" for word in sorted(set(words)) if " " not in word)
        self._tokenizer = jieba.Tokenizer()
        # Handed over in memory: a dictionary that is read from a file would be cached beside it.
        frequencies, total = self._tokenizer.gen_pfdict(io.BytesIO(rows.encode()))
        self._tokenizer.FREQ, self._tokenizer.total = frequencies, total
        self._tokenizer.initialized = True

    def words(self, text: str) -> list[str]:
        """The words of `text`, in order, without guessing at new ones."""
        return list(self._tokenizer.cut(text, HMM=False))
