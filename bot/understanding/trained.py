"""What the trainable components share: making one, and opening the one that a model holds."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

Component = TypeVar("Component", bound="Trained")


class Trained(GraphComponent):
    """A component with files of its own in the model; each says in `open` how it reads them."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, name: str) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource

    def open(self, folder: Path) -> None:
        """Takes what training wrote into the folder. Raises FileNotFoundError, ValueError when it is not whole."""
        raise NotImplementedError

    @classmethod
    def create(
        cls: "type[Component]",
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Component:
        """An untrained component."""
        return cls(config, model_storage, resource, execution_context.node_name)

    @classmethod
    def load(
        cls: "type[Component]",
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Component:
        """The trained component; an untrained one when the model holds none (it had no examples)."""
        component = cls.create(config, model_storage, resource, execution_context)
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(model_storage.read_from(resource))
            except ValueError:  # what Rasa raises when a component wrote nothing; a broken file is another matter and must be heard
                return component
            component.open(folder)
        return component
