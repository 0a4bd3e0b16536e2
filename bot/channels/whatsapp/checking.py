"""Looks at everything a WhatsApp number needs and says of each thing that is wrong what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.channels.whatsapp.graph import Garbled, Graph, GraphError
from bot.channels.whatsapp.parcels import OBJECT
from bot.channels.whatsapp.signature import HEADER, signature_of
from bot.channels.whatsapp.templates import GOOD, TemplateLanguages, template_languages
from bot.channels.whatsapp.webhook import PATH
from bot.settings import Mode, Settings

# What the API raises; ours among them are GraphError and Garbled.
TROUBLE = (httpx.HTTPError, httpx.InvalidURL, GraphError, Garbled)
NEEDED = {
    "whatsapp_token": "the permanent token of a system user (Business settings > System users) with whatsapp_business_messaging "
    "and whatsapp_business_management",
    "whatsapp_number_id": "the phone number ID (WhatsApp > API setup), not the number itself",
    "whatsapp_app_secret": "the app's secret (App settings > Basic); without it every webhook is refused",
    "whatsapp_verify_token": "a word of your own, which you also enter at Configuration > Webhook > Verify token",
}
# What a header can carry; tokens and secrets are letters and digits. Anything else was copied along with them.
SOUND = re.compile(r"[\x21-\x7e]+", re.ASCII)
SECRET_AGAIN = "Copy it again from App settings > Basic."
FIELDS = frozenset({"messages", "message_template_status_update", "account_update"})


@dataclass(frozen=True)
class Finding:
    """One thing looked at. state: ok, wrong or unknown; `advice`: what to do."""

    about: str
    state: str
    says: str
    advice: str = ""


def check(settings: Settings) -> list[Finding]:
    """All findings, without sending anything to anybody."""
    missing = [_missing(name, what) for name, what in NEEDED.items() if not getattr(settings, name)]
    findings = [*missing, _address(settings), *_own_webhook(settings)]
    if settings.whatsapp_token and not SOUND.fullmatch(settings.whatsapp_token):
        advice = "Copy the token again, alone, and set VEIVISER_WHATSAPP_TOKEN."
        findings.append(Finding("token", "wrong", "holds a blank or a sign that no token has", advice))
    elif settings.whatsapp_token and settings.whatsapp_number_id:
        graph = Graph(settings.whatsapp_api, settings.whatsapp_token, settings.whatsapp_number_id)
        try:
            findings += _with_meta(settings, graph)
        finally:
            graph.close()
    return findings


def _missing(name: str, what: str) -> Finding:
    return Finding(name, "wrong", "not set", f"Set VEIVISER_{name.upper()}: {what}.")


def _address(settings: Settings) -> Finding:
    webhook = settings.public + PATH
    try:
        address = urlsplit(settings.public)
        whole = bool(address.hostname) and address.port != 0
    except ValueError:  # such as a port beyond 65535
        whole = False
    if not whole:
        advice = "Set VEIVISER_PUBLIC_URL to the address of your proxy with TLS, such as https://veiviser.example; a port is 1 to 65535."
        return Finding("public address", "wrong", f"{webhook} is no address", advice)
    if address.scheme == "https" and address.hostname not in ("localhost", "127.0.0.1"):
        return Finding("public address", "ok", f"the webhook is {webhook}")
    advice = "Meta posts to https only: set VEIVISER_PUBLIC_URL to the address of your proxy with TLS."
    return Finding("public address", "wrong", f"{webhook} cannot be reached by Meta", advice)


def _own_webhook(settings: Settings) -> Iterator[Finding]:
    """Asks the gateway on this machine as Meta would: with the right token, with a signature, with a false one."""
    if not (settings.whatsapp_app_secret and settings.whatsapp_verify_token):
        return
    url = f"http://{settings.host}:{settings.port}{PATH}"
    body = json.dumps({"object": OBJECT, "entry": []}).encode()
    query = {"hub.mode": "subscribe", "hub.verify_token": settings.whatsapp_verify_token, "hub.challenge": "1158201444"}
    try:
        with httpx.Client(trust_env=False, timeout=5) as client:
            verified = client.get(url, params=query)
            right = client.post(url, content=body, headers={HEADER: signature_of(settings.whatsapp_app_secret, body)})
            false = client.post(url, content=body, headers={HEADER: signature_of(settings.whatsapp_app_secret + "x", body)})
    except httpx.HTTPError:
        yield Finding("webhook here", "unknown", f"nothing answers at {url}", "Start Veiviser (`veiviser run`) and check again.")
        return
    answers = (verified.status_code, verified.text, right.status_code, false.status_code)
    if answers == (200, "1158201444", 200, 401):
        yield Finding("webhook here", "ok", "verifies, takes what is signed, refuses what is not")
    else:
        advice = "Restart the gateway with the same VEIVISER_WHATSAPP_ settings as this command has."
        yield Finding("webhook here", "wrong", f"answers {verified.status_code}, {right.status_code}, {false.status_code}", advice)


def _with_meta(settings: Settings, graph: Graph) -> Iterator[Finding]:
    try:
        data = graph.get("debug_token", input_token=settings.whatsapp_token).get("data", {})
    except TROUBLE as error:
        yield _cannot("token", error, "Make a new permanent token of a system user and set VEIVISER_WHATSAPP_TOKEN.")
        return
    yield _token(data)
    yield from _asked("number", lambda: _number(graph))
    yield from _asked("webhook at Meta", lambda: _subscription(settings, graph, str(data.get("app_id"))))
    accounts = [one for scope in data.get("granular_scopes") or () for one in scope.get("target_ids") or () if _manages(scope)]
    yield from _asked("template", lambda: _template(settings, graph, accounts))


def _manages(scope: dict[str, Any]) -> bool:
    return bool(scope.get("scope") == "whatsapp_business_management")


def _asked(about: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield look()
    except TROUBLE as error:
        yield _cannot(about, error, "See whether the token may use this number: Business settings > System users > Assigned assets.")


def _cannot(about: str, error: Exception, advice: str) -> Finding:
    if isinstance(error, GraphError) and (error.told or error.status < 500):
        return Finding(about, "wrong", f"Meta refuses ({error})", advice)
    return Finding(
        about, "unknown", f"Meta does not answer ({type(error).__name__})", "Check the line and VEIVISER_WHATSAPP_API; try again later."
    )


def _token(data: dict[str, Any]) -> Finding:
    if not data.get("is_valid"):
        return Finding(
            "token", "wrong", "not valid any more", "Make a new permanent token of a system user and set VEIVISER_WHATSAPP_TOKEN."
        )
    absent = [one for one in ("whatsapp_business_messaging", "whatsapp_business_management") if one not in (data.get("scopes") or ())]
    if absent:
        return Finding("token", "wrong", f"lacks {', '.join(absent)}", "Make the token again with these permissions.")
    if data.get("expires_at"):
        return Finding("token", "wrong", "runs out", "Use a token of a system user that never expires; this one is for trying out.")
    return Finding("token", "ok", "valid, does not run out")


def _number(graph: Graph) -> Finding:
    fields = "verified_name,display_phone_number,quality_rating,code_verification_status,messaging_limit_tier,status"
    told = graph.get(graph.number_id, fields=fields)
    says = ", ".join(str(told[name]) for name in ("verified_name", "display_phone_number", "quality_rating", "status") if told.get(name))
    if told.get("quality_rating") == "RED":
        return Finding("number", "wrong", says, "People block this number; Meta will hold it back. See what is sent outside of answers.")
    # A number that works is often EXPIRED here: the code was for registering it once.
    if told.get("code_verification_status") == "NOT_VERIFIED":
        return Finding("number", "wrong", f"{says}, not verified", "Verify it by code in WhatsApp Manager > Phone numbers.")
    return Finding("number", "ok", says)


def _subscription(settings: Settings, graph: Graph, app_id: str) -> Finding:
    """Asked with the app's own token, so that a wrong secret is found here too."""
    about, webhook = "webhook at Meta", settings.public + PATH
    if settings.whatsapp_app_secret and not SOUND.fullmatch(settings.whatsapp_app_secret):
        return Finding(about, "wrong", "the app secret holds a blank or a sign that no secret has", SECRET_AGAIN)
    try:
        told = graph.get(f"{app_id}/subscriptions", access_token=f"{app_id}|{settings.whatsapp_app_secret}").get("data") or []
    except GraphError as error:
        return Finding(about, "wrong", f"the app secret is refused ({error})", SECRET_AGAIN)
    ours = next((one for one in told if one.get("object") == OBJECT), None)
    if ours is None or not ours.get("active", True):
        return Finding(about, "wrong", "not registered", f"Enter {webhook} at WhatsApp > Configuration > Webhook and verify it.")
    if ours.get("callback_url") != webhook:
        return Finding(about, "wrong", f"posts to {ours.get('callback_url')}", f"Change it to {webhook}, or VEIVISER_PUBLIC_URL.")
    absent = sorted(FIELDS - {str(one.get("name")) for one in ours.get("fields") or ()})
    if absent:
        return Finding(
            about, "wrong", f"lacks the fields {', '.join(absent)}", "Subscribe them at WhatsApp > Configuration > Webhook fields."
        )
    return Finding(about, "ok", f"posts to {webhook}")


def _template(settings: Settings, graph: Graph, accounts: list[str]) -> Finding:
    if not settings.whatsapp_template:
        says = "none set: what is said a day after a person's last word does not arrive, and the advisor sees that"
        state = "unknown" if settings.mode is Mode.DEMO else "wrong"
        return Finding(
            "template", state, says, "Submit one (`veiviser whatsapp templates`) and set VEIVISER_WHATSAPP_TEMPLATE to its name."
        )
    told = [
        one
        for account in accounts
        for one in graph.get(f"{account}/message_templates", name=settings.whatsapp_template, fields="name,language,status").get("data")
        or ()
        if one.get("name") == settings.whatsapp_template
    ]
    return template_finding(settings.whatsapp_template, told, template_languages(settings.data))


def template_finding(name: str, told: list[dict[str, Any]], languages: TemplateLanguages) -> Finding:
    """In which languages the template can be sent, and for which of ours none is left."""
    good = {str(one.get("language")) for one in told if one.get("status") in GOOD}
    bad = sorted(f"{one.get('language')} {one.get('status')}" for one in told if one.get("status") not in GOOD)
    if not good:
        advice = "Submit it (`veiviser whatsapp templates` prints its text), category utility, and wait for Meta's approval."
        return Finding("template", "wrong", f"{name} is approved in no language; {', '.join(bad) or 'it is not there'}", advice)
    alone = sorted(set(languages.codes.values()) - good)
    if not good & set(languages.of("")):
        advice = f"Approve it in one of {', '.join(languages.of(''))}: the languages Meta does not have fall back to these."
        return Finding("template", "wrong", f"{name}: {', '.join(sorted(good))}", advice)
    more = f"; falls back for {', '.join(alone)}" if alone else ""
    return Finding("template", "ok", f"{name} in {', '.join(sorted(good))}{more}{'; ' + ', '.join(bad) if bad else ''}")
