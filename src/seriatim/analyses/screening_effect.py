"""Which screening criterion would have excluded whom, and how would the case mix have changed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seriatim.analyses._keys import GROUP
from seriatim.documents import Document
from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts

ALL = "all criteria"
# The tally of candidates is the one that the analysis of the case mix counts: key by key the same, so counted once.
LEVEL = Key("level", Role.PARTITION)
YEAR, REASON = Key("year", Role.ORDER), Key("reason", Role.PARTITION)
SCREENED = Key("outcome", Role.PARTITION, ("treated", "not treated", "not recorded"))
ANSWERS = ("met", "not met", "not known", "no dated dose")
ANSWER = Key("answer", Role.PARTITION, ANSWERS)


class Options(Document):
    """`protocol`: a file or a name of the library. `variables`: the characteristics shown before and after."""

    protocol: str
    unverified: bool = False
    variables: tuple[str, ...] = ("sex", "performance_status", "diagnosis", "prior_therapy")


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Patients by criterion and answer, the case mix by the answer to all, and the candidates."""
    asked: dict[str, Any] = {"protocol": options.protocol, "unverified": options.unverified}
    variables = Key("variable", Role.VIEW, options.variables)
    what = f"patients by whether they would have met the criteria of {options.protocol} at the first planned dose"
    return (
        TallySpec("screened", "protocol_screening", Unit.PATIENT, (GROUP, Key("criterion", Role.VIEW), ANSWER), what,
                  None, asked),
        TallySpec("screened_case_mix", "protocol_screening", Unit.PATIENT, (variables, LEVEL, ANSWER),
                  f"{what}, by level of each characteristic", None, asked),
        TallySpec("screening", "screening", Unit.CANDIDATE, (YEAR, SCREENED, REASON),
                  "candidates by year of screening, whether treated, and the reason why not"),
    )  # fmt: skip


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """The share that each criterion would have excluded, by group; levels before and after; candidates not treated."""
    subject = Subject("screening_effect", options.protocol, population=plan.population.label, unit="patient")
    rows = _criterion_rows(subject.about(tally="screened"), tallies["screened"], plan.level)
    rows += _mix_rows(subject.about(tally="screened_case_mix"), tallies["screened_case_mix"])
    candidates = counts(tallies["screening"], "outcome")
    about = subject.about(tally="screening", unit="candidate")
    rows += [
        number_row(about, "candidates", float(n), id_suffix=outcome, tally_keys=f"outcome={outcome}")
        for outcome, n in zip(tallies["screening"].levels("outcome"), candidates.tolist(), strict=True)
    ]
    return rows


def _criterion_rows(subject: Subject, tally: Tally, level: float) -> list[ResultRow]:
    rows = []
    for criterion in tally.levels("criterion"):
        for group, here in zip(
            tally.levels("group"), counts(tally, "group", "answer", criterion=criterion), strict=True
        ):
            found = dict(zip(ANSWERS, here.tolist(), strict=True))
            about = subject.about(stratum=criterion, group=group)
            excluded, known = found["not met"], found["met"] + found["not met"]
            shared = {"numerator": excluded, "denominator": known, "missing": int(here.sum()) - known}
            rows.append(estimate_row(about, "excluded", clopper_pearson(excluded, known, level), **shared))
            rows += [
                number_row(about, "patients", float(n), id_suffix=answer, tally_keys=f"answer={answer}")
                for answer, n in found.items()
            ]
    return rows


def _mix_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """The share of each level among all patients, and among those whom no criterion would have excluded."""
    rows = []
    for variable in tally.levels("variable"):
        table = counts(tally, "level", "answer", variable=variable)
        for name, columns in (("before", ANSWERS), ("after", ("met", "not known", "no dated dose"))):
            chosen = table[:, [ANSWERS.index(answer) for answer in columns]].sum(axis=1)
            total = int(chosen.sum())
            for level, n in zip(tally.levels("level"), chosen.tolist(), strict=True):
                if table[tally.levels("level").index(level)].sum():
                    about = subject.about(stratum=f"{variable}: {level}")
                    if total:
                        rows.append(number_row(about, name, n / total, numerator=int(n), denominator=total))
                    else:
                        rows.append(number_row(about, name, None, reason="nobody would have been treated"))
    return rows
