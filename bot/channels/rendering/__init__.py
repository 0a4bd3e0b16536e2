"""One message of ours for any channel, and what the renderers of the channels share."""

from bot.channels.rendering.keys import key_of
from bot.channels.rendering.languages import with_one_language_button
from bot.channels.rendering.numbers import picked
from bot.channels.rendering.words import Words, words_of

__all__ = ["Words", "key_of", "picked", "with_one_language_button", "words_of"]
