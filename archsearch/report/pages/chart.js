"use strict";
// The interactive chart in #chart, from the data in #chart-data: one net is active (pointed at or focused),
// one may be chosen (its details are open).
(() => {
  const host = document.getElementById("chart");
  const source = document.getElementById("chart-data");
  const data = host && source && JSON.parse(source.textContent);
  if (!data?.numbers.length || !data.sizes.length) return; // the static figure stays
  const REACH = { mouse: 24, finger: 28 }; // pixels round a point that answer to it
  const view = { x: 0, logX: true, logY: true, color: -1 };
  const plot = chartPlot(data);
  const details = chartDetails(data);
  const links = chartLinks(data.numbers);
  const { make, name } = details;
  let [active, chosen, opener, drawnWidth] = [-1, -1, null, 0];

  const field = make("div", { class: "plot", tabindex: "0", role: "application", "aria-roledescription": "scatter chart" });
  field.setAttribute("aria-describedby", "chart-hint");
  const box = make("div", { class: "tip", "aria-hidden": "true" });
  const live = make("div", { class: "visually-hidden", role: "status" });
  const redraw = () => {
    const width = Math.floor(field.clientWidth);
    if (width < 80) return; // not laid out, or printed
    drawnWidth = width;
    const drawn = plot.draw(view, width);
    around.explain(drawn);
    const shown = `${data.numbers.length - drawn.missing} ${data.noun}s`;
    field.setAttribute("aria-label", `${data.error.label} against ${data.sizes[view.x].label}: ${shown}`);
    plot.ring("chosen", chosen);
    activate(active);
  };
  const around = chartControls(data, view, { make, changed: redraw });
  box.hidden = true;
  field.append(plot.svg, box);
  host.append(around.controls, around.key, field, around.hint, live);
  (host.closest("figure") ?? host).after(details.panel);
  document.documentElement.classList.add("charted");

  // The box stands beside its point, or above or below it where there is no room.
  const placeBox = ([x, y]) => {
    const [wide, high, room] = [box.offsetWidth, box.offsetHeight, 14];
    const clamped = (value, end) => Math.round(Math.max(0, Math.min(value, end)));
    let [left, top] = [x + room, clamped(y - high / 2, field.clientHeight - high)];
    if (left + wide > drawnWidth) left = x - room - wide;
    if (left < 0) {
      left = clamped(x - wide / 2, drawnWidth - wide);
      top = y > high + room ? y - high - room : y + room;
    }
    box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };
  const showBox = (index) => {
    const spot = plot.at(index);
    box.hidden = !spot;
    if (!spot) return;
    box.replaceChildren(make("b", {}, name(index)), ...details.lines(index, view).map((line) => make("span", {}, line)));
    if (details.layers(index)) box.append(make("span", { class: "layers" }, details.layers(index)));
    placeBox(spot);
  };
  const activate = (index, tell = false) => {
    links.mark(active, "linked", false);
    links.mark(index, "linked", true);
    active = index;
    plot.ring("active", index);
    showBox(index);
    if (tell) live.textContent = index < 0 ? "" : [name(index), ...details.lines(index, view)].join(", ");
  };
  const choose = (index, from, follow) => {
    links.mark(chosen, "chosen", false);
    links.mark(index, "chosen", true);
    [chosen, opener] = [index, from];
    plot.ring("chosen", index);
    details.show(index);
    live.textContent = `Details of ${name(index)} are open. Escape closes them.`;
    if (follow) details.title.focus();
    details.title.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    const within = details.panel.contains(document.activeElement);
    activate(-1);
    live.textContent = chosen < 0 ? "" : "Details closed.";
    links.mark(chosen, "chosen", false);
    chosen = -1;
    plot.ring("chosen", -1);
    details.panel.hidden = true;
    if (within) opener.focus();
  };

  // Mouse and touch
  const under = (event, reach) => {
    const { left, top } = plot.svg.getBoundingClientRect();
    return plot.nearest(event.clientX - left, event.clientY - top, reach);
  };
  const pointed = (event, index) => { if (event.pointerType !== "touch") activate(index); };
  field.addEventListener("pointermove", (event) => pointed(event, under(event, REACH.mouse)));
  field.addEventListener("pointerleave", (event) => pointed(event, -1));
  field.addEventListener("click", (event) => {
    const index = under(event, REACH.finger);
    activate(index);
    if (index >= 0) choose(index, field, false);
  });

  // Keys: left and right go by size, up and down by error
  const ordered = (first, second) => [...data.numbers.keys()].filter(plot.at).sort((one, other) => {
    const [a, b] = [plot.at(one), plot.at(other)];
    return a[first] - b[first] || b[second] - a[second];
  });
  const next = (key) => {
    const ranks = /Up|Down/.test(key) ? ordered(1, 0) : ordered(0, 1);
    const place = ranks.indexOf(active);
    if (key === "Home" || place < 0) return ranks.at(0) ?? -1;
    if (key === "End") return ranks.at(-1);
    return ranks[Math.min(Math.max(place + (/Right|Down/.test(key) ? 1 : -1), 0), ranks.length - 1)];
  };
  field.addEventListener("keydown", (event) => {
    if (/^(Arrow|Home$|End$)/.test(event.key)) activate(next(event.key), true);
    else if ((event.key === "Enter" || event.key === " ") && active >= 0) choose(active, field, true);
    else return;
    event.preventDefault();
  });
  field.addEventListener("focus", () => {
    const best = data.numbers.indexOf(data.best);
    if (active < 0 && field.matches(":focus-visible")) activate(plot.at(best) ? best : next("Home"), true);
  });
  field.addEventListener("blur", () => activate(-1));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  details.close.addEventListener("click", close);
  links.listen(activate, (index, from) => choose(index, from, true));

  redraw();
  // Only later changes are shown as movements.
  requestAnimationFrame(() => requestAnimationFrame(() => field.parentElement.classList.add("drawn")));
  new ResizeObserver(() => { if (Math.floor(field.clientWidth) !== drawnWidth) redraw(); }).observe(field);
})();
