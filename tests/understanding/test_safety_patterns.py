"""The second net: how a line is read, that it is fast enough for thousands of lines, and what the real lines must and must not catch."""

from __future__ import annotations

import pytest

from bot.content.library import Library
from bot.content.yaml_file import read_yaml
from bot.settings import ROOT
from bot.understanding.safety_patterns import Nets, pattern, read_nets


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("ta livet av meg", "Jeg vil TA LIVET av meg!", True),
        ("ta livet av meg", "ta livet", False),
        ("slår meg", "mannen min slar meg", True),
        ("slår* meg", "de slåras meg", True),
        ("*slår meg", "hanslår meg", True),
        ("slår meg", "hanslår meg", False),
        ("orker ... leve", "orker ikke å leve", True),
        ("orker ... leve", "orker ikke en to tre fire fem leve", False),
        ("ring 113", "RING  113 nå", True),
        ("يضربني", "زوجي يضربني", True),
    ],
)
def test_how_a_line_is_read(line: str, text: str, found: bool) -> None:
    nets = Nets()
    nets.add("danger", line)
    assert (nets.caught(text) == "danger") is found


def test_the_index_finds_what_the_lines_alone_would_find(real_library: Library) -> None:
    nets = read_nets(ROOT / "data" / "safety")
    lines = [
        (topic, pattern(line.strip()))
        for file in sorted((ROOT / "data" / "safety").glob("*.yml"))
        for topic, text in read_yaml(file)["patterns"].items()
        for line in text.splitlines()
        if line.strip()
    ]
    from bot.understanding.text import bare

    for language in ("nb", "ar", "ti", "so", "uk"):
        for topic in ("crisis_violence", "greet", "stonad_amount"):
            wording = real_library.wording(topic, language)
            assert wording
            for example in wording.examples[:5]:
                plain = bare(example)
                assert nets.caught(example) == next((t for t, expression in lines if expression.search(plain)), None), example


def test_every_offered_language_has_a_net(real_library: Library) -> None:
    for language in real_library.languages.offered:
        file = ROOT / "data" / "safety" / f"{language.code}.yml"
        topics = read_yaml(file)["patterns"]
        assert {"crisis_self_harm", "crisis_violence", "crisis_control", "emergency"} <= set(topics), language.code


def test_the_net_rarely_catches_questions_that_are_no_danger(real_library: Library) -> None:
    nets = read_nets(ROOT / "data" / "safety")
    wrong, asked = [], 0
    for topic in real_library.topics():
        if topic.kind == "safety":
            continue
        for code in real_library.languages:
            wording = real_library.wording(topic.id, code)
            for example in wording.examples if wording else ():
                asked += 1
                if nets.caught(example):
                    wrong.append((code, topic.id, example))
    assert len(wrong) <= 0.004 * asked, wrong[:40]
