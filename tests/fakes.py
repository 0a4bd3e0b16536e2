"""Stand-ins that behave: an assistant by rules, an identifier by letters, and a small data/ written by hand."""

from __future__ import annotations

import textwrap
from pathlib import Path

from bot.conversations.assistant import Asked, AssistantAway, SaidMessage, Understood
from bot.identification import Identified


class StubAssistant:
    """Answers every message with its own words, in the language asked for; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.away = False
        self.silent = False

    def ask(self, asked: Asked) -> Understood:
        self.asked.append(asked)
        if self.away:
            raise AssistantAway("test")
        if self.silent:
            return Understood(())
        if asked.text.startswith("/choose_language"):
            language = asked.text.split('"')[3]
            return Understood((SaidMessage("changed", language, "ltr", key="language_changed"),), "choose_language", 1.0)
        said = SaidMessage(
            f"answer to {asked.text}", asked.language, "ltr", key="support", choices=({"title": "More", "payload": "/more"},)
        )
        return Understood((said,), "support", 0.9)

    def read(self, text: str) -> Understood:
        if self.away:
            raise AssistantAway("test")
        return Understood((), "support", 0.9)

    def ready(self) -> bool:
        return not self.away


class SmallIdentifier:
    """Knows Arabic letters, Norwegian by its letters and "og", Thai as a language nobody speaks; all else is English."""

    def identify(self, text: str) -> Identified:
        if any("\u0600" <= letter <= "\u06ff" for letter in text):
            return Identified("ar", 0.99)
        if any("\u0e00" <= letter <= "\u0e7f" for letter in text):
            return Identified("und", 1.0, name="th")
        if any(letter in "æøå" for letter in text) or " og " in text:
            return Identified("nb", 0.95)
        return Identified("en", 0.95)


FILES = {
    "languages.yml": """
        languages:
          nb: {name: Norsk bokmål, norwegian_name: bokmål, english_name: Norwegian, script: Latn, direction: ltr, source: true}
          en: {name: English, norwegian_name: engelsk, english_name: English, script: Latn, direction: ltr, locale: en_GB}
          ar: {name: العربية, norwegian_name: arabisk, english_name: Arabic, script: Arab, direction: rtl}
        """,
    "facts/money.yml": """
        facts:
          g:
            says: "Basic amount"
            values:
            - {value: 130160, valid_from: 2025-05-01, valid_to: 2026-04-30}
            - {value: 136549, valid_from: 2026-05-01}
            unit: kr
            source: {title: NAV, url: "https://www.nav.no/grunnbelopet"}
            checked_on: 2026-11-21
            confidence: confirmed
            scope: national
          support_month:
            says: "Support per month"
            formula: "2 * g / 12"
            round: 0
            unit: kr
            source: {title: Integreringsloven, section: "§ 20", url: "https://lovdata.no/"}
            checked_on: 2026-11-20
            confidence: older
            scope: national
        """,
    "topics/support/topic.yml": """
        group: money
        weight: required
        kind: fact
        asks: "How much?"
        facts: [support_month]
        buttons: [more, talk_to_human]
        follow_ups:
        - {entity: age, below: 25, topic: more}
        """,
    "topics/support/nb.yml": """
        language: nb
        title: Stønad
        answer: |
          Du får {support_month} kroner i måneden.
        simpler: |
          {support_month} kroner.
        local:
          oslo: |
            I Oslo spør du bydelen.
        examples: |
          hvor mye penger får jeg
        """,
    "topics/support/en.yml": """
        language: en
        title: Support
        answer: |
          You get {support_month} kroner a month.
        simpler: |
          {support_month} kroner.
        examples: |
          how much money do I get
        """,
    "topics/more/topic.yml": """
        group: money
        weight: complete
        kind: fact
        """,
    "topics/more/nb.yml": """
        language: nb
        title: Mer
        answer: |
          Mer om det.
        simpler: |
          Mer.
        examples: |
          fortell mer
        """,
    "topics/more/en.yml": """
        language: en
        title: More
        examples: |
          tell me more
        """,
    "topics/talk_to_human/topic.yml": """
        group: personal
        weight: complete
        kind: service
        """,
    "topics/talk_to_human/nb.yml": """
        language: nb
        title: Et menneske
        answer: |
          Spør programrådgiveren.
        simpler: |
          Spør.
        examples: |
          jeg vil snakke med noen
        """,
    "topics/choose_language/topic.yml": """
        group: conversation
        weight: complete
        kind: service
        """,
    "municipalities/oslo.yml": """
        name: Oslo
        """,
}
PHRASES = {
    "being_written": "{lang}: {{title}} is being written",
    "only_in_norwegian": "{lang}: {{title}} only in Norwegian",
    "fact_expired": "{lang}: {{title}} may be old, see {{source}}",
    "story_button": "{lang}: story",
    "draft_note": "{lang}: nobody has read this",
    "suggest": "{lang}: did you mean",
    "source_intro": "{lang}: from",
    "source_line": "{{title}} {{section}}, {{date}}",
    "source_older": "{lang}: older",
    "source_unverified": "{lang}: unverified",
    "source_none": "{lang}: no source",
    "offer_languages": "{lang}: other languages",
    "continue_in": "{lang}: go on in {{language}}?",
    "stay": "{lang}: stay",
    "unknown_language": "{lang}: I do not know this language",
    "trouble": "{lang}: something went wrong, it is stored",
    "trouble_not_stored": "{lang}: something went wrong, it is not stored",
    "too_long": "{lang}: at most {{limit}}",
    "empty": "{lang}: empty",
    "not_text": "{lang}: only text",
    "too_many": "{lang}: wait {{seconds}}",
    "web_title": "Veiviser",
    "web_sources": "{lang}: from where?",
    "web_advisor": "{lang}: advisor",
    "choose_from_list": "{lang}: choose",
    "answer_with_number": "{lang}: answer with a number",
}


def small_data(folder: Path) -> Path:
    """Writes the small data/ into a folder."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    (folder / "phrases").mkdir(exist_ok=True)
    for lang in ("nb", "en", "ar"):
        lines = [f'  {key}: "{text.format(lang=lang)}"' for key, text in PHRASES.items()]
        (folder / "phrases" / f"{lang}.yml").write_text("\n".join([f"language: {lang}", "phrases:", *lines, ""]), encoding="utf-8")
    return folder
