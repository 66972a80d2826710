"""How is a value read by a person? As it was charted, and in the unit that the protocol asks in."""

from __future__ import annotations

import re

from seriatim.protocols.bedside.observations import Observation
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.variables import Kind, Variable

_MICRO = re.compile(r"[µμ]|(?<![A-Za-z])u(?=mol|g|L|kat)")


def shown(fact: Fact | Unknown, variable: Variable) -> str:
    """A fact with its unit; an unknown one by its reason.

    >>> from fractions import Fraction
    >>> shown(Fact(2_900_000, 2_900_000), Variable("c", Kind.QUANTITY, "mg/dL", {"mg/dL": Fraction(1)}))
    '2.9 mg/dL'
    """
    if isinstance(fact, Unknown):
        return f"unknown: {fact.why}" + (f" ({fact.detail})" if fact.detail else "")
    if variable.kind in (Kind.ORDINAL, Kind.CATEGORY, Kind.BOOLEAN):
        return " or ".join(_level(variable, place) for place in sorted({fact.low, fact.high}))
    ends = [f"{end / variable.ticks_per_unit:.10g}" for end in (fact.low, fact.high)]
    number = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return f"{number} {spelt_unit(variable.unit)}".strip()


def as_charted(observation: Observation) -> str:
    """The text and the unit as they stand in the chart, but without the micro sign, which is misread as m.

    >>> from datetime import UTC, datetime
    >>> as_charted(Observation("p", "creatinine", "265", "umol/L", datetime(2026, 3, 2, tzinfo=UTC)))
    '265 micromol/L'
    """
    return f"{observation.value or ''} {spelt_unit(observation.unit or '')}".strip()


def spelt_unit(unit: str) -> str:
    """A unit as it may stand in print.

    >>> spelt_unit("ug/kg/min"), spelt_unit("mg/dL")
    ('microg/kg/min', 'mg/dL')
    """
    return _MICRO.sub("micro", unit)


def age_words(seconds: int) -> str:
    """How long ago, in hours and minutes.

    >>> age_words(68_400), age_words(5_400), age_words(90)
    ('19 h', '1 h 30 min', '1 min')
    """
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else "")
                    if part)  # fmt: skip


def _level(variable: Variable, place: int) -> str:
    words = variable.levels or ("no", "yes")
    return words[place].replace("_", " ")
