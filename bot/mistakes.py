"""What can be wrong with what an operator gave us: said in a sentence, never as a traceback."""

from __future__ import annotations

from bot.learning.refusal import NotTaught
from bot.settings import SettingsRejected
from bot.wording import WordingError
from nlu.lexicon import LexiconError
from orders.errors import (
    BackupRejected,
    CatalogRejected,
    KeysRejected,
    NotPermitted,
    PolicyError,
    SealBroken,
    SupplierRejected,
    UnknownDatabase,
)

OPERATOR_MISTAKES = (
    BackupRejected,
    NotTaught,
    SettingsRejected,
    CatalogRejected,
    KeysRejected,
    NotPermitted,
    SealBroken,
    PolicyError,
    SupplierRejected,
    LexiconError,
    WordingError,
    UnknownDatabase,
    FileNotFoundError,
    IsADirectoryError,
    PermissionError,
)
