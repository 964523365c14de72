"use strict";
// Labels of the interactive chart that stand beside what they name, where they cover the least.
const chartLabels = (frame, wide, busy, radius) => {
  const taken = [];
  const ABOVE = 13; // of a text's baseline, pixels
  const BELOW = 4;
  const meet = (one, other) => one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
  const covers = (box, [x, y]) => x > box.left - radius && x < box.right + radius && y > box.top - radius && y < box.bottom + radius;

  // Puts a text with its middle at the best of the spots; gives where, or null where all are taken.
  const place = (text, spots) => {
    const half = wide(text) / 2 + 3;
    let [best, least] = [null, Infinity];
    for (const [wished, y] of spots) {
      const x = Math.min(Math.max(wished, frame.left + half), frame.right - half);
      const box = { x, y, left: x - half, right: x + half, top: y - ABOVE, bottom: y + BELOW };
      const outside = box.top < frame.top || box.bottom > frame.bottom;
      if (outside || taken.some((other) => meet(box, other))) continue;
      const cost = busy.filter((point) => covers(box, point)).length;
      if (cost < least) [best, least] = [box, cost];
    }
    if (best) taken.push(best);
    return best;
  };
  // Spots around a point, and along a line whose height is known at some places
  const around = ([x, y], text) => {
    const aside = wide(text) / 2 + radius + 8;
    return [[x, y + radius + 16], [x, y - radius - 7], [x + aside, y + 4], [x - aside, y + 4]];
  };
  const along = (places, text) => {
    const half = wide(text) / 2 + 4;
    return places.flatMap(([x, y]) => [-half, half, 0].flatMap((aside) => [[x + aside, y - 8], [x + aside, y + 17]]));
  };
  return { place, around, along };
};
