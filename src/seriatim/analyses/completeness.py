"""How complete is the record, group by group, so that a fall in toxicity is not a fall in looking for it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from seriatim.analyses._keys import GROUP
from seriatim.analyses._one_group import without_own_mirror
from seriatim.analyses._risk import Risks, first_and_last, risk_rows
from seriatim.documents import Document
from seriatim.methods import miettinen_nurminen
from seriatim.plans.endpoints import Endpoint
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts

YES, NO, NOT_ASKED = "yes", "no", "does not apply"
COMPLETE = Key("complete", Role.PARTITION, (YES, NO, NOT_ASKED))
# The names of the items are those that the derivation writes; a test holds the two together.
ALWAYS = (
    "any adverse event record", "all adverse events graded", "response assessed", "followed for 30 days",
    "weight before and in the first cycle",
)  # fmt: skip


class Options(Document):
    """Which laboratory tests are asked for; the windows are those of the analyses `labs` and `weight`."""

    tests: tuple[str, ...] = ("creatinine", "bilirubin", "platelets")
    scale: str = "ctcae-v5"
    window_days: int = Field(default=30, ge=0)
    days_after: int = Field(default=3, ge=0)


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:
    """Group by item by whether the patient has it."""
    endpoints = _looked_for(plan)
    asked = {"tests": options.tests, "scale": options.scale, "window_days": options.window_days,
             "days_after": options.days_after, "endpoints": endpoints}  # fmt: skip
    item = Key("item", Role.VIEW, items(options.tests, endpoints))
    return (
        TallySpec("completeness", "completeness", Unit.PATIENT, (GROUP, item, COMPLETE),
                  "patients by group, item of the record and whether they have it", ("complete", NO), asked),
    )  # fmt: skip


def items(tests: Sequence[str], endpoints: Sequence[Endpoint]) -> tuple[str, ...]:
    """The items in the order in which they are shown."""
    labs = (f"{test} before and on treatment" for test in tests)
    return (*ALWAYS, *labs, *(f"{endpoint.label} looked for" for endpoint in endpoints))


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:  # noqa: ARG001
    """Per item the share of each group with its interval, and the difference of the last from the first."""
    tally = tallies["completeness"]
    rows: list[ResultRow] = []
    for item in tally.levels("item"):
        subject = Subject("completeness", item, population=plan.population.label, unit="patient",
                          tally=tally.name, tally_keys=f"item={item}")  # fmt: skip
        have, lack, not_asked = counts(tally, "complete", "group", item=item)
        none = np.zeros_like(have)
        share = Risks(tally.levels("group"), have, have + lack, none, none, not_asked)
        rows += [row for row in risk_rows(subject, share, plan.level) if row.statistic == "risk"]
        rows += _difference_rows(subject, share, plan.level)
    return rows


def _looked_for(plan: Plan) -> tuple[Endpoint, ...]:
    return tuple(endpoint for endpoint in plan.endpoints if endpoint.without_record != "absent")


def _difference_rows(subject: Subject, share: Risks, level: float) -> list[ResultRow]:
    table = first_and_last(share)
    about = subject.about(
        group=share.groups[-1], reference_group=share.groups[0], direction="last minus first", unit="patient"
    )
    rows = [
        estimate_row(about, "risk_difference", miettinen_nurminen.difference(*table, level)),
        p_value_row(about, "p_score", miettinen_nurminen.score_test(*table)),
    ]
    return without_own_mirror(rows)
