"use strict";
// Marks and colors of the interactive chart: how a net looks by one of its choices, and the key that says so.
const chartMarks = (() => {
  const { number, known } = chartScales;
  const MOST_LEVELS = 8;
  const MOST_NUMBERS = 6; // more values get a ramp for a key
  // Corners of shapes that look as large as a circle of radius 1; the first is that circle.
  const around = (corners, turn = 0) => Array.from({ length: corners }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / corners + turn;
    return [1.25 * Math.sin(angle), -1.25 * Math.cos(angle)];
  });
  const plus = [
    [-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4],
    [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4],
  ];
  const cross = plus.map(([x, y]) => [(x + y) * Math.SQRT1_2, (x - y) * Math.SQRT1_2]);
  const SHAPES = [
    null, around(4, Math.PI / 4), around(3), around(4), plus, around(3, Math.PI), cross, around(6),
  ];
  // The outline of a mark, as an SVG path round 0, 0
  const mark = (shape, radius) => {
    const r = radius;
    if (!SHAPES[shape]) return `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    return `M${SHAPES[shape].map((corner) => corner.map((part) => (part * r).toFixed(2)).join(" ")).join("L")}z`;
  };

  // Viridis between the ends that are legible on white and on black
  const STOPS = [[62, 73, 137], [46, 111, 142], [33, 145, 140], [44, 177, 126], [110, 206, 88]];
  const ramp = (share) => {
    const place = share * (STOPS.length - 1);
    const start = Math.min(Math.floor(place), STOPS.length - 2);
    const mixed = STOPS[start].map((part, channel) => part + (STOPS[start + 1][channel] - part) * (place - start));
    return `rgb(${mixed.map(Math.round).join(" ")})`;
  };

  const SOFT = { color: "var(--soft)", shape: 0 };
  const none = (values) => (values.every(known) ? [] : [{ ...SOFT, text: "has none" }]);

  // The most frequent levels get a color and a shape each.
  const ofLevels = ({ levels, values }) => {
    const counts = levels.map((_, level) => values.filter((value) => value === level).length);
    const used = [...levels.keys()].filter((level) => counts[level]);
    const often = used.sort((one, other) => counts[other] - counts[one]).slice(0, MOST_LEVELS);
    often.sort((one, other) => one - other);
    const styles = new Map(often.map((level, place) => [level, { color: `var(--hue-${place})`, shape: place }]));
    const key = often.map((level) => ({ ...styles.get(level), text: levels[level] }));
    if (used.length > often.length) key.push({ ...SOFT, text: "others" });
    return { of: (index) => styles.get(values[index]) ?? SOFT, key: [...key, ...none(values)] };
  };
  const ofNumbers = ({ values }) => {
    const sorted = [...new Set(values.filter(known))].sort((one, other) => one - other);
    const [low, high] = [sorted.at(0), sorted.at(-1)];
    const log = low > 0 && high / low > 20;
    const bend = log ? Math.log : (value) => value;
    const share = (value) => (high > low ? (bend(value) - bend(low)) / (bend(high) - bend(low)) : 0.5);
    const style = (value) => (known(value) ? { color: ramp(share(value)), shape: 0 } : SOFT);
    const each = sorted.map((value) => ({ ...style(value), text: number(value) }));
    const scale = [{ ramp: STOPS.map((_, stop) => ramp(stop / (STOPS.length - 1))), low: number(low), high: number(high), log }];
    return { of: (index) => style(values[index]), key: [...(each.length > MOST_NUMBERS ? scale : each), ...none(values)] };
  };
  const coding = (choice) => {
    if (!choice) return { of: () => ({ color: "var(--hue-0)", shape: 0 }), key: [] };
    return choice.levels ? ofLevels(choice) : ofNumbers(choice);
  };

  return { mark, coding };
})();
