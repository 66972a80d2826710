"""Does a browser show the report as it is meant: alone, silent, in the dark, on a telephone and on paper?"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seriatim.displays.figures import theme
from seriatim.displays.figures.death_run import death_run
from seriatim.displays.figures.incidence_panels import EndpointPanel, GroupProportion, incidence_panels
from seriatim.pages import Cell, Page, Section, Sentence, Table, TableRow
from seriatim.reports.html import render_html

pytestmark = pytest.mark.service

PAYLOAD = "<img src=x onerror=alert(1)><script>alert(2)</script>\" onfocus='alert(3)'"
QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
]


def found_browser() -> str:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        missing = "no Chromium found; install it (apt-get install chromium) to look at the report"
        (pytest.fail if os.environ.get("SERIATIM_REQUIRE_SERVICES") == "1" else pytest.skip)(missing)
    return browser


class Browser:
    """One tab, spoken to over a pipe; `events` keeps all that it reported since the page was opened."""

    def __init__(self, program: str, profile: Path) -> None:
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()
        # The browser listens on descriptor 3 and answers on 4.
        shell = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        self.process = subprocess.Popen(
            ["bash", "-c", shell, program, *QUIET, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.numbers = itertools.count(1)
        self.waiting = b""
        self.events: list[dict[str, Any]] = []
        self.session = ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self.numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != number:
            self.events.append(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def receive(self) -> dict[str, Any]:
        while b"\0" not in self.waiting:
            chunk = os.read(self.read_end, 1 << 16)
            assert chunk, "the browser went away"
            self.waiting += chunk
        line, _, self.waiting = self.waiting.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    def open(self, html: str, folder: Path) -> None:
        path = folder / "report.html"
        path.write_text(html, encoding="utf-8")
        self.events.clear()
        self.send("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def ask(self, expression: str) -> Any:
        return self.send("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def told(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.events if event.get("method") == method]

    def emulate(self, *, media: str = "", scheme: str = "light", width: int = 1280) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", media=media, features=features)
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        os.close(self.write_end)
        os.close(self.read_end)


@pytest.fixture(scope="module", name="browser")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(found_browser(), tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture(scope="module", name="html")
def rendered_once() -> str:
    return render_html(page("Line sepsis"), provenance={"version": "seriatim 0"})


@pytest.fixture(name="report")
def opened_report(browser: Browser, html: str, tmp_path: Path) -> Browser:
    browser.emulate()
    browser.open(html, tmp_path)
    return browser


def page(words: str) -> Page:
    groups = tuple(GroupProportion(155 * n + 1, 155 * n + 155, 28 - 3 * n, 155, 0.1, 0.2) for n in range(8))
    panels = [EndpointPanel(words, tuple(range(1, 1240, 20)), groups)] * 3
    cells = tuple(Cell(f"{group.events}/155 (18 %)", (words,), note=words) for group in groups)
    table = Table("incidence", words, (words, *(f"{group.first_case}–{group.last_case}" for group in groups)), ())
    filled = Table(table.name, words, table.columns, tuple(TableRow(words, cells) for _ in range(60)), (words,))
    answer = Section("answer", words, (Sentence(words, (words,), "lead"), Sentence(words, (), "caution")))
    toxicity = Section("toxicity", words, (incidence_panels(panels, caption=words, table="incidence"), filled))
    deaths = Section("deaths", words, (death_run([12, 432], 1241, upper=0.0045, event=words),))
    return Page(words, words, (answer, toxicity, deaths))


def colour(browser: Browser, selector: str, name: str) -> str:
    return str(browser.ask(f"getComputedStyle(document.querySelector({json.dumps(selector)}))[{json.dumps(name)}]"))


def rgb(colour: str) -> str:
    return "rgb(" + ", ".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)) + ")"


def test_report_asks_for_nothing_but_itself(report: Browser) -> None:
    asked = [event["request"]["url"] for event in report.told("Network.requestWillBeSent")]
    assert [url.rpartition("/")[2] for url in asked] == ["report.html"]


def test_browser_has_nothing_to_complain_of(report: Browser) -> None:
    report.ask("document.body.offsetHeight")
    assert report.told("Log.entryAdded") == []
    assert report.told("Runtime.consoleAPICalled") == []


def test_markup_in_the_data_opens_no_dialog_and_breaks_no_policy(browser: Browser, tmp_path: Path) -> None:
    browser.emulate()
    browser.open(render_html(page(PAYLOAD), provenance={PAYLOAD: PAYLOAD}), tmp_path)
    assert browser.ask("document.images.length + document.scripts.length") == 0
    assert browser.ask("document.querySelector('h1').textContent") == PAYLOAD
    assert browser.told("Page.javascriptDialogOpening") == []
    assert browser.told("Log.entryAdded") == []


def test_page_and_pictures_turn_dark_together(report: Browser) -> None:
    blue = f'svg [fill="{theme.BLUE}"]'
    assert colour(report, blue, "fill") == rgb(theme.BLUE)
    report.emulate(scheme="dark")
    assert colour(report, blue, "fill") == rgb(theme.DARK[theme.BLUE])
    assert colour(report, "body", "backgroundColor") == rgb(theme.DARK[theme.PAPER])
    assert colour(report, "body", "color") == rgb(theme.DARK[theme.INK])


def test_paper_stays_light_on_a_dark_screen(report: Browser) -> None:
    report.emulate(media="print", scheme="dark")
    assert colour(report, "body", "backgroundColor") == "rgb(255, 255, 255)"
    assert colour(report, f'svg [fill="{theme.BLUE}"]', "fill") == rgb(theme.BLUE)
    assert colour(report, "nav", "display") == "none"
    assert colour(report, "thead", "display") == "table-header-group"


@pytest.mark.parametrize("width", [360, 820, 1280, 1920])
def test_page_itself_never_scrolls_sideways(report: Browser, width: int) -> None:
    report.emulate(width=width)
    assert report.ask("document.documentElement.scrollWidth") <= width


def test_wide_table_scrolls_inside_itself_and_can_be_reached_by_keyboard(report: Browser) -> None:
    report.emulate(width=360)
    region = "document.querySelector('table').parentElement"
    assert report.ask(f"{region}.scrollWidth > {region}.clientWidth")
    assert report.ask(f"{region}.tabIndex") == 0
    assert report.ask(f"{region}.getAttribute('aria-labelledby')") == report.ask("document.querySelector('caption').id")


@pytest.mark.parametrize(("width", "height"), [(8.27, 11.69), (8.5, 11.0)])
def test_table_fits_both_kinds_of_paper(report: Browser, width: float, height: float) -> None:
    printed = report.send("Page.printToPDF", paperWidth=width, paperHeight=height, printBackground=True)
    document = base64.b64decode(printed["data"])
    assert document.startswith(b"%PDF")
    # What is wider than the sheet makes the browser shrink it all; at the width of the print area nothing is.
    report.emulate(media="print", width=round(96 * (width - 32 / 25.4)))
    assert report.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_screen_reader_hears_each_picture_as_one_image(report: Browser) -> None:
    nodes = report.send("Accessibility.getFullAXTree")["nodes"]
    images = [node for node in nodes if node.get("role", {}).get("value") in {"image", "img"}]
    panels, run = (image["name"]["value"] for image in images)
    assert panels.startswith(
        "Share of patients with each event along case numbers 1 to 1240, in 8 groups. Line sepsis:"
    )
    assert run.endswith("none in the 809 patients since. True risk at most 0.45 % (exact 95 %).")


def test_keyboard_reaches_the_way_past_the_contents_first(report: Browser) -> None:
    for kind in ("keyDown", "keyUp"):
        report.send("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert report.ask("document.activeElement.className") == "skip"
    assert report.ask("document.activeElement.getBoundingClientRect().top") >= 0
