"use strict";
// The drawing of the interactive chart: data and a view in, an SVG and the places of its points out.
const chartPlot = (data) => {
  const { number, known, extent, scale } = chartScales;
  const { mark, coding } = chartMarks;
  const FLOOR = 1e-7; // errors below are none that a float32 net can tell from 0
  const MOST_BARS = 400;
  const ROOM_BELOW = 30; // else linear codes that are far better press all nets into a strip
  const STATIONS = 80; // places along a line where its height is looked at
  const BINARY = ["latent_size", "bottleneck_size"]; // sizes that nets double

  const make = (name, attributes = {}, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };
  const layer = (name) => make("g", { class: name });
  const svg = make("svg", { "aria-hidden": "true" });
  const clip = make("clipPath", { id: "chart-clip" });
  const [axes, lines, bars, points, labels] = ["axes", "lines", "bars", "points", "labels"].map(layer);
  const rings = Object.fromEntries(["chosen", "active"].map((name) => [name, make("circle", { class: `ring ${name}` })]));
  svg.append(clip, axes, lines, bars, points, labels, ...Object.values(rings));
  lines.setAttribute("clip-path", "url(#chart-clip)");

  // Many points are small and let each other through.
  const nets = data.numbers.length;
  const radius = Math.min(Math.max(6.6 - 1.15 * Math.log10(nets), 1.9), 5);
  points.style.opacity = Math.min(Math.max(1.3 - 0.2 * Math.log10(nets), 0.5), 1);
  svg.classList.toggle("few", nets <= MOST_BARS);
  const kind = (index) => (data.hollow[index] ? "point hollow" : "point");
  const shapes = data.numbers.map((net, index) => make("path", { class: kind(index), "data-number": net }));
  points.append(...shapes);

  const pen = document.createElement("canvas").getContext("2d");
  const wide = (text) => pen.measureText(text).width;
  const { mean, low, high } = data.error;
  let places = []; // of each point in pixels, null where it isn't drawn

  // What of the data a view shows, and the values that its axes must hold
  const seenIn = (view) => {
    const size = data.sizes[view.x];
    const lifted = (value) => (view.logY ? Math.max(value, FLOOR) : value);
    const drawable = (index) => known(size.values[index]) && known(mean[index]) && (!view.logX || size.values[index] > 0);
    const shown = [...data.numbers.keys()].filter(drawable);
    const sizes = shown.map((index) => size.values[index]);
    const errors = shown.flatMap((index) => [mean[index], low[index], high[index]]).filter(known).map(lifted);
    return { size, lifted, shown, sizes, errors, lines: data.lines.filter((line) => !line.size || line.size === size.key) };
  };
  const pointsOf = (line) => line.points.filter((point) => point.every(known));
  const heights = ({ lines: shown, sizes, errors, lifted }) => {
    const [smallest, largest] = extent(sizes);
    const lowest = extent(errors)[0] / ROOM_BELOW;
    const within = ([x]) => x >= smallest && x <= largest;
    const codes = shown.flatMap((line) => (line.size ? pointsOf(line).filter(within).map(([, y]) => y) : [line.level]));
    return [...errors, ...codes.filter(known).map((value) => Math.max(lifted(value), lowest))];
  };

  const drawAxes = (frame, across, up, rows, size) => {
    const { left, right, bottom } = frame;
    axes.replaceChildren(make("text", { x: 0, y: 13 }, data.error.label));
    axes.append(make("text", { x: right, y: bottom + 38, class: "end" }, size.label));
    for (const tick of rows) {
      const y = up.at(tick);
      axes.append(make("path", { d: `M${left} ${y}H${right}` }));
      axes.append(make("text", { x: left - 8, y: y + 4, class: "tick end" }, number(tick)));
    }
    axes.append(make("path", { d: `M${left} ${bottom}H${right}`, class: "mark" }));
    for (const tick of across.ticks(Math.floor((right - left) / 46), BINARY.includes(size.key))) {
      const x = across.at(tick);
      axes.append(make("path", { d: `M${x} ${bottom}v5`, class: "mark" }));
      axes.append(make("text", { x, y: bottom + 19, class: "tick middle" }, number(tick)));
    }
  };

  // The corners of a line in pixels
  const traced = (line, frame, across, up, lifted) => {
    if (line.size) return pointsOf(line).map(([x, y]) => [across.at(x), up.at(lifted(y))]);
    return known(line.level) ? [frame.left, frame.right].map((x) => [x, up.at(lifted(line.level))]) : [];
  };
  const heightAt = (corners, x) => {
    const next = corners.findIndex((corner) => corner[0] >= x);
    if (next < 1) return NaN;
    const [[x0, y0], [x1, y1]] = [corners[next - 1], corners[next]];
    return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
  };
  // Draws the lines; gives what a label must know: its text, its look, places along the line.
  const drawLines = (shown, frame, trace) => {
    const stations = Array.from({ length: STATIONS }, (_, at) => frame.right - ((at + 0.5) / STATIONS) * (frame.right - frame.left));
    const styles = { sized: 0, level: 0 };
    lines.replaceChildren();
    return shown.map((line) => {
      const name = line.size ? "sized" : "level";
      const look = `${name} dash-${styles[name] % 4}`;
      styles[name] += 1;
      const corners = trace(line).filter((corner) => corner.every(Number.isFinite));
      if (corners.length) lines.append(make("path", { d: `M${corners.map((corner) => corner.join(" ")).join("L")}`, class: look }));
      const along = stations.map((x) => [x, heightAt(corners, x)]).filter(([, y]) => y >= frame.top && y <= frame.bottom);
      return { text: line.label, look, along };
    });
  };
  const drawLabels = (traces, frame) => {
    const busy = [...places.filter(Boolean), ...traces.flatMap(({ along }) => along)];
    const placing = chartLabels(frame, wide, busy, radius);
    const put = (text, spots, look) => {
      const box = placing.place(text, spots);
      if (box) labels.append(make("text", { x: box.x, y: box.y, class: `middle ${look}` }, text));
    };
    labels.replaceChildren();
    const best = places[data.numbers.indexOf(data.best)];
    if (best) put("best", placing.around(best, "best"), "strong");
    for (const { text, look, along } of traces) put(text, placing.along(along, text), look);
  };

  const drawPoints = (of, up, lifted) => {
    bars.replaceChildren();
    shapes.forEach((shape, index) => {
      shape.style.display = places[index] ? "" : "none";
      if (!places[index]) return;
      const [x, y] = places[index].map((part) => part.toFixed(1));
      const style = of(index);
      shape.setAttribute("d", mark(style.shape, radius));
      shape.style.color = style.color;
      shape.style.transform = `translate(${x}px, ${y}px)`;
      if (nets > MOST_BARS || !known(low[index]) || !known(high[index])) return;
      const bar = make("path", { d: `M${x} ${up.at(lifted(low[index]))}V${up.at(lifted(high[index]))}` });
      bar.style.color = style.color;
      bars.append(bar);
    });
  };

  // Draws a view at a width in pixels; gives the key of its colors and what is to be said of it.
  const draw = (view, width) => {
    const height = Math.round(Math.min(Math.max(width * 0.74, 290), 460));
    const seen = seenIn(view);
    const frame = { top: 28, bottom: height - 46, right: width - 10, left: 0 };
    const up = scale(heights(seen), view.logY, frame.bottom, frame.top);
    const rows = up.ticks(Math.floor((frame.bottom - frame.top) / 32), false);
    pen.font = `12px ${getComputedStyle(svg).fontFamily}`;
    frame.left = Math.ceil(Math.max(...rows.map((tick) => wide(number(tick))))) + 12;
    const across = scale(seen.sizes, view.logX, frame.left, frame.right);
    places = data.numbers.map(() => null);
    for (const index of seen.shown) places[index] = [across.at(seen.size.values[index]), up.at(seen.lifted(mean[index]))];

    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height })) svg.setAttribute(name, value);
    const inside = { x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top };
    clip.replaceChildren(make("rect", inside));
    const { of, key } = coding(data.choices[view.color]);
    drawAxes(frame, across, up, rows, seen.size);
    const traces = drawLines(seen.lines, frame, (line) => traced(line, frame, across, up, seen.lifted));
    drawPoints(of, up, seen.lifted);
    drawLabels(traces, frame);
    return { key, missing: nets - seen.shown.length, floored: view.logY && seen.errors.includes(FLOOR) };
  };

  const nearest = (x, y, reach) => {
    let [found, least] = [-1, reach * reach];
    places.forEach((one, index) => {
      const far = one ? (one[0] - x) ** 2 + (one[1] - y) ** 2 : Infinity;
      if (far < least) [found, least] = [index, far];
    });
    return found;
  };
  const ring = (name, index) => {
    const spot = places[index];
    rings[name].style.display = spot ? "" : "none";
    if (!spot) return;
    for (const [key, value] of Object.entries({ r: radius + 4, cx: spot[0], cy: spot[1] })) rings[name].setAttribute(key, value);
  };
  return { svg, draw, nearest, ring, at: (index) => places[index] ?? null };
};
