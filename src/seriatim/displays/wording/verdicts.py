"""How is the verdict of a protocol read in a table?"""

from __future__ import annotations

ACTIONS = {
    "give": "give", "give_with_measures": "give, with measures", "delay": "do not give yet", "hold_dose": "hold",
    "stop_cycle": "stop the cycle", "stop_course": "stop the course", "never_again": "do not treat again",
}  # fmt: skip
