"""How the reading tests run: property tests are not timed, for other work shares the machine."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
