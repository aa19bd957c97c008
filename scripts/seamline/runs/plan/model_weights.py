"""Which weights each model of a catalog runs with, looked at once, and how much is known where they are not here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from seamline.catalog.entries import Sample
from seamline.catalog.recipe import Recipe, sizing_model
from seamline.catalog.runnable import runner_of
from seamline.errors import WeightsError
from seamline.hashing import Hashes
from seamline.plugins import RunnerDeclaration
from seamline.runs.store.records import RunRecord
from seamline.scenes.state import PICTURE_SIZE
from seamline.weights.locate import Weights, WeightsName, how_to_get, locate, size_of, source_of, stand_in_of

if TYPE_CHECKING:
    from seamline.catalog import Catalog


class ModelWeights:
    """The weights of a catalog's models under one choice.

    Args:
        choice: the same for all models, or by model; `mini` for models that a mapping leaves out.
    """

    def __init__(self, catalog: Catalog, choice: WeightsName | Mapping[str, WeightsName], hashes: Hashes) -> None:
        self._catalog, self._choice, self._hashes = catalog, choice, hashes
        self._runners = {name: runner_of(model) for name, model in catalog.models.items()}
        self._here: dict[str, Weights | WeightsError | None] = {}

    def name_for(self, model: str) -> WeightsName:
        """The choice for a model."""
        return self._choice if isinstance(self._choice, str) else self._choice.get(model, "mini")

    def run_name(self, sample: Sample) -> WeightsName:
        """What the sample's run is called: `mini` if a stand-in runs in any of its steps."""
        for model in sample.models:
            runner, name = self._runners[model], self.name_for(model)
            if name == "mini" and (runner is None or stand_in_of(runner, name)):
                return "mini"
        return "hub"

    def wrong_with(self, sample: Sample) -> WeightsError | None:
        """What is wrong with the weights of one of its models that are here."""
        located = (self._located(model) for model in sample.models)
        return next((one for one in located if isinstance(one, WeightsError)), None)

    def missing_for(self, sample: Sample, record: RunRecord | None) -> str:
        """The first model of whose weights nothing is known; empty where something is of each."""
        return next((model for model in sample.models if self.known(model, record) is None), "")

    def how_to_get(self, model: str) -> str:
        """How the weights of a model come onto this machine."""
        return how_to_get(self._catalog.models[model], self._runner(model), self.name_for(model))

    def size_of(self, model: str) -> tuple[int, int]:
        """Width and height of the images that a model's weights read, wherever these are."""
        return size_of(self._runner(model), self.name_for(model))

    def why_missing(self, model: str) -> str:
        """That nothing is known of a model's weights, as a sentence."""
        entry, runner, name = self._catalog.models[model], self._runner(model), self.name_for(model)
        if not stand_in_of(runner, name) and not (entry.weights or entry.folder):
            return f"the catalog's entry of `{model}` names no weights"
        return f"the weights {source_of(entry, runner, name)[0]} of `{model}` are not on this machine"

    def known(self, model: str, record: RunRecord | None) -> Weights | None:
        """A model's weights: as they are here, else as a run recorded them if the catalog still pins the same ones."""
        located = self._located(model)
        if isinstance(located, WeightsError):
            return None
        return located or self._as_recorded(model, record)

    def _runner(self, model: str) -> RunnerDeclaration:
        runner = self._runners[model]
        assert runner is not None
        return runner

    def _located(self, model: str) -> Weights | WeightsError | None:
        if model not in self._here:
            self._here[model] = self._look(model)
        return self._here[model]

    def _look(self, model: str) -> Weights | WeightsError | None:
        entry, runner, name = self._catalog.models[model], self._runner(model), self.name_for(model)
        if stand_in_of(runner, name):
            return locate(self._catalog.root, entry, runner, name, self._hashes)
        try:
            return locate(self._catalog.root, entry, runner, name, self._hashes)
        except WeightsError as error:
            return error if entry.weights or entry.folder else None

    def _as_recorded(self, model: str, record: RunRecord | None) -> Weights | None:
        entry, runner, name = self._catalog.models[model], self._runner(model), self.name_for(model)
        step = next((one for one in record.steps.values() if one.model == model), None) if record else None
        if (
            step is None
            or step.weights is None
            or (not stand_in_of(runner, name) and not (entry.weights or entry.folder))
        ):
            return None
        if step.weights.source != source_of(entry, runner, name)[0]:
            return None
        fields = step.key_fields
        return Weights(
            step.weights,
            runner.name,
            None,
            fields.get("scheduler.config", {}),
            size_of(runner, name),
            fields.get("weights.configuration", {}),
        )


def input_size(recipe: Recipe, size_of: Callable[[str], tuple[int, int]]) -> tuple[int, int]:
    """Width and height that the input image is made for: those of the first model that reads it."""
    model = sizing_model(recipe)
    return size_of(model) if model else PICTURE_SIZE
