"""Countries by English name or ISO 3166 code (CLDR, through Babel); other everyday names stand in data/routes/shared/countries.yml."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global

from bot.content import Library
from bot.content.errors import did_you_mean
from bot.content.yaml_file import read_yaml

CODE_LENGTH = 2


class Countries:
    """Names and codes, whatever the capitals, the kind of apostrophe and the article."""

    def __init__(self, library: Library) -> None:
        names = _territories("en")
        self._codes = {_plain(name): code for code, name in names.items()}
        self._codes |= {code.casefold(): code for code in names}
        for long_code, codes in get_global("territory_aliases").items():
            if len(codes) == 1 and codes[0] in names and not long_code.isdigit():
                self._codes.setdefault(long_code.casefold(), codes[0])
        for code, others in read_yaml(library.data / "routes" / "shared" / "countries.yml")["also_called"].items():
            self._codes |= {_plain(other): code for other in others}
        self._shown = list(names.values())

    def code(self, words: str) -> str | None:
        """The two-letter code, or None."""
        return self._codes.get(_plain(words))

    def near(self, words: str) -> str:
        """The nearest name as a question, or nothing."""
        return did_you_mean(words, self._shown)


@lru_cache
def codes_of_norwegian_names(names: str) -> frozenset[str]:
    """The codes of a list such as "Danmark, Estland" of a fact. Raises KeyError for a name that is no country."""
    by_name = {name.casefold(): code for code, name in _territories("nb").items()}
    return frozenset(by_name[name.strip().casefold()] for name in names.split(","))


def _territories(language: str) -> dict[str, str]:
    territories = Locale(language).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == CODE_LENGTH and code not in ("EU", "EZ", "UN", "ZZ", "QO", "XA", "XB")
    }


def _plain(words: str) -> str:
    text = words.casefold().replace("’", "'").replace("&", "and").replace(".", "")
    return " ".join(text.split()).removeprefix("the ")
