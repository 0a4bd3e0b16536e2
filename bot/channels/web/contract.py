"""The JSON of the web chat."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from bot.conversations.assistant import SaidMessage

FILES = "/api/chat/files/"


class Choice(BaseModel):
    """A button: what it says, what it sends."""

    title: str
    payload: str


class Source(BaseModel):
    """Where an answer comes from and when that was checked."""

    title: str
    section: str = ""
    url: str = ""
    checked_on: dt.date
    confidence: str


class File(BaseModel):
    """A file that an advisor sent. `size` in bytes; `url` is a path here, open to this session alone."""

    name: str
    type: str
    size: int
    url: str


class Status(BaseModel):
    """Who answers now: the assistant, nobody yet (the person waits), or a human, whose name it tells."""

    state: Literal["assistant", "waiting", "human"] = "assistant"
    name: str = ""


class ChatMessage(BaseModel):
    """One message to the participant, of the assistant or of an advisor."""

    text: str
    language: str = Field(description="Code of the language the text is in")
    direction: str = Field(description="ltr or rtl")
    choices: list[Choice] = []
    key: str = Field(description="The topic answered or the phrase said")
    sources: list[Source] = []
    note: str = Field("", description="A short notice, such as that no native speaker has read the text yet")
    author: str = Field("assistant", description="assistant or advisor")
    by: str = Field("", description="The name of the advisor who wrote it")
    files: list[File] = []
    number: int = Field(0, description="Counts upwards; the same number again is the same message")


class ChatRequest(BaseModel):
    """A message of a participant."""

    text: str = Field(description="What the person wrote, or the payload of a button")
    language: str | None = Field(None, description="A language the person just chose; it counts until they choose again")
    id: str | None = Field(None, max_length=64, description="The sender's own id: the same id again gets the same answer")


class ChatReply(BaseModel):
    """The assistant's answer."""

    messages: list[ChatMessage]
    language: str
    intent: str | None
    confidence: float | None
    number: int = Field(0, description="The number of the message that is answered here")
    status: Status = Status()


class HistoryEntry(ChatMessage):
    """One message of the history, of either side."""

    author: str = Field(description="participant, assistant or advisor")
    id: str | None = Field(None, description="Of a participant's message: the sender's own id")
    at: dt.datetime
    answered: bool = Field(True, description="False for a participant's message to send again, with its id, because nobody has it yet")


SETTLED = (
    "Ask for news after this number and nothing is ever missed. What came in the last minute is told again then: know it by its number"
)


class History(BaseModel):
    """The conversation so far, oldest first."""

    messages: list[HistoryEntry]
    language: str | None
    newest: int = Field(default=0, description="The number of the newest message, for /api/chat/news")
    settled: int = Field(default=0, description=SETTLED)
    status: Status = Status()


class News(BaseModel):
    """What came without being asked for, such as a reminder or an advisor's words; with `everything` all that was said on both sides."""

    messages: list[HistoryEntry]
    newest: int
    settled: int = Field(default=0, description=SETTLED)
    status: Status = Status()


class Problem(BaseModel):
    """What is wrong with a request, in the person's language."""

    code: str
    message: str
    language: str
    direction: str


class ProblemAnswer(BaseModel):
    """The body of every answer that is no success."""

    error: Problem


def chat_message(said: SaidMessage, number: int) -> ChatMessage:
    """A message to the participant in the contract's form. `number`: of the stored message."""
    return ChatMessage(
        text=said.text,
        language=said.language,
        direction=said.direction,
        choices=[Choice(**choice) for choice in said.choices],
        key=said.key,
        sources=[Source(**source) for source in said.sources],
        note=said.note,
        author=said.author,
        by=said.by,
        files=[File(name=file["name"], type=file["type"], size=file["size"], url=FILES + file["token"]) for file in said.files],
        number=number,
    )
