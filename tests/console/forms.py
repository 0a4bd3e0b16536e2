"""Reads the forms of a page as a browser does: what would be sent if nothing was typed."""

from __future__ import annotations

from html.parser import HTMLParser

from httpx2 import Response


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select: tuple[str, list[str], list[str]] | None = None
        self._long = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if not self.forms:
            return
        fields, name = self.forms[-1][1], given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            fields[name] = given.get("value", "")
        elif tag == "select":
            self._select = (name, [], [])
        elif tag == "option" and self._select:
            self._select[1].append(given.get("value", ""))
            if "selected" in given:
                self._select[2].append(given.get("value", ""))
        elif tag == "textarea":
            fields[name], self._long = "", name

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            name, known, chosen = self._select
            self.forms[-1][1][name] = (chosen or known or [""])[-1 if chosen else 0]
            self._select = None
        elif tag == "textarea":
            self._long = ""

    def handle_data(self, data: str) -> None:
        if self._long:
            self.forms[-1][1][self._long] += data


def form_in(page: Response, action: str) -> dict[str, str]:
    """The fields of the first form with this address. Raises LookupError with the addresses there are."""
    reader = _Forms()
    reader.feed(page.text)
    for address, fields in reader.forms:
        if address == action:
            return fields
    raise LookupError(f"no form sends to {action}; there are {[address for address, _ in reader.forms]}")
