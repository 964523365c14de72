"use strict";
// The drawing of the interactive chart: data and a view in, an SVG and the places of its points out.
const chartPlot = (data) => {
  const { number, scale, mark, coding } = chartScales;
  const FLOOR = 1e-7; // errors below are none that a float32 net can tell from 0
  const MOST_BARS = 400;
  const ROOM_BELOW = 30; // else linear codes that are far better press all nets into a strip
  const make = (name, attributes = {}, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };
  const svg = make("svg", { "aria-hidden": "true" });
  const clip = make("clipPath", { id: "chart-clip" });
  const [axes, lines, bars, points, labels] = ["axes", "lines", "bars", "points", "labels"].map((name) => make("g", { class: name }));
  const rings = { active: make("circle", { class: "ring active" }), chosen: make("circle", { class: "ring chosen" }) };
  const count = data.numbers.length;
  const radius = Math.min(Math.max(7 - 1.25 * Math.log10(count), 1.9), 5.5);
  points.style.opacity = Math.min(Math.max(1.3 - 0.2 * Math.log10(count), 0.5), 1);
  const shapes = data.numbers.map((net, index) => make("path", { class: data.hollow[index] ? "point hollow" : "point", "data-number": net }));
  points.append(...shapes);
  svg.classList.toggle("few", count <= MOST_BARS);
  svg.append(clip, axes, lines, bars, points, labels, rings.chosen, rings.active);

  const pen = document.createElement("canvas").getContext("2d");
  const wide = (text) => pen.measureText(text).width;
  let places = []; // of each point in pixels, null where it isn't drawn

  const drawAxes = (frame, across, up, size, binary) => {
    const { left, right, top, bottom } = frame;
    axes.replaceChildren(make("text", { x: 0, y: 13, class: "axis-label" }, data.error.label));
    axes.append(make("text", { x: right, y: bottom + 38, class: "axis-label end" }, size.label));
    for (const tick of up.ticks(Math.floor((bottom - top) / 44), false)) {
      const y = up.at(tick);
      axes.append(make("path", { d: `M${left} ${y}H${right}` }), make("text", { x: left - 8, y: y + 4, class: "tick end" }, number(tick)));
    }
    let end = -Infinity;
    for (const tick of across.ticks(Math.floor((right - left) / 52), binary)) {
      const [x, text] = [across.at(tick), number(tick)];
      axes.append(make("path", { d: `M${x} ${bottom}v5`, class: "mark" }));
      if (x - wide(text) / 2 < end + 8) continue;
      end = x + wide(text) / 2;
      axes.append(make("text", { x, y: bottom + 19, class: "tick middle" }, text));
    }
    axes.append(make("path", { d: `M${left} ${bottom}H${right}`, class: "mark" }));
  };

  // A line in pixels, with its height at any x.
  const traced = (line, frame, across, up, lifted) => {
    const known = line.size ? line.points.filter((point) => point.every(Number.isFinite)) : [[0, line.level], [1, line.level]];
    const corners = line.size ? known.map(([x, y]) => [across.at(x), up.at(lifted(y))]) : [frame.left, frame.right].map((x) => [x, up.at(lifted(line.level))]);
    const height = (x) => {
      const next = corners.findIndex((corner) => corner[0] >= x);
      if (next < 0 || (next === 0 && corners[0][0] > x)) return NaN;
      const [[x0, y0], [x1, y1]] = [corners[Math.max(next - 1, 0)], corners[next]];
      return x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y1;
    };
    return { corners: corners.filter((corner) => corner.every(Number.isFinite)), height };
  };

  // The spot, of those that a label may take, that covers the fewest points, lines and labels.
  const place = (text, spots, frame, busy, taken, attributes) => {
    const half = wide(text) / 2 + 3;
    const boxes = spots
      .map(([x, y]) => [Math.min(Math.max(x, frame.left + half), frame.right - half), y])
      .filter(([, y]) => y > frame.top + 12 && y < frame.bottom - 4)
      .map(([x, y]) => ({ x, y, left: x - half, right: x + half, top: y - 13, bottom: y + 4 }));
    const cost = (box) => {
      const hidden = busy.filter(([x, y]) => x > box.left && x < box.right && y > box.top && y < box.bottom).length;
      const across = taken.filter((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top).length;
      return hidden + 1e6 * across;
    };
    const priced = boxes.map((box) => [cost(box), box]);
    const [least, box] = priced.reduce((one, other) => (other[0] < one[0] ? other : one), [1e6, null]);
    if (!box) return least;
    taken.push(box);
    labels.append(make("text", { x: box.x, y: box.y, ...attributes }, text));
    return least;
  };

  const drawLines = (shown, frame, across, up, lifted) => {
    const styles = { sized: 0, level: 0 };
    const drawn = shown.map((line) => {
      const kind = line.size ? "sized" : "level";
      const trace = traced(line, frame, across, up, lifted);
      const look = `${kind} dash-${styles[kind] % 4}`;
      styles[kind] += 1;
      lines.append(make("path", { d: `M${trace.corners.map((corner) => corner.join(" ")).join("L")}`, class: look }));
      return { line, look, ...trace };
    }).filter((one) => one.corners.length);
    const busy = places.filter(Boolean);
    const stations = Array.from({ length: 40 }, (_, step) => frame.left + ((step + 0.5) / 40) * (frame.right - frame.left));
    for (const { height } of drawn) busy.push(...stations.map((x) => [x, height(x)]).filter(([, y]) => Number.isFinite(y)));
    return { drawn, busy, stations };
  };

  const drawLabels = ({ drawn, busy, stations }, frame) => {
    const taken = [];
    const best = places[data.numbers.indexOf(data.best)];
    if (best) {
      const [x, y] = best;
      const half = wide("best") / 2 + radius + 8;
      place("best", [[x, y + radius + 15], [x, y - radius - 7], [x + half, y + 4], [x - half, y + 4]], frame, busy, taken, { class: "middle strong" });
    }
    for (const { line, look, height } of drawn) {
      const seen = stations.map((x) => [x, height(x)]).filter(([, y]) => y >= frame.top && y <= frame.bottom);
      place(line.label, seen.reverse().flatMap(([x, y]) => [[x, y - 7], [x, y + 16]]), frame, busy, taken, { class: `middle ${look}` });
    }
  };

  const drawPoints = (view, x, y) => {
    const { of, key } = coding(data.choices[view.color]);
    bars.replaceChildren();
    shapes.forEach((shape, index) => {
      shape.style.display = places[index] ? "" : "none";
      if (!places[index]) return;
      const style = of(index);
      shape.setAttribute("d", mark(style.shape, radius));
      shape.style.color = style.color;
      shape.style.transform = `translate(${places[index][0].toFixed(1)}px, ${places[index][1].toFixed(1)}px)`;
      const [low, high] = [data.error.low[index], data.error.high[index]];
      if (count > MOST_BARS || low === null || high === null || low === high) return;
      const bar = make("path", { d: `M${x(index)} ${y(low)}V${y(high)}` });
      bar.style.color = style.color;
      bars.append(bar);
    });
    return key;
  };

  // Draws a view at a width in pixels; gives the key of its colors and how many nets it leaves out.
  const draw = (view, width) => {
    const height = Math.round(Math.min(Math.max(width * 0.74, 290), 460));
    const size = data.sizes[view.x];
    const lifted = (value) => (view.logY && value !== null ? Math.max(value, FLOOR) : value);
    const drawable = (index) => size.values[index] !== null && data.error.mean[index] !== null && (!view.logX || size.values[index] > 0);
    const shown = data.numbers.map((_, index) => index).filter(drawable);
    const shownLines = data.lines.filter((line) => !line.size || line.size === size.key);
    const errors = shown.flatMap((index) => [data.error.mean, data.error.low, data.error.high].map((row) => row[index]).filter((value) => value !== null).map(lifted));
    const least = errors.reduce((one, other) => Math.min(one, other), Infinity) / ROOM_BELOW;
    const sizes = shown.map((index) => size.values[index]);
    const [smallest, largest] = [sizes.reduce((one, other) => Math.min(one, other), Infinity), sizes.reduce((one, other) => Math.max(one, other), 0)];
    const codes = shownLines.flatMap((line) => (line.size ? line.points.filter(([x]) => x >= smallest && x <= largest).map(([, y]) => y) : [line.level]));
    const values = [...errors, ...codes.filter((value) => value !== null).map((value) => Math.max(lifted(value), least))];

    pen.font = `12px ${getComputedStyle(svg).fontFamily}`;
    const frame = { top: 28, bottom: height - 46, right: width - 10, left: 0 };
    const up = scale(values, view.logY, frame.bottom, frame.top);
    frame.left = Math.ceil(Math.max(...up.ticks(Math.floor((frame.bottom - frame.top) / 44), false).map((tick) => wide(number(tick))))) + 12;
    const across = scale(sizes, view.logX, frame.left, frame.right);
    places = data.numbers.map(() => null);
    for (const index of shown) places[index] = [across.at(size.values[index]), up.at(lifted(data.error.mean[index]))];

    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    svg.setAttribute("width", width);
    clip.replaceChildren(make("rect", { x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top }));
    lines.replaceChildren();
    lines.setAttribute("clip-path", "url(#chart-clip)");
    labels.replaceChildren();
    drawAxes(frame, across, up, size, ["latent_size", "bottleneck_size"].includes(size.key));
    const traces = drawLines(shownLines, frame, across, up, lifted);
    const key = drawPoints(view, (index) => across.at(size.values[index]), (value) => up.at(lifted(value)));
    drawLabels(traces, frame);
    return { key, missing: count - shown.length, height, floored: view.logY && errors.includes(FLOOR) };
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
    rings[name].setAttribute("r", radius + 4);
    rings[name].setAttribute("cx", spot[0]);
    rings[name].setAttribute("cy", spot[1]);
  };
  return { svg, draw, nearest, ring, at: (index) => places[index] ?? null };
};
