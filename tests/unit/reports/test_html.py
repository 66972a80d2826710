"""Is the HTML report one safe file that can be read by eye, by ear, in the dark and on paper?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from seriatim.pages import Cell, Figure, Listing, Page, Paper, Section, Sentence, Table, TableRow
from seriatim.reports.html import render_html

PAYLOAD = "<img src=x onerror=alert(1)></script>\" onfocus='alert(2)'"
VOID = {"meta", "link", "br", "hr", "img", "input", "col"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    content: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.content:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.walk() if element.tag == tag]

    def words(self) -> str:
        return " ".join("".join(child if isinstance(child, str) else child.words() for child in self.content).split())


class Tree(HTMLParser):
    """The page as a tree; a tag closed in the wrong place fails the test that parses it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("document", {})
        self.open = [self.root]
        self.feed(html)
        self.close()
        assert self.open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(self.last)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> names an attribute twice"
        self.last = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(self.last)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def tree(html: str) -> Element:
    return Tree(html).root


def picture(name: str = "deaths", *, words: str = "deaths", table: str = "") -> Figure:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"case": 1, "word": words}, {"case": 2, "word": "b"}]},
        "title": words,
        "mark": {"type": "text", "clip": True},
        "encoding": {"x": {"field": "case", "type": "quantitative"}, "text": {"field": "word"}},
    }
    return Figure(name, f"Caption {words}", f"Alternative {words}", spec, table)


def incidence(*cells: Cell, note: str = "") -> Table:
    columns = ("Endpoint", *(f"group {number}" for number, _ in enumerate(cells, 1)))
    return Table("incidence", "Severe toxicity", columns, (TableRow("Line sepsis", cells, note=note),))


def report(*blocks: Sentence | Table | Figure | Listing) -> Page:
    return Page("Three patients", "3 consecutive patients", (Section("toxicity", "Toxicity", blocks),))


def whole_report(words: str = "plain") -> Page:
    table = Table(
        "deaths",
        f"Deaths {words}",
        (f"Group {words}", f"deaths {words}", f"bound {words}"),
        (TableRow(words, (Cell(words, (words,), note=words), Cell(words, kind="reason")), 1, note=words),),
        (words,),
    )
    answer = Section("answer", f"Answer {words}", (Sentence(words, (words,), "lead"), picture("a", words=words)))
    deaths = Section(words, words, (Sentence(words, (), "caution"), picture(words, words=words), table), (words,))
    methods = Section("methods", "Methods", (Listing(words, words), table, picture("a", words=words)))
    return Page(words, words, (answer, deaths, methods))


@pytest.fixture(scope="module", name="html")
def whole_report_as_html() -> str:
    return render_html(whole_report(), provenance={"version": "seriatim 0"})


def test_markup_in_any_field_stays_text() -> None:
    page = tree(render_html(whole_report(PAYLOAD), provenance={PAYLOAD: PAYLOAD}))
    assert not page.all("img")
    assert not page.all("script")
    assert not [name for element in page.walk() for name in element.attributes if name.startswith("on")]
    assert page.all("h1")[0].words() == PAYLOAD
    assert page.all("title")[0].words() == PAYLOAD
    assert PAYLOAD in [text.words() for text in page.all("text")]


def test_report_has_one_first_heading_and_a_second_for_each_section(html: str) -> None:
    page = tree(html)
    headings = [element.tag for element in page.walk() if re.fullmatch("h[1-6]", element.tag)]
    assert headings == ["h1", "h2", "h2", "h2", "h2"]


def test_every_table_has_a_caption_and_headings_for_columns_and_rows(html: str) -> None:
    tables = tree(html).all("table")
    assert len(tables) == 2
    for table in tables:
        assert table.all("caption")[0].words().startswith("Table ")
        assert [th.attributes["scope"] for th in table.all("th")] == ["col", "col", "col", "row"]


def test_every_figure_is_read_aloud_as_its_text_alternative(html: str) -> None:
    page = tree(html)
    by_id = {element.attributes["id"]: element for element in page.walk() if "id" in element.attributes}
    figures = page.all("figure")
    assert len(figures) == 3
    for figure in figures:
        (drawing,) = figure.all("svg")
        assert drawing.attributes["role"] == "img"
        title, description = drawing.attributes["aria-labelledby"].split()
        assert (by_id[title].tag, by_id[description].tag) == ("title", "desc")
        assert by_id[title].words() == "Alternative plain"
        assert figure.all("figcaption")[0].words().startswith("Figure ")


def test_no_two_elements_share_an_id_even_where_a_figure_stands_twice(html: str) -> None:
    ids = [element.attributes["id"] for element in tree(html).walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_every_inner_link_and_label_leads_to_something(html: str) -> None:
    page = tree(html)
    ids = {element.attributes.get("id") for element in page.walk()}
    links = {anchor.attributes["href"].removeprefix("#") for anchor in page.all("a")}
    labels = {name for element in page.walk() for name in element.attributes.get("aria-labelledby", "").split()}
    clips = set(re.findall(r"url\(#([^)]+)\)", html))
    assert clips
    assert links | labels | clips <= ids


def test_nothing_on_the_page_comes_from_outside(html: str) -> None:
    page = tree(html)
    assert not [
        element.tag for element in page.walk() if element.tag in {"link", "script", "iframe", "object", "image"}
    ]
    assert all(anchor.attributes["href"].startswith("#") for anchor in page.all("a"))
    assert "http://" not in html
    assert "https://" not in html
    assert "@import" not in html


def test_policy_forbids_all_but_the_one_style_sheet_named_by_its_hash(html: str) -> None:
    import base64
    import hashlib

    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    sheet = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert policy
    assert sheet
    digest = base64.b64encode(hashlib.sha256(sheet[1].encode()).digest()).decode()
    words = policy[1].replace("&#39;", "'")
    assert words == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not [element.tag for element in tree(html).walk() if "style" in element.attributes]


def test_table_and_section_are_told_apart_for_paper_and_for_the_dark(html: str) -> None:
    assert "@media print" in html
    assert "@page" in html
    assert "display: table-header-group" in html
    assert "@media screen and (prefers-color-scheme: dark)" in html


def test_cell_without_words_says_that_nothing_is_given() -> None:
    page = tree(render_html(report(incidence(Cell("", kind="missing"), Cell(" ", kind="reason"), Cell("")))))
    assert [cell.words() for cell in page.all("td")] == ["not given"] * 3


def test_reason_stands_in_the_cell_in_place_of_a_number() -> None:
    (cell,) = tree(render_html(report(incidence(Cell("no patient in the group", kind="reason"))))).all("td")
    assert (cell.attributes["class"], cell.words()) == ("reason", "no patient in the group")


def test_results_behind_a_number_can_be_found_from_its_cell() -> None:
    (cell,) = tree(render_html(report(incidence(Cell("1/3", ("risk/a", "count/a")))))).all("td")
    assert cell.attributes["data-results"] == "risk/a count/a"


def test_equal_footnotes_of_a_table_share_a_letter_and_are_printed_once() -> None:
    table = incidence(Cell("0.06", note="by doubling"), Cell("0.03", note="by doubling"), note="grade 4")
    page = tree(render_html(report(table)))
    assert [mark.words() for mark in page.all("sup") if mark.all("a")] == ["a", "b", "b"]
    assert [note.words() for note in page.all("ol")[-1].all("li")] == ["a grade 4", "b by doubling"]


def test_answer_comes_before_the_contents_and_is_not_in_them(html: str) -> None:
    page = tree(html)
    (contents,) = page.all("nav")
    assert html.index("Answer plain") < html.index("<nav")
    assert [link.words() for link in contents.all("a")] == ["plain", "Methods", "Provenance"]


def test_caution_says_in_words_that_it_is_one() -> None:
    (label,) = tree(render_html(report(Sentence("Scale changed at case 2.", tone="caution")))).all("strong")
    assert label.words() == "Caution"


def test_figure_names_the_table_that_holds_its_numbers() -> None:
    page = tree(render_html(report(picture(table="incidence"), incidence(Cell("1/3")))))
    (link,) = page.all("figcaption")[0].all("a")
    assert (link.words(), link.attributes["href"]) == ("Numbers in table 1.", "#table-incidence")


def test_wide_table_breaks_its_cells_before_the_bracket() -> None:
    page = tree(render_html(report(incidence(*[Cell("1/3 (33 %)")] * 8))))
    assert [span.words() for span in page.all("span")][-16:] == ["1/3", "(33 %)"] * 8
    assert [cell.words() for cell in page.all("td")] == ["1/3 (33 %)"] * 8


def test_grade_range_and_case_range_are_not_broken_at_their_dash() -> None:
    table = Table("a", "b", ("Endpoint", "1–155"), (TableRow("Line sepsis, grade 3–4", (Cell("1/3"),)),))
    page = tree(render_html(report(table)))
    assert [span.words() for span in page.all("span")] == ["1–155", "3–4"]
    assert page.all("th")[2].words() == "Line sepsis, grade 3–4"


def test_provenance_is_printed_in_the_order_given() -> None:
    page = tree(render_html(report(), provenance={"version": "seriatim 0", "seed": "7"}))
    assert [entry.words() for entry in page.all("dl")[0].all("div")] == ["versionseriatim 0", "seed7"]


def test_same_page_gives_the_same_bytes() -> None:
    assert render_html(whole_report()) == render_html(whole_report())


def test_report_is_written_in_the_language_that_the_page_says() -> None:
    assert tree(render_html(Page("Trois patients", "", (), language="fr"))).all("html")[0].attributes["lang"] == "fr"


def test_what_stands_on_every_sheet_is_text_whatever_it_holds():
    html = render_html(Page("A sheet", "", (), paper=Paper(foot=PAYLOAD, across='SPECIMEN"; } * {')))
    assert PAYLOAD not in html
    assert "</script>" not in html
    assert html.count("</style>") == 1
    style = html.split("<style>")[1].split("</style>")[0]
    assert style.count("{") == style.count("}")
    assert 'content: "SPECIMEN\\22 \\3b  \\7d  \\2a  \\7b "' in style


def test_a_page_without_anything_on_its_sheets_is_styled_as_ever():
    assert "@bottom-left" not in render_html(Page("A page", "", ()))
    assert "landscape" in render_html(Page("A page", "", (), paper=Paper(is_landscape=True)))


def test_a_form_leaves_room_to_write_and_says_of_no_blank_that_it_is_not_given():
    cells = (Cell("", kind="blank"), Cell("\u2610", kind="blank"))
    table = Table("form", "Doses", ("dose", "given at", "checked"), (TableRow("1", cells),), form=True)
    html = render_html(Page("A form", "", (Section("form", "Form", (table,)),)))
    assert '<table class="form">' in html
    assert "not given" not in html
    assert html.count('<td class="blank write">') == 1
    assert html.count('<td class="blank">') == 1


def test_a_section_may_begin_on_a_new_sheet():
    html = render_html(Page("A form", "", (Section("one", "One", ()), Section("two", "Two", (), starts_sheet=True))))
    assert 'id="section-two" class="new-sheet"' in html
    assert 'id="section-one" class' not in html
