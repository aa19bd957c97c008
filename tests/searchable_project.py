"""This project with a few dozen more questions in plain prose: a catalog in which a search can go wrong."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
JUDGED = ROOT / "scripts/tools/judged_evidence/judged.yml"


def add_questions(root: Path) -> dict[str, str]:
    """Write the judged questions, with their models and papers, into the catalog of the project at `root`.

    Returns:
        The id of each question by its text. Papers are named for their key; identifiers are made up.
    """
    ids: dict[str, str] = {}
    number = 0
    for topic in yaml.safe_load(JUDGED.read_text("utf-8")):
        # Topics that came after search was tuned; one brings a paper on pix2pix, which a misspelt query finds first.
        if topic.get("fresh"):
            continue
        subject = topic["topic"].replace(" ", "-")
        papers = [f"{subject}-{key}" for key in topic["sources"]]
        for paper, text in zip(papers, topic["sources"].values(), strict=True):
            number += 1
            summary = " ".join(text.split())
            entry = {"title": f"{paper.replace('-', ' ')} study", "arxiv": f"2601.{number:05d}", "summary": summary}
            _write(root / f"catalog/papers/{paper}.yml", entry)
        models = []
        for block in topic["models"]:
            name = block.lower().replace(".", "-").replace("_", "-").split("huggingface-")[1]
            if name == "timbrooks-instruct-pix2pix":  # which the catalog has
                models.append("instruct-pix2pix")
                continue
            models.append(name)
            _write(root / f"catalog/models/{name}.yml", {"block": block.replace("Audio", "Aud")})
        for place, one in enumerate(topic["questions"], start=1):
            name = f"{subject}-{place}"
            ids[one["asked"]] = name
            front = yaml.safe_dump({"asked": one["asked"], "models": models, "papers": papers}, allow_unicode=True)
            (root / f"catalog/questions/{name}.md").write_text(f"---\n{front}---\n", "utf-8")
    return ids


def _write(path: Path, entry: object) -> None:
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")
