"""Which language a text is written in. Used by the gateway and inside Rasa, so it knows neither."""

from bot.identification.identify import Identified, Identifier

__all__ = ["Identified", "Identifier"]
