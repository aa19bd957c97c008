"""Text -> word pieces of an uncased BERT vocabulary, as numbers.

WordPiece as BERT has it (Devlin et al., *BERT: Pre-training of Deep Bidirectional Transformers*, 2019): text is put in
lower case, its accents are taken off, words and signs are told apart, and each word is cut into the longest pieces that
the vocabulary holds, from its beginning on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_LONGEST = 100
"""Letters of the longest word that is cut; BERT takes longer ones for unknown."""
_IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


class WordPieces:
    """A vocabulary, and how text is cut by it.

    Attributes:
        numbers: number of each piece; pieces that go on within a word begin with `##`.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        """Take the pieces in the order of their numbers.

        Raises:
            ValueError: one of `[CLS]`, `[SEP]` and `[UNK]` is missing.
        """
        self.numbers: Mapping[str, int] = {piece: number for number, piece in enumerate(pieces)}
        if lacking := {BEGIN, END, UNKNOWN} - self.numbers.keys():
            raise ValueError(f"the vocabulary has no {', '.join(sorted(lacking))}")

    def of(self, text: str) -> list[int]:
        """Numbers of the pieces of `text`, without the marks of its beginning and its end."""
        return [number for word in _words(text) for number in self._pieces(word)]

    def _pieces(self, word: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(word) <= _LONGEST:
            head = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if head + word[start:end] in self.numbers), None)
            if end is None:
                break
            found.append(self.numbers[head + word[start:end]])
            start = end
        return found if found and start == len(word) else [self.numbers[UNKNOWN]]


def _words(text: str) -> Iterator[str]:
    """Words and signs of `text`, in lower case and without accents."""
    word = ""
    for letter in _plain(text):
        alone = _is_sign(letter)
        if alone or letter.isspace():
            if word:
                yield word
            word = ""
            if alone:
                yield letter
        else:
            word += letter
    if word:
        yield word


def _plain(text: str) -> str:
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter not in "\0\ufffd" and (letter in "\t\n\r" or unicodedata.category(letter)[0] != "C")
    )
    apart = unicodedata.normalize("NFD", seen)
    return "".join(letter for letter in apart if unicodedata.category(letter) != "Mn").lower()


def _is_sign(letter: str) -> bool:
    code = ord(letter)
    if any(low <= code <= high for low, high in _IDEOGRAPHS):
        return True
    ascii_sign = 33 <= code <= 126 and not letter.isalnum()
    return ascii_sign or unicodedata.category(letter)[0] == "P"
