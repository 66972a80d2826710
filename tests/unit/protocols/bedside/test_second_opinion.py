"""Do the two engines agree, is the second one's query kept, and is there no decision where they do not?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from seriatim.protocols.bedside import decide as deciding
from seriatim.protocols.bedside.decide import Disagreement, decide
from seriatim.protocols.bedside.moment import Moment
from seriatim.protocols.bedside.second_opinion import agrees, by_frame
from seriatim.protocols.load import load_protocol
from seriatim.rules.facts import Fact

TEXT = """
schema: seriatim.protocol/1
id: twice
version: 1.0.0
title: Invented
sources: {paper: {cite: A paper}}
variables:
  fever: {type: boolean, text: fever, codes: [fever]}
  rigor: {type: boolean, text: rigor, codes: [rigor]}
before_dose:
  - {id: hot, text: t, when: fever, then: hold_dose, resume: NOT rigor, source: {ref: paper, at: p1}}
"""
PROTOCOL = load_protocol(TEXT)
YES, NO = Fact(1, 1), Fact(0, 0)
RECORDS = [{}, {"fever": YES}, {"fever": NO, "rigor": YES}, {"rigor": NO}]


def test_the_second_engine_answers_rules_and_resumes_in_the_order_of_the_records():
    assert by_frame(PROTOCOL, RECORDS) == [PROTOCOL.fast(facts) for facts in RECORDS]
    assert by_frame(PROTOCOL, []) == []


def test_each_question_is_answered_by_its_own_record_alone():
    assert [by_frame(PROTOCOL, [facts])[0] for facts in RECORDS] == [PROTOCOL.fast(facts) for facts in RECORDS]


def test_a_protocol_of_other_content_has_its_own_query():
    other = load_protocol(TEXT.replace("when: fever", "when: NOT fever"))
    assert by_frame(PROTOCOL, [{"fever": YES}]) != by_frame(other, [{"fever": YES}])


def test_a_protocol_without_rules_is_agreed_on():
    assert agrees(load_protocol(TEXT.split("before_dose", maxsplit=1)[0]), {})


def test_several_threads_get_their_own_answers():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda facts: by_frame(PROTOCOL, [facts])[0], RECORDS * 5))
    assert found == [PROTOCOL.fast(facts) for facts in RECORDS * 5]


def test_where_the_engines_disagree_there_is_no_decision(monkeypatch):
    monkeypatch.setattr(deciding, "agrees", lambda *_: False)
    moment = Moment("p1", 1, 1, datetime(2026, 3, 2, tzinfo=UTC))
    with pytest.raises(Disagreement, match="no decision"):
        decide(PROTOCOL, [], moment)
    assert decide(PROTOCOL, [], moment, double_check=False).checked_twice is False
