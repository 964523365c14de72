"use strict";
// What stands around the drawing of the interactive chart: its controls, the key of its colors, a hint.
const chartControls = (data, view, { make, changed }) => {
  const { count, known } = chartScales;
  const { mark } = chartMarks;
  const select = (label, options, key) => {
    const box = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
    box.addEventListener("change", () => { view[key] = Number(box.value); changed(); });
    return make("label", {}, `${label} `, box);
  };
  const tick = (label, key) => {
    const box = make("input", { type: "checkbox" });
    box.checked = view[key];
    box.addEventListener("change", () => { view[key] = box.checked; changed(); });
    return make("label", {}, box, ` ${label}`);
  };
  const sizes = [...data.sizes.keys()].filter((size) => data.sizes[size].values.some(known));
  const colors = [[-1, "nothing"], ...data.choices.map((choice, index) => [index, choice.label])];
  const controls = make("div", { class: "chart-controls", role: "group", "aria-label": "What the chart shows" });
  controls.append(select("x axis", sizes.map((size) => [size, data.sizes[size].label]), "x"), tick("log x", "logX"));
  controls.append(select("color by", colors, "color"), tick("log y", "logY"));
  view.x = sizes[0] ?? 0;

  const swatch = ({ shape, color, text }) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "-7 -7 14 14");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", mark(shape, 5));
    path.style.fill = color;
    svg.append(path);
    return make("span", { class: "key-entry" }, svg, text);
  };
  const gradient = ({ ramp, low, high, log }) => {
    const bar = make("span", { class: "ramp", "aria-hidden": "true" });
    bar.style.backgroundImage = `linear-gradient(to right, ${ramp.join(", ")})`;
    return make("span", { class: "key-entry" }, low, bar, high, log ? " (log)" : "");
  };
  const key = make("div", { class: "key" });
  const hint = make("div", { class: "hint", id: "chart-hint" });

  // The key and the hint of what is drawn
  const explain = ({ key: entries, missing, floored }) => {
    key.replaceChildren(...entries.map((entry) => (entry.ramp ? gradient(entry) : swatch(entry))));
    const told = ["Point, tap or use the arrow keys; Enter shows the net."];
    if (missing) told.push(`${count(missing)} of ${count(data.numbers.length)} ${data.noun}s can’t be drawn here.`);
    if (floored) told.push("Errors under 1e-7 stand at 1e-7.");
    hint.textContent = told.join(" ");
  };
  return { controls, key, hint, explain };
};
