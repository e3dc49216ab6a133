"""Options of the whole suite, and what must be said about a run even when it was spread over processes."""

from __future__ import annotations

import pytest
from hypothesis import settings

# The same examples in every run: a suite that fails must fail again when somebody looks. Searching
# for new ones is `pytest --hypothesis-profile=search`.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile("same")

NO_CHROMIUM = "NO CHROMIUM, SO THIS BROWSER TEST DID NOT RUN"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept",
        action="store_true",
        help="Write what the bot said into the conversation files, to be reviewed as a diff.",
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    missed = [report for report in skipped if NO_CHROMIUM in str(report.longrepr)]
    if missed:
        terminalreporter.section(f"{len(missed)} BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line("No Chromium could be started. Install chromium and fonts-noto-cjk")
        terminalreporter.line("(`make browser` tries), then test again.")
