"""Build again what of a site may differ, and put it into the site that is there.

All that can fail happens in a folder of its own. What came out replaces the files of the site one by one, each as a
whole: whoever is killed meanwhile leaves old pages beside new ones, and the next build begins anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from seamline.files import refusal
from seamline.pages.kinds.answer_citation import BIBTEX, CSL
from seamline.pages.watching.watched_data import Watching
from seamline.site import builder
from seamline.site.keeping.kept_site import KeptSite, Rebuild
from seamline.site.searching import page_marks, pagefind_index
from seamline.site.sharing.finishing import share
from seamline.site.sharing.page_facts import Facts
from seamline.site.sharing.page_notes import PageNotes

PART = ".cache/site-part"


def rebuild(
    root: Path,
    pages: Path,
    built: Path,
    watching: Watching,
    kept: KeptSite,
    plan: Rebuild,
    told: Path,
    *,
    reindex: bool = True,
    say: Callable[[str], None] | None = None,
) -> bool:
    """Bring the site in `built` up to date as `plan` says.

    Args:
        root: project folder.
        pages: folder of the pages in Markdown, which holds the pictures of runs as well.
        told: file that MkDocs writes.
        reindex: whether the search index is made anew where pages that it holds have changed.
        say: takes whether the search index is that of other pages.

    Returns:
        Whether that could be done. If not, the site is as it was, and all of it must be built.

    Raises:
        SiteError: the builder or Pagefind refused.
        FilesError: the file system refused.
    """
    if not plan.wanted and (plan.searched or not reindex):
        return True
    part, notes, site = root / PART, dict(plan.notes), watching.noting
    builder.build_part(root, part, plan.wanted, told)
    if not (part / "index.html").is_file() or not told.is_file():
        return False
    try:
        share(part, site, notes, pictures=pages)
        pagefind_index.mark(part, site, notes)
        builder.finish(part)
        if not kept.fits(part, site, told):
            return False
        kept.forget()
        made = sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file())
        changed = [path for path in made if _put(part / path, built / path)]
        _remove_leftovers(plan, notes, frozenset(made), pages, built)
        facts = Facts(site)
        searched = plan.searched and not any(
            path in notes and facts.of(path).kind not in page_marks.NOT_SEARCHED for path in changed
        )
        if not searched and reindex:
            _index(part, built)
            searched = True
        elif not searched and say:
            say("the search index is that of the last build: build without --keep-index before you publish")
        kept.save(built, watching, notes, told, searched=searched)
        shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise refusal(Path(error.filename or built), error) from error
    return True


def _put(new: Path, place: Path) -> bool:
    """Move a file to where it belongs, if it differs from what is there; whether it did."""
    if place.is_file() and place.read_bytes() == new.read_bytes():
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    new.replace(place)
    return True


def _remove_leftovers(plan: Rebuild, notes: PageNotes, made: Collection[str], pages: Path, built: Path) -> None:
    """Remove what pages brought before and bring no more: social cards, citations of an answer."""
    for card in plan.cards - {note.card for note in notes.values()}:
        (built / card).unlink(missing_ok=True)
    folders = [source.rpartition("/")[0] for source in plan.wanted if source.endswith(".md")]
    for path in (f"{folder}/{name}" for folder in folders for name in (BIBTEX, CSL)):
        if path not in made and not (pages / path).is_file():
            (built / path).unlink(missing_ok=True)


def _index(part: Path, built: Path) -> None:
    new, old = part / "search-index", part / "search-index-before"
    pagefind_index.index(built, new)
    place = built / pagefind_index.FOLDER
    if place.is_dir():
        place.rename(old)
    new.rename(place)
