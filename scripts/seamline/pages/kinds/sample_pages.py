"""A page for each sample: what it shows, how to repeat it, and the record of its run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from seamline.catalog.entries import Sample
from seamline.exhibits.fragments import available, exhibit
from seamline.pages import urls
from seamline.pages.cards import index_page, sample_cards
from seamline.pages.downloads.comfy_download import ComfyDownload
from seamline.pages.html import FOLD_END, code, element, fence, fold_start, link, markdown, source_link, table
from seamline.pages.kinds import sample_workflow
from seamline.pages.kinds.answers import Answers
from seamline.pages.kinds.artifact_figures import artifact_figures, drawn_with
from seamline.pages.kinds.step_sections import StepSection, step_sections
from seamline.pages.labels import label, state_note
from seamline.pages.layout import fill
from seamline.pages.prose.macros import view_of
from seamline.pages.site_data import SiteData
from seamline.pages.take_home import as_yaml
from seamline.pages.watching.page_unit import PageUnit
from seamline.runs.plan.states import SampleState
from seamline.runs.store.descriptions import result_noun
from seamline.runs.store.records import RunRecord, StepRecord


def units(site: SiteData, answers: Answers) -> Iterator[PageUnit]:
    """A page for each sample with its workflow to download, and their index."""
    for name in site.catalog.samples:
        yield PageUnit(f"sample {name}", partial(_sample, site, answers, name))
    yield PageUnit("samples", partial(_list, site))


def _sample(site: SiteData, answers: Answers, name: str) -> dict[str, str]:
    tree = {
        urls.sample(name): _page(site, answers, name, site.catalog.samples[name]),
        urls.sample_workflow(name): sample_workflow.file(site, name),
    }
    graph = sample_workflow.for_comfyui(site, name).graph
    return tree | ({urls.sample_comfyui(name): graph} if graph else {})


def _list(site: SiteData) -> dict[str, str]:
    return index_page(site, "samples", sample_cards(site, site.catalog.samples))


def _page(site: SiteData, answers: Answers, sample_id: str, sample: Sample) -> str:
    page, record, kept = urls.sample(sample_id), site.run(sample_id), site.kept.get(sample_id)
    state = site.states.get(sample_id)
    given = ["input image"] if sample.input else []
    shows = ", ".join([*given, result_noun(ran).lower() if (ran := record or site.kept.get(sample_id)) else "outputs"])
    exhibits = [*_exhibits(site, page, sample_id)]
    several = len(sample.steps) > 1
    ran = record or kept
    steps = step_sections(site, page, sample_id, ran, shown=bool(exhibits) and not several)
    comfy = sample_workflow.for_comfyui(site, sample_id)
    unshown = [image for image in ran.images if not image.step] if ran and (several or not exhibits) else []
    return fill(
        "sample",
        id=sample_id,
        title=sample.title,
        made_from=f"catalog/samples/{sample_id}.yml",
        description=f"{sample.words or sample.title}: {shows}, recipe and run record.",
        state=state_note(state.state, state.why) if state else state_note("missing", ()),
        no_record=_no_record(state),
        kept=kept_note(kept, sample) if kept else None,
        exhibits=Markup("\n\n".join(exhibits)),
        label=label(sample_id, sample, ran, site.stands_in_for(ran)) if ran else None,
        drawing=sample_workflow.figure(site, page, sample_id),
        instruction=sample.instruction,
        input=input_words(sample),
        given=artifact_figures(page, sample, ran, unshown) if ran else None,
        steps=steps,
        folds=_folds(steps, comfy),
        questions=[answers[using].link_from(page) for using in site.uses.by_sample.get(sample_id, ())],
        yaml=fence(as_yaml(sample), "yaml"),
        workflow=link(page, urls.sample_workflow(sample_id), f"{sample_id}.json"),
        comfyui=link(page, urls.sample_comfyui(sample_id), f"{sample_id}.comfyui.json"),
        comfy=comfy,
        runs=[_run(site, page, run) for run in site.runs.get(sample_id, {}).values()],
    )


def _folds(steps: Sequence[StepSection], comfy: ComfyDownload) -> dict[str, Markup]:
    """What begins each fold of a page of many steps, and ends it; all empty on a page of few."""
    programs = [step.name for step in steps if step.python]
    summaries = {
        "drawing": "The whole chain, drawn: each step, and what it left on its wires",
        "yaml": "All of the recipe",
        "left_out": f"{len(comfy.left_out)} steps are left out, and why" if comfy.left_out else "",
        "python": f"Programs of {', '.join(programs)}" if programs else "",
        "facts": "What each step ran with: weights, versions, keys",
        "images": "What the run left behind: files, sizes, digests",
    }
    many = any(step.fold for step in steps)
    begins = {name: fold_start(words) if many and words else Markup("") for name, words in summaries.items()}
    return {**begins, "end": FOLD_END if many else Markup("")}


def _no_record(state: SampleState | None) -> Markup:
    if state and state.state == "incomplete":
        words = "There is none of the whole yet: once the weights are there, `seamline samples` runs what is missing."
        return Markup(words)
    return Markup("There is none yet: `seamline samples` draws this sample.")


def kept_note(kept: RunRecord, sample: Sample) -> Markup:
    """Which steps of a run that broke off are kept, and which are not there."""
    missing = [name for name in sample.steps if name not in kept.steps]
    words = f"Kept of the run that broke off: {_listed(kept.steps)}, shown below. Not there: {_listed(missing)}."
    return element("div", {"class": "sl-state", "role": "note", "data-state": "kept"}, element("p", {}, words))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"step “{name}”" for name in names) or "nothing"


def input_words(sample: Sample) -> str:
    """Where the input image comes from, as a sentence."""
    if scene := sample.scene:
        count = f", {scene.people} people" if scene.people else ""
        return f"A synthetic scene (seed {scene.seed}{count}). Nobody in it exists."
    photo = sample.photo
    if photo is None:
        return "None: it starts from text alone."
    return f"A photo. Credit: {photo.credit}. Licence: {photo.licence}. Consent: {photo.consent}."


def _exhibits(site: SiteData, page: str, sample_id: str) -> Iterator[str]:
    """Everything each run of the sample can show; the shown run first, others under a heading of their own."""
    shown = site.run(sample_id)
    runs = site.runs.get(sample_id, {})
    for record in sorted(runs.values(), key=lambda run: run is not shown):
        view = view_of(site, sample_id, page, record.weights_name)
        if record is not shown:
            yield f"## The same recipe, drawn by {markdown(record.weights.label)}"
            if state := site.other_states.get((sample_id, record.weights_name)):
                yield state_note(state.state, state.why)
        for place, name in enumerate(available(view)):
            yield exhibit(name, view, eager=place == 0 and record is shown)


def _run(site: SiteData, page: str, record: RunRecord) -> Mapping[str, object]:
    folder = urls.run_folder(record.sample, record.weights_name)
    facts = [
        fact for name, step in record.steps.items() for fact in _facts(name if len(record.steps) > 1 else "", step)
    ]
    if record.carried_over:
        facts.append(("Carried over", "checked under newer code and kept; made under the key " + record.carried_over))
    facts += [(f"Rights in the input: {name}", words) for name, words in sorted(record.input_rights.items())]
    images = [
        (
            link(page, folder + image.file, image.file),
            image.role,
            f"{image.width} × {image.height}" if image.width else "",
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


def _facts(name: str, step: StepRecord) -> list[tuple[object, object]]:
    """What is known of one step of a run; `name` is empty where it is the only one."""
    prefix = f"{name}: " if name else ""
    facts: list[tuple[object, object]] = []
    if step.weights:
        facts += [
            ("Weights", f"{step.weights.label}, {step.weights.source}"),
            ("Device", f"{step.device}, {step.dtype}"),
            ("Seconds of the model's work", f"{step.seconds:.1f}"),
        ]
    else:
        facts.append(("Operation", step.operation))
    facts += [
        ("Key", code(step.key)),
        *((f"Version of {library}", version) for library, version in sorted(step.versions.items())),
        *((f"Shape of {tensor}", " × ".join(map(str, shape))) for tensor, shape in sorted(step.shapes.items())),
    ]
    named: list[tuple[object, object]] = [(f"{prefix}{what}", value) for what, value in facts]
    digests = step.weights.files if step.weights else {}
    return [*named, *((Markup(f"sha256 of {code(file)}"), code(digest)) for file, digest in sorted(digests.items()))]
