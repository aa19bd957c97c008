/* Adds interaction to exhibits. Each is whole without it: see exhibits.css, which shows controls only where scripts run. */
(() => {
  "use strict";

  const all = (root, selector) => [...root.querySelectorAll(selector)];

  /* Before and after: a range input laid over two stacked pictures. */
  const compare = (frame) => {
    const range = frame.querySelector("input");
    const show = () => {
      frame.style.setProperty("--at", range.value / 100);
      range.setAttribute("aria-valuetext", `${range.value} % input image, ${100 - range.value} % edited image`);
    };
    range.addEventListener("input", show);
    show();
  };

  /* A chooser shows one of many options large, on its stage, and marks it in its chart. What the two have in common
     carries the same data-sl-slot; what only the stage should show of an option waits in the option's <template>. */
  const chooser = (root) => {
    const options = all(root, "[data-sl-option]");
    const slots = all(root, ":is(.sl-stage, .sl-plot) [data-sl-slot]");
    const range = root.querySelector("input[type=range]");
    const radios = all(root, "input[type=radio]");

    const part = (option, name) => {
      const selector = `[data-sl-slot="${name}"]`;
      return option.querySelector(selector) ?? option.querySelector("template")?.content.querySelector(selector);
    };

    const show = (at) => {
      for (const slot of slots) fill(slot, part(options[at], slot.dataset.slSlot));
      follow(root.closest("[data-sl]"), (name) => part(options[at], name));
      if (!range) return;
      range.value = at;
      range.setAttribute("aria-valuetext", part(options[at], "said").textContent);
      options.forEach((option, place) => {
        if (place === at) option.setAttribute("aria-current", "step");
        else option.removeAttribute("aria-current");
      });
    };

    range?.addEventListener("input", () => show(Number(range.value)));
    if (range) options.forEach((option, at) => option.addEventListener("click", () => show(at)));
    radios.forEach((radio, at) => radio.addEventListener("change", () => show(at)));
    const table = root.querySelector('[data-sl-options="grid"]');
    if (table) arrows(table);
  };

  /* Of several panels the one that a radio button names is on; a slider in it takes over where the last one stood. */
  const panels = (root) => {
    const panes = all(root, "[data-sl-panel]");
    all(root, ".sl-words input").forEach((radio, at) => radio.addEventListener("change", () => {
      const before = root.querySelector("[data-sl-panel].sl-on input[type=range]");
      panes.forEach((pane, place) => pane.classList.toggle("sl-on", place === at));
      const range = panes[at].querySelector("input[type=range]");
      range.value = before.value;
      range.dispatchEvent(new Event("input", { bubbles: true }));
    }));
  };

  const fill = (slot, from) => {
    if (!from) return;
    if (slot.tagName === "IMG") {
      slot.alt = from.alt;
      slot.src = from.src;
    } else if (slot.getAttribute("role") === "img") {
      slot.setAttribute("aria-label", from.getAttribute("aria-label"));
    } else {
      slot.replaceChildren(...from.cloneNode(true).childNodes);
    }
  };

  /* The canvas of a workflow follows the exhibits of its page: where it shows the same sample, its cards show the
     pictures that a reader chose; the box of the model that drew them says so, and marks the part that the exhibit is
     about. */
  const follow = (exhibit, chosen) => {
    const credit = exhibit?.querySelector(".sl-credit");
    if (!credit) return;
    for (const picture of all(document, `[data-sl-of="${credit.dataset.sample}"] img[data-sl-follows]`)) {
      fill(picture, chosen(picture.dataset.slFollows));
    }
    const title = exhibit.querySelector(".sl-title").textContent;
    for (const box of all(document, `.sl-canvas [data-sl-model="${credit.dataset.model}"]`)) {
      for (const piece of all(box, "[data-part]")) {
        piece.classList.toggle("is-now", piece.dataset.part === credit.dataset.part);
      }
      box.querySelector("[data-sl-now]").textContent = `${chosen("said")?.textContent.trim() ?? ""} · ${title}`;
    }
  };

  /* Arrow keys move through a table of radio buttons in two directions; natively they know only one. */
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  const arrows = (table) => {
    const grid = [...table.tBodies[0].rows].map((row) => all(row, "td").map((cell) => cell.querySelector("input")));
    table.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      const row = grid.findIndex((line) => line.includes(event.target));
      if (!step || row < 0) return;
      event.preventDefault();
      const next = grid[row + step[0]]?.[grid[row].indexOf(event.target) + step[1]];
      if (!next) return;
      next.focus();
      next.click();
    });
  };

  /* What exhibits.css left for later is laid out at a reader's first move, or when none comes: a piece a frame. */
  const settle = (waiting) => {
    holding(() => waiting.shift()?.classList.add("sl-settled"));
    if (waiting.length) requestAnimationFrame(() => setTimeout(settle, 0, waiting));
  };

  /* Safari does not keep a reader's place when what stands above it grows. */
  const KEEPS_PLACE = CSS.supports("overflow-anchor", "auto");
  const holding = (change) => {
    // The piece of the page that a reader sees first: what lies at a point may be the whole article, in a gap between pieces.
    const inSight = (piece) => piece.getBoundingClientRect().bottom > 0;
    const held = KEEPS_PLACE ? null : all(document, ".md-content__inner > *").find(inSight);
    const top = held?.getBoundingClientRect().top;
    change();
    const moved = held ? held.getBoundingClientRect().top - top : 0;
    if (moved) window.scrollBy({ top: moved, behavior: "instant" });
  };

  const UNATTENDED_MS = 8000;
  const moved = new AbortController();
  const begin = () => {
    if (moved.signal.aborted) return;
    moved.abort();
    settle(all(document, ".sl-exhibit, .sl-figure--workflow, .sl-figure--inside, ol.sl-references"));
  };
  for (const move of ["scroll", "pointerdown", "keydown"]) {
    window.addEventListener(move, begin, { passive: true, signal: moved.signal });
  }
  window.addEventListener("load", () => setTimeout(begin, UNATTENDED_MS));

  /* Words in the text that choose an option of an exhibit, as if its slider had been moved. */
  const wire = (words) => {
    const range = document.querySelector(`${words.getAttribute("href")} input[type=range]`);
    if (!range) return;
    const choose = () => {
      range.value = words.dataset.slOption;
      range.dispatchEvent(new Event("input", { bubbles: true }));
    };
    for (const move of ["pointerenter", "focus", "click"]) words.addEventListener(move, choose);
  };

  /* Views from a row of cameras: a slider or a swing chooses one, and pointing at one shows where its pixel lives. */
  const SWING_MS = 130;
  const CELL = 4;
  const MARGIN = [32, 16];
  const views = (root) => {
    const range = root.querySelector("input[type=range]");
    const button = root.querySelector("button");
    const piles = all(root, ".sl-view-pile");
    const last = Number(range.max);
    root.style.setProperty("--last", last);

    let point;
    const show = (at) => {
      range.value = at;
      range.setAttribute("aria-valuetext", `camera ${at + 1} of ${last + 1}`);
      root.style.setProperty("--view", at);
      for (const pile of piles) [...pile.children].forEach((one, place) => one.classList.toggle("sl-on", place === at));
      if (point) spot(...point);
    };

    let timer;
    let step = 1;
    const swing = (on) => {
      clearInterval(timer);
      timer = undefined;
      button.setAttribute("aria-pressed", on);
      if (!on) return;
      timer = setInterval(() => {
        const at = Number(range.value);
        if (at + step < 0 || at + step > last) step = -step;
        show(at + step);
      }, SWING_MS);
    };
    range.addEventListener("input", () => { swing(false); show(Number(range.value)); });
    button.addEventListener("click", () => swing(!timer));
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    let begun = false;
    new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) swing(false);
      else if (!begun && !calm.matches) begun = true, swing(true);
    }, { threshold: 0.6 }).observe(root.querySelector(".sl-view-ways"));

    /* The map holds, for each view, columns and below them rows of the canonical image, a pixel a cell. */
    const lives = root.querySelector("[data-sl-uv]");
    const ring = root.querySelector(".sl-spot");
    let map;
    const spot = (x, y) => {
      point = [x, y];
      if (!map) return;
      const rows = map.height / (last + 1) / 2;
      const at = (row) => map.data[4 * (row * map.width + Math.floor(x * map.width))];
      const top = 2 * rows * Number(range.value) + Math.floor(y * rows);
      const u = (at(top) - MARGIN[0]) / (CELL * map.width);
      const v = (at(top + rows) - MARGIN[1]) / (CELL * rows);
      ring.hidden = u < 0 || u > 1 || v < 0 || v > 1;
      lives.style.setProperty("--u", u);
      lives.style.setProperty("--v", v);
    };
    const read = () => {
      const image = new Image();
      image.addEventListener("load", () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.width, image.height];
        const pen = canvas.getContext("2d");
        pen.drawImage(image, 0, 0);
        map = pen.getImageData(0, 0, image.width, image.height);
        if (point) spot(...point);
      });
      image.src = lives.dataset.slUv;
    };
    if (lives) {
      const shown = all(root, ".sl-way--canonical .sl-view.sl-live");
      for (const pane of shown) {
        pane.addEventListener("pointerenter", read, { once: true });
        pane.addEventListener("pointermove", (event) => {
          const box = pane.getBoundingClientRect();
          const inside = (share) => Math.min(0.999, Math.max(0, share));
          spot(inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height));
        });
      }
    }
  };

  all(document, "a.sl-shows").forEach(wire);
  all(document, "[data-sl-views]").forEach(views);
  all(document, "[data-sl-compare]").forEach(compare);
  all(document, "[data-sl-chooser]").forEach(chooser);
  all(document, "[data-sl-panels]").forEach(panels);
})();
