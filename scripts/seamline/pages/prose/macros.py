"""What prose can call: `{{ sample("id") }}`, `{{ measured("id", "psnr_face") }}` and so on.

Every number comes from a record and every picture from a run. Where one is missing, the
macro says so on the page instead of stopping the build; a misspelt name does stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from markupsafe import Markup, escape

from seamline.catalog.reading.validation import suggestion
from seamline.errors import CatalogError
from seamline.exhibits.fragments import asked_exhibit, element_id, exhibit, exhibit_named, is_declared
from seamline.exhibits.view import ExhibitView
from seamline.measures.registry import discovered, measure_named
from seamline.pages import urls
from seamline.pages.html import FOLD_END, element, fold_start, relative_url
from seamline.pages.labels import state_note
from seamline.pages.prose.glossary import term
from seamline.pages.prose.group_macros import group_macros
from seamline.pages.prose.live_editor import live_editor
from seamline.pages.prose.record_tables import record_table
from seamline.pages.prose.recorded_figures import UNMEASURED, record_macros, unbroken
from seamline.pages.site_data import SiteData
from seamline.runners.instruct_pix2pix.edit_request import words_of
from seamline.runs.store.records import ArtifactRecord, RunRecord

MEASURES = "how-it-is-measured.md"
"""The hand-written page that explains the numbers, where a project has one."""


@dataclass(frozen=True)
class PageMacros:
    """The macros of one page.

    Attributes:
        page: the page, for links.
        question: id of the question it answers, if it does.
        noted: samples whose state this page has told already.
        printed: records that figures of this page are from.
    """

    site: SiteData
    page: str
    question: str | None = None
    noted: set[str] = field(default_factory=set)
    printed: set[str] = field(default_factory=set)

    def all(self) -> Mapping[str, Callable[..., object]]:
        """Every macro by the name prose calls it."""
        everywhere: dict[str, Callable[..., object]] = {
            "featured_sample": self.featured_sample,
            "sample": self.sample,
            "exhibit": self.exhibit,
            "measured": self.measured,
            "focus": self.focus,
            "curve": self.curve,
            "steps_chart": self.steps_chart,
            **record_macros(self.record),
            "record_table": record_table(self.record),
            **group_macros(self.page, self.record),
            "shows": self.shows,
            "term": self.term,
            "fold": self.fold,
            "end_fold": self.end_fold,
            "chart": self.chart,
            "inside": self.inside,
            "live_editor": self.live_editor,
        }
        return everywhere

    def featured_sample(self, name: str = "before_after") -> str:
        """Id of the first sample shown here that asks for exhibit `name`, those with a run first; empty without one."""
        questions, kind = self.site.catalog.questions, exhibit_named(name)
        ids = [self.question] if self.question else list(questions)
        shown = [sample_id for question_id in ids for sample_id in questions[question_id].entry.samples]
        asking = [one for one in shown if is_declared(kind, self.site.catalog.samples[one])]
        return next((one for one in asking if self.site.run(one)), next(iter(asking), ""))

    def sample(self, sample_id: str) -> Markup:
        """Input, instruction and edited image of a sample."""
        return self.exhibit(sample_id, "before_after")

    def exhibit(self, sample_id: str, name: str) -> Markup:
        """One exhibit of a sample, with its credit and, unless the run is fresh, a note on its state."""
        if not sample_id:
            words = f"No sample shows this yet: {exhibit_named(name).title.lower()}."
            note = element(
                "div", {"class": "sl-state sl-state--missing", "role": "note", "data-state": "missing"}, words
            )
            return Markup(f"\n\n{note}\n\n")
        asked_exhibit(name, sample_id, self._known(sample_id))
        record = self.site.run(sample_id)
        note = self._state(sample_id)
        if record is None:
            return Markup(f"\n\n{note}\n\n")
        # The picture that a page opens with is what readers wait for: it must not wait for a scroll.
        eager = not self.noted
        # Why a run is stale is said where its pictures are first met, and not again at each of them.
        note = Markup("") if sample_id in self.noted else note
        self.noted.add(sample_id)
        view = view_of(self.site, sample_id, self.page)
        return Markup(f"\n\n{note}{exhibit(name, view, eager=eager)}\n\n")

    def shows(self, sample_id: str, name: str, option: int, words: str) -> Markup:
        """Words that set an exhibit on this page to one of its options, counted from 0, when a reader points at them.

        Without scripts they are a link to the exhibit.
        """
        kind = exhibit_named(name)
        record = self._known(sample_id) and self.site.run(sample_id)
        if record is None:
            return Markup(escape(words))
        view = view_of(self.site, sample_id, self.page)
        known = kind.options(view)
        if not 0 <= option < known:
            hint = f"it has {known}: use 0 to {known - 1}" if known else "it has no options to choose from"
            raise CatalogError(f"the exhibit {name!r} of {sample_id!r} has no option {option}", hint=hint)
        link = {"class": "sl-shows", "href": f"#{element_id(kind, view)}", "data-sl-option": str(option)}
        return element("a", link, words)

    def term(self, name: str, words: str = "") -> Markup:
        """A word of the glossary, as a link that shows what it means; `words` is what the sentence says instead."""
        return term(self.site.docs, self.page, name, words)

    def fold(self, summary: str) -> Markup:
        """Begins a part that is closed until a reader opens it; `end_fold` ends it."""
        return fold_start(summary)

    def end_fold(self) -> Markup:
        """Ends what `fold` began."""
        return FOLD_END

    def live_editor(self, opened: bool = False) -> Markup:
        """The editor that runs in the reader's page; it waits for a press of its button unless `opened`."""
        return live_editor(self.site, self.page, opened=opened)

    def measured(self, sample_id: str, measure: str, role: str = "edited") -> str:
        """A measured number of one of a sample's images, with its unit."""
        if not sample_id:
            return UNMEASURED
        self._known(sample_id)
        record = self.site.run(sample_id)
        return self._measured(record, record.all(role) if record else (), measure)

    def focus(self, sample_id: str, word: str) -> str:
        """How many times as much a word of a sample's instruction looked at the edit as elsewhere, with its unit.

        Of a word that occurs more than once, its first occurrence.
        """
        words = [known for known, _, _ in words_of(self._known(sample_id).instruction)]
        if word not in words:
            raise CatalogError(f"sample {sample_id!r} is not told {word!r}", hint=f"it is told: {' '.join(words)}")
        record = self.site.run(sample_id)
        maps = [image for image in record.all("attention") if image.facts.get("word") == word] if record else []
        return self._measured(record, maps, "attention_focus")

    def curve(self, image_guidance_scale: float, measure: str) -> str:
        """Mean `edit_strength` or `consistency` of the evaluation's sweep at one image guidance scale."""
        if measure not in ("edit_strength", "consistency"):
            raise CatalogError(f"the sweep has no {measure!r}", hint="it has edit_strength and consistency")
        points = (self.site.records.get("evaluation") or {}).get("consistency", ())
        for point in points:
            if point["image_guidance_scale"] == image_guidance_scale:
                words = measure_named("ssim_outside" if measure == "consistency" else measure)
                return unbroken(words.format(point[measure]["value"]))
        return UNMEASURED

    def record(self, name: str) -> Any:
        """A whole record, to be printed on this page; None where there is none."""
        self.printed.add(name)
        return self.site.records.get(name)

    def chart(self, name: str) -> Markup:
        """A chart over the evaluation's held-out scenes."""
        from seamline.charts import evaluation_charts

        if name not in evaluation_charts.CHARTS:
            raise CatalogError(f"there is no chart {name!r}", hint=f"there are {', '.join(evaluation_charts.CHARTS)}")
        self.printed.add("evaluation")
        csv_url = relative_url(self.page, evaluation_charts.csv_file(name))
        return Markup(f"\n\n{evaluation_charts.chart(name, self.site.evaluation, csv_url=csv_url)}\n\n")

    def steps_chart(self) -> Markup:
        """How close edits come, by their number of denoising steps."""
        from seamline.charts import step_chart

        return Markup(f"\n\n{step_chart.chart(self.record('steps'))}\n\n")

    def inside(self) -> Markup:
        """The diagram of what happens inside the model, with the shapes of the weights really used."""
        from seamline.pages.inside import inside_figure

        figure = inside_figure(self.site, self.page, self.question)
        if figure is None:
            raise CatalogError(
                "none of the question's models is an InstructPix2Pix, and nothing else can be drawn from the inside",
                hint="take `{{ inside() }}` out, or recommend the model",
            )
        return figure

    def record_notes(self) -> Markup:
        """What a reader must know of the records that this page prints figures of; nothing where they are up to date.

        To be asked once the page's prose is expanded.
        """
        notes = [(name, self.site.notes[name]) for name in sorted(self.printed & self.site.notes.keys())]
        words = (element("p", {}, element("strong", {}, f"Figures of {name}.json:"), f" {why}.") for name, why in notes)
        marks = {"class": "sl-state sl-state--stale", "role": "note"}
        return Markup("".join(f"\n{element('div', marks, one)}\n\n" for one in words))

    def _measured(self, record: RunRecord | None, images: Sequence[ArtifactRecord], measure: str) -> str:
        """What was measured of the first of a run's `images`."""
        try:
            words = measure_named(measure)
        except KeyError:
            hint = suggestion(measure, discovered())
            raise CatalogError(f"there is no measure {measure!r}", hint=hint) from None
        if record is None or not images:
            return UNMEASURED
        value = self.site.measures_of(record).get(images[0].file, {}).get(measure)
        return UNMEASURED if value is None else unbroken(words.format(value))

    def _known(self, sample_id: str) -> Any:
        samples = self.site.catalog.samples
        if sample_id in samples:
            return samples[sample_id]
        near = get_close_matches(sample_id, samples, n=1)
        raise CatalogError(f"there is no sample {sample_id!r}" + (f"; did you mean {near[0]!r}?" if near else ""))

    def _state(self, sample_id: str) -> Markup:
        state = self.site.states.get(sample_id)
        return state_note(state.state, state.why, sample_id) if state else state_note("missing", (), sample_id)


def view_of(site: SiteData, sample_id: str, page: str, weights: str | None = None) -> ExhibitView:
    """What exhibits on `page` are drawn from, for a sample that has a run."""
    record = site.runs[sample_id][weights] if weights else site.run(sample_id)
    assert record is not None, sample_id
    return ExhibitView(
        site.catalog.samples[sample_id],
        record,
        site.measures_of(record),
        base_url=relative_url(page, urls.run_folder(sample_id, record.weights_name)),
        region_box=site.boxes.get((sample_id, record.weights_name)),
        instead_of=site.stands_in_for(record),
        sample_url="" if page == urls.sample(sample_id) else relative_url(page, urls.sample(sample_id)),
        measures_url=relative_url(page, urls.page_of(MEASURES)) if MEASURES in site.docs else "",
    )
