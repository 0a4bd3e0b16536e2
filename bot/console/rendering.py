"""Makes pages from templates. Everything is escaped; templates name words by key."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.console.visits import Visit, parts_of
from bot.desk.access import may
from bot.plans.moments import NORWAY, in_utc

TEMPLATES = Path(__file__).parent / "templates"
ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


def render(request: Request, visit: Visit, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page or a part of one for a signed-in colleague; `t` gives words, `clock` and `day` write moments as they are read in Norway."""
    return HTMLResponse(html(request, visit, template, **values), status_code=status)


def html(request: Request, visit: Visit, template: str, **values: Any) -> str:
    """The same as text."""
    locale = LOCALES[visit.t.language]
    return ENVIRONMENT.get_template(template).render(
        visit=visit,
        who=visit.who,
        t=visit.t,
        library=parts_of(request).library,
        path=request.url.path,
        may=may,
        new_key=new_key,
        utc=in_utc,
        clock=lambda moment: clock(moment, locale),
        day=lambda date: day(date, locale),
        language_name=lambda code: language_name(request, code),
        **values,
    )


def new_key() -> str:
    """A key for one form: the same form sent twice is one action."""
    return secrets.token_hex(8)


def clock(moment: dt.datetime | None, locale: str = "nb_NO") -> str:
    """A moment with its weekday, in Norwegian time; empty for none."""
    return format_datetime(in_utc(moment).astimezone(NORWAY), "EEE d. MMM HH:mm", locale=locale) if moment else ""


def day(date: dt.date | None, locale: str = "nb_NO") -> str:
    """A day; empty for none."""
    return format_date(date, "long", locale=locale) if date else ""


def language_name(request: Request, code: str | None) -> str:
    """A participant's language by its Norwegian name."""
    languages = parts_of(request).library.languages
    return languages[code].norwegian_name if code and code in languages else ""
