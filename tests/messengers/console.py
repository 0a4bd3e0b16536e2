"""An advisor at the console, over HTTP as a browser without scripts."""

from __future__ import annotations

import html
import re

import httpx2

from bot.desk.demo_accounts import PASSWORD
from tests.console.forms import form_in


class Advisor:
    """Signed in as the demo advisor of Oslo."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, trust_env=False, follow_redirects=True, timeout=60)
        self._send(self._client.get("/console/sign-in"), "/console/sign-in", login="oslo", password=PASSWORD)

    def newest_case(self) -> int | None:
        found = [int(number) for number in re.findall(r'href="/console/cases/(\d+)"', self._client.get("/console/?state=waiting").text)]
        return max(found, default=None)

    def page(self, case: int) -> str:
        """The words of the page."""
        return html.unescape(self._case(case).text)

    def takes(self, case: int) -> None:
        self._send(self._case(case), f"/console/cases/{case}/take")

    def writes(self, case: int, words: str) -> None:
        self._send(self._case(case), f"/console/cases/{case}/text", text=words, language="nb")

    def sends_phrase(self, case: int, key: str, **fields: str) -> None:
        page = self._case(case)
        form = {
            **form_in(page, f"/console/cases/{case}/phrase"),
            "reply": key,
            **{f"field_{name}": value for name, value in fields.items()},
        }
        self._post(f"/console/cases/{case}/phrase", form)

    def closes(self, case: int) -> None:
        self._send(self._case(case), f"/console/cases/{case}/close", outcome="answered")

    def _case(self, case: int) -> httpx2.Response:
        return self._client.get(f"/console/cases/{case}")

    def _send(self, page: httpx2.Response, action: str, **fields: str) -> None:
        self._post(action, {**form_in(page, action), **fields})

    def _post(self, action: str, form: dict[str, str]) -> None:
        answered = self._client.post(action, data=form)
        assert answered.status_code == 200, (action, answered.status_code)
