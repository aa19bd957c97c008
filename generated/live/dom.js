/* Elements in one expression: `h("p", { class: "sl-note" }, "text", child)`. Properties that are functions listen. */

export const h = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
};

/** Radio buttons under one legend. `options` are `[value, content]`; `picked` takes the value that was chosen. */
export const radios = (legend, name, options, picked, { className = "sl-chips", chosen = 0 } = {}) =>
  h(
    "fieldset",
    {},
    h("legend", {}, legend),
    h(
      "div",
      { class: className },
      ...options.map(([value, content], at) =>
        h(
          "label",
          { class: "sl-option" },
          h("input", { type: "radio", name, value, checked: at === chosen, autocomplete: "off", change: () => picked(value) }),
          content,
        ),
      ),
    ),
  );

let sliders = 0;

/** A range input under its name and value. The name is the input's alone: an output can have one, too. */
export const slider = (label, { min, max, step, value }, moved) => {
  const output = h("output", {}, String(value));
  const id = `sl-live-slider-${(sliders += 1)}`;
  const input = h("input", { id, type: "range", min, max, step, value, autocomplete: "off" });
  input.addEventListener("input", () => {
    output.textContent = input.value;
    moved(Number(input.value));
  });
  return h("div", { class: "sl-slider" }, h("span", {}, h("label", { for: id }, label), " ", output), input);
};
