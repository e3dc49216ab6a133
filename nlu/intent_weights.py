"""How much each trait of a message says for and against each intent: the file that holds the weights.

A line is a trait, and behind tabs the intents on which it says something, with how much. The traits are
those of `nlu/weighing.py`; the weights are fitted by `tests/bench/weigh.py`, never written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from nlu.understanding import Intent

FILE = "intent_weights.txt"

Weights = Mapping[str, Mapping[Intent, float]]

_INTENTS = {intent.value: intent for intent in Intent}

_HEADING = """# How much each trait of a message says for or against an intent. Fitted, not written by hand:
# `python -m tests.bench.weigh`.
"""


def written(weights: Weights) -> str:
    """The text of the file."""
    lines = [
        "\t".join((trait, *(f"{intent} {weight:.2f}" for intent, weight in sorted(says.items()))))
        for trait, says in sorted(weights.items())
    ]
    return _HEADING + "\n".join(lines) + "\n"


def read(text: str) -> dict[str, dict[Intent, float]]:
    """The weights of a file's text. Raises ValueError with the number of the line that is none."""
    weights: dict[str, dict[Intent, float]] = {}
    alike: dict[str, dict[Intent, float]] = {}  # Every other trait says what another says: it is kept once.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or (number <= _HEADING.count("\n") and line.startswith("# ")):
            continue
        trait, _, said = line.partition("\t")
        if said not in alike:
            try:
                pairs = [one.split(" ") for one in said.split("\t") if said]
                alike[said] = {_INTENTS[intent]: float(weight) for intent, weight in pairs}
            except (KeyError, ValueError) as error:
                raise ValueError(number) from error
        weights[trait] = alike[said]
    return weights
