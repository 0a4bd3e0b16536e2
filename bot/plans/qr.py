"""The address that brings a code into a chat, and its QR."""

from __future__ import annotations

import io
from urllib.parse import urlencode, urlsplit

import segno

from bot.plans.checks import PlanProblem
from bot.plans.link_codes import normal_form


class NoAddress(PlanProblem):
    """What should be the address of the chat is none."""


def link_address(base_url: str, code: str) -> str:
    """The address that opens the chat with the code typed in already: <base>/?code=XXXX-XXXX. Raises NoAddress."""
    parts = urlsplit(base_url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NoAddress(f"{base_url!r} is not the address of a chat. Write it with https://, such as https://veiviser.example.no.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/?{urlencode({'code': normal_form(code)})}"


def qr_svg(address: str) -> str:
    """The QR as an SVG document, black on white, with the quiet zone that cameras need."""
    out = io.BytesIO()
    _qr(address).save(out, kind="svg", scale=8, light="white", title=address)
    return out.getvalue().decode()


def qr_text(address: str) -> str:
    """The QR as text of half blocks, for a dark terminal."""
    out = io.StringIO()
    _qr(address).terminal(out, compact=True)
    return out.getvalue()


def _qr(address: str) -> segno.QRCode:
    return segno.make_qr(address, error="m")
