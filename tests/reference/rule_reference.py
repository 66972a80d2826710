"""Does a condition hold? In fractions of the units as recorded, over every end of what a value may be; slow, plain.

A condition is a nested tuple, made beside the text of the rule and not from it:
("sum", {variable: coefficient}, "value" or "age", operator, threshold in the variable's own unit, or in seconds)
("word", variable, operator, place) · ("known", variable) · ("not", c) · ("and", cs) · ("or", cs) · ("count", n, cs)
A record gives for each variable None, or (least, greatest, unit, seconds since it was taken).
"""

from __future__ import annotations

import operator
from fractions import Fraction
from itertools import product
from math import floor

# How many of the variable's own unit one of this unit is; written out by hand, from the sources named.
IN_OWN_UNIT = {
    ("creatinine", "mg/dL"): Fraction(1),
    ("creatinine", "umol/L"): 1 / Fraction("88.4"),  # molar mass 113.12 g/mol
    ("platelets", "10*9/L"): Fraction(1),
    ("platelets", "/mm3"): Fraction(1, 1000),
    ("weight", "kg"): Fraction(1),
    ("weight", "[lb_av]"): Fraction("0.45359237"),  # the international pound of 1959
    ("baseline", "kg"): Fraction(1),
    ("baseline", "g"): Fraction(1, 1000),
    ("map", "mm[Hg]"): Fraction(1),
    ("map", "kPa"): 1000 / Fraction("133.322"),  # UCUM
    ("urine", "mL"): Fraction(1),
    ("urine", "L"): Fraction(1000),
    ("gain", "%"): Fraction(1),
}
HOLDS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip


def truth(condition, record):
    """True, False or None for unknown."""
    kind, *rest = condition
    return {"sum": _sum, "word": _word, "known": _known, "not": _not, "and": _and, "or": _or, "count": _count}[kind](
        record, *rest
    )


def _sum(record, coefficients, aspect, sign, threshold):
    ends = []
    for variable, coefficient in coefficients.items():
        if record.get(variable) is None:
            return None
        least, greatest, unit, age = record[variable]
        factor = IN_OWN_UNIT.get((variable, unit), Fraction(1))
        values = {Fraction(age)} if aspect == "age" else {least * factor, greatest * factor}
        ends.append([coefficient * value for value in values])
    sums = [sum(chosen, Fraction(0)) for chosen in product(*ends)]
    return _over_an_interval(sums, sign, threshold)


def _word(record, variable, sign, place):
    if record.get(variable) is None:
        return None
    least, greatest, _, _ = record[variable]
    return _over_an_interval([Fraction(least), Fraction(greatest)], sign, place)


def _over_an_interval(ends, sign, threshold):
    """True or false where it is so at every end and between them; the threshold itself may lie between."""
    tried = [*ends, *([threshold] if min(ends) < threshold < max(ends) else [])]
    answers = {HOLDS[sign](value, threshold) for value in tried}
    return answers.pop() if len(answers) == 1 else None


def _known(record, variable):
    return record.get(variable) is not None


def _not(record, inner):
    answer = truth(inner, record)
    return None if answer is None else not answer


def _and(record, inner):
    answers = [truth(one, record) for one in inner]
    if False in answers:
        return False
    return None if None in answers else True


def _or(record, inner):
    answers = [truth(one, record) for one in inner]
    if True in answers:
        return True
    return None if None in answers else False


def _count(record, n, inner):
    answers = [truth(one, record) for one in inner]
    if answers.count(True) >= n:
        return True
    return None if answers.count(True) + answers.count(None) >= n else False


def rounded(value, resolution, mode):
    """The multiple of the resolution that the mode takes; a half goes towards plus infinity."""
    steps = value / resolution
    match mode:
        case "half_up":
            return floor(steps + Fraction(1, 2)) * resolution
        case "down":
            return floor(steps) * resolution
        case "up":
            return -floor(-steps) * resolution
