"""In which form goods are wanted, as far as a line says so: 要卡密, 不要直充, 发我激活码."""

from __future__ import annotations

from nlu.delivery_words import ComesAs, DeliveryWords
from nlu.leftovers import scraps
from nlu.lexicon import Lexicon
from nlu.mentions import refused_in_front
from nlu.records import Record
from nlu.sounds import heard

_EITHER = frozenset(ComesAs)


class DeliverySaid:
    """Reads it from the names and nouns of a line. Immutable."""

    def __init__(self, lexicon: Lexicon, words: DeliveryWords) -> None:
        self._words = words
        self._rejecting = tuple(sorted(lexicon.words("goods.rejecting"), key=len, reverse=True))
        self._sounds = frozenset(heard(word) for word in words.all if len(word) > 1)

    def of(self, text: str, record: Record, left: frozenset[int]) -> frozenset[ComesAs]:
        """The forms that are wanted; both where that was said, and where it cannot be told. `left`: what
        nobody understood."""
        sounds = heard(scraps(record, left, text))
        said: set[ComesAs] = set()
        refused: set[ComesAs] = set()
        for event in (*record.names, *record.nouns):
            if event.mention is None or not (forms := self._words.forms_in(event.mention.text)):
                continue
            no = event in record.nouns and refused_in_front(text, event.start, self._rejecting)
            (refused if no else said).update(forms)
        if said & refused or any(sound in sounds for sound in self._sounds):
            return _EITHER
        return frozenset(said) or _EITHER - refused if refused else frozenset(said)
