"""Which grade has a clinical event in each row of a frame? The rules of `grade_event` as expressions."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw

from seriatim.grading.event_rules import Event
from seriatim.rules.expression import expression


@dataclass(frozen=True, slots=True)
class GradeRange:
    """The lowest and the highest grade that the record allows; the grade is known where they are equal."""

    lowest: nw.Expr
    highest: nw.Expr


def event_grades(event: Event) -> GradeRange:
    """Over a frame with the columns that `rules.expression` names for each variable of the rules."""
    lowest: nw.Expr = nw.lit(0).cast(nw.Int64)
    highest: nw.Expr = nw.lit(0).cast(nw.Int64)
    for rule, tree in reversed(event.conditions):
        pair, grade = expression(tree), nw.lit(rule.grade).cast(nw.Int64)
        lowest = nw.when(pair.definite).then(grade).otherwise(lowest)
        highest = nw.when(pair.possible).then(grade).otherwise(highest)
    return GradeRange(lowest, highest)
