"""Texts that a model would not read to their end are refused."""

from __future__ import annotations

from typing import Any

from seamline.errors import RunError


def refuse_truncation(tokenizer: Any, text: str, where: str) -> None:
    """See that a text encoder reads the whole of `text`; stock pipelines drop its end with no more than a log line.

    Args:
        tokenizer: of transformers; its `model_max_length` is what the encoder reads.
        where: what the text is to the model, `instruction`.

    Raises:
        RunError: it is longer; the message quotes what would be dropped.
    """
    read = tokenizer(text, truncation=True, max_length=tokenizer.model_max_length).input_ids
    whole = tokenizer(text).input_ids
    if len(whole) > len(read):
        dropped = tokenizer.decode(whole[len(read) - 1 : -1])
        raise RunError(
            f"the text encoder reads {len(read)} tokens and would never see {dropped!r}",
            where=where,
            hint=f"shorten the {where}",
        )
