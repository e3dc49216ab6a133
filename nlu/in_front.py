"""What stands right in front of a place in a message.

A pattern that ends in `$` is else tried at every place of all that stands before, once for every number or
word that it is asked about: of a long message most of its time.
"""

from __future__ import annotations

import re

REACH = 40
"""How many characters in front may belong to it."""


def in_front(pattern: re.Pattern[str], text: str, end: int) -> re.Match[str] | None:
    """The match of `pattern`, which ends in `$`, that reaches up to `end`."""
    return pattern.search(text, max(0, end - REACH), end)
