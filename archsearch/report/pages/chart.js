"use strict";
// The interactive chart in #chart, from #chart-data: controls, pointer, touch, keys, and links with all that carries data-trial.
(() => {
  const host = document.getElementById("chart");
  const source = document.getElementById("chart-data");
  if (!host || !source) return;
  const data = JSON.parse(source.textContent);
  if (!data.numbers.length) return; // the static figure stays
  const plot = chartPlot(data);
  const details = chartDetails(data);
  const { make, name } = details;
  const { number, mark } = chartScales;
  const view = { x: 0, logX: true, logY: true, color: -1 };
  const indexOf = new Map(data.numbers.map((net, index) => [String(net), index]));
  let [active, chosen, opener] = [-1, -1, null];

  // Controls
  const select = (label, options, pick) => {
    const box = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
    box.addEventListener("change", () => { pick(Number(box.value)); redraw(); });
    return make("label", {}, `${label} `, box);
  };
  const tick = (label, key) => {
    const box = make("input", { type: "checkbox" });
    box.checked = view[key];
    box.addEventListener("change", () => { view[key] = box.checked; redraw(); });
    return make("label", {}, box, ` ${label}`);
  };
  const sizes = data.sizes.map((size, index) => [index, size.label, size.values]).filter(([, , values]) => values.some((value) => value !== null));
  const colors = [[-1, "nothing"], ...data.choices.map((choice, index) => [index, choice.label])];
  const controls = make("div", { class: "chart-controls", role: "group", "aria-label": "What the chart shows" });
  controls.append(select("x axis", sizes, (value) => { view.x = value; }), select("color by", colors, (value) => { view.color = value; }), tick("log x", "logX"), tick("log y", "logY"));
  if (sizes.length) view.x = sizes[0][0];

  // The drawing, its key, the pointer's box and what screen readers are told
  const field = make("div", { class: "plot", tabindex: "0", role: "application", "aria-roledescription": "scatter chart", "aria-describedby": "chart-help" });
  const box = make("div", { class: "tip", "aria-hidden": "true" });
  box.hidden = true;
  const key = make("div", { class: "key" });
  const help = make("div", { class: "hint", id: "chart-help" });
  const live = make("div", { class: "visually-hidden", role: "status" });
  field.append(plot.svg, box);
  host.append(controls, key, field, help, live);
  (host.closest("figure") ?? host).after(details.panel);
  document.documentElement.classList.add("charted");

  const swatch = (entry) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "-7 -7 14 14");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", mark(entry.shape, 5));
    path.style.fill = entry.color;
    svg.append(path);
    return make("span", { class: "key-entry" }, svg, entry.text);
  };
  const gradient = (entry) => {
    const bar = make("span", { class: "ramp", "aria-hidden": "true" });
    bar.style.backgroundImage = `linear-gradient(to right, ${entry.ramp.join(", ")})`;
    return make("span", { class: "key-entry" }, entry.low, bar, entry.high);
  };
  const hint = ({ missing, floored }) => {
    const told = ["Point, tap or use the arrow keys; Enter shows the net."];
    if (data.hollow.some(Boolean)) told.push(`Hollow: ${[...new Set(data.hollow.filter(Boolean))].join(" or ")}.`);
    if (missing) told.push(`${missing} of ${data.numbers.length} have no value here.`);
    if (floored) told.push("Errors under 1e-7 stand at 1e-7.");
    return told.join(" ");
  };
  let drawnWidth = 0;
  const redraw = () => {
    const width = Math.floor(field.clientWidth);
    if (width < 80) return; // not laid out, or printed
    drawnWidth = width;
    const drawn = plot.draw(view, width);
    key.replaceChildren(...drawn.key.map((entry) => (entry.ramp ? gradient(entry) : swatch(entry))));
    help.textContent = hint(drawn);
    field.setAttribute("aria-label", `${data.error.label} against ${data.sizes[view.x].label}: ${data.numbers.length - drawn.missing} ${data.noun}s`);
    plot.ring("chosen", chosen);
    activate(active);
  };

  // Elements of the page that speak of one net: rows of tables and of pictures
  const linked = new Map();
  for (const element of document.querySelectorAll("[data-trial]")) {
    const rows = linked.get(element.dataset.trial) ?? linked.set(element.dataset.trial, []).get(element.dataset.trial);
    rows.push(element);
    if (!indexOf.has(element.dataset.trial) || element.matches("a, button, details")) continue;
    if (element.tagName !== "TR") {
      element.tabIndex = 0;
      if (!element.hasAttribute("role")) element.setAttribute("role", "button");
    } else if (!element.querySelector("a, button")) {
      const button = make("button", { type: "button", class: "pick" }, ...element.cells[0].childNodes);
      element.cells[0].append(button);
    }
  }
  const mates = (index) => linked.get(String(data.numbers[index])) ?? [];
  const netOf = (target) => indexOf.get(target.closest?.("[data-trial]")?.dataset.trial) ?? -1;

  // One net is active (pointed at or focused), one may be chosen (its details are open)
  const showBox = (index) => {
    const spot = plot.at(index);
    box.hidden = !spot;
    if (!spot) return;
    const layers = data.layers[data.numbers[index]];
    box.replaceChildren(make("b", {}, name(index)), ...details.lines(index, view).map((line) => make("span", {}, line)));
    if (layers) box.append(make("span", { class: "layers" }, layers));
    const [wide, high, room, drawn] = [box.offsetWidth, box.offsetHeight, 14, field.clientHeight];
    const beside = spot[0] + room + wide <= drawnWidth ? spot[0] + room : spot[0] - room - wide;
    const fits = beside >= 0;
    const left = fits ? beside : Math.max(0, Math.min(spot[0] - wide / 2, drawnWidth - wide));
    const above = spot[1] - high - room;
    const top = fits ? Math.max(0, Math.min(spot[1] - high / 2, drawn - high)) : above >= 0 ? above : spot[1] + room;
    box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };
  const activate = (index, tell = false) => {
    if (active !== index) {
      mates(active).forEach((element) => element.classList.remove("linked"));
      mates(index).forEach((element) => element.classList.add("linked"));
    }
    active = index;
    plot.ring("active", index);
    showBox(index);
    if (tell) live.textContent = index < 0 ? "" : [name(index), ...details.lines(index, view)].join(", ");
  };
  const choose = (index, from, follow) => {
    mates(chosen).forEach((element) => { element.classList.remove("chosen"); });
    mates(index).forEach((element) => { element.classList.add("chosen"); });
    [chosen, opener] = [index, from];
    plot.ring("chosen", index);
    details.show(index);
    live.textContent = `Details of ${name(index)} are open. Escape closes them.`;
    if (follow) details.title.focus();
    details.title.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    if (chosen < 0) return activate(-1, true);
    const inside = details.panel.contains(document.activeElement);
    mates(chosen).forEach((element) => { element.classList.remove("chosen"); });
    chosen = -1;
    plot.ring("chosen", -1);
    details.panel.hidden = true;
    live.textContent = "Details closed.";
    if (inside) opener?.focus();
  };

  // Mouse and touch on the chart
  const under = (event, reach) => {
    const { left, top } = plot.svg.getBoundingClientRect();
    return plot.nearest(event.clientX - left, event.clientY - top, reach);
  };
  field.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") activate(under(event, 24)); });
  field.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") activate(-1); });
  field.addEventListener("click", (event) => {
    const index = under(event, 28);
    activate(index);
    if (index >= 0) choose(index, field, false);
  });

  // Keys on the chart: left and right by size, up and down by error
  const order = (first, second) => data.numbers.map((_, index) => index).filter((index) => plot.at(index)).sort((one, other) => {
    const [a, b] = [plot.at(one), plot.at(other)];
    return a[first] - b[first] || b[second] - a[second];
  });
  const step = (pressed) => {
    const upward = pressed === "ArrowUp" || pressed === "ArrowDown";
    const ranks = upward ? order(1, 0) : order(0, 1);
    const place = ranks.indexOf(active);
    if (pressed === "Home" || pressed === "End") return ranks.at(pressed === "Home" ? 0 : -1);
    if (place < 0) return ranks[0];
    const way = pressed === "ArrowRight" || pressed === "ArrowDown" ? 1 : -1;
    return ranks[Math.min(Math.max(place + way, 0), ranks.length - 1)];
  };
  field.addEventListener("keydown", (event) => {
    if (/^(Arrow|Home$|End$)/.test(event.key)) activate(step(event.key) ?? -1, true);
    else if ((event.key === "Enter" || event.key === " ") && active >= 0) choose(active, field, true);
    else return;
    event.preventDefault();
  });
  field.addEventListener("focus", () => {
    if (active < 0 && field.matches(":focus-visible")) activate(indexOf.get(String(data.best)) ?? step("Home") ?? -1, true);
  });
  field.addEventListener("blur", () => activate(-1));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  details.close.addEventListener("click", close);

  // Rows of the page and points of the chart: both ways
  const follow = (event) => {
    const index = netOf(event.target);
    if (index >= 0) activate(index, event.type === "focusin");
  };
  const leave = (event) => { if (netOf(event.target) >= 0 && netOf(event.relatedTarget ?? document) < 0) activate(-1); };
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, follow);
  for (const kind of ["pointerout", "focusout"]) document.addEventListener(kind, leave);
  const pickFrom = (event) => {
    const row = event.target.closest("[data-trial]");
    const index = netOf(event.target);
    const control = event.target.closest("a, button, input, select, summary, label, details");
    if (index < 0 || (control && control !== row && row.contains(control) && !control.matches(".pick"))) return;
    if (row.matches("details") || event.ctrlKey || event.metaKey) return; // a folded spec of its own; a new tab
    event.preventDefault();
    choose(index, control ?? row, true);
  };
  document.addEventListener("click", pickFrom);
  document.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches("[data-trial][role=button]")) pickFrom(event);
  });

  redraw();
  new ResizeObserver(() => { if (Math.floor(field.clientWidth) !== drawnWidth) redraw(); }).observe(field);
})();
