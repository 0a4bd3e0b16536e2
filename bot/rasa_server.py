"""Starts Rasa without TensorFlow: `python -m bot.rasa_server` in the Rasa environment.

Rasa 3.6 imports TensorFlow for components we do not use, which costs half of its start and most of its memory. Training and
every other command (`rasa train`, `rasa shell`) run as they are; only the server takes this door.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import sys
import tarfile
import types
from functools import lru_cache
from typing import Any

TRAINING_ONLY = "rasa.graph_components.validators.default_recipe_validator"


def leave_tensorflow_out() -> None:
    """Puts light stand-ins where Rasa would import TensorFlow. Must run before the first import of rasa.

    Raises RuntimeError when TensorFlow is already there, as the stand-ins would then come too late.
    """
    if "tensorflow" in sys.modules:
        raise RuntimeError("TensorFlow is already imported; start the server with `python -m bot.rasa_server`.")
    sys.modules["tensorflow"] = _Standing("tensorflow")
    for name in ("keras", "keras.callbacks", "keras.utils"):
        sys.modules[f"tensorflow.{name}"] = _Standing(f"tensorflow.{name}")
    sys.modules["rasa.engine.recipes.default_components"] = _used_components()
    # A model names every class of its training too; this one would import all components to check a training.
    sys.modules[TRAINING_ONLY] = _Standing(TRAINING_ONLY)


class _Anything(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing


class _Nothing(metaclass=_Anything):
    """A class that can be named and inherited from; nobody ever makes one."""


class _Standing(types.ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = importlib.util.spec_from_loader(name, None)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return sys.modules.get(f"{self.__name__}.{name}") or _Nothing


class _Components(types.ModuleType):
    """Rasa's components that config.yml names, imported when the recipe asks for the list and not before."""

    @property
    def DEFAULT_COMPONENTS(self) -> list:  # noqa: N802 - Rasa's own name
        """The classes themselves; importing them registers them with the recipe."""
        from rasa.core.policies.rule_policy import RulePolicy
        from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier

        return [FallbackClassifier, RulePolicy]


def _used_components() -> types.ModuleType:
    return _Components("rasa.engine.recipes.default_components")


def unpack_in_one_pass() -> None:
    """Rasa reads a model's archive three times to unpack it safely; Python's own "data" filter does it in one (PEP 706)."""
    from rasa.engine.storage import local_model_storage

    if hasattr(tarfile, "data_filter"):
        local_model_storage.TarSafe = _OnePass


class _OnePass(tarfile.TarFile):
    def extractall(self, path: str = ".", *args: Any, **kwargs: Any) -> None:
        super().extractall(path, *args, **{**kwargs, "filter": "data"})


def remember_event_types() -> None:
    """Rasa looks through all event classes for every stored event; their number never changes while it runs."""
    from rasa.shared.core.events import Event

    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def quiet_log(level: str) -> None:
    """Sets the least level of what is logged. At DEBUG, where its logger begins when nobody says otherwise, Rasa logs people's words."""
    import structlog

    logging.basicConfig(level=level)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)))


def serve(model: str, endpoints: str, credentials: str, port: int) -> None:
    """Serves a model on loopback until the process is stopped."""
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    remember_event_types()
    unpack_in_one_pass()
    serve_application(
        model_path=model,
        credentials=credentials,
        endpoints=AvailableEndpoints.read_endpoints(endpoints),
        interface="127.0.0.1",
        port=port,
        enable_api=True,
        auth_token=os.environ.get("VEIVISER_RASA_TOKEN"),
    )


def main() -> None:
    """The command line of the server process."""
    arguments = argparse.ArgumentParser(description="Rasa on loopback, without TensorFlow.")
    arguments.add_argument("--model", default="models")
    arguments.add_argument("--endpoints", default="endpoints.yml")
    arguments.add_argument("--credentials", default="credentials.yml")
    arguments.add_argument("--port", type=int, default=5005)
    given = arguments.parse_args()
    quiet_log(os.environ.get("LOG_LEVEL", "WARNING"))
    leave_tensorflow_out()
    serve(given.model, given.endpoints, given.credentials, given.port)


if __name__ == "__main__":
    main()
