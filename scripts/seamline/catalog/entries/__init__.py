"""What a catalog entry may say: one frozen, validated model per kind of file.

JSON Schemas in `catalog/schema/` are generated from these classes, so a field's
description here is what an editor shows while a curator types.
"""

from seamline.catalog.entries.base import Entry, Id, Parameters, Position
from seamline.catalog.entries.exhibit_declarations import Exhibits
from seamline.catalog.entries.input_image import PhotoInput, SampleInput, SceneInput
from seamline.catalog.entries.model import BlockName, HubWeights, LicenceStatement, Model, Role
from seamline.catalog.entries.paper import AuthorName, PageRange, Paper
from seamline.catalog.entries.parameters import KINDS
from seamline.catalog.entries.question import KeyConcept, Question
from seamline.catalog.entries.sample import Sample, Step
from seamline.catalog.entries.truth import AttributeTruth, ExchangeTruth, ExpressionTruth, SwapTruth, Truth

__all__ = [
    "KINDS",
    "AttributeTruth",
    "AuthorName",
    "BlockName",
    "Entry",
    "ExchangeTruth",
    "Exhibits",
    "ExpressionTruth",
    "HubWeights",
    "Id",
    "KeyConcept",
    "LicenceStatement",
    "Model",
    "PageRange",
    "Paper",
    "Parameters",
    "PhotoInput",
    "Position",
    "Question",
    "Role",
    "Sample",
    "SampleInput",
    "SceneInput",
    "Step",
    "SwapTruth",
    "Truth",
]
