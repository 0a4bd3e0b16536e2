"""Tokens by spaCy's own rules for each language, without a trained pipeline."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.understanding.spacy_blanks import blank


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BlankTokenizer(Tokenizer):
    """spaCy's blank pipeline of the message's language; `xx` where spaCy knows none."""

    @staticmethod
    def required_packages() -> List[str]:
        """spaCy brings the rules."""
        return ["spacy"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Rasa's own tokenizer settings."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """The tokens of one attribute; blanks are none."""
        text = message.get(attribute)
        found = message.get("language") or (message.get("metadata") or {}).get("language") or {}
        code = found.get("code") if isinstance(found, dict) else found
        tokens = [Token(token.text, token.idx) for token in blank(code)(text) if not token.is_space]
        return self._apply_token_pattern(tokens)
