"use strict";
// Scales, ticks, numbers and marks of the interactive chart: values in, positions and texts out.
const chartScales = (() => {
  // 1,024 · 20k · 3.5M · 0.00041
  const number = (value) => {
    if (value === null || value === undefined) return "–";
    const rounded = (part) => String(Number(part.toPrecision(3)));
    if (value >= 1e9) return `${rounded(value / 1e9)}G`;
    if (value >= 1e6) return `${rounded(value / 1e6)}M`;
    if (value >= 1e4 && value % 1000 === 0) return `${value / 1000}k`;
    return value >= 1000 ? Math.round(value).toLocaleString("en") : rounded(value);
  };
  const count = (value) => (value === null || value === undefined ? "–" : value.toLocaleString("en"));

  const steps = (low, high, most) => {
    const least = (high - low) / most || 1;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= least * 0.999);
    const ticks = [];
    for (let at = Math.ceil(low / step - 1e-9); at * step <= high * (1 + 1e-9); at += 1) ticks.push(Number((at * step).toPrecision(12)));
    return ticks;
  };
  const powers = (low, high, most, base) => {
    const [first, last] = [Math.ceil(Math.log(low) / Math.log(base) - 1e-9), Math.floor(Math.log(high) / Math.log(base) + 1e-9)];
    const stride = Math.max(1, Math.ceil((last - first + 1) / most));
    const ticks = [];
    for (let at = first; at <= last; at += stride) ticks.push(Number((base ** at).toPrecision(12)));
    return ticks;
  };
  // Powers of 2 where they count numbers of a code, steps of 1-2-5 elsewhere, round ones in between where those are too few.
  const logTicks = (low, high, most, binary) => {
    const tens = powers(low / 10, high, Infinity, 10);
    const fine = tens.flatMap((ten) => [ten, 2 * ten, 5 * ten]).map((tick) => Number(tick.toPrecision(12))).filter((tick) => tick >= low && tick <= high);
    const choices = [binary ? powers(low, high, most, 2) : fine, powers(low, high, most, 10)];
    return choices.find((ticks) => ticks.length >= 3 && ticks.length <= most) ?? steps(low, high, most);
  };

  // A map from values to pixels. Log axes end a little beyond the values, linear ones begin at 0.
  const scale = (values, log, from, to) => {
    const known = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
    let [low, high] = known.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
    if (!known.length) [low, high] = [1, 10];
    if (log) {
      const room = Math.max(0.05 * Math.log(high / low), low === high ? 0.5 : 0.05);
      [low, high] = [low / Math.exp(room), high * Math.exp(room)];
    } else {
      [low, high] = [Math.min(0, low), high > 0 ? high * 1.05 : 1];
    }
    const bend = log ? Math.log : (value) => value;
    const at = (value) => from + ((bend(value) - bend(low)) / (bend(high) - bend(low))) * (to - from);
    const ticks = (most, binary) => (log ? logTicks(low, high, most, binary) : steps(low, high, most));
    return { at, low, high, ticks };
  };

  // Viridis between its legible ends; 0 is the least value.
  const STOPS = [[62, 73, 137], [46, 111, 142], [33, 145, 140], [44, 177, 126], [110, 206, 88]];
  const ramp = (share) => {
    const place = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
    const start = Math.min(Math.floor(place), STOPS.length - 2);
    const mixed = STOPS[start].map((part, channel) => Math.round(part + (STOPS[start + 1][channel] - part) * (place - start)));
    return `rgb(${mixed.join(" ")})`;
  };

  // Corners of marks that look as large as a circle of radius 1; the first is that circle.
  const MARKS = [
    null,
    [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    [[0, -1.2], [1.15, 0.85], [-1.15, 0.85]],
    [[0, -1.3], [1.1, 0], [0, 1.3], [-1.1, 0]],
    [[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4]],
    [[0, 1.2], [1.15, -0.85], [-1.15, -0.85]],
    [[0, -0.55], [0.6, -1.15], [1.15, -0.6], [0.55, 0], [1.15, 0.6], [0.6, 1.15], [0, 0.55], [-0.6, 1.15], [-1.15, 0.6], [-0.55, 0], [-1.15, -0.6], [-0.6, -1.15]],
    [[-0.55, -1], [0.55, -1], [1.1, 0], [0.55, 1], [-0.55, 1], [-1.1, 0]],
  ];
  const circle = (radius) => `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
  const mark = (shape, radius) => (MARKS[shape] ? `M${MARKS[shape].map(([x, y]) => `${x * radius} ${y * radius}`).join("L")}z` : circle(radius));

  // What color and shape each net has by one choice, and what the key says. At most 8 levels are told apart.
  const SOFT = { color: "var(--soft)", shape: 0 };
  const plainCoding = { of: () => ({ color: "var(--hue-0)", shape: 0 }), key: [] };
  const levelCoding = ({ levels, values }) => {
    const counts = levels.map((_, level) => values.filter((value) => value === level).length);
    const often = levels.map((_, level) => level).filter((level) => counts[level]).sort((one, other) => counts[other] - counts[one]).slice(0, 8).sort((one, other) => one - other);
    const styles = new Map(often.map((level, place) => [level, { color: `var(--hue-${place})`, shape: place }]));
    const key = often.map((level) => ({ ...styles.get(level), text: levels[level] }));
    if (values.some((value) => value !== null && !styles.has(value))) key.push({ ...SOFT, text: "others" });
    if (values.includes(null)) key.push({ ...SOFT, text: "has none" });
    return { of: (index) => styles.get(values[index]) ?? SOFT, key };
  };
  const numberCoding = ({ values }) => {
    const known = [...new Set(values.filter((value) => value !== null))].sort((one, other) => one - other);
    const [low, high] = [known[0], known[known.length - 1]];
    const log = low > 0 && high / low > 20;
    const bend = log ? Math.log : (value) => value;
    const share = (value) => (high > low ? (bend(value) - bend(low)) / (bend(high) - bend(low)) : 0.5);
    const style = (value) => (value === null ? SOFT : { color: ramp(share(value)), shape: 0 });
    const few = known.length <= 6;
    const key = few ? known.map((value) => ({ ...style(value), text: number(value) })) : [{ ramp: [0, 0.25, 0.5, 0.75, 1].map(ramp), low: number(low), high: number(high) + (log ? " (log)" : "") }];
    if (values.includes(null)) key.push({ ...SOFT, text: "has none" });
    return { of: (index) => style(values[index]), key };
  };
  const coding = (choice) => (!choice ? plainCoding : choice.levels ? levelCoding(choice) : numberCoding(choice));

  return { number, count, scale, mark, coding };
})();
