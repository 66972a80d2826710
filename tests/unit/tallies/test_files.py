"""Does a folder of tallies give back what was written, and is a changed one refused?"""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.tallies.files import content_hash, read_tallies, write_tallies
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, counts, tally_from_rows

GROUP = Key("group", Role.PARTITION, ("cases 1–155", "cases 156–310"))
DEFINED = ("terms 'line sepsis'", "interventions 'intubation'")
ENDPOINT = Key("endpoint", Role.VIEW, ("sepsis", "tube"), ("Line sepsis", "Intubation"), DEFINED)
OUTCOME = Key("outcome", Role.PARTITION, ("yes", "no", "not assessed"))
CASE = Key("case_number", Role.ORDER)
LINES = [
    ("cases 1–155", "sepsis", "yes", 28), ("cases 1–155", "sepsis", "no", 127),
    ("cases 156–310", "tube", "no", 155), ("cases 156–310", "sepsis", "yes", 0),
]  # fmt: skip


def toxicity(lines: list[tuple] = LINES, **header: object) -> Tally:
    keys = (GROUP, ENDPOINT, OUTCOME)
    return tally_from_rows("toxicity", Unit.PATIENT, "patients with each toxicity", keys, lines, **header)


def by_case() -> Tally:
    return tally_from_rows("by_case", Unit.DOSE, "doses", (CASE, OUTCOME), [(7, "yes", 3), (2, "no", 1)])


def test_tallies_come_back_from_a_folder_as_they_were_written(tmp_path):
    header = {"source": "ward", "data_cut": "1996-11-30", "alignment": "calendar", "absent": ("outcome", "no"),
              "contributions": ("0a1b",)}  # fmt: skip
    written = {"toxicity": toxicity(**header), "by_case": by_case()}
    write_tallies(written, tmp_path / "tallies")
    read = read_tallies(tmp_path / "tallies")
    assert set(read) == {"toxicity", "by_case"}
    for name, tally in written.items():
        again = read[name]
        assert (again.unit, again.definition, again.keys) == (tally.unit, tally.definition, tally.keys)
        assert (again.source, again.data_cut, again.alignment) == (tally.source, tally.data_cut, tally.alignment)
        assert (again.absent, again.contributions) == (tally.absent, tally.contributions)
        assert content_hash(again) == content_hash(tally)
    assert counts(read["toxicity"], "group", "outcome", endpoint="sepsis").tolist() == [[28, 127, 0], [0, 0, 0]]
    assert counts(read["by_case"], "case_number").tolist() == [1, 3]


def test_levels_are_written_as_words_for_readers_without_this_program(tmp_path):
    write_tallies({"toxicity": toxicity()}, tmp_path)
    first = pl.read_parquet(tmp_path / "toxicity.parquet").row(0, named=True)
    assert first == {"group": "cases 156–310", "endpoint": "sepsis", "outcome": "yes", "n": 0}
    entry = json.loads((tmp_path / "tallies.json").read_text())["tallies"]["toxicity"]
    assert entry["disclosure"] == "outside"
    assert entry["unit"] == "patient"


def test_same_counts_have_the_same_hash_in_any_order_of_rows():
    assert content_hash(toxicity(LINES[::-1])) == content_hash(toxicity())
    assert content_hash(toxicity(source="elsewhere", contributions=("0a1b",))) == content_hash(toxicity())


@pytest.mark.parametrize(
    "other",
    [
        toxicity([*LINES[1:], ("cases 1–155", "sepsis", "yes", 27)]),
        toxicity(alignment="calendar"),
        replace(toxicity(), unit=Unit.COURSE),
        replace(toxicity(), definition="another"),
        replace(toxicity(), keys=(GROUP, replace(ENDPOINT, role=Role.PARTITION), OUTCOME)),
        replace(toxicity(), keys=(GROUP, replace(ENDPOINT, labels=("Sepsis", "Intubation")), OUTCOME)),
        replace(toxicity(), keys=(GROUP, replace(ENDPOINT, definitions=DEFINED[::-1]), OUTCOME)),
        replace(toxicity(), keys=(GROUP, replace(ENDPOINT, as_found=True), OUTCOME)),
        toxicity(absent=("outcome", "no")),
    ],
)
def test_another_count_meaning_or_role_has_another_hash(other):
    assert content_hash(other) != content_hash(toxicity())


def test_folder_without_an_index_is_told_what_to_give(tmp_path):
    with pytest.raises(UnreadableSource, match=r"has no tallies\.json"):
        read_tallies(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json"])
def test_index_that_says_nothing_of_its_version_is_refused(tmp_path, text):
    (tmp_path / "tallies.json").write_text(text)
    with pytest.raises(InvalidDocument, match="found no `schema`"):
        read_tallies(tmp_path)


def test_index_of_another_version_is_refused(tmp_path):
    (tmp_path / "tallies.json").write_text('{"schema": "seriatim.tallies/2", "tallies": {}}')
    with pytest.raises(InvalidDocument, match=r"found 'seriatim\.tallies/2', expected 'seriatim\.tallies/1'"):
        read_tallies(tmp_path)


def test_changed_count_is_refused(tmp_path):
    write_tallies({"toxicity": toxicity()}, tmp_path)
    path = tmp_path / "toxicity.parquet"
    pl.read_parquet(path).with_columns(pl.col("n") + 1).write_parquet(path)
    with pytest.raises(UnreadableSource, match=r"toxicity\.parquet: the counts are not those that were written"):
        read_tallies(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"role": "view"', '"role": "partition"'), ('"site order"', '"calendar"'), ("Line sepsis", "Fever"),
        ("'line sepsis'", "'fever'"), ('"as_found": false', '"as_found": true'),
        ('"absent": null', '"absent": ["a", "b"]'),
    ],
)  # fmt: skip
def test_changed_role_alignment_label_or_definition_is_refused(tmp_path, old, new):
    write_tallies({"toxicity": toxicity()}, tmp_path)
    index = tmp_path / "tallies.json"
    index.write_text(index.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(UnreadableSource, match="the counts are not those that were written"):
        read_tallies(tmp_path)


def test_index_without_a_hash_is_refused(tmp_path):
    write_tallies({"toxicity": toxicity()}, tmp_path)
    index = tmp_path / "tallies.json"
    index.write_text(index.read_text(encoding="utf-8").replace("content_hash", "hash"), encoding="utf-8")
    with pytest.raises(UnreadableSource, match="the counts are not those that were written"):
        read_tallies(tmp_path)


def spoilt(frame: pl.DataFrame, how: str) -> pl.DataFrame:
    return {
        "unknown level": frame.with_columns(outcome=pl.lit("perhaps")),
        "column gone": frame.drop("outcome"),
        "count as word": frame.with_columns(n=pl.lit("many")),
        "count below zero": frame.with_columns(n=pl.lit(-1)),
    }[how]


@pytest.mark.parametrize("how", ["unknown level", "column gone", "count as word", "count below zero"])
def test_file_that_no_longer_fits_its_index_is_refused_without_a_traceback(tmp_path, how):
    write_tallies({"toxicity": toxicity()}, tmp_path)
    path = tmp_path / "toxicity.parquet"
    spoilt(pl.read_parquet(path), how).write_parquet(path)
    with pytest.raises(UnreadableSource, match=r"toxicity\.parquet"):
        read_tallies(tmp_path)


def test_file_that_is_gone_or_no_parquet_is_refused(tmp_path):
    write_tallies({"toxicity": toxicity()}, tmp_path)
    (tmp_path / "toxicity.parquet").write_bytes(b"not parquet")
    with pytest.raises(UnreadableSource, match=r"toxicity\.parquet"):
        read_tallies(tmp_path)
    (tmp_path / "toxicity.parquet").unlink()
    with pytest.raises(UnreadableSource, match=r"toxicity\.parquet"):
        read_tallies(tmp_path)
