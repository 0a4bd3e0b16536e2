"""Runs the gateway: `python -m bot.gateway`."""

from __future__ import annotations

import sys

import uvicorn

from bot.content import ContentError
from bot.gateway.app import create_app
from bot.identification.from_model import NoModel
from bot.settings import SettingsError, settings
from bot.storage.sealing import SealError


def main() -> None:
    """Serves until stopped; ends with 1 and a sentence when something it needs is missing."""
    given = settings()
    try:
        app = create_app(given)
    except (SettingsError, SealError, ContentError, NoModel) as error:
        sys.exit(f"The gateway cannot start. {error}")
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning", server_header=False, date_header=False)


if __name__ == "__main__":
    main()
