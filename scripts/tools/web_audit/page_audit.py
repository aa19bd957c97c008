"""How good a built page is on a phone: Lighthouse, axe, and weight over the wire.

The site is served on this machine, compressed as forges serve it, and one page of each kind is looked at.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from seamline.errors import SiteError
from tools.web_audit.node_tools import TOOLS, find_chromium, install_tools
from tools.web_audit.static_server import served

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST_SCORE = 95
MOST_BYTES, MOST_SCRIPT_BYTES = 1_150_000, 20_000
MOST_SHIFT = 0.001
"""Of Lighthouse's cumulative layout shift; what is below shows as 0.000."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE_WIDTH = 360
WIDTHS = (PHONE_WIDTH, 1280)
"""CSS pixels at which axe looks: what scrolls, folds or hides differs."""
SLOW_MACHINE = 500
KINDS: Mapping[str, str] = {
    "home": "index.html",
    "answer": "questions/*/index.html",
    "sample": "samples/*/index.html",
    "paper": "papers/*/index.html",
    "live editor": "try-it/index.html",
}
"""Where a page of each kind is found in a built site; the first is audited."""

_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
# As Chromium runs for its readers. Left alone, Lighthouse's launcher turns the feature RenderDocument off as well, and
# Chromium 156 then at times shows nothing for one or two whole seconds, however little there is to show.
_FEATURES = "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication"
_OF_THE_SEARCH = ("/search/", "/workers/search", "/lunr/")


@dataclass
class PageReport:
    """What was measured about one page.

    Attributes:
        scores: by Lighthouse category, 0 to 100, median of the runs.
        layout_shift, largest_paint_ms: Lighthouse's, median of the runs.
        benchmark: Lighthouse's index of how fast this machine was; below `SLOW_MACHINE` its performance
            score says more about the machine than about the page.
        complaints: audits of Lighthouse outside performance that the page did not pass.
        violations: of axe, `scheme, width: rule: first element (how many)`.
        bytes: over the wire at 360 px with everything scrolled into view, search excluded.
    """

    kind: str
    path: str
    scores: dict[str, float] = field(default_factory=dict)
    layout_shift: float = 0.0
    largest_paint_ms: float = 0.0
    benchmark: float = 0.0
    complaints: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    bytes: int = 0

    def failings(self) -> list[str]:
        """What keeps the page from being good enough, in words."""
        words = [f"{name} {score:.0f} < {LEAST_SCORE}" for name, score in self.scores.items() if score < LEAST_SCORE]
        if self.kind == "answer" and self.bytes >= MOST_BYTES:
            words.append(f"{self.bytes} bytes >= {MOST_BYTES}")
        words += self.complaints if words else []
        if self.layout_shift >= MOST_SHIFT:
            words.append(f"the layout shifts by {self.layout_shift:.3f}")
        return [f"{self.kind}: {one}" for one in (*words, *self.violations)]


def audit_web(site: Path, *, runs: int = 1) -> tuple[list[PageReport], dict[str, int]]:
    """Reports on one page of each kind in the built `site`, and the bytes of each script of ours.

    Args:
        runs: Lighthouse runs a page; 0 leaves Lighthouse out.

    Raises:
        SiteError: there is no built site, or node, Chromium or a tool is missing.
    """
    reports = [PageReport(kind, path) for kind, path in pages_of(site).items()]
    chromium, tools = find_chromium(), install_tools()
    with served(site) as address:
        for report in reports:
            if runs:
                _lighthouse(report, address, tools, chromium, runs)
        _axe_and_weight(reports, address, tools, chromium)
    return reports, {path.name: path.stat().st_size for path in sorted(site.glob("assets/*.js"))}


def pages_of(site: Path) -> dict[str, str]:
    """The heaviest page of each kind, which is the one audited, as a path below the site's root with a final slash.

    Raises:
        SiteError: nothing was built there.
    """
    if not (site / "index.html").is_file():
        raise SiteError("there is no built site", where=str(site), hint="run `seamline build` first")
    heaviest = {kind: max(sorted(site.glob(pattern)), key=_weight, default=None) for kind, pattern in KINDS.items()}
    return {kind: page.parent.relative_to(site).as_posix().removeprefix(".") for kind, page in heaviest.items() if page}


def _weight(page: Path) -> int:
    """Bytes of a page and of the pictures it shows, as far as they lie in the site."""
    text = page.read_text(encoding="utf-8")
    shown = {
        page.parent / unquote(name).partition("?")[0] for name in re.findall(r"<img\b[^>]*\bsrc=\"?([^\"\s>]+)", text)
    }
    return len(text) + sum(path.stat().st_size for path in shown if path.is_file())


def _url(address: str, report: PageReport) -> str:
    return f"{address}{report.path}/" if report.path else address


def _lighthouse(report: PageReport, address: str, tools: Path, chromium: str, runs: int) -> None:
    command = ["node", str(tools / "lighthouse/cli/index.js"), _url(address, report), "--output=json", "--quiet"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join((*_FLAGS, _FEATURES))}"]
    results = []
    for _ in range(runs):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "CHROME_PATH": chromium}
        )
        if done.returncode:
            raise SiteError(f"Lighthouse gave up: {done.stderr.strip()[-300:]}", where=report.path or "home")
        results.append(json.loads(done.stdout))
    report.scores = {
        name: round(100 * statistics.median(r["categories"][name]["score"] or 0.0 for r in results), 1)
        for name in CATEGORIES
    }
    report.layout_shift = _median(results, "cumulative-layout-shift")
    report.largest_paint_ms = _median(results, "largest-contentful-paint")
    report.benchmark = statistics.median(r["environment"]["benchmarkIndex"] for r in results)
    report.complaints = _complaints(results[-1])


def _median(results: Sequence[Mapping[str, Any]], audit: str) -> float:
    return round(statistics.median(r["audits"][audit].get("numericValue") or 0.0 for r in results), 4)


def _complaints(result: Mapping[str, Any]) -> list[str]:
    names = {ref["id"] for name in CATEGORIES[1:] for ref in result["categories"][name]["auditRefs"] if ref["weight"]}
    audits = result["audits"]
    return sorted(name for name in names if audits[name]["score"] is not None and audits[name]["score"] < 1)


def _axe_and_weight(reports: Sequence[PageReport], address: str, tools: Path, chromium: str) -> None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SiteError("playwright is not installed", hint="pip install -e '.[dev]'") from error
    axe = (tools / "axe-core/axe.min.js").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS[1:]))
        for report in reports:
            report.bytes = weigh(browser, _url(address, report))
            for scheme, width in product(SCHEMES, WIDTHS):
                page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 740}, bypass_csp=True)
                page.goto(_url(address, report), wait_until="networkidle")
                page.evaluate(axe)
                violations = page.evaluate("async () => (await axe.run()).violations")
                report.violations += [
                    f"{scheme}, {width} px: {rule['id']}: {rule['nodes'][0]['target']} ({len(rule['nodes'])})"
                    for rule in violations
                ]
                page.close()
        browser.close()


def weigh(browser: Any, url: str) -> int:
    """Bytes over the wire at 360 px once every lazy picture has come into view."""
    page = browser.new_page(viewport={"width": PHONE_WIDTH, "height": 740}, device_scale_factor=2)
    wire = page.context.new_cdp_session(page)
    sizes: dict[str, float] = {}
    addresses: dict[str, str] = {}
    wire.send("Network.enable")
    wire.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(url, wait_until="networkidle")
    for _ in range(page.evaluate("Math.ceil(document.body.scrollHeight / 700)")):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(60)
    page.wait_for_load_state("networkidle")
    page.close()
    counted = [size for key, size in sizes.items() if not any(part in addresses[key] for part in _OF_THE_SEARCH)]
    return int(sum(counted))


def record_of(reports: Sequence[PageReport], scripts: Mapping[str, int]) -> dict[str, Any]:
    """What the site says about itself: no address, no time, and whether the machine was quiet enough to be believed."""
    return {
        "tools": dict(TOOLS),
        "quiet": all(report.benchmark >= SLOW_MACHINE for report in reports),
        "script_bytes": sum(scripts.values()),
        "pages": {
            report.kind: {
                "scores": report.scores,
                "layout_shift": report.layout_shift,
                "violations": len(report.violations),
                "bytes": report.bytes,
            }
            for report in reports
        },
    }


def table(reports: Sequence[PageReport]) -> str:
    """The reports as aligned text."""
    head = ("page", *CATEGORIES, "shift", "paint ms", "machine", "axe", "kB")
    rows = [
        (
            report.kind,
            *(f"{report.scores[name]:.0f}" if report.scores else "-" for name in CATEGORIES),
            f"{report.layout_shift:.3f}",
            f"{report.largest_paint_ms:.0f}",
            f"{report.benchmark:.0f}",
            str(len(report.violations)),
            f"{report.bytes / 1000:.0f}",
        )
        for report in reports
    ]
    return "\n".join("  ".join(cell.rjust(14) for cell in row) for row in (head, *rows))
