"""The JSON of the web chat."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, Field

from bot.conversations.assistant import SaidMessage


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


class ChatMessage(BaseModel):
    """One message of the assistant."""

    text: str
    language: str = Field(description="Code of the language the text is in")
    direction: str = Field(description="ltr or rtl")
    choices: list[Choice] = []
    key: str = Field(description="The topic answered or the phrase said")
    sources: list[Source] = []
    note: str = Field("", description="A short notice, such as that no native speaker has read the text yet")


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


class HistoryEntry(ChatMessage):
    """One message of the history, of either side."""

    author: str = Field(description="participant, assistant or advisor")
    id: str | None = None
    at: dt.datetime


class History(BaseModel):
    """The conversation so far, oldest first."""

    messages: list[HistoryEntry]
    language: str | None
    newest: int = Field(default=0, description="The number of the newest message, for /api/chat/news")


class News(BaseModel):
    """What came without being asked for, such as a reminder."""

    messages: list[ChatMessage]
    newest: int


class Problem(BaseModel):
    """What is wrong with a request, in the person's language."""

    code: str
    message: str
    language: str
    direction: str


class ProblemAnswer(BaseModel):
    """The body of every answer that is no success."""

    error: Problem


def chat_message(said: SaidMessage) -> ChatMessage:
    """A message of the assistant in the contract's form."""
    return ChatMessage(
        text=said.text,
        language=said.language,
        direction=said.direction,
        choices=[Choice(**choice) for choice in said.choices],
        key=said.key,
        sources=[Source(**source) for source in said.sources],
        note=said.note,
    )
