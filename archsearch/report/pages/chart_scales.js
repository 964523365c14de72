"use strict";
// Scales, ticks and numbers of the interactive chart: values in, positions and texts out.
const chartScales = (() => {
  const round = (value) => Number(value.toPrecision(12)); // 3 * 0.1 is a tick at 0.3
  const three = (value) => String(Number(value.toPrecision(3)));
  const known = (value) => value !== null && value !== undefined;

  // Short, for ticks: 1,024 · 20k · 3.5M · 0.0004
  const number = (value) => {
    if (!known(value)) return "–";
    if (value >= 1e9) return `${three(value / 1e9)}G`;
    if (value >= 1e6) return `${three(value / 1e6)}M`;
    if (value >= 1e4 && value % 1000 === 0) return `${value / 1000}k`;
    return value >= 1000 ? Math.round(value).toLocaleString("en") : three(value);
  };
  // Every digit of a count, and three of a measured value.
  const count = (value) => (known(value) ? value.toLocaleString("en") : "–");
  const measured = (value) => (known(value) ? value.toPrecision(3) : "–");

  const extent = (values) => values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

  // At most so many multiples of 1, 2 or 5 times a power of ten
  const steps = (low, high, most) => {
    const least = (high - low) / most || 1;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= least * 0.999);
    const ticks = [];
    for (let at = Math.ceil(low / step - 1e-9); at * step <= high * (1 + 1e-9); at += 1) ticks.push(round(at * step));
    return ticks;
  };
  const powers = (low, high, most, base) => {
    const first = Math.ceil(Math.log(low) / Math.log(base) - 1e-9);
    const last = Math.floor(Math.log(high) / Math.log(base) + 1e-9);
    const stride = Math.max(1, Math.ceil((last - first + 1) / most));
    const ticks = [];
    for (let at = first; at <= last; at += stride) ticks.push(round(base ** at));
    return ticks;
  };
  // Such multiples of the powers of ten, e.g. 1, 2 and 5
  const decades = (low, high, multiples) => powers(low / 10, high, Infinity, 10)
    .flatMap((ten) => multiples.map((one) => round(one * ten)))
    .filter((tick) => tick >= low && tick <= high);
  // Powers of 2 on axes that count the numbers of a code, steps of 1-2-5 or wider ones on others; even steps where
  // an axis is too short for those.
  const logTicks = (low, high, most, binary) => {
    const first = binary ? powers(low, high, most, 2) : decades(low, high, [1, 2, 5]);
    const choices = [first, decades(low, high, [1, 3]), powers(low, high, most, 10)];
    return choices.find((ticks) => ticks.length >= 3 && ticks.length <= most) ?? steps(low, high, most);
  };

  // Where an axis begins and ends: log axes a little beyond the values, linear ones at 0.
  const limits = (values, log) => {
    const [low, high] = extent(values.filter((value) => Number.isFinite(value) && (!log || value > 0)));
    if (low > high) return [1, 10]; // no value at all
    if (!log) return [Math.min(0, low), high > 0 ? high * 1.05 : 1];
    const room = low === high ? 0.5 : Math.max(0.05 * Math.log(high / low), 0.05);
    return [low / Math.exp(room), high * Math.exp(room)];
  };
  const scale = (values, log, from, to) => {
    const [low, high] = limits(values, log);
    const bend = log ? Math.log : (value) => value;
    const at = (value) => from + ((bend(value) - bend(low)) / (bend(high) - bend(low))) * (to - from);
    const ticks = (most, binary) => (log ? logTicks(low, high, most, binary) : steps(low, high, most));
    return { at, ticks };
  };

  return { number, count, measured, known, extent, scale };
})();
