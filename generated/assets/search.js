/* The search that `seamline build` puts into a site's header. Nothing is asked for before somebody opens it; then
   Pagefind fetches the parts of its index that hold the words, from this site alone. */
(() => {
  "use strict";

  const root = document.querySelector("[data-sl-search]");
  if (!root) return;
  const [opener, dialog] = [root.querySelector("button"), root.querySelector("dialog")];
  const input = dialog.querySelector("input");
  const said = dialog.querySelector(".sl-search-said");
  const list = dialog.querySelector("ol");
  const selects = [...dialog.querySelectorAll("select")];
  const bundle = new URL("../pagefind/pagefind.js", document.currentScript.src).href;
  const READ = 20; /* results that are read and put into order */
  const SHOWN = 10;

  /* Words in what names a page count more than words on it. */
  const RANKING = {
    metaWeights: { title: 6, paper: 6, identifier: 10, authors: 6, venue: 3 },
    termFrequency: 0.6,
    pageLength: 0.4,
  };
  const OPTIONS = { ranking: RANKING, excerptLength: 24 };
  /* What people come for, where two pages fit a search about as well. */
  const LIKED = { Question: 1.5, Paper: 1.2, Model: 1.2, Sample: 0.9, Page: 1, Reference: 0.4 };

  /* Pagefind finds pages that have all words; these say nothing of what somebody looks for. */
  const IDLE = new Set(
    "a an and are as at be by can do does for from how i in is it me my of on or our so that the their this to was we what when where which who why will with you your".split(" "),
  );
  const telling = (words) => {
    const all = words.split(/\s+/);
    const kept = all.filter((word) => !IDLE.has(word.toLowerCase()));
    return (kept.length ? kept : all).join(" ");
  };

  let engine; /* a promise of Pagefind, once it was asked for */
  let latest = 0; /* number of the last search: an earlier one may answer later */

  const ready = () => {
    engine ??= Promise.all([import(bundle), more()]).then(async ([pagefind, others]) => {
      await pagefind.options(OPTIONS);
      await Promise.all(others.map((name) => pagefind.mergeIndex(new URL(`${name}/`, bundle).pathname, OPTIONS)));
      await offer(await pagefind.filters());
      return pagefind;
    });
    return engine;
  };

  /* A large site has several indexes. */
  const more = async () => {
    const found = await fetch(new URL("more.json", bundle));
    return found.ok ? found.json() : [];
  };

  const offer = (filters) => {
    for (const select of selects) {
      const known = Object.keys(filters[select.dataset.filter] ?? {});
      known.sort((one, other) => (select.dataset.filter === "year" ? other.localeCompare(one) : one.localeCompare(other)));
      select.append(...known.map((value) => new Option(value, value)));
      select.closest("label").hidden = known.length < 2;
    }
  };

  const search = async () => {
    const mine = ++latest;
    const words = input.value.trim();
    const filters = Object.fromEntries(selects.filter((one) => one.value).map((one) => [one.dataset.filter, one.value]));
    if (!words && !Object.keys(filters).length) {
      list.replaceChildren();
      said.textContent = "";
      return;
    }
    try {
      const pagefind = await ready();
      const found = await pagefind.search(words ? telling(words) : null, { filters });
      const read = await Promise.all(found.results.slice(0, READ).map(async (one) => [one.score, await one.data()]));
      if (mine !== latest) return;
      const liked = ([score, page]) => (words ? score : 1) * (LIKED[page.filters.kind?.[0]] ?? 1);
      read.sort((one, other) => liked(other) - liked(one));
      list.replaceChildren(...read.slice(0, SHOWN).map(([, page]) => entry(page)));
      const count = found.results.length;
      list.dataset.words = words;
      said.textContent = count === 0 ? "No page has these words." : count === 1 ? "One page" : `${count} pages`;
    } catch (error) {
      said.textContent = `The search could not be loaded: ${error.message}`;
    }
  };

  const entry = (page) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const kind = document.createElement("span");
    const words = document.createElement("p");
    link.href = page.url;
    link.textContent = page.meta.title ?? page.url;
    link.dir = words.dir = "auto";
    kind.className = "sl-search-kind";
    const draft = page.filters.status?.[0] === "Draft";
    kind.textContent = [page.filters.kind?.[0], draft ? "draft" : "", page.meta.authors].filter(Boolean).join(" · ");
    words.append(...marked(page.excerpt));
    item.append(link, kind, words);
    return item;
  };

  /* An excerpt is text with <mark> in it; whatever else it might hold becomes text. */
  const marked = (excerpt) => {
    const parsed = new DOMParser().parseFromString(excerpt, "text/html").body;
    return [...parsed.childNodes].map((node) => {
      if (node.nodeName !== "MARK") return document.createTextNode(node.textContent);
      const mark = document.createElement("mark");
      mark.textContent = node.textContent;
      return mark;
    });
  };

  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    input.focus();
    input.select();
    ready().catch(() => {});
  };

  const move = (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? links[at + 1] : at > 0 ? links[at - 1] : input;
    if (!next || !links.length) return;
    event.preventDefault();
    next.focus();
  };

  let waiting;
  opener.addEventListener("click", open);
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  selects.forEach((one) => one.addEventListener("change", search));
  dialog.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLSelectElement) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event);
    if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      list.querySelector("a")?.click();
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); /* beside what it holds */
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const asked = (event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (!asked || event.altKey) return;
    event.preventDefault();
    open();
  });
})();
