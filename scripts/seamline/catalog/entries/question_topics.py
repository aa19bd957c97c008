"""Topics under which lists and the search file a question."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from seamline.blocks.names import parse_block
from seamline.blocks.tasks import named_task
from seamline.catalog.entries.model import Model
from seamline.catalog.entries.question import Question


def topics_of(question: Question, known: Mapping[str, Model]) -> tuple[str, ...]:
    """The question's own topics, in its order; where it has none, the tasks of its models."""
    if question.topics:
        return question.topics
    models = (known[name] for name in question.models if name in known)
    tasks = (named_task(parse_block(model.block), model.task).name for model in models)
    return tuple(dict.fromkeys(name[:1].upper() + name[1:] for name in tasks))


def slug_of(topic: str) -> str:
    """The topic as a folder's name; topics that differ in capitals, accents and marks alone are one."""
    plain = unicodedata.normalize("NFKD", topic.casefold()).encode("ascii", "ignore").decode()
    # A topic in another script has no such letters.
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or hashlib.sha256(topic.encode()).hexdigest()[:8]
