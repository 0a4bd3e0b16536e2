"""The pages, one file each; every file has a `router`."""

from __future__ import annotations

from fastapi import APIRouter

from bot.console.pages import (
    accounts,
    audit,
    case,
    case_files,
    events,
    facts,
    own_account,
    participants,
    plan,
    queue,
    replying,
    sign_in,
    texts,
)


def routers() -> list[APIRouter]:
    """All routers of the console."""
    return [
        page.router
        for page in (sign_in, own_account, accounts, queue, case, case_files, replying, events, participants, plan, texts, facts, audit)
    ]
