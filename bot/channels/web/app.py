"""The routes of the web chat: the page at / and the JSON interface at /api/chat."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from bot.channels.web.contract import FILES, ChatReply, ChatRequest, History, News, ProblemAnswer
from bot.channels.web.files import content_disposition, file_of
from bot.channels.web.limits import Flood
from bot.channels.web.page import Page
from bot.channels.web.past import history_of, language_of, news_of, reply_of
from bot.channels.web.requests import COOKIE, HEADER, Refused, WebSession, body_of, hint_of, session_of
from bot.content import Library, phrase
from bot.conversations.assistant import AssistantAway, NotStored
from bot.conversations.reception import Incoming, Reception
from bot.settings import Settings

STATIC = Path(__file__).parent / "static"
LARGEST_NUMBER = 2**31 - 1  # a message's number fits into the database's integer
A_YEAR = 365 * 24 * 3600
CHANNEL = "web"
LAST_WORDS = "Noe gikk galt hos oss. Prøv igjen om litt. Something went wrong. Please try again."
logger = logging.getLogger(__name__)
REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemAnswer, "description": text}
    for code, text in {
        413: "The message is too long",
        422: "The message is empty or no text",
        429: "Too many messages",
        503: "Stored but not answered yet, or not stored; send it again with the same id",
    }.items()
}
NOT_THERE: dict[int | str, dict[str, Any]] = {404: {"model": ProblemAnswer, "description": "There is no such file in this chat"}}


class WebChannel:
    """The web chat of one gateway."""

    def __init__(self, settings: Settings, reception: Reception, library: Library) -> None:
        self._settings, self._reception, self._library = settings, reception, library
        self._flood = Flood(settings.messages_per_minute, settings.messages_per_address)
        self._page = Page(library, settings)

    def mount(self, app: FastAPI) -> None:
        """Adds the routes to an application."""
        routes = APIRouter(tags=["web chat"])
        chat_body = {"required": True, "content": {"application/json": {"schema": ChatRequest.model_json_schema()}}}
        routes.add_api_route("/", self.page, methods=["GET"], response_class=HTMLResponse, include_in_schema=False)
        routes.add_api_route(
            "/api/chat",
            self.receive,
            methods=["POST"],
            response_model=ChatReply,
            responses=REFUSALS,
            summary="Ask something",
            openapi_extra={"requestBody": chat_body},
        )
        routes.add_api_route("/api/chat", self.history, methods=["GET"], response_model=History, summary="The conversation so far")
        news = "What came without being asked for"
        routes.add_api_route("/api/chat/news", self.news, methods=["GET"], response_model=News, summary=news)
        routes.add_api_route(
            FILES + "{token}", self.file, methods=["GET"], response_class=Response, responses=NOT_THERE, summary="A file an advisor sent"
        )
        routes.add_api_route("/api/chat/leave", self.leave, methods=["POST"], status_code=204, summary="Forget this browser's session")
        routes.add_api_route("/api/texts/{language}", self._page.texts, methods=["GET"], summary="The labels of the page")
        app.include_router(routes)
        app.mount("/static", StaticFiles(directory=STATIC), name="static")

    async def page(self, request: Request) -> Response:
        """The page, in the language of the conversation, else of the browser."""
        session = session_of(request)
        language = await run_in_threadpool(self._language_for, request, session)
        return self._with_cookie(HTMLResponse(self._page.html(language)), session)

    async def receive(self, request: Request, x_chat_session: Annotated[str | None, Header()] = None) -> Response:
        """Stores and answers one message."""
        session = session_of(request)
        try:
            asked = await body_of(request, self._settings.longest_message)
            seconds = self._flood.wait(session.account, request.client.host if request.client else "")
            if seconds:
                raise Refused(429, "too_many", seconds=seconds)
        except Refused as refused:
            return await run_in_threadpool(self._refusal, request, session, refused)
        return await run_in_threadpool(self._answer, request, session, asked)

    async def history(self, request: Request, x_chat_session: Annotated[str | None, Header()] = None) -> Response:
        """Everything said in this chat."""
        session = session_of(request)
        if session.fresh:
            return JSONResponse(History(messages=[], language=None).model_dump(mode="json"))
        try:
            past = await run_in_threadpool(history_of, self._reception, CHANNEL, session.account)
        except Exception:
            logger.exception("A history could not be read")
            return await run_in_threadpool(self._refusal, request, session, Refused(503, "trouble"))
        return JSONResponse(past.model_dump(mode="json"))

    async def news(
        self,
        request: Request,
        after: Annotated[int, Query(le=LARGEST_NUMBER)] = 0,
        everything: bool = False,
        x_chat_session: Annotated[str | None, Header()] = None,
    ) -> Response:
        """What came unasked since the message of a number; the page asks for `everything`, because other tabs write too."""
        session = session_of(request)
        if session.fresh:
            return JSONResponse(News(messages=[], newest=after, settled=after).model_dump(mode="json"))
        try:
            found = await run_in_threadpool(news_of, self._reception, CHANNEL, session.account, after, everything)
        except Exception:
            logger.exception("News could not be read")
            return await run_in_threadpool(self._refusal, request, session, Refused(503, "trouble"))
        return JSONResponse(found.model_dump(mode="json"))

    async def file(self, request: Request, token: str, x_chat_session: Annotated[str | None, Header()] = None) -> Response:
        """An attachment, for the chat it was sent to and nobody else."""
        session = session_of(request)
        try:
            file = None if session.fresh else await run_in_threadpool(file_of, self._reception, CHANNEL, session.account, token)
        except Exception:
            logger.exception("A file could not be read")
            return await run_in_threadpool(self._refusal, request, session, Refused(503, "trouble"))
        if file is None:
            return await run_in_threadpool(self._refusal, request, session, Refused(404, "file_not_here"))
        headers = {"Content-Disposition": content_disposition(file.name), "X-Content-Type-Options": "nosniff"}
        return Response(file.content, media_type=file.content_type, headers=headers)

    async def leave(self) -> Response:
        """The browser forgets its session, as on a shared computer."""
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, path="/")
        return response

    def _answer(self, request: Request, session: WebSession, asked: ChatRequest) -> Response:
        # A message needs an id to find its answer's numbers by; who gave none gets one.
        external_id = asked.id or f"web:{secrets.token_hex(16)}"
        incoming = Incoming(CHANNEL, session.account, asked.text, external_id, asked.language, hint_of(request))
        try:
            reply = self._reception.receive(incoming)
        except NotStored:
            return self._refusal(request, session, Refused(503, "trouble_not_stored"))
        except AssistantAway:
            return self._refusal(request, session, Refused(503, "trouble"))
        except SQLAlchemyError:
            return self._refusal(request, session, Refused(503, "trouble_not_stored"))
        except Exception:
            logger.exception("A message could not be answered")
            return self._refusal(request, session, Refused(503, "trouble"))
        try:
            answer = reply_of(self._reception, CHANNEL, session.account, external_id, reply)
        except Exception:  # the message is stored and answered: the same one again gets its answer
            logger.exception("An answer could not be read")
            return self._refusal(request, session, Refused(503, "trouble"))
        return self._with_session(JSONResponse(answer.model_dump(mode="json")), session)

    def _refusal(self, request: Request, session: WebSession, refused: Refused) -> Response:
        language = self._language_for(request, session)
        try:
            said = phrase(self._library, refused.key, language, topics=(), **refused.values)
            error = {"code": refused.key, "message": said.text, "language": said.language, "direction": said.direction}
        except Exception:
            logger.exception("The phrase %s cannot be said in %s", refused.key, language)
            error = _error(refused.key, LAST_WORDS)
        response = JSONResponse({"error": error}, status_code=refused.status)
        if refused.status == 429:
            response.headers["Retry-After"] = str(refused.values["seconds"])
        return self._with_session(response, session)

    def _language_for(self, request: Request, session: WebSession) -> str:
        try:
            known = None if session.fresh else language_of(self._reception, CHANNEL, session.account)
        except Exception:
            known = None
        return known or self._known(hint_of(request))

    def _known(self, language: str | None) -> str:
        return language if language and language in self._library.languages else self._settings.default_language

    def _with_session(self, response: Response, session: WebSession) -> Response:
        response.headers[HEADER] = session.token
        return self._with_cookie(response, session)

    def _with_cookie(self, response: Response, session: WebSession) -> Response:
        if session.fresh:
            secure = self._settings.behind_https
            response.set_cookie(COOKIE, session.token, max_age=A_YEAR, httponly=True, samesite="lax", secure=secure, path="/")
        return response


def _error(code: str, words: str) -> dict[str, str]:
    """A problem told in Norwegian and English, where there is no phrase in the person's language."""
    return {"code": code, "message": words, "language": "nb", "direction": "ltr"}
