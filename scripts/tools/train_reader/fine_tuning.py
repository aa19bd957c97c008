"""Fine-tuning: a question's answer is to be nearer to it than every other sentence of its topic.

Cross entropy over the cosines of a question with the sentences of its topic, and with a smaller weight with those of
the batch (multiple negatives ranking, Henderson et al., *Efficient Natural Language Response Suggestion*, 2017).
Sentences are read in their abstract, as `seamline.reader.language_model` reads them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamline.catalog.evidence.sentences import sentences_of
from seamline.reader.word_pieces import BEGIN, END, WordPieces
from seamline.weights.opening import load_part
from tools.train_reader.topics import Topic


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is trained; the defaults are those of the committed weights.

    Attributes:
        temperature: divides the cosines.
        others: weight of the loss over all sentences of a batch.
        shortened: share of the questions of several sentences of which only the end is asked.
    """

    epochs: int = 2
    rate: float = 7e-5
    batch: int = 2
    temperature: float = 0.05
    others: float = 0.2
    shortened: float = 0.3
    warm_up: float = 0.1
    weight_decay: float = 0.01
    seed: int = 0


def trained(base: Path, pieces: WordPieces, topics: Sequence[Topic], plan: Plan, say: Callable[[str], None]) -> Any:
    """A `BertModel`, fine-tuned; its embeddings stay as they are.

    Args:
        base: folder of the base model, `config.json` and `model.safetensors`.

    Raises:
        WeightsError: the base model is not there.
    """
    import torch
    from transformers import BertModel

    torch.manual_seed(plan.seed)
    chance = random.Random(plan.seed)
    # Without dropout: two epochs are too few for it, held-out topics say.
    model = load_part(BertModel, base, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    for part in (model.embeddings, model.pooler):
        part.requires_grad_(False)
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=plan.rate, weight_decay=plan.weight_decay)
    order = list(topics)
    steps, step = plan.epochs * -(-len(order) // plan.batch), 0
    model.train()
    for epoch in range(plan.epochs):
        chance.shuffle(order)
        for some in (order[first : first + plan.batch] for first in range(0, len(order), plan.batch)):
            loss = _loss(model, pieces, some, plan, chance)
            for group in optimizer.param_groups:
                group["lr"] = plan.rate * min(1, (step + 1) / (steps * plan.warm_up)) * (steps - step) / steps
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            step += 1
            if step % 25 == 0:
                say(f"epoch {epoch + 1}, step {step} of {steps}: loss {loss.item():.2f}")
    return model.eval()


def _loss(model: Any, pieces: WordPieces, topics: Sequence[Topic], plan: Plan, chance: random.Random) -> Any:
    import torch

    texts: list[Sequence[str]] = [some for topic in topics for some in topic.sources.values()]
    asked = [_asked(question, plan, chance) for topic in topics for question, _ in topic.questions]
    cosines = _vectors(model, pieces, [(one,) for one in asked]) @ _vectors(model, pieces, texts).T
    own = torch.full_like(cosines, -1e4)
    answers: list[int] = []
    start = 0
    for topic in topics:
        stop = start + sum(map(len, topic.sources.values()))
        for _, answer in topic.questions:
            own[len(answers), start:stop] = 0
            answers.append(start + answer)
        start = stop
    wanted, scores = torch.tensor(answers), cosines / plan.temperature
    loss = torch.nn.functional.cross_entropy
    return loss(scores + own, wanted) + plan.others * loss(scores, wanted)


def _asked(question: str, plan: Plan, chance: random.Random) -> str:
    sentences = sentences_of(question)
    if len(sentences) == 1 or chance.random() >= plan.shortened:
        return question
    return sentences[-1] if chance.random() < 0.5 else " ".join(sentences[1:])


def _vectors(model: Any, pieces: WordPieces, texts: Sequence[Sequence[str]]) -> Any:
    """A unit vector for each sentence of each text, [sentences, width]."""
    import torch

    cut = [[pieces.of(sentence) for sentence in sentences] for sentences in texts]
    length = 2 + max(sum(map(len, some)) for some in cut)
    numbers, seen = torch.zeros(len(cut), length, dtype=torch.long), torch.zeros(len(cut), length, dtype=torch.long)
    for row, some in enumerate(cut):
        whole = [pieces.numbers[BEGIN], *[one for own in some for one in own], pieces.numbers[END]]
        numbers[row, : len(whole)], seen[row, : len(whole)] = torch.tensor(whole), 1
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model(input_ids=numbers, attention_mask=seen).last_hidden_state
    means = []
    for row, some in enumerate(cut):
        start = 1
        for own in some:
            means.append(states[row, start : start + len(own)].float().mean(dim=0))
            start += len(own)
    return torch.nn.functional.normalize(torch.stack(means), dim=1)
