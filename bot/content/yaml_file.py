"""Reads one YAML file so that every key knows its line.

PyYAML on libyaml, because two thousand small files must be read in seconds; it would silently keep the last of two equal
keys, so mappings are built here, where a second one is an error.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.content.errors import ContentError

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML without libyaml still reads, slowly
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


class LocatedDict(dict[str, Any]):
    """A mapping that remembers the line (1-based) of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def read_yaml(file: Path) -> LocatedDict:
    """The mapping in a YAML file. Raises ContentError for bad YAML, a double key, or a file that is no mapping."""
    try:
        content = parse_yaml(file.read_text(encoding="utf-8"), file)
    except UnicodeDecodeError as error:
        raise ContentError(file, None, f"This is not UTF-8 text ({error.reason}). Save it as UTF-8.") from error
    return content


def parse_yaml(text: str, file: Path) -> LocatedDict:
    """The mapping in a YAML text; `file` is named in errors."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ContentError(file, 1, "The file must consist of `key: value` lines.")
        return _mapping(loader, node, file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise ContentError(file, line, f"This is not valid YAML: {error.problem}. Check indents, colons and quotes.") from error
    except ValueError as error:  # such as the date 2026-02-30
        raise ContentError(file, None, f"A value cannot be read: {error}.") from error
    finally:
        loader.dispose()


def _mapping(loader: Any, node: yaml.MappingNode, file: Path) -> LocatedDict:
    result = LocatedDict()
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in result:
            raise ContentError(file, line, f"`{key}` stands twice. Keep one of them.")
        result[key] = _value(loader, value_node, file)
        result.lines[key] = line
    return result


def _value(loader: Any, node: yaml.Node, file: Path) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, file) for item in node.value]
    return loader.construct_object(node)
