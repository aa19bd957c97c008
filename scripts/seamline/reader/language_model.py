"""The reader as it lies in a folder: its weights, its vocabulary, and how near it finds sentences to a question.

A bi-encoder (Reimers and Gurevych, *Sentence-BERT*, 2019) whose sentences are read in their summary: the whole summary
goes through the encoder at once, and the vectors of a sentence's word pieces are averaged, so that `it` and `this` mean
what the sentence before says (*late chunking*, Günther et al., 2024). A summary that is longer than the encoder is read
in windows that overlap. A question is averaged as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from seamline.errors import WeightsError
from seamline.files import is_lfs_pointer
from seamline.hashing import Hashes
from seamline.reader.encoder import Encoder, Floats
from seamline.reader.few_bits import unpacked
from seamline.reader.place import CONFIG, FOLDER, HOW_TO_GET, VOCABULARY, WEIGHTS
from seamline.reader.word_pieces import BEGIN, END, WordPieces

_CONTEXT = 4
"""A window's context fills one part in so many of it, unless its last sentence alone is longer."""


class Reader:
    """A reader whose files are here; its weights are loaded when something is read.

    Attributes:
        identity: sha256 of weights and vocabulary.
    """

    def __init__(self, root: Path) -> None:
        """Find the reader of the project in `root`.

        Raises:
            WeightsError: a file of it is missing, or its weights are a Git LFS pointer.
        """
        self._folder = root / FOLDER
        if lacking := [name for name in (WEIGHTS, VOCABULARY, CONFIG) if not (self._folder / name).is_file()]:
            raise WeightsError(
                f"the reader is not here: no {', '.join(lacking)}", where=str(self._folder), hint=HOW_TO_GET
            )
        if is_lfs_pointer(self._folder / WEIGHTS):
            raise WeightsError(
                f"the reader cannot be loaded: {WEIGHTS} is a Git LFS pointer",
                where=str(self._folder),
                hint="git lfs pull",
            )
        hashes = Hashes(root)
        self.identity = {name: hashes.sha256(self._folder / name) for name in (WEIGHTS, VOCABULARY)}
        hashes.save()
        self._summaries: dict[tuple[str, ...], Floats] = {}

    def closeness(self, question: str, summary: Sequence[str]) -> Floats:
        """Cosine of the question and each sentence of a summary, from -1 to 1.

        Raises:
            WeightsError: the weights cannot be read.
        """
        sentences = tuple(summary)
        if sentences not in self._summaries:
            self._summaries[sentences] = self._read(sentences)
        (asked,) = self._read((question,))
        found: Floats = self._summaries[sentences] @ asked
        return found

    def _read(self, sentences: Sequence[str]) -> Floats:
        """A unit vector for each sentence of a text, [sentences, width]; 0 for those without a word piece.

        What is too long to be read at once is read in windows; a sentence longer than one, as far as it goes.
        """
        encoder, pieces = self._model
        own = [pieces.of(sentence) for sentence in sentences]
        begin, end = pieces.numbers[BEGIN], pieces.numbers[END]
        room = encoder.longest - 2
        vectors: list[Floats] = []
        for context, first, stop in windows_of([len(some) for some in own], room):
            read = [one for some in own[context:stop] for one in some][:room]
            states = encoder([begin, *read, end])
            start = 1 + sum(len(some) for some in own[context:first])
            for some in own[first:stop]:
                past = min(start + len(some), 1 + room)
                mean = states[start:past].mean(axis=0) if past > start else np.zeros_like(states[0])
                vectors.append(mean / max(float(np.linalg.norm(mean)), 1e-9))
                start = past
        return np.stack(vectors)

    @cached_property
    def _model(self) -> tuple[Encoder, WordPieces]:
        try:
            from safetensors.numpy import load_file

            config = json.loads((self._folder / CONFIG).read_text("utf-8"))
            tensors = unpacked(load_file(self._folder / WEIGHTS))
            pieces = WordPieces((self._folder / VOCABULARY).read_text("utf-8").split("\n")[:-1])
            return Encoder(tensors, int(config["num_attention_heads"])), pieces
        except ModuleNotFoundError as error:
            raise WeightsError(f"{error.name} is not installed", hint="pip install 'seamline[reader]'") from error
        except Exception as error:  # whatever a damaged file leads to
            raise WeightsError(
                f"the reader cannot be loaded: {error}", where=str(self._folder), hint=f"get it anew: {HOW_TO_GET}"
            ) from error


def windows_of(lengths: Sequence[int], room: int) -> list[tuple[int, int, int]]:
    """How a text is read where an encoder has `room` word pieces: one window where all of it fits.

    Else each begins with the sentences before its own that fill at most a quarter of it, so that `it` still has
    something to refer to, and at least with the last one if that fits beside the first of its own.

    Args:
        lengths: word pieces of each sentence; at least one sentence.

    Returns:
        For each window, the places of its first sentence of context, of the first of its own, and after its last.
    """
    found: list[tuple[int, int, int]] = []
    first = 0
    while first < len(lengths):
        context, used = first, lengths[first]
        while context > 0:
            before = lengths[context - 1]
            most = room if context == first else room // _CONTEXT + lengths[first]
            if used + before > most:
                break
            context, used = context - 1, used + before
        stop = first + 1
        while stop < len(lengths) and used + lengths[stop] <= room:
            used += lengths[stop]
            stop += 1
        found.append((context, first, stop))
        first = stop
    return found
