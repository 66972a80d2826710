"""What becomes of each way of writing a measured value, a code, a whole number and a text?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.series.coded import type_code
from seriatim.series.measured import type_measured
from seriatim.series.plain_text import type_text
from seriatim.series.schema import TABLES
from seriatim.series.whole_numbers import type_whole_number


@pytest.mark.parametrize(
    ("text", "micro", "censored"),
    [
        ("1.3", 1_300_000, None),
        ("<0.2", 200_000, "<"),
        (">= 100", 100_000_000, ">="),
        ("≤5", 5_000_000, "<="),
        ("1e3", 1_000_000_000, None),
        ("1e-6", 1, None),
        ("1.2345670000", 1_234_567, None),
        ("-0", 0, None),
        ("9223372036854.775807", 2**63 - 1, None),
    ],
)
def test_measured_text_is_stored_in_exact_millionths(text: str, micro: int, censored: str | None) -> None:
    assert type_measured(pl.Series([text]), None).row(0) == (text, micro, None, censored, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.2345678", "measured.does_not_fit"),
        ("9223372036854.775808", "measured.does_not_fit"),
        ("1e-7", "measured.does_not_fit"),
        ("1,3", "measured.decimal_comma"),
        ("1.234,5", "measured.mixed_separators"),
        ("hemolysed", "measured.not_a_number"),
        ("12 mg", "measured.not_a_number"),
        ("<", "measured.not_a_number"),
    ],
)
def test_what_does_not_fit_is_kept_as_text_and_not_as_a_number(text: str, fault: str) -> None:
    assert type_measured(pl.Series([text]), None).row(0) == (text, None, None, None, fault)


@pytest.mark.parametrize("text", ["NaN", "inf", "-Infinity", "#DIV/0!", "#N/A"])
def test_what_a_machine_prints_for_no_value_is_no_value(text: str) -> None:
    assert type_measured(pl.Series([text]), None).row(0) == (None, None, None, None, "measured.no_value")


def test_an_empty_cell_is_no_value_and_no_fault() -> None:
    assert type_measured(pl.Series([" ", None]), None).rows() == [(None,) * 5] * 2


def test_a_decimal_comma_is_read_where_it_is_stated_and_a_point_is_then_in_doubt() -> None:
    typed = type_measured(pl.Series(["1,3", "1.300"]), None, ",")
    assert typed.select("micro", "fault").rows() == [(1_300_000, None), (None, "measured.mixed_separators")]


def test_spellings_of_one_unit_are_one_unit_and_unknown_units_stay_as_reported() -> None:
    units = pl.Series(["mg/dl", "MG/DL", "Furlong", " ", None])
    assert type_measured(pl.Series(["1"] * 5), units)["unit"].to_list() == ["mg/dL", "mg/dL", "Furlong", None, None]


def test_cdisc_spellings_become_the_words_of_the_series() -> None:
    assert type_code(pl.Series(["Y", " no ", "TRUE", "", None]), "yes_no")["word"].to_list() == [
        "yes", "no", "yes", None, None,
    ]  # fmt: skip
    assert type_code(pl.Series(["PARTIAL RESPONSE", "cr"]), "best_response")["word"].to_list() == ["PR", "CR"]


def test_what_a_cdisc_source_says_was_done_to_the_doses_is_known_but_for_an_increase() -> None:
    said = pl.Series(["DOSE RATE REDUCED", "NOT EVALUABLE", "DRUG INTERRUPTED", "DOSE INCREASED"])
    assert type_code(said, "action_on_dosing")["word"].to_list() == ["reduced", "unknown", "held", None]


def test_an_unknown_code_is_set_aside_and_never_guessed() -> None:
    assert type_code(pl.Series(["maybe"]), "yes_no").row(0) == (None, "code.unknown")


@pytest.mark.parametrize(
    ("text", "number", "fault"),
    [
        ("3", 3, None),
        ("3.0", 3, None),
        ("3.", 3, None),
        (" 0 ", 0, None),
        ("", None, None),
        ("IV", None, "integer.not_a_whole_number"),
        ("3/4", None, "integer.not_a_whole_number"),
        ("2.5", None, "integer.not_a_whole_number"),
        ("6", None, "integer.out_of_range"),
        ("-1", None, "integer.out_of_range"),
        ("99999999999999999999", None, "integer.not_a_whole_number"),
    ],
)
def test_a_grade_is_a_whole_number_from_0_to_5(text: str, number: int | None, fault: str | None) -> None:
    grade = TABLES["adverse_event"].column("grade")
    assert grade is not None
    assert type_whole_number(pl.Series([text]), grade).row(0) == (number, fault)


@pytest.mark.parametrize("text", ["007", "NA", "None", "Null", "nan"])
def test_words_that_other_readers_take_for_nothing_stay_text(text: str) -> None:
    assert type_text(pl.Series([text]), is_identifier=True).row(0) == (text, None)


def test_blanks_around_a_text_go_also_hard_ones() -> None:
    assert type_text(pl.Series(["\u00a0fever \t", " "]))["text"].to_list() == ["fever", None]


@pytest.mark.parametrize("text", ["a\x00b", "\x1bred", "a\x7f"])
def test_text_with_a_control_character_is_set_aside(text: str) -> None:
    assert type_text(pl.Series([text])).row(0) == (None, "text.control_character")


def test_a_line_break_inside_a_free_text_is_kept() -> None:
    assert type_text(pl.Series(["rigors\nfever"])).row(0) == ("rigors\nfever", None)


def test_a_character_lost_in_decoding_is_told_and_the_text_kept() -> None:
    assert type_text(pl.Series(["M\N{REPLACEMENT CHARACTER}ller"])).row(0)[1] == "text.not_decoded"


def test_a_number_that_a_spreadsheet_shortened_is_no_identifier() -> None:
    assert type_text(pl.Series(["1.23E+11"]), is_identifier=True).row(0) == (None, "text.spreadsheet_identifier")
    assert type_text(pl.Series(["1.23E+11"])).row(0) == ("1.23E+11", None)
