"""In which order does the first screen speak?"""

from __future__ import annotations

from types import SimpleNamespace

from seriatim import shelves
from seriatim.displays._contract import Shown
from seriatim.pages import Sentence
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.reviews.assemble import assemble

SAID = (
    Sentence("Ischaemia depends on the test: 5 against 0", (), "caution"),
    Sentence("Toxicity fell.", (), "lead"),
    Sentence("Troponin was not assessed in 41 %", (), "caution"),
    Sentence("Nobody died."),
)


def test_first_screen_has_its_answers_first_and_the_choice_of_a_test_as_its_last_caution(monkeypatch):
    display = SimpleNamespace(lead=lambda _: SAID, section=lambda _: None)
    monkeypatch.setattr(shelves, "names_on", lambda _: ("incidence",))
    monkeypatch.setattr(shelves, "take", lambda *_: display)
    plan = Plan(title="t", grouping={"by": "blocks", "size": 5})
    answer = assemble(Shown(Results(()), {}, plan)).sections[0]
    assert [block.text.split()[0] for block in answer.blocks] == ["Toxicity", "Nobody", "Troponin", "Ischaemia"]
