"""How do ADaM analysis data sets become a series? ADSL, ADAE, ADLB, ADRS, ADTTE and ADEX, as collected where given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from seriatim.readers._cdisc import Domain, first_of, in_words, kept, left_out, read_domains, with_frame
from seriatim.readers._datasets import datasets_in
from seriatim.readers._mapping import SourceMapping, TableMapping, refuse_idle_keys
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource

NAME = "adam"
DESCRIPTION = "a folder of ADaM data sets (ADSL with ADAE, ADLB, ADRS, ADTTE, ADEX) as XPT, Dataset-JSON or Parquet"

# The parameters by which sponsors name best overall response, in the order in which one is looked for.
BEST_RESPONSE = ("BOR", "CBOR", "BESRSPI", "BESRSP", "INVET", "OVRINV")


def recognises(path: Path) -> bool:
    """A folder with ADSL, or one whose files the mapping names (then it says `reader: adam`)."""
    return path.is_dir() and "ADSL" in {file.stem.upper() for file in datasets_in(path).values()}


def read(path: Path, mapping: SourceMapping | None = None) -> RawSource:
    """Every table that the analysis data sets can fill, as text."""
    mapping = mapping or SourceMapping()
    refuse_idle_keys(mapping, NAME, ("sheet", "header_row"))
    return read_domains(path, mapping, NAME, DOMAINS, beside=("ADTTE",))


def _treated(source: TextTable, _: Mapping[str, TextTable], __: TableMapping) -> TextTable:
    """The safety population where ADSL flags it, otherwise those with a treatment start."""
    start = first_of(source.frame, ACCRUAL)
    if "SAFFL" in source.frame.columns:
        return kept(source, pl.col("SAFFL") == "Y", "subjects outside the safety population", "they were not treated")
    treated = pl.col(start).is_not_null() if start else pl.lit(value=False)
    return kept(source, treated, "subjects without a treatment start", "they were not treated")


def _of_treated(source: TextTable, texts: Mapping[str, TextTable], _: TableMapping) -> TextTable:
    """Records of the subjects that are patients here; ADAM data sets often carry everybody randomised."""
    adsl = next((text for name, text in texts.items() if name.split("#")[0] == "ADSL"), None)
    if adsl is None or "SAFFL" not in adsl.frame.columns:
        return source
    safe = adsl.frame.filter(pl.col("SAFFL") == "Y")["USUBJID"]
    why = "they are no patients of the series"
    return kept(source, pl.col("USUBJID").is_in(safe.to_list()), "records outside the safety population", why)


def _events(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Only records that name an event: some ADAE have a row for each subject without one."""
    term = first_of(source.frame, TERM)
    named = pl.col(term).is_not_null() if term else pl.lit(value=False)
    found = kept(source, named, "records without a term", "they say that there was no event")
    return _of_treated(found, texts, said)


def _labs(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Results as collected where the data set keeps them, otherwise analysis values; derived records are left out."""
    found = source
    if "DTYPE" in source.frame.columns:
        found = kept(source, pl.col("DTYPE").is_null(), "derived records (DTYPE)", "only collected values are read")
    return in_words(_of_treated(found, texts, said), first_of(found.frame, TEST) or "PARAMCD")


def _responses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """The records of one parameter: that of the mapping, else the first known name of best overall response."""
    there = source.frame["PARAMCD"].unique().to_list() if "PARAMCD" in source.frame.columns else []
    parameter = said.parameter or next((name for name in BEST_RESPONSE if name in there), None)
    if parameter is None:
        empty = source.frame.clear()
        looked = f"no parameter of {', '.join(BEST_RESPONSE)}"
        why = "name the parameter in the mapping under tables: response: parameter:"
        return with_frame(source, empty, left_out(source, source.frame.height, looked, why))
    chosen = kept(source, pl.col("PARAMCD") == parameter, f"other parameters than {parameter}", "not best response")
    return _of_treated(chosen, texts, said)


def _doses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Single administrations: the parameter DOSE where there are parameters, never summaries over the study."""
    frame = source.frame
    if "PARAMCD" in frame.columns:
        parameter = said.parameter or "DOSE"
        why = "only single administrations are doses"
        source = kept(source, pl.col("PARAMCD") == parameter, f"other parameters than {parameter}", why)
    return _of_treated(source, texts, said)


def _follow_up(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Last contact and death from ADSL, and from the overall survival of ADTTE where that is there."""
    found = _treated(source, texts, said)
    times = texts.get("ADTTE")
    if times is None or not {"PARAMCD", "CNSR"} <= set(times.frame.columns):
        return found
    day = first_of(times.frame, ("ADTM", "ADT"))
    survival = times.frame.filter(pl.col("PARAMCD") == (said.parameter or "OS"))
    if day is None or survival.is_empty():
        return found
    died = pl.when(pl.col("CNSR") == "0").then(pl.lit("Y")).otherwise(pl.lit("N"))
    one = survival.select("USUBJID", pl.col(day).alias("OSDAY"), died.alias("OSDIED")).unique("USUBJID", keep="first")
    return with_frame(found, found.frame.join(one, on="USUBJID", how="left"))


ACCRUAL = ("TRTSDTM", "TRTSDT", "TRT01SDTM", "RFXSTDTC", "RFSTDTC")
TERM = ("AEDECOD", "AETERM")
TEST = ("LBTESTCD", "PARAMCD")

DOMAINS: Mapping[str, tuple[Domain, ...]] = {
    "patient": (
        Domain(
            ("ADSL",),
            {
                "patient_id": ("USUBJID",), "accrual": ACCRUAL, "site": ("SITEID",), "sex": ("SEX",),
                "age": ("AGE", "AAGE"), "performance_status": ("ECOGBL", "BECOG"),
                "arm": ("TRT01A", "ACTARM", "TRT01P", "ARM"),
            },
            _treated,
        ),
    ),
    "adverse_event": (
        Domain(
            ("ADAE",),
            {
                "patient_id": ("USUBJID",), "term": TERM, "system_organ_class": ("AEBODSYS", "AESOC"),
                "grade": ("ATOXGR", "AETOXGR"), "onset": ("ASTDTM", "ASTDT", "AESTDTC"),
                "end": ("AENDTM", "AENDT", "AEENDTC"), "relatedness": ("AREL", "AEREL"), "serious": ("AESER",),
                "action_on_dosing": ("AEACN",), "treatment_emergent": ("TRTEMFL",),
            },
            _events,
        ),
    ),
    "lab_result": (
        Domain(
            ("ADLB", "ADLBC", "ADLBH", "ADLBHY"),
            {
                "patient_id": ("USUBJID",), "test": TEST, "value": ("LBORRES", "AVAL"),
                "value_unit": ("LBORRESU", "AVALU"), "lower_limit": ("LBORNRLO", "ANRLO", "A1LO"),
                "upper_limit": ("LBORNRHI", "ANRHI", "A1HI"), "collected": ("ADTM", "ADT", "LBDTC"),
            },
            _labs,
        ),
    ),
    "response": (
        Domain(
            ("ADRS",),
            {"patient_id": ("USUBJID",), "best_response": ("AVALC",), "last_assessed": ("ADTM", "ADT", "RSDTC")},
            _responses,
        ),
    ),
    "dose": (
        Domain(
            ("ADEX",),
            {
                "patient_id": ("USUBJID",), "started": ("ASTDTM", "ASTDT", "EXSTDTC"),
                "amount": ("EXDOSE", "AVAL"), "amount_unit": ("EXDOSU", "AVALU"),
            },
            _doses,
            {"status": "given"},
        ),
    ),
    "follow_up": (
        Domain(
            ("ADSL",),
            {
                "patient_id": ("USUBJID",),
                "last_contact": ("OSDAY", "LSTALVDT", "EOSDT", "RFPENDTC", "RFENDTC", "TRTEDT"),
                "died": ("OSDIED", "DTHFL"), "death": ("DTHDTM", "DTHDT", "DTHDTC"), "cause": ("DTHCAUS",),
            },
            _follow_up,
        ),
    ),
}  # fmt: skip
