"""Takes the identifier out of the newest trained Rasa model, so that gateway and Rasa always use the same one."""

from __future__ import annotations

import tarfile
from pathlib import Path

MEMBER = "identifier.bin"


class NoModel(Exception):
    """There is no trained model to take the identifier from."""


def newest_model(models: Path) -> Path:
    """The newest *.tar.gz of a folder. Raises NoModel."""
    found = sorted(models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise NoModel(f"There is no trained model in {models}. Run `make train`.")
    return found[-1]


def identifier_of(models: Path, kept_in: Path) -> Path:
    """The identifier file of the newest model, unpacked once into a folder. Raises NoModel."""
    model = newest_model(models)
    kept_in.mkdir(parents=True, exist_ok=True)
    file = kept_in / f"{model.name.removesuffix('.tar.gz')}.bin"
    if not file.exists():
        unfinished = file.with_suffix(".tmp")
        unfinished.write_bytes(_member(model))
        unfinished.replace(file)
    return file


def _member(model: Path) -> bytes:
    with tarfile.open(model) as archive:
        for member in archive:
            if member.name.endswith("/" + MEMBER):
                content = archive.extractfile(member)
                assert content is not None
                return content.read()
    raise NoModel(f"{model} holds no language identifier. Run `make train`.")
