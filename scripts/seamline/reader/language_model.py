"""The reader as it lies in a folder: its weights, its vocabulary, and how near it finds sentences to a question.

A bi-encoder (Reimers and Gurevych, *Sentence-BERT*, 2019) whose sentences are read in their summary: the whole summary
goes through the encoder at once, and the vectors of a sentence's word pieces are averaged, so that `it` and `this` mean
what the sentence before says (*late chunking*, Günther et al., 2024). A question is averaged as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from seamline.errors import WeightsError
from seamline.hashing import Hashes
from seamline.reader.encoder import Encoder, Floats
from seamline.reader.few_bits import unpacked
from seamline.reader.place import CONFIG, FOLDER, HOW_TO_GET, VOCABULARY, WEIGHTS
from seamline.reader.word_pieces import BEGIN, END, WordPieces


class Reader:
    """A reader whose files are here; its weights are loaded when something is read.

    Attributes:
        identity: sha256 of weights and vocabulary.
    """

    def __init__(self, root: Path) -> None:
        """Find the reader of the project in `root`.

        Raises:
            WeightsError: a file of it is missing.
        """
        self._folder = root / FOLDER
        if lacking := [name for name in (WEIGHTS, VOCABULARY, CONFIG) if not (self._folder / name).is_file()]:
            raise WeightsError(
                f"the reader is not here: no {', '.join(lacking)}", where=str(self._folder), hint=HOW_TO_GET
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
        """A unit vector for each sentence of a text, [sentences, width]; 0 for those beyond what is read at once."""
        encoder, pieces = self._model
        own = [pieces.of(sentence) for sentence in sentences]
        begin, end = pieces.numbers[BEGIN], pieces.numbers[END]
        room = encoder.longest - 2
        states = encoder([begin, *[one for some in own for one in some][:room], end])
        vectors = np.zeros((len(own), states.shape[-1]), np.float32)
        start = 1
        for place, some in enumerate(own):
            stop = min(start + len(some), 1 + room)
            if stop > start:
                mean = states[start:stop].mean(axis=0)
                vectors[place] = mean / max(float(np.linalg.norm(mean)), 1e-9)
            start = stop
        return vectors

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
            raise WeightsError(f"the reader cannot be loaded: {error}", where=str(self._folder)) from error
