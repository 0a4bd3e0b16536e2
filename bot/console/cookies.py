"""The console's cookies: the sign-in, the half sign-in on its way, and the language of pages that nobody is signed in to."""

from __future__ import annotations

from typing import Literal

from fastapi import Request
from fastapi.responses import Response

from bot.console.labels import LANGUAGES, Labels, labels
from bot.console.parts import Parts
from bot.console.visits import COOKIE, parts_of
from bot.desk.sign_ins import HALF_LASTS

HALF = "veiviser_console_half"
HALF_PATH = "/console/sign-in"
PATH = "/console"
LANGUAGE = "veiviser_console_language"
A_YEAR = 365 * 24 * 3600


def keep_sign_in(response: Response, parts: Parts, token: str) -> None:
    """A cookie until the browser closes; how long it opens anything, visits.py decides."""
    _set(response, parts, COOKIE, token, PATH)
    response.delete_cookie(HALF, HALF_PATH)


def keep_half(response: Response, parts: Parts, token: str) -> None:
    """The cookie of a sign-in that is not whole yet; it goes to the sign-in pages only."""
    _set(response, parts, HALF, token, HALF_PATH, int(HALF_LASTS.total_seconds()))


def forget_sign_in(response: Response) -> None:
    """Takes both away."""
    response.delete_cookie(COOKIE, PATH)
    response.delete_cookie(HALF, HALF_PATH)


def keep_language(response: Response, parts: Parts, language: str) -> None:
    """Remembers the console's language on this browser."""
    _set(response, parts, LANGUAGE, language, PATH, A_YEAR, "lax")


def words_for(request: Request) -> Labels:
    """The words for somebody who is not signed in: in the language this browser used last."""
    kept = request.cookies.get(LANGUAGE, "")
    return labels(parts_of(request).library.data, kept if kept in LANGUAGES else LANGUAGES[0])


def _set(
    response: Response,
    parts: Parts,
    name: str,
    value: str,
    path: str,
    seconds: int | None = None,
    same_site: Literal["lax", "strict"] = "strict",
) -> None:
    response.set_cookie(name, value, max_age=seconds, path=path, secure=parts.settings.behind_https, httponly=True, samesite=same_site)
