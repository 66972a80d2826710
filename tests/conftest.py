"""Settings that all tests share: how many examples Hypothesis tries, and the same ones wherever nobody watches."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A shared machine is slow by turns, so no example has a deadline.
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
settings.register_profile("here", deadline=None, max_examples=50, suppress_health_check=SLOW)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
