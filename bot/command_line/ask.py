"""ask: one question, answered as a participant would get it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

import httpx
import typer

from bot.command_line.ending import OUT, fail
from bot.content import Library, Reader, Said, answer_for, phrase
from bot.processes.reader import reader
from bot.settings import settings


def ask(
    words: Annotated[str, typer.Argument(help="The question.")],
    language: Annotated[str | None, typer.Option("--language", "-l", help="Answer in this language instead of the one recognised.")] = None,
    municipality: Annotated[str, typer.Option("--municipality", help="The participant's municipality, such as oslo.")] = "",
    server: Annotated[
        str | None,
        typer.Option("--server", help="Ask a running gateway, such as http://127.0.0.1:8000, conversation rules included."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Ask a question: answer, intent, confidence, sources."""
    library = Library(settings().data)
    if language and language not in library.languages:
        raise typer.BadParameter(f"{language} is not one of {', '.join(library.languages)}.", param_hint="--language")
    result = _from_server(server, words, language) if server else _in_process(library, words, language, municipality)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    for message in result["messages"]:
        OUT.print(message["text"], markup=False)
        if message["choices"]:
            OUT.print("  ".join(f"[{choice['title']}]" for choice in message["choices"]), markup=False, style="bold")
        for source in message["sources"]:
            OUT.print(
                f"  {source['title']} {source['section']} ({source['checked_on']}, {source['confidence']})",
                markup=False,
                style="dim",
            )
    OUT.print(f"{result['intent']}  {result['confidence']:.2f}  {result['language']}", markup=False, style="dim")


def _in_process(library: Library, words: str, language: str | None, municipality: str) -> dict[str, Any]:
    with reader(settings()) as reads:
        parsed = reads.read(words)
    heard = str((parsed.get("language") or {}).get("code"))
    spoken: str = language or (heard if heard in library.languages else settings().default_language)
    intent = parsed["intent"]["name"]
    places = [entity["value"] for entity in parsed["entities"] if entity["entity"] == "municipality"]
    who = Reader(spoken, municipality or (places[0] if places else ""))
    occupation = next((entity["value"] for entity in parsed["entities"] if entity["entity"] == "occupation"), "")
    if library.has_topic(intent):
        said = answer_for(library, intent, occupation, who, dt.date.today())
    else:
        nearest = tuple(row["name"] for row in parsed["ranking"] if library.has_topic(row["name"]))[:3]
        said = phrase(library, "suggest", spoken, topics=nearest)
    return {
        "messages": [_plain(said)],
        "language": spoken,
        "intent": intent,
        "confidence": parsed["intent"]["confidence"],
        "safety_net": parsed["safety_net"],
        "ranking": parsed["ranking"],
    }


def _from_server(server: str, words: str, language: str | None) -> dict[str, Any]:
    try:
        answered = httpx.post(f"{server}/api/chat", json={"text": words, "language": language}, timeout=30, trust_env=False)
        answered.raise_for_status()
    except httpx.HTTPStatusError as error:
        fail(f"{server} answered {error.response.status_code}: {error.response.text}")
    except httpx.HTTPError as error:
        fail(f"{server} did not answer ({error}). Is `make run` running?")
    return dict(answered.json())


def _plain(said: Said) -> dict[str, Any]:
    return {
        "key": said.key,
        "text": said.text,
        "language": said.language,
        "direction": said.direction,
        "choices": [{"title": choice.title, "payload": choice.payload} for choice in said.choices],
        "sources": [
            {
                "title": source.title,
                "section": source.section,
                "url": source.url,
                "checked_on": source.checked_on.isoformat(),
                "confidence": source.confidence.value,
            }
            for source in said.sources
        ],
        "note": said.note,
        "state": said.state,
    }
