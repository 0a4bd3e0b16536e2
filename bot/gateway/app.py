"""Assembles the gateway: database, content, identifier, assistant, the web chat at / and the console at /console."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from bot.channels.web.app import WebChannel
from bot.console.app import mount as mount_console
from bot.console.parts import Parts as ConsoleParts
from bot.content import Library
from bot.conversations.assistant import Assistant, RasaAssistant
from bot.conversations.linking import Linking
from bot.conversations.reception import Reception
from bot.conversations.reminding import Reminder, Reminding
from bot.conversations.speech.whisper import listener_of
from bot.courses.classroom import CourseRoom
from bot.courses.demo import ensure_demo_course
from bot.courses.parts import Courses
from bot.courses.question_box import forget_old
from bot.courses.rounds import CourseRounds
from bot.courses.rounds import Rounds as CourseThread
from bot.courses.talk_reminders import remind_talks
from bot.desk.demo_accounts import ensure_demo_accounts
from bot.desk.handing_over import Desk
from bot.desk.rounds import CaseRounds, Rounds
from bot.gateway.channels import mount_webhooks
from bot.gateway.guard import SecurityHeaders
from bot.identification import Identifier
from bot.identification.from_model import identifier_of
from bot.identification.general import General
from bot.plans.linking import link_key
from bot.settings import Settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal


@dataclass
class Parts:
    """What the gateway is made of; tests hand in their own."""

    reception: Reception
    library: Library
    assistant: Assistant
    reminding: Reminding | None = None
    console: ConsoleParts | None = None
    courses: CourseRounds | None = None


def parts_from(settings: Settings) -> Parts:
    """The parts of a real installation. Raises SettingsError, SealError, ContentError or NoModel with what to do."""
    library = Library(settings.data)
    library.read_everything()
    assistant = RasaAssistant(settings.rasa, settings.rasa_timeout, settings.rasa_token)
    identifier = Identifier(identifier_of(settings.models, settings.home / "identifier"), General())
    sessions = open_database(settings.database)
    seal = Seal(settings.key("text_key"))
    desk = Desk(seal, library)
    linking = Linking(sessions, seal, library, link_key(settings.key("text_key")), desk)
    listener = listener_of(settings.speech_model)
    courses = Courses(seal, library, link_key(settings.key("text_key")))
    room = CourseRoom(courses)
    reception = Reception(sessions, seal, library, identifier, assistant, settings.default_language, linking, desk, listener, room)
    with sessions.begin() as session:
        ensure_demo_accounts(session, desk.clock(), settings.mode)
        ensure_demo_course(courses, session, settings.mode)
    reminding = Reminding(sessions, seal, library, settings.default_language)
    rounds = CourseRounds(sessions, courses, (remind_talks, forget_old))
    return Parts(reception, library, assistant, reminding, ConsoleParts(sessions, seal, library, desk, settings), rounds)


def _beside(made: Parts) -> Iterator[Reminder | Rounds | CourseThread]:
    """What runs beside the requests."""
    if made.reminding:
        yield Reminder(made.reminding)
    if made.console:
        yield Rounds(CaseRounds(made.console.sessions, made.console.desk))
    if made.courses:
        yield CourseThread(made.courses)


def create_app(settings: Settings, parts: Parts | None = None) -> FastAPI:
    """The gateway as an ASGI application."""
    made = parts or parts_from(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threads = list(_beside(made))
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.end()

    app = FastAPI(
        title="Veiviser",
        summary="A guide through Norway's introduction programme in the participant's own language.",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(SecurityHeaders, behind_https=settings.behind_https)
    WebChannel(settings, made.reception, made.library).mount(app)
    mount_webhooks(app, settings, made.reception)
    if made.console:
        mount_console(app, made.console)

    @app.get("/health", tags=["operation"], summary="Whether the gateway runs")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", tags=["operation"], summary="Whether a message would be answered now")
    async def ready() -> JSONResponse:
        able = await run_in_threadpool(made.assistant.ready)
        problems = [str(problem) for problem in made.library.problems()]
        return JSONResponse({"ready": able, "content_problems": problems}, status_code=200 if able else 503)

    return app
