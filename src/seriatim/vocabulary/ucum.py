"""What does a UCUM unit mean, exactly? A subset of the Unified Code for Units of Measure, in fractions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType

Dimension = tuple[tuple[str, int], ...]
"""Base quantity and exponent, sorted; the empty tuple is a pure number."""


class UnknownUnit(ValueError):
    """Text that is no unit of the subset; the message says which part is not."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as `factor` times the base units of its `dimension`."""

    code: str
    factor: Fraction
    dimension: Dimension


def unit_of(code: str) -> Unit:
    """Read a UCUM code such as `mg/dL`, `10*9/L`, `ug/kg/min` or `10*6.[IU-aldesleukin]`.

    Exact, without binary fractions: 15 % is 3/20. A unit in square brackets that UCUM defines for all substances
    alike (`[iU]`) is refused, because units of one drug must never compare with those of another; write
    `[IU-drugname]`. Raises `UnknownUnit`. Source: ucum.

    >>> unit_of("mg/dL").factor / unit_of("g/L").factor
    Fraction(1, 100)
    >>> unit_of("umol/L").dimension == unit_of("mg/dL").dimension
    False
    """
    return _parse(code)


def ratio(from_unit: str, to_unit: str) -> Fraction:
    """How many `to_unit` one `from_unit` is; `UnknownUnit` where they measure different things.

    >>> ratio("[lb_av]", "kg")
    Fraction(45359237, 100000000)
    """
    source, target = unit_of(from_unit), unit_of(to_unit)
    if source.dimension != target.dimension:
        raise UnknownUnit(f'"{from_unit}" and "{to_unit}" do not measure the same thing')
    return source.factor / target.factor


# How data spell a unit -> the UCUM code of the very same one; nothing here converts.
_SPELLED: Mapping[str, str] = MappingProxyType(
    {
        "10^9/l": "10*9/L", "10*9/l": "10*9/L", "giga/l": "10*9/L", "10^3/ul": "10*9/L", "10*3/ul": "10*9/L",
        "10^3/mm3": "10*9/L", "10*3/mm3": "10*9/L", "cells/mm3": "/mm3", "lb": "[lb_av]", "lbs": "[lb_av]",
        "in": "[in_i]", "inch": "[in_i]", "mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]", "c": "Cel", "°c": "Cel",
        "beats/min": "/min", "bpm": "/min", "breaths/min": "/min", "mcg/kg/min": "ug/kg/min", "meq/l": "meq/L",
        "mg/dl": "mg/dL", "umol/l": "umol/L", "µmol/l": "umol/L", "mmol/l": "mmol/L", "ml": "mL", "l/min": "L/min",
        "g/dl": "g/dL", "ml/h": "mL/h", "ml/kg": "mL/kg", "u/l": "U/L", "years": "a", "hours": "h", "percent": "%",
    }
)  # fmt: skip


def as_ucum(spelled: str) -> str:
    """The UCUM code of a unit as data spell it; unknown spellings come back as they are.

    >>> as_ucum("10^9/L"), as_ucum("mcg/kg/min"), as_ucum("furlong")
    ('10*9/L', 'ug/kg/min', 'furlong')
    """
    return _SPELLED.get(spelled.strip().lower(), spelled.strip())


# Factor and dimension of each atom. Pascal and joule are bases here: no clinical rule takes a pressure apart.
# Source: ucum, its table of definitions.
_BASES = ("g", "mol", "s", "m", "K", "eq", "Pa", "J")
_LITRE: tuple[Fraction, Dimension] = (Fraction(1, 1000), (("m", 3),))
_PREFIXABLE: Mapping[str, tuple[Fraction, Dimension]] = MappingProxyType(
    {
        **{base: (Fraction(1), ((base, 1),)) for base in _BASES},
        "L": _LITRE,
        "l": _LITRE,
        # Degrees: differences of Celsius and kelvin are alike; a temperature is its own quantity here, so that no
        # conversion by a factor can be mistaken for one of a temperature.
        "Cel": (Fraction(1), (("Cel", 1),)),
        "kat": (Fraction(1), (("mol", 1), ("s", -1))),
        "U": (Fraction(1, 60_000_000), (("mol", 1), ("s", -1))),
    }
)
_PLAIN: Mapping[str, tuple[Fraction, Dimension]] = MappingProxyType(
    {
        "1": (Fraction(1), ()),
        "%": (Fraction(1, 100), ()),
        "min": (Fraction(60), (("s", 1),)),
        "h": (Fraction(3600), (("s", 1),)),
        "d": (Fraction(86_400), (("s", 1),)),
        "wk": (Fraction(604_800), (("s", 1),)),
        "a": (Fraction(31_557_600), (("s", 1),)),
        "[lb_av]": (Fraction(45_359_237, 100_000), (("g", 1),)),
        "[in_i]": (Fraction(254, 10_000), (("m", 1),)),
        # UCUM's own value; SI's conventional one is 3 in a million more.
        "mm[Hg]": (Fraction("133.322"), (("Pa", 1),)),
        "cm[H2O]": (Fraction("98.0665"), (("Pa", 1),)),
        "{beats}": (Fraction(1), ()),
        "{breaths}": (Fraction(1), ()),
        "{count}": (Fraction(1), ()),
        "{dose}": (Fraction(1), ()),
        "{vial}": (Fraction(1), ()),
    }
)
_PREFIXES: Mapping[str, Fraction] = MappingProxyType(
    {
        "M": Fraction(10**6),
        "k": Fraction(10**3),
        "d": Fraction(1, 10),
        "c": Fraction(1, 100),
        "m": Fraction(1, 10**3),
        "u": Fraction(1, 10**6),
        "n": Fraction(1, 10**9),
        "p": Fraction(1, 10**12),
        "f": Fraction(1, 10**15),
    }
)
_POWER_OF_TEN = re.compile(r"10[*^](-?\d{1,2})")
_DRUG_UNIT = re.compile(r"([Mk]?)(\[(?:IU|U)-[a-z0-9]+\])")
_EXPONENT = re.compile(r"(.*?[^\d*^])(-?[1-9])")


@cache
def _parse(code: str) -> Unit:
    if not code or code.strip() != code or " " in code:
        raise UnknownUnit(f'"{code}" is no unit; write a UCUM code such as mg/dL')
    factor, powers = Fraction(1), dict[str, int]()
    for sign, part in _parts(code):
        size, dimension = _component(part, code)
        factor *= size**sign
        for base, exponent in dimension:
            powers[base] = powers.get(base, 0) + sign * exponent
    return Unit(code, factor, tuple(sorted((base, power) for base, power in powers.items() if power)))


def _parts(code: str) -> list[tuple[int, str]]:
    """The components with the sign of their exponent; UCUM reads `/` for the next component alone, left to right."""
    pieces = re.split(r"([./])(?![^\[]*\])", code)
    if pieces[0] == "":
        pieces[0] = "1"  # a leading solidus, as in /min
    signs = [1, *(-1 if mark == "/" else 1 for mark in pieces[1::2])]
    return list(zip(signs, pieces[0::2], strict=True))


def _component(part: str, code: str) -> tuple[Fraction, Dimension]:
    if match := _POWER_OF_TEN.fullmatch(part):
        return Fraction(10) ** int(match[1]), ()
    if match := _DRUG_UNIT.fullmatch(part):
        return _PREFIXES[match[1]] if match[1] else Fraction(1), ((match[2], 1),)
    if found := _atom(part):
        return found
    # mm[Hg] ends in a bracket and is found above; here a trailing digit is an exponent, as in m2.
    if (match := _EXPONENT.fullmatch(part)) and (found := _atom(match[1])):
        size, dimension = found
        power = int(match[2])
        return size**power, tuple((base, exponent * power) for base, exponent in dimension)
    raise UnknownUnit(_help(part, code))


def _atom(part: str) -> tuple[Fraction, Dimension] | None:
    if part in _PLAIN:
        return _PLAIN[part]
    if part in _PREFIXABLE:
        return _PREFIXABLE[part]
    # MU is written for a million international units of some drug; as mega enzyme unit nobody means it.
    if part[:1] in _PREFIXES and part[1:] in _PREFIXABLE and part != "MU":
        size, dimension = _PREFIXABLE[part[1:]]
        return _PREFIXES[part[0]] * size, dimension
    return None


# What people write, and the code that says it without doubt.
_INSTEAD = MappingProxyType(
    {
        "mcg": "ug", "µg": "ug", "μg": "ug", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d",
        "week": "wk", "weeks": "wk", "year": "a", "years": "a", "yr": "a", "bpm": "/min", "lb": "[lb_av]",
        "lbs": "[lb_av]", "mmHg": "mm[Hg]", "percent": "%", "sec": "s", "mEq": "meq", "C": "Cel", "°C": "Cel",
        "IU": "[IU-drugname]", "[iU]": "[IU-drugname]", "[IU]": "[IU-drugname]", "MU": "M[IU-drugname]",
        "MIU": "M[IU-drugname]", "M": "10*6", "cc": "mL", "micromol": "umol",
    }
)  # fmt: skip


def _help(part: str, code: str) -> str:
    instead = f"; write {_INSTEAD[part]}" if part in _INSTEAD else ""
    if re.fullmatch(r"[0-9]+[a-z]+", part):
        instead = "; a unit has no number in it, so put the number into the amount"
    return f'"{part}" in "{code}" is no unit of the UCUM subset{instead}'
