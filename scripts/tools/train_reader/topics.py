"""The topics that the reader learns from, and those that are held out.

`topics.jsonl` has one topic a line, in the form of the judged questions: `topic`, `sources` (sentences by key),
`questions` (each `asked`, and `answer` as `[key, position from 1]`) and `held_out`. A language model wrote abstracts
and questions for this training; topics that name a paper of a fresh judged question are not among them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATH = Path(__file__).parent / "topics.jsonl"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes:
        sources: sentences of each abstract, by key.
        questions: what is asked, and place of the answering sentence among all of the topic's.
        held_out: whether it serves to choose and to measure, and nothing is learned from it.
    """

    name: str
    sources: Mapping[str, Sequence[str]]
    questions: Sequence[tuple[str, int]]
    held_out: bool


def topics() -> list[Topic]:
    """All of them, in the order of the file."""
    return [_topic(json.loads(line)) for line in PATH.read_text("utf-8").splitlines()]


def _topic(data: Mapping[str, object]) -> Topic:
    sources: Mapping[str, Sequence[str]] = data["sources"]  # type: ignore[assignment]
    asked: Sequence[Mapping[str, object]] = data["questions"]  # type: ignore[assignment]
    places = [(key, place) for key, some in sources.items() for place in range(1, len(some) + 1)]
    questions = [(str(one["asked"]), places.index(tuple(one["answer"]))) for one in asked]  # type: ignore[arg-type]
    return Topic(str(data["topic"]), sources, questions, bool(data["held_out"]))
