"""The pages, one file each; every file has a `router`."""

from __future__ import annotations

from fastapi import APIRouter

from bot.console.pages import (
    accounts,
    audit,
    case,
    case_files,
    course_absences,
    course_members,
    course_outcomes,
    course_overview,
    course_polls,
    course_posts,
    course_questions,
    course_sessions,
    course_settings,
    course_shared,
    course_talks,
    courses,
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
    ] + [
        page.router
        for page in (
            courses,
            course_overview,
            course_members,
            course_sessions,
            course_posts,
            course_polls,
            course_settings,
            course_questions,
            course_absences,
            course_talks,
            course_outcomes,
            course_shared,
        )
    ]
