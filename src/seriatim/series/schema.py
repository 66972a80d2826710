"""Which tables and columns make a series? One row per thing, names that the ward says, the CDISC name beside each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a column holds, and so which stored columns it becomes (see `stored_columns`)."""

    TEXT = "text"
    INTEGER = "integer"
    CODE = "code"
    WHEN = "when"  # a possibly partial date or time: as reported, earliest, latest
    MEASURED = "measured"  # text as reported, int64 millionths of the reported unit, unit, censored < or >


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a user sees it: `adverse_event.grade`, CDISC AETOXGR."""

    name: str
    kind: Kind
    description: str
    cdisc: str = ""
    required: bool = False
    codes: str = ""  # name of a list in vocabulary.codes, for Kind.CODE
    lowest: int | None = None
    highest: int | None = None
    added: bool = False  # after the first series were stored: a stored one may lack it


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, and the columns that together find a row."""

    name: str
    description: str
    cdisc: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    extras_allowed: bool = False

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def stored_columns(column: Column) -> tuple[tuple[str, str], ...]:
    """The stored columns of one declared column, as (name, type) with types text, int64, instant.

    Instants are UTC; `when` keeps what was reported beside the earliest and the latest instant it can mean.

    >>> [name for name, _ in stored_columns(Column("onset", Kind.WHEN, ""))]
    ['onset', 'onset_earliest', 'onset_latest']
    >>> [name for name, _ in stored_columns(Column("value", Kind.MEASURED, ""))]
    ['value_text', 'value_micro', 'value_unit', 'value_censored']
    """
    name = column.name
    if column.kind is Kind.WHEN:
        return (name, "text"), (f"{name}_earliest", "instant"), (f"{name}_latest", "instant")
    if column.kind is Kind.MEASURED:
        return (
            (f"{name}_text", "text"),
            (f"{name}_micro", "int64"),
            (f"{name}_unit", "text"),
            (f"{name}_censored", "text"),
        )
    return ((name, "int64" if column.kind is Kind.INTEGER else "text"),)


def table_columns(table: Table) -> Iterator[tuple[str, str]]:
    """All stored columns of a table in order, `source_row` last."""
    for column in table.columns:
        yield from stored_columns(column)
    yield "source_row", "int64"


def _text(name: str, description: str, cdisc: str = "", *, required: bool = False) -> Column:
    return Column(name, Kind.TEXT, description, cdisc, required)


def _whole(name: str, description: str, cdisc: str = "", lowest: int = 0, highest: int = 2**31) -> Column:
    return Column(name, Kind.INTEGER, description, cdisc, False, "", lowest, highest)


def _code(name: str, codes: str, description: str, cdisc: str = "", *, required: bool = False) -> Column:
    return Column(name, Kind.CODE, description, cdisc, required, codes)


def _when(name: str, description: str, cdisc: str = "", *, required: bool = False, added: bool = False) -> Column:
    return Column(name, Kind.WHEN, description, cdisc, required, added=added)


def _measured(name: str, description: str, cdisc: str = "") -> Column:
    return Column(name, Kind.MEASURED, description, cdisc)


_PATIENT = _text("patient_id", "the patient, as text (leading zeros kept)", "USUBJID", required=True)
_COURSE = _whole("course", "which course of this patient, from 1", "EPOCH", 1)
_CYCLE = _whole("cycle", "which cycle of the course, from 1", "VISITNUM", 1)

_TABLES = (
    Table(
        "patient", "each treated patient once, in order of accrual", "DM / ADSL", ("patient_id",),
        (
            _PATIENT,
            _when("accrual", "start of the first treatment: the order that makes the series consecutive", "RFSTDTC",
                  required=True),
            _whole("case_number", "place in the series, from 1; worked out from accrual where not given", "", 1),
            _text("site", "treating hospital", "SITEID"),
            _code("sex", "sex", "sex", "SEX"),
            _whole("age", "age in years at accrual", "AGE", 0, 120),
            _text("diagnosis", "disease or histology that response is reported by", "MHDECOD"),
            _whole("performance_status", "ECOG performance status", "QSORRES", 0, 5),
            _text("prior_therapy", "treatment before this series", "CMDECOD"),
            _text("concomitant_therapy", "treatment given together with this one", "CMDECOD"),
            _text("arm", "treatment arm, where the source is a trial", "ARM / TRT01A"),
        ),
        extras_allowed=True,
    ),
    Table(
        "screening", "each candidate and criterion, also those not treated", "IE, SC", ("candidate_id", "criterion"),
        (
            _text("candidate_id", "the person considered for treatment", "USUBJID", required=True),
            _when("screened", "when", "IEDTC"),
            _text("criterion", "which criterion", "IETESTCD"),
            _code("met", "yes_no", "was the criterion met", "IEORRES"),
            _code("treated", "yes_no", "was the candidate treated"),
            _text("reason", "why not treated", "IETEST"),
        ),
    ),
    Table(
        "course", "each course of each patient", "EX, SE", ("patient_id", "course"),
        (
            _PATIENT, _COURSE,
            _text("protocol", "protocol and version in force", "EXTRT"),
            _when("start", "first dose of the course", "EXSTDTC"),
            _when("end", "last dose of the course", "EXENDTC"),
        ),
    ),
    Table(
        "cycle", "each cycle of each course", "EX, SE", ("patient_id", "course", "cycle"),
        (
            _PATIENT, _COURSE, _CYCLE,
            _when("start", "first dose of the cycle", "EXSTDTC"),
            _when("end", "last dose of the cycle", "EXENDTC"),
            _measured("baseline_weight", "weight before the first dose of the cycle", "VSORRES"),
            _code("stop_reason", "stop_reason", "why the cycle ended", "DSDECOD"),
        ),
    ),
    Table(
        "dose", "each planned dose, given or not", "EX / EC", ("patient_id", "course", "cycle", "dose"),
        (
            _PATIENT, _COURSE, _CYCLE,
            _whole("dose", "which dose of the cycle, from 1", "EXSEQ", 1),
            _code("status", "dose_status", "given, partial, held, skipped, refused, planned", "ECOCCUR", required=True),
            _when("planned", "when it was due, given or not", "EC, ECMOOD = SCHEDULED", added=True),
            _when("started", "start of the infusion", "EXSTDTC"),
            _measured("amount", "amount given", "EXDOSE"),
            _measured("amount_per_kg", "amount per kg of dosing weight", "EXDOSE"),
            _text("reason", "why held, skipped, reduced or refused", "ECREASOC"),
        ),
    ),
    Table(
        "adverse_event", "each adverse event record", "AE / ADAE", (),
        (
            _PATIENT, _COURSE, _CYCLE,
            _text("term", "dictionary term, or the ward's word", "AEDECOD", required=True),
            _text("system_organ_class", "system organ class", "AEBODSYS"),
            _whole("grade", "severity grade 0 to 5; empty = not graded", "AETOXGR", 0, 5),
            _text("scale", "the scale it was graded on", "AETOXGR source"),
            _when("onset", "start", "AESTDTC"),
            _when("end", "end", "AEENDTC"),
            _code("relatedness", "relatedness", "attribution to treatment", "AEREL"),
            _code("serious", "yes_no", "serious", "AESER"),
            _code("action_on_dosing", "action_on_dosing", "what was done to the doses", "AEACN"),
            _code("treatment_emergent", "yes_no", "flag of the source, where it gives one", "TRTEMFL"),
        ),
    ),
    Table(
        "lab_result", "each laboratory value as reported", "LB / ADLB", (),
        (
            _PATIENT,
            _text("test", "which test, e.g. creatinine", "LBTESTCD", required=True),
            _measured("value", "value as reported", "LBORRES, LBORRESU"),
            _measured("lower_limit", "lower limit of normal, in the unit of the value", "LBORNRLO"),
            _measured("upper_limit", "upper limit of normal, in the unit of the value", "LBORNRHI"),
            _when("collected", "when the sample was taken", "LBDTC"),
            _when("reported", "when the result was known on the ward", added=True),
        ),
    ),
    Table(
        "vital", "each vital sign as measured", "VS", (),
        (
            _PATIENT,
            _text("test", "which sign, e.g. weight", "VSTESTCD", required=True),
            _measured("value", "value as measured", "VSORRES, VSORRESU"),
            _when("measured_at", "when", "VSDTC"),
            _when("recorded", "when it was charted", added=True),
        ),
    ),
    Table(
        "intervention", "each procedure or support: intubation, vasopressor, line, dialysis", "PR, CM", (),
        (
            _PATIENT, _COURSE, _CYCLE,
            _text("intervention", "what was done", "PRTRT", required=True),
            _code("reason", "intervention_reason", "airway, lung or other", "PRINDC"),
            _when("start", "start", "PRSTDTC"),
            _when("end", "end", "PRENDTC"),
            _measured("rate", "highest rate, e.g. of a vasopressor", "CMDOSE"),
        ),
    ),
    Table(
        "assessment", "what was looked for, and when", "", (),
        (
            _PATIENT,
            _text("looked_for", "endpoint, term or test that was looked for", "", required=True),
            _code("assessed", "yes_no", "was it assessed"),
            _when("assessed_at", "when"),
        ),
    ),
    Table(
        "response", "best response of each patient", "RS / ADRS", ("patient_id",),
        (
            _PATIENT,
            _text("criteria", "criteria set", "RSCAT"),
            _code("best_response", "best_response", "CR, PR, SD, PD or NE", "RSSTRESC", required=True),
            _code("confirmed", "yes_no", "confirmed", "ADRS PARAMCD"),
            _when("response_start", "first assessment that showed the response", "RSDTC"),
            _when("progression", "progression after response", "ADTTE"),
            _when("last_assessed", "last assessment of response", "RSDTC"),
        ),
    ),
    Table(
        "follow_up", "last contact and death of each patient", "DS, DD / ADTTE", ("patient_id",),
        (
            _PATIENT,
            _when("last_contact", "last day known alive, or day of death", "DSSTDTC"),
            _code("died", "yes_no", "died", "DTHFL"),
            _when("death", "day of death", "DTHDTC"),
            _text("cause", "cause of death", "DDORRES"),
            _code("relatedness", "relatedness", "was the death related to treatment", "DDORRES"),
        ),
    ),
    Table(
        "practice_change", "each dated change of practice", "", (),
        (
            _when("changed", "from when", "", required=True),
            _code("domain", "practice_domain", "screen, conditions or terminate", "", required=True),
            _text("description", "what changed", "", required=True),
            _text("site", "where, if not everywhere"),
        ),
    ),
)  # fmt: skip

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
