"""Says what is wrong in a persona and what is allowed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bot.content.errors import did_you_mean


class PersonaUnreadable(Exception):
    """A persona has fields or values that the rules do not know. `problems` has one sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One sentence per wrong field: where it stands, what was written, what is allowed."""
    return list(dict.fromkeys(_problem(one, model) for one in error.errors()))


def _problem(error: Any, model: type[BaseModel]) -> str:
    where = path_of(error["loc"])
    if error["type"] == "extra_forbidden":
        allowed = list(_fields_at(model, error["loc"][:-1]))
        return f"`{where}` is no field. Allowed here: {', '.join(allowed)}.{did_you_mean(str(error['loc'][-1]), allowed)}"
    if error["type"] == "literal_error":
        allowed = [word.strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return (
            f"`{where}`: {error['input']!r} is not allowed. Write one of {', '.join(allowed)}.{did_you_mean(str(error['input']), allowed)}"
        )
    if error["type"] in ("model_type", "model_attributes_type"):
        return f"`{where}`: write an object with {', '.join(_fields_at(model, error['loc']))}."
    return f"`{where}`: {error['input']!r} cannot be used. {error['msg'].removeprefix('Value error, ')}."


def path_of(location: Sequence[Any]) -> str:
    """("experience", 0, "years") as experience[0].years."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def _fields_at(model: type[BaseModel], location: Sequence[Any]) -> Iterator[str]:
    for part in location:
        if isinstance(part, str):
            model = next(_models_in(model.model_fields[part].annotation))
    yield from model.model_fields


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
