"""Why a shopkeeper could not teach what he wanted. By itself, so that every command loads fast."""


class NotTaught(Exception):
    """The lesson was refused, or there is none; the text says why and what to do."""
