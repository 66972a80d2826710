"""Does a declared file say everything that is wrong with it, each with its line, and is a hostile one refused?"""

from __future__ import annotations

from datetime import date

import pytest

from seriatim.documents import Document, load_document, read_document
from seriatim.errors import InvalidDocument, UnreadableSource

SCHEMA = "seriatim.ward/1"


class Bed(Document):
    number: int
    monitored: bool = False


class Ward(Document):
    name: str
    opened: date | None = None
    beds: tuple[Bed, ...] = ()


def ward(body: str, header: str = "schema: seriatim.ward/1") -> Ward:
    return load_document(f"{header}\n{body}", Ward, schema=SCHEMA, name="ward.yaml")


def faults(body: str, header: str = "schema: seriatim.ward/1") -> str:
    with pytest.raises(InvalidDocument) as told:
        ward(body, header)
    return str(told.value)


def test_document_is_read_into_plain_values():
    read = ward("name: surgical\nopened: 1985-09-01\nbeds:\n  - number: 1\n    monitored: true\n")
    assert read == Ward(name="surgical", opened=date(1985, 9, 1), beds=(Bed(number=1, monitored=True),))


def test_value_left_empty_is_nothing():
    assert ward("name: surgical\nopened:\n").opened is None


def test_every_fault_is_told_at_once_each_with_its_line():
    told = faults("name: 7 east\nbeds:\n  - number: 1.5\n  - numbr: 2\n")
    assert told.splitlines() == [
        "ward.yaml: 3 faults",
        "  line 4, beds.0.number: found 1.5, expected a valid integer, got a number with a fractional part; change it",
        "  line 5, beds.1.number: found nothing, expected Field required; add it",
        "  line 5, beds.1.numbr: found 2, expected no such key; remove it or mend its spelling",
    ]


def test_single_fault_is_counted_as_one():
    assert faults("nme: x\nname: y\n").splitlines() == [
        "ward.yaml: 1 fault",
        "  line 2, nme: found 'x', expected no such key; remove it or mend its spelling",
    ]


def test_date_that_the_calendar_does_not_have_is_a_fault_of_its_line():
    assert "line 3, opened: found '1990-02-30', expected a valid date" in faults("name: x\nopened: 1990-02-30\n")


def test_mapping_where_a_word_is_expected_is_told_by_its_keys():
    assert "line 2, name: found the keys first, last, expected a valid string" in faults("name: {first: a, last: b}\n")


def test_document_of_another_version_is_not_read_as_this_one():
    told = faults("name: x\n", "schema: seriatim.ward/2")
    assert "found 'seriatim.ward/2', expected 'seriatim.ward/1'" in told
    assert "this version reads seriatim.ward version 1" in told


@pytest.mark.parametrize("header", ["schema: seriatim.plan/1", "schema: 1", "title: a ward"])
def test_document_of_another_kind_is_told_what_its_first_line_should_be(header):
    assert "write `schema: seriatim.ward/1` as the first line" in faults("name: x\n", header)


@pytest.mark.parametrize("text", ["", "- a list", "a word"])
def test_file_without_keys_is_no_document(text):
    assert "found no keys" in faults(text, header="")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("name: a\nname: b\n", 'line 3: found duplicate key "name"'),
        ("\tname: a\n", "line 2: found character '\\t'"),
        ("name: [a\n", "line 3: expected ',' or ']'"),
        ("name: a\n---\nname: b\n", "line 3: but found another document"),
        ("name: a\x07\n", "unacceptable character"),
        ("name: " + "9" * 5000 + "\n", "5000 digits"),
    ],
)
def test_text_that_is_no_yaml_is_told_and_never_a_traceback(body, told):
    assert told in faults(body)


def test_alias_that_could_multiply_itself_is_refused():
    ten = ", ".join(["x"] * 10)
    bomb = f"a: &a [{ten}]\nb: &b [{', '.join(['*a'] * 10)}]\nname: x\n"
    assert "ward.yaml line 3: found an alias (*a); write the value out" in faults(bomb)


def test_value_that_contains_itself_is_refused():
    assert "found an alias" in faults("name: &a [*a]\n")


def test_nesting_without_end_is_refused():
    assert "line 2: nested more than 20 deep" in faults("name: " + "[" * 500 + "]" * 500 + "\n")


def test_yaml_tag_makes_no_object():
    assert "expected a valid string" in faults("name: !!python/object/apply:os.system [ls]\n")


def test_file_that_is_not_there_is_an_unreadable_source(tmp_path):
    with pytest.raises(UnreadableSource, match=r"there is no file .*nowhere\.yaml"):
        read_document(tmp_path / "nowhere.yaml", Ward, schema=SCHEMA)


def test_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "ward.yaml"
    path.write_text("\ufeffschema: seriatim.ward/1\nname: café\n", encoding="utf-8")
    assert read_document(path, Ward, schema=SCHEMA).name == "café"


def test_file_of_another_encoding_is_told_to_be_saved_as_utf_8(tmp_path):
    path = tmp_path / "ward.yaml"
    path.write_bytes("schema: seriatim.ward/1\nname: café\n".encode("latin-1"))
    with pytest.raises(InvalidDocument, match="save it as UTF-8"):
        read_document(path, Ward, schema=SCHEMA)


def test_file_of_megabytes_is_no_document(tmp_path):
    path = tmp_path / "ward.yaml"
    path.write_bytes(b"#" * 2_000_001)
    with pytest.raises(InvalidDocument, match="2,000,001 bytes is no document"):
        read_document(path, Ward, schema=SCHEMA)
