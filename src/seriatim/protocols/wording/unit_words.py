"""How is a unit read aloud on a ward? Spelt out, since short forms of units are mistaken for one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# Source: ISMP list of error-prone abbreviations; among them the micro sign and ug, U and IU, cc.
_SPELT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "kg": ("kilogram", "kilograms"),
        "g": ("gram", "grams"),
        "mg": ("milligram", "milligrams"),
        "ug": ("microgram", "micrograms"),
        "ng": ("nanogram", "nanograms"),
        "pg": ("picogram", "picograms"),
        "mol": ("mole", "moles"),
        "mmol": ("millimole", "millimoles"),
        "umol": ("micromole", "micromoles"),
        "nmol": ("nanomole", "nanomoles"),
        "meq": ("milliequivalent", "milliequivalents"),
        "U": ("enzyme unit", "enzyme units"),
        "L": ("litre", "litres"),
        "dL": ("decilitre", "decilitres"),
        "mL": ("millilitre", "millilitres"),
        "uL": ("microlitre", "microlitres"),
        "mm3": ("cubic millimetre", "cubic millimetres"),
        "m2": ("square metre", "square metres"),
        "m": ("metre", "metres"),
        "cm": ("centimetre", "centimetres"),
        "mm": ("millimetre", "millimetres"),
        "s": ("second", "seconds"),
        "min": ("minute", "minutes"),
        "h": ("hour", "hours"),
        "d": ("day", "days"),
        "wk": ("week", "weeks"),
        "a": ("year", "years"),
        "Cel": ("degree Celsius", "degrees Celsius"),
        "[lb_av]": ("pound", "pounds"),
        "[in_i]": ("inch", "inches"),
        "mm[Hg]": ("millimetre of mercury", "millimetres of mercury"),
        "cm[H2O]": ("centimetre of water", "centimetres of water"),
        "%": ("percent", "percent"),
        "{beats}": ("beat", "beats"),
        "{breaths}": ("breath", "breaths"),
        "{dose}": ("dose", "doses"),
        "{vial}": ("vial", "vials"),
    }
)
_DRUG = re.compile(r"(10\*6\.|[Mk]?)\[(IU|U)-([a-z0-9]+)\]")
_TIMES = MappingProxyType({"": "", "k": "thousand ", "M": "million ", "10*6.": "million "})
_POWERS = MappingProxyType({"10*12": "× 10¹²", "10*9": "× 10⁹", "10*6": "× 10⁶", "10*3": "× 10³", "1": ""})
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) (\S+)")


def unit_words(code: str, *, one: bool = False) -> str:
    """A UCUM unit in words; the code itself where it has none here.

    >>> unit_words("mg/dL"), unit_words("ug/kg/min"), unit_words("10*9/L"), unit_words("/min")
    ('milligrams per decilitre', 'micrograms per kilogram per minute', '× 10⁹ per litre', 'per minute')
    """
    first, *rest = re.split(r"/(?![^\[]*\])", code)
    over = _component(first, plural=not one) if first else ""
    under = [_component(part, plural=False) for part in rest]
    if over is None or None in under:
        return code
    return " per ".join([over, *(part or "" for part in under)]).strip()


def amount_words(text: str) -> str:
    """An amount such as "12 h" in words; text that is none comes back as it is.

    >>> amount_words("12 h"), amount_words("1 h"), amount_words("30 min"), amount_words("cycle 2")
    ('12 hours', '1 hour', '30 minutes', 'cycle 2')
    """
    match = _AMOUNT.fullmatch(text)
    return f"{match[1]} {unit_words(match[2], one=match[1] == '1')}" if match else text


def _component(part: str, *, plural: bool) -> str | None:
    if part in _SPELT:
        return _SPELT[part][1 if plural else 0]
    if match := _DRUG.fullmatch(part):
        kind = "international unit" if match[2] == "IU" else "unit"
        return f"{_TIMES[match[1]]}{kind}{'s' if plural else ''} of {match[3]}"
    return _POWERS.get(part)


def without_short_forms(text: str) -> str:
    """Somebody's own sentence, with the short forms spelt out that are mistaken most often.

    >>> without_short_forms("Dopamine 2 to 4 ug/kg/min")
    'Dopamine 2 to 4 micrograms/kg/min'
    """
    return re.sub(r"\bIU\b", "international units", re.sub(r"(?<=\d )(?:ug|mcg|µg|μg)\b", "micrograms", text))
