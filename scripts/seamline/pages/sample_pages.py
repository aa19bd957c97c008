"""A page for each sample: what it shows, how to repeat it, and the record of its run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.catalog.entries import Sample
from seamline.catalog.origins import model_title
from seamline.pages import site_map
from seamline.pages.answers import Answer
from seamline.pages.cards import index_page, sample_cards
from seamline.pages.exhibits import available, exhibit
from seamline.pages.labels import label, state_note
from seamline.pages.layout import fill
from seamline.pages.macros import view_of
from seamline.pages.markup import Markup, code, fence, markdown, source_link, table
from seamline.pages.project import Project
from seamline.pages.recipes import as_python, as_yaml
from seamline.samples.records import ImageRecord, RunRecord


def pages(project: Project, answers: Mapping[str, Answer]) -> dict[str, str]:
    """A page for each sample, and their index."""
    samples = project.catalog.samples
    tree = {site_map.sample(name): _page(project, answers, name, sample) for name, sample in samples.items()}
    return tree | index_page(project, "samples", sample_cards(project, samples))


def _page(project: Project, answers: Mapping[str, Answer], sample_id: str, sample: Sample) -> str:
    page, record = site_map.sample(sample_id), project.run(sample_id)
    model = project.catalog.models[sample.model]
    state = project.states.get(sample_id)
    return fill(
        "sample",
        title=sample.title,
        description=f"{sample.instruction}: input image, edited image, recipe and run record.",
        state=state_note(state.state, state.why) if state else state_note("missing", ()),
        exhibits=Markup("\n\n".join(_exhibits(project, page, sample_id))),
        label=label(sample_id, sample, record, project.stands_in_for(record)) if record else None,
        instruction=sample.instruction,
        model=Markup(f"[{markdown(model_title(model))}]({source_link(page, site_map.model(sample.model))})"),
        input=input_words(sample),
        parameters=table(
            ("Parameter", "Value", "In the paper's letters"),
            [
                (code("num_inference_steps"), sample.parameters.num_inference_steps, ""),
                (
                    code("guidance_scale"),
                    sample.parameters.guidance_scale,
                    Markup("text guidance scale, *s*<sub>T</sub>"),
                ),
                (
                    code("image_guidance_scale"),
                    sample.parameters.image_guidance_scale,
                    Markup("image guidance scale, *s*<sub>I</sub>"),
                ),
                (code("seed"), sample.parameters.seed, ""),
                (code("scheduler"), sample.parameters.scheduler or "the weights' own", ""),
            ],
        ),
        questions=[
            Markup(f"[{markdown(answers[using].title)}]({source_link(page, answers[using].page)})")
            for using in project.uses.by_sample.get(sample_id, ())
        ],
        yaml=fence(as_yaml(sample), "yaml"),
        python=fence(as_python(sample_id, sample, model, record), "python"),
        runs=[_run(project, page, run) for run in project.runs.get(sample_id, {}).values()],
    )


def input_words(sample: Sample) -> str:
    """Where the input image comes from, as a sentence."""
    if scene := sample.input.scene:
        count = f", {scene.people} people" if scene.people else ""
        return f"A synthetic scene (seed {scene.seed}{count}). Nobody in it exists."
    photo = sample.input.photo
    assert photo is not None
    return f"A photo. Credit: {photo.credit}. Licence: {photo.licence}. Consent: {photo.consent}."


def _exhibits(project: Project, page: str, sample_id: str) -> Iterator[str]:
    """Everything each run of the sample can show; the shown run first, others under a heading of their own."""
    shown = project.run(sample_id)
    runs = project.runs.get(sample_id, {})
    for record in sorted(runs.values(), key=lambda run: run is not shown):
        view = view_of(project, sample_id, page, record.weights.name)
        if record is not shown:
            yield f"## The same recipe, drawn by {markdown(record.weights.label)}"
            if state := project.other_states.get((sample_id, record.weights.name)):
                yield state_note(state.state, state.why)
        for place, name in enumerate(available(view)):
            yield exhibit(name, view, eager=place == 0 and record is shown)


def _run(project: Project, page: str, record: RunRecord) -> Mapping[str, object]:
    folder = site_map.run_folder(record.sample, record.weights.name)
    facts: list[tuple[object, object]] = [
        ("Weights", f"{record.weights.label}, {record.weights.source}"),
        ("Device", f"{record.device}, {record.dtype}"),
        ("Seconds of the model's work", f"{record.seconds:.1f}"),
        ("Key", code(record.key)),
        *((f"Version of {name}", version) for name, version in sorted(record.versions.items())),
        *((f"Shape of {name}", " × ".join(map(str, shape))) for name, shape in sorted(record.shapes.items())),
        *((f"Rights in the input: {name}", words) for name, words in sorted(record.input_rights.items())),
        *((Markup(f"sha256 of {code(name)}"), code(digest)) for name, digest in sorted(record.weights.files.items())),
    ]
    images = [
        (
            Markup(f"[{markdown(image.file)}]({source_link(page, folder + image.file)})"),
            image.role,
            f"{image.width} × {image.height}",
            drawn_with(image),
            code(image.sha256[:12]),
        )
        for image in record.images
    ]
    return {
        "label": record.weights.label,
        "facts": table(("What", "Value"), facts),
        "images": table(("File", "What it is", "Pixels", "Drawn with", "sha256"), images),
        "json": Markup(source_link(page, f"{folder}run.json")),
    }


def drawn_with(image: ImageRecord) -> str:
    """What tells an image of a run from its siblings."""
    parts = {
        "s_T": image.guidance_scale,
        "s_I": image.image_guidance_scale,
        "seed": image.seed,
        "step": image.step,
        "t": image.timestep,
        "word": image.word,
    }
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in parts.items()
        if value is not None
    )
