"""Brings a text into the form the identifier learned from."""

from __future__ import annotations

import re
import unicodedata

BLANKS = re.compile(r"\s+")
NOT_LETTERS = re.compile(r"[^\w\s'’]|\d|_")
# Norwegian words that stand in sentences of every language say nothing about it.
TERMS = frozenset(
    """
    norskprøve norskprøven norskprove norskproven introprogram introprogrammet introduksjonsprogram introduksjonsprogrammet
    intro programrådgiver programradgiver nav fagbrev praksis praksiskandidat spor voksenopplæring voksenopplaering
    videregående videregaende stønad stonad introstønad introduksjonsstønad lånekassen lanekassen vgs vgo fov kommune
    kommunen skatteetaten udi imdi hkdir fylkeskommune fylkeskommunen karrieresenter realkompetanse realkompetansevurdering
    lærling laerling lærekandidat delkompetanse sosialhjelp flyktningstipend barnetrygd bostøtte kontantstøtte
    samfunnskunnskap statsborgerprøven statsborgerprøve norskmål utdanningsvalg yrkesfag studiespesialisering
    helsefagarbeider fagprøve privatist tolk attest vitnemål oslo norge bærum lørenskog drammen larvik
    """.split()
)


def prepared(text: str) -> str:
    """Lower case, letters only, blanks folded, at most 300 characters."""
    # Sorani keyboards write heh doachashmee where the examples have the plain letter.
    text = unicodedata.normalize("NFC", text).casefold().replace("ھ", "ه")
    return BLANKS.sub(" ", NOT_LETTERS.sub(" ", text)).strip()[:300]


def without_marks(text: str) -> str:
    """The text as typed without diacritics; scripts that write vowels as letters of their own stay as they are."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", plain).translate(str.maketrans("øæåđıłßœ", "oaadilso"))


def only_terms(text: str) -> bool:
    """True when a text has nothing but Norwegian terms, which tell nothing about a person's language."""
    return all(NOT_LETTERS.sub("", word.casefold()) in TERMS for word in text.split())


def without_terms(text: str) -> str:
    """The text without Norwegian terms, unless nothing else would be left."""
    words = [word for word in text.split() if NOT_LETTERS.sub("", word.casefold()) not in TERMS]
    return " ".join(words) or text
