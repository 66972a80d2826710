"""Which words do the tallies of planned doses use for verdict, practice and event?"""

from __future__ import annotations

ACTIONS = ("give", "give_with_measures", "delay", "hold_dose", "stop_cycle", "stop_course", "never_again")
STATUSES = ("given", "partial", "held", "skipped", "refused", "not_charted")
EVENTS = ("grade 3 or worse", "not certain", "none", "dose not given", "no adverse event table")
