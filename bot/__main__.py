"""`python -m bot` is `xiadan`."""

from bot.cli import main

main()
