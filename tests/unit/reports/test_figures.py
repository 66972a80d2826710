"""Does a figure become a picture that fetches nothing, runs nothing and can be read in every format?"""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from seriatim.displays.figures import theme
from seriatim.errors import Misuse
from seriatim.pages import Figure
from seriatim.reports import figures

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def figure(**spec: object) -> Figure:
    return Figure(
        "death_run", "Deaths", "No death in the last 809 patients. Risk at most 0.45 %.", {"$schema": SCHEMA, **spec}
    )


def bars(fill: str = theme.BLUE) -> Figure:
    return figure(
        data={"values": [{"n": 3}]},
        mark={"type": "bar", "color": fill, "clip": True},
        encoding={"x": {"field": "n", "type": "quantitative"}},
    )


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314


def test_picture_carries_its_text_alternative() -> None:
    root = parsed(figures.svg(bars(), prefix="figure-1"))
    assert root.attrib["aria-labelledby"] == "figure-1-title figure-1-desc"
    assert root.findtext("title") == "No death in the last 809 patients."
    assert root.findtext("desc") == "Risk at most 0.45 %."


def test_two_pictures_of_one_figure_share_no_id() -> None:
    first, second = (
        {
            element.attrib["id"]
            for element in parsed(figures.svg(bars(), prefix=prefix)).iter()
            if "id" in element.attrib
        }
        for prefix in ("one", "two")
    )
    assert len(first) == len(second) == 3
    assert not first & second


def test_clip_path_is_still_found_after_its_id_was_changed() -> None:
    text = figures.svg(bars(), prefix="one")
    (clip,) = parsed(text).iter("clipPath")
    assert f'clip-path="url(#{clip.attrib["id"]})"' in text


def test_same_figure_is_the_same_text_each_time_it_is_drawn() -> None:
    assert figures.svg(bars()) == figures.svg(bars())


@pytest.mark.parametrize("kind", ["lines", "dots"])
def test_what_is_not_a_grade_is_hatched_or_dotted(kind: str) -> None:
    colour = next(colour for colour, pattern in theme.HATCHED.items() if pattern == kind)
    root = parsed(figures.svg(bars(colour), prefix="one"))
    assert [pattern.attrib["id"] for pattern in root.iter("pattern")] == [f"one-{kind}"]
    assert [element for element in root.iter() if element.get("fill") == f"url(#one-{kind})"]


def test_data_from_an_address_are_refused() -> None:
    with pytest.raises(Misuse, match=r"death_run cannot be drawn: \w"):
        figures.svg(figure(data={"url": "data://elsewhere/a.json"}, mark="point"))


def test_image_in_a_figure_is_refused() -> None:
    spec = {"data": {"values": [{"u": "a.png"}]}, "mark": "image", "encoding": {"url": {"field": "u"}}}
    with pytest.raises(Misuse, match="<image>"):
        figures.svg(figure(**spec))


def test_link_in_a_figure_is_refused() -> None:
    with pytest.raises(Misuse):
        figures.svg(figure(data={"values": [{}]}, mark={"type": "point", "href": "javascript:alert(1)"}))


def test_picture_is_drawn_after_another_could_not_be() -> None:
    with pytest.raises(Misuse):
        figures.svg(figure(data={"values": [{}]}, mark={"type": "point", "href": "javascript:alert(1)"}))
    assert figures.svg(bars()).startswith("<svg")


def test_figure_that_is_no_specification_is_refused_by_name() -> None:
    with pytest.raises(Misuse, match=r"death_run cannot be drawn: \w"):
        figures.svg(figure(mark="no such mark"))


def test_standalone_picture_is_drawn_on_white() -> None:
    root = parsed(figures.standalone_svg(bars()))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[3].attrib == {"width": "100%", "height": "100%", "fill": "white"}


def test_png_is_twice_as_wide_as_the_picture() -> None:
    image = figures.png(bars())
    width, _ = figures.size(figures.svg(bars()))
    assert image.startswith(b"\x89PNG")
    assert int.from_bytes(image[16:20], "big") == round(2 * width)


def test_pdf_is_a_pdf() -> None:
    assert figures.pdf(bars()).startswith(b"%PDF")
