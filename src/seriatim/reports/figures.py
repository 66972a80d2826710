"""How does one figure specification become a picture: SVG for a page, PNG and PDF for a document?"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree

import vl_convert

from seriatim.displays.figures import theme
from seriatim.errors import Misuse
from seriatim.pages import Figure

SVG = "http://www.w3.org/2000/svg"
# What a drawing needs; nothing on it can fetch, run or lead away.
ALLOWED = {"svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clipPath", "title", "desc"} | {
    "linearGradient",
    "radialGradient",
    "stop",
    "pattern",
}
SILENT = {"class", "role", "pointer-events", "aria-hidden", "aria-roledescription", "aria-label", "stroke-miterlimit"}
UNCHANGED = {"opacity": "1", "stroke-dasharray": "", "fill-opacity": "1", "stroke-opacity": "1"}
PATTERNS = {
    "lines": '<path d="M-1,7L7,-1M-1,1L1,-1M5,7L7,5" stroke="{ink}" stroke-width="0.8" stroke-opacity="0.6"/>',
    "dots": '<circle cx="3" cy="3" r="0.8" fill="{ink}"/>',
}


def svg(figure: Figure, *, prefix: str = "") -> str:
    """The figure as SVG to stand inside a page, read aloud as its text alternative.

    `prefix` keeps its ids apart from those of the other pictures of the page (the figure's name by default).
    `Misuse` if the specification cannot be drawn, or wants anything from outside.
    """
    root = _drawn(figure)
    names = _identifier(prefix or figure.name)
    _prefix_ids(root, names)
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "width": root.attrib["width"],
        "height": root.attrib["height"],
        "role": "img",
        "aria-labelledby": f"{names}-title {names}-desc",
    }
    title, description = _texts(figure, names)
    root[:0] = [title, description, _patterns(root, names)]
    return ElementTree.tostring(root, encoding="unicode")


def standalone_svg(figure: Figure, *, background: str = "white") -> str:
    """The same picture as a file of its own, on a background."""
    root = ElementTree.fromstring(svg(figure))  # noqa: S314
    root.set("xmlns", SVG)
    root.insert(3, ElementTree.Element("rect", {"width": "100%", "height": "100%", "fill": background}))
    return ElementTree.tostring(root, encoding="unicode")


def png(figure: Figure, *, scale: float = 2.0) -> bytes:
    """The figure as PNG on white, `scale` pixels to each of its own."""
    return bytes(vl_convert.svg_to_png(standalone_svg(figure), scale=scale))


def pdf(figure: Figure) -> bytes:
    """The figure as a one-page PDF, its text still text."""
    return bytes(vl_convert.svg_to_pdf(standalone_svg(figure)))


def size(figure_svg: str) -> tuple[float, float]:
    """Width and height in pixels that an SVG made here says it wants."""
    found = re.search(r'width="([\d.]+)" height="([\d.]+)"', figure_svg)
    if found is None:
        raise ValueError("an SVG without width and height was not made here")
    return float(found[1]), float(found[2])


def _drawn(figure: Figure) -> ElementTree.Element:
    # S314: this text was written by vl_convert a line before; it is checked below all the same.
    root = _without_namespaces(ElementTree.fromstring(_drawn_text(figure)))  # noqa: S314
    _refuse_what_is_no_drawing(root, figure)
    _leave_out_what_is_not_seen(root)
    return root


def _drawn_text(figure: Figure) -> str:
    try:
        return _vega_lite(dict(figure.spec))
    except ValueError as error:
        _clear_the_engine()
        cause = next((line for line in str(error).splitlines()[1:] if not line.lstrip().startswith("at ")), "")
        raise Misuse(f"figure {figure.name} cannot be drawn: {cause}") from error


def _clear_the_engine() -> None:
    # A specification that fails late makes the engine fail once more on the next one, whatever that is.
    for _ in range(3):
        with suppress(ValueError):
            _vega_lite({"data": {"values": []}, "mark": "point"})
            return


def _vega_lite(spec: dict[str, Any]) -> str:
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


def _without_namespaces(root: ElementTree.Element) -> ElementTree.Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _refuse_what_is_no_drawing(root: ElementTree.Element, figure: Figure) -> None:
    for element in root.iter():
        linked = any(name.rpartition("}")[2].lower().startswith(("href", "on")) for name in element.attrib)
        if element.tag not in ALLOWED or linked:
            raise Misuse(f"figure {figure.name} holds <{element.tag}>, which may lead outside the page; remove it")


def _leave_out_what_is_not_seen(element: ElementTree.Element) -> None:
    for child in list(element):
        _leave_out_what_is_not_seen(child)
        invisible = child.get("display") == "none" or child.get("d") == "" or (child.tag == "g" and not len(child))
        if invisible or (child.tag == "path" and child.get("class") == "background" and not _is_painted(child)):
            element.remove(child)
    for name in [name for name, value in element.items() if name in SILENT or UNCHANGED.get(name) == value]:
        del element.attrib[name]


def _is_painted(element: ElementTree.Element) -> bool:
    return any(element.get(name, "none") not in ("none", "transparent") for name in ("fill", "stroke"))


def _prefix_ids(root: ElementTree.Element, names: str) -> None:
    # Counted anew: the drawing engine goes on counting from one picture to the next, so the bytes would differ.
    old = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    new = {f"url(#{identifier})": f"{names}-{number}" for number, identifier in enumerate(old, 1)}
    for element in root.iter():
        for attribute, value in element.items():
            if attribute == "id":
                element.set("id", new[f"url(#{value})"])
            elif value in new:
                element.set(attribute, f"url(#{new[value]})")


def _texts(figure: Figure, names: str) -> tuple[ElementTree.Element, ElementTree.Element]:
    # The first sentence is the name, so that nothing is heard twice and a pointer is shown no machine word.
    first, stop, rest = figure.alternative.partition(". ")
    title = ElementTree.Element("title", {"id": f"{names}-title"})
    title.text = first + stop.strip()
    description = ElementTree.Element("desc", {"id": f"{names}-desc"})
    description.text = rest
    return title, description


def _patterns(root: ElementTree.Element, names: str) -> ElementTree.Element:
    """Hatch what is not a grade, which a Vega-Lite specification itself cannot say."""
    definitions = ElementTree.Element("defs")
    for colour, kind in theme.HATCHED.items():
        painted = [element for element in root.iter() if element.get("fill") == colour]
        for element in painted:
            element.set("fill", f"url(#{names}-{kind})")
        if painted:
            definitions.append(_pattern(f"{names}-{kind}", kind, colour))
    return definitions


def _pattern(identifier: str, kind: str, colour: str) -> ElementTree.Element:
    marks = PATTERNS[kind].format(ink=theme.MUTED)
    return ElementTree.fromstring(  # noqa: S314
        f'<pattern id="{identifier}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{colour}"/>{marks}</pattern>'
    )


def _identifier(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "figure"
