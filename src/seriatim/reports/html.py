"""How does a page become one HTML file that needs nothing else to be read?"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from seriatim.displays.figures import theme
from seriatim.pages import Page, Paper, Table
from seriatim.reports import figures
from seriatim.reports.footnotes import footnote_marks
from seriatim.reports.outline import outline, table_beside

# The section of this name, where it comes first, is the first screen.
ANSWER = "answer"
DASH = re.compile("[-–]")


def render_html(page: Page, *, provenance: Mapping[str, str] | None = None) -> str:
    """One self-contained HTML file: no script, no network, its style sheet named by hash in its own policy.

    A first section called `answer` becomes the first screen, before the list of contents. `provenance` is printed
    last, label by label in the order given (versions, hashes, the command). `Misuse` where a figure cannot be drawn.

    >>> page = Page("Twelve years of interleukin", "1241 consecutive patients", ())
    >>> "<h1>Twelve years of interleukin</h1>" in render_html(page)
    True
    """
    chapters = outline(page)
    has_answer = bool(chapters) and chapters[0].section.name == ANSWER
    style = _style() + _on_paper(page.paper)
    return (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            answer=chapters[0] if has_answer else None,
            chapters=chapters[1:] if has_answer else chapters,
            table_beside=lambda figure: table_beside(figure, chapters),
            provenance=dict(provenance or {}),
            style=style,
            style_hash=_policy_hash(style),
        )
    )


@cache
def _environment() -> Environment:
    # Autoescape is off in a bare environment, and a bare undefined prints as nothing.
    environment = Environment(
        loader=PackageLoader("seriatim.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"unbroken": _unbroken, "together": _together}
    environment.globals |= {"svg": figures.svg, "footnote_marks": footnote_marks, "number_columns": _number_columns}
    return environment


def _unbroken(text: str) -> Markup:
    """Words such as interleukin-2 and 3–4 stay on one line where lines are short."""
    return Markup(" ").join(_whole(word) if DASH.search(word) else escape(word) for word in text.split(" "))


def _together(text: str) -> Markup:
    """Where a narrow column breaks `28/155 (18 %)`, it breaks before the bracket."""
    return Markup(" ").join(map(_whole, re.split(r" (?=\()", text)))


def _whole(word: str) -> Markup:
    return Markup('<span class="whole">{}</span>').format(word)


@cache
def _style() -> str:
    sheet = files("seriatim.reports").joinpath("templates", "page.css").read_text(encoding="utf-8")
    exchanged = "\n".join(
        f'  svg [fill="{light}"] {{ fill: {dark}; }}\n  svg [stroke="{light}"] {{ stroke: {dark}; }}'
        for light, dark in theme.DARK.items()
    )
    # Paper stays light, whatever the screen.
    return f"{sheet}\n@media screen and (prefers-color-scheme: dark) {{\n{exchanged}\n}}\n"


def _on_paper(paper: Paper) -> str:
    """What stands on every sheet. Chromium repeats what is fixed on each printed page, and fills margins of sheets."""
    rules = []
    if paper.is_landscape:
        rules.append("@page { size: landscape; }")
    if paper.foot:
        rules.append(
            f"@page {{ @bottom-left {{ content: {_css_text(paper.foot)}; width: 90%; font: 7pt sans-serif;"
            " color: #5a646e; text-align: left; } }"
        )
    if paper.across:
        rules.append(
            f"body::after {{ content: {_css_text(paper.across)}; position: fixed; inset: 0; z-index: 3; display: grid;"
            " place-content: center; text-align: center; transform: rotate(-28deg); pointer-events: none;"
            " font: 700 min(13vw, 8rem)/1 sans-serif; letter-spacing: 0.06em; color: rgb(180 74 0 / 15%);"
            " print-color-adjust: exact; -webkit-print-color-adjust: exact; }"
        )
    return "".join(f"{rule}\n" for rule in rules)


def _css_text(text: str) -> str:
    """Text as a string of a style sheet; all but letters, digits and spaces by number, so that it stays text."""
    return (
        '"'
        + "".join(one if one.isascii() and (one.isalnum() or one == " ") else f"\\{ord(one):x} " for one in text)
        + '"'
    )


def _policy_hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _number_columns(table: Table) -> list[bool]:
    """Which columns hold numbers, the row headers first: their headings stand on the right as the numbers do."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    return [False, *(any(cell.kind == "number" for cell in column) for column in columns)] + [False] * (
        0 if table.rows else len(table.columns) - 1
    )
