"""What do all tests share? How many examples Hypothesis tries, and a line on how much real data was asked.

The examples are the same ones wherever nobody watches.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A shared machine is slow by turns, so no example has a deadline.
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
settings.register_profile("here", deadline=None, max_examples=50, suppress_health_check=SLOW)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_terminal_summary(terminalreporter):
    """Say how many proofs on external data ran: a green run without the data must not look like a proof.

    It stands here and not beside those tests, because where the tests are shared out only this file is read by the
    process that prints.
    """
    ran = [report for outcome in ("passed", "failed") for report in _external(terminalreporter, outcome)]
    skipped = _external(terminalreporter, "skipped")
    if ran or skipped:
        reasons = "; ".join(sorted({_reason(report) for report in skipped}))
        why = f" ({reasons})" if reasons else ""
        terminalreporter.write_line(f"external proofs: {len(ran)} ran, {len(skipped)} skipped{why}")


def _external(terminalreporter, outcome):
    return [report for report in terminalreporter.stats.get(outcome, []) if "external" in report.keywords]


def _reason(report):
    return str(report.longrepr[-1]).removeprefix("Skipped: ")
