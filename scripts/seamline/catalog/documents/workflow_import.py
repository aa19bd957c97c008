"""A sample's workflow, as its page offers it as JSON -> the sample, in this catalog."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seamline.blocks.names import parse_block
from seamline.catalog.documents.entry_names import slug
from seamline.catalog.documents.merging import Merge
from seamline.catalog.documents.workflow_document import sample_fields
from seamline.catalog.entries import KINDS, Model, Sample
from seamline.catalog.entry_identity import RESERVED
from seamline.catalog.reading.found_values import found_value
from seamline.catalog.reading.yaml_reader import Unreadable
from seamline.catalog.recipe_reading import faults_of
from seamline.catalog.runnable import kinds_of
from seamline.errors import WorkflowError

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class WorkflowJson:
    """Documents that `seamline.workflow.export` writes of samples."""

    prose = False

    def recognizes(self, path: Path, head: bytes) -> bool:
        """By its suffix, or by the brace that every JSON document of a mapping begins with."""
        return path.suffix.lower() == ".json" or bool(re.match(rb'(?:\xef\xbb\xbf)?\s*\{\s*["}]', head))

    def add(self, merge: Merge, path: Path, text: str) -> None:
        """Take in the sample of a workflow; one that is there already is left as it is.

        Raises:
            Unreadable: it is no such document, runs a model that the catalog lacks, or its steps do not fit together.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 0)
            raise Unreadable(line, f"is not JSON: {error}", "import the file as it was downloaded") from None
        try:
            fields = sample_fields(document)
        except WorkflowError as error:
            raise Unreadable(0, error.what, error.hint) from None
        known = _known_models(document, merge.models)
        for step in (fields, *fields.get("steps", {}).values()):
            if "model" in step:
                step["model"] = known[step["model"]]
        sample = _checked(fields, merge.models)
        merge.add_sample(_name(document["sample"], path), sample)


WORKFLOW_JSON = WorkflowJson()


def _known_models(document: Mapping[str, Any], models: Mapping[str, Model]) -> dict[str, str]:
    """Id in this catalog of each model of a document, by its id there: a model is what its block says it is."""
    by_block = {parse_block(model.block).identity: name for name, model in models.items()}
    known = {}
    for node in document["nodes"]:
        if node["kind"] != "model":
            continue
        try:
            identity = parse_block(node["block"]).identity
        except (WorkflowError, KeyError, TypeError) as error:
            what = f"the block of `{node['id']}` cannot be read: {getattr(error, 'what', error)}"
            raise Unreadable(0, what, "import the file as it was downloaded", "block") from None
        if identity not in by_block:
            what = f"runs `{node['block']}`, and no model of this catalog has that block"
            hint = "import the question document that recommends it, or write a file below catalog/models/ first"
            raise Unreadable(0, what, hint, "block")
        known[node["model"]] = by_block[identity]
    return known


def _checked(fields: Mapping[str, Any], models: Mapping[str, Model]) -> Sample:
    try:
        sample = Sample.model_validate(fields, context={KINDS: kinds_of(models)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        found = "" if first["type"] == "missing" else f"found {found_value(first['input'])}: "
        raise Unreadable(0, f"{found}{first['msg']}", "correct the document", where) from None
    if faults := faults_of(sample, models):
        raise Unreadable(0, faults[0].what, faults[0].hint, ".".join(map(str, faults[0].loc)))
    return sample


def _name(about: Mapping[str, Any], path: Path) -> str:
    """Id of the sample: its own if it is a good one, else made of the file's name, else of the title."""
    own = str(about.get("id", ""))
    candidates = (own if _ID.fullmatch(own) and len(own) <= 80 else "", slug(path.stem), slug(str(about.get("title"))))
    return next((name for name in candidates if name and name not in RESERVED), "sample")
