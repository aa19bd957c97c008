/* What the theme's script adds to a page, within everybody's reach: it builds boxes around tables and buttons onto
   code after the page has come, and leaves them without a name or a way in for the keyboard. */
(() => {
  "use strict";

  const all = (selector) => [...document.querySelectorAll(selector)];

  /* A wide table scrolls in a box of its own. While it does, the keyboard must be able to stop there. */
  const followed = new ResizeObserver((changes) => {
    for (const { target: box } of changes) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", nameOf(box));
      } else {
        ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
      }
    }
  });

  const nameOf = (box) => {
    const number = all(".md-typeset__scrollwrap").indexOf(box) + 1;
    const heading = all("article :is(h1, h2, h3, h4)").filter(
      (one) => one.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING,
    ).at(-1);
    return `Table ${number}${heading ? `: ${heading.firstChild.textContent.trim()}` : ""}`;
  };

  const reach = () => {
    all(".md-typeset__scrollwrap").forEach((box) => followed.observe(box));
    all("nav.md-code__nav").forEach((nav, at) => nav.setAttribute("aria-label", `Code block ${at + 1}`));
  };

  new MutationObserver(reach).observe(document.body, { childList: true, subtree: true });
  reach();
})();
