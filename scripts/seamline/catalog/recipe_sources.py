"""What the inputs of a step name: the sample's own image, an output of another step, or a text itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seamline.blocks.ports import IMAGE, TEXT, VIEWS, port_type
from seamline.catalog.entries import Sample
from seamline.catalog.entries.sample import REFERENCE
from seamline.catalog.reading.validation import nearest, suggestion
from seamline.catalog.recipe import PHOTO, SCENE, SCENE_VIEWS, Output, Photo, Scene, SceneViews, Source, Text


class Misfit(Exception):
    """What is written at a port cannot feed it; `hint` is empty where the nearest fitting source is to be named."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True)
class Sources:
    """Everything that can feed a port of a sample's steps.

    Attributes:
        gives: port type codes by output port, of each step by its name; none of a step that could not be read.
    """

    sample: Sample
    gives: Mapping[str, Mapping[str, str]]

    def read(self, value: str, port: str, wanted: str) -> Source | None:
        """The source that `value` names, as what is written at `port`, which takes the port type `wanted`.

        Returns:
            None where it depends on a step that has a fault of its own.

        Raises:
            Misfit: it names nothing, or something of another type.
        """
        match = REFERENCE.fullmatch(value)
        source: Source
        if value in (SCENE, PHOTO):
            source, given = self._own(value)
        elif value == SCENE_VIEWS:
            self._own(SCENE)
            source, given = SceneViews(), VIEWS.code
        elif match and match["step"] in self.gives:
            source, given = Output(match["step"], match["port"]), self._given(match["step"], match["port"])
        elif match:
            raise Misfit(f"`{value}` reads as an output, and no step is called `{match['step']}`")
        elif wanted != TEXT.code:
            raise Misfit(f"nothing is called `{value}`")
        else:
            return Text(value)
        if given and given != wanted:
            what = f"`{value}` gives {port_type(given).phrase}, and `{port}` takes {port_type(wanted).phrase}"
            raise Misfit(what)
        return source if given else None

    def _own(self, value: str) -> tuple[Source, str]:
        if not getattr(self.sample, value):
            raise Misfit(f"there is no {value}", f"give `input: {{{value}: …}}`, or name what a step gives")
        return (Scene() if value == SCENE else Photo()), IMAGE.code

    def _given(self, step: str, port: str) -> str:
        """Code of what a step gives at a port; empty where the step has a fault of its own."""
        outputs = self.gives[step]
        if outputs and port not in outputs:
            raise Misfit(f"`{step}` gives no `{port}`", suggestion(port, outputs))
        return outputs.get(port, "")

    def meant(self, value: str, wanted: str) -> str:
        """What to write instead of `value` at a port that takes `wanted`."""
        step = value.partition(".")[0]
        fitting = list(self._fitting(wanted))
        own = [name for name in fitting if name.partition(".")[0] == step]
        if own or (close := nearest(value, fitting)):
            return f"did you mean `{own[0] if own else close}`?"
        as_text = "; a text of its own has more than one word" if wanted == TEXT.code else ""
        return f"name {self.that_give(wanted)}{as_text}"

    def that_give(self, wanted: str) -> str:
        """What could feed a port of the type `wanted`, in words."""
        fitting = [*(["a text"] if wanted == TEXT.code else []), *(f"`{name}`" for name in self._fitting(wanted))]
        if fitting:
            return f"{'one of ' if len(fitting) > 1 else ''}{', '.join(fitting)}"
        return f"the output of a step that gives {port_type(wanted).phrase}; there is none yet"

    def _fitting(self, wanted: str) -> Iterator[str]:
        if wanted == IMAGE.code:
            yield from (name for name in (SCENE, PHOTO) if getattr(self.sample, name))
        if wanted == VIEWS.code and self.sample.scene:
            yield SCENE_VIEWS
        for name, ports in self.gives.items():
            yield from (f"{name}.{port}" for port, code in ports.items() if code == wanted)
