// Texts that readers can't read well. A box is a line of text as far as it is seen: what a scrolling
// ancestor hides is cut off, what a clipping one cuts is told as clipped, what leaves the window as outside.
() => {
  const told = new Set();
  const boxes = [];
  const quote = (node) => node.data.trim().replace(/\s+/g, " ").slice(0, 60);
  const tell = (reason, ...nodes) => told.add(`${reason}: ${nodes.map(quote).join(" | ")}`);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest(".visually-hidden, script, style, option")) continue;
    if (!holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      if (line.width < 1 || line.height < 1) continue;
      let [left, right, top, bottom] = [line.left, line.right, line.top, line.bottom];
      let scrolled = false;
      for (let part = holder; part && part !== document.body; part = part.parentElement) {
        const style = getComputedStyle(part);
        if (part instanceof SVGElement || style.overflowX === "visible") continue;
        const frame = part.getBoundingClientRect();
        const hides = style.overflowX === "hidden" || style.overflowX === "clip";
        if (hides && (right > frame.right + 2 || left < frame.left - 2)) tell("clipped", node);
        if (!hides) scrolled = true;
        [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
        [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
      }
      if (!scrolled && (right > innerWidth + 1 || left < -1)) tell("outside", node);
      // The content area of a font is higher than its letters.
      const trim = 0.2 * line.height;
      [left, right, top, bottom] = [left + 1, right - 1, top + trim, bottom - trim];
      const floating = Boolean(holder.closest(".tip, thead, .tall :is(th, td):first-child"));
      if (right > left && bottom > top) boxes.push({ left, right, top, bottom, node, floating });
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  boxes.forEach((one, place) => {
    for (let next = place + 1; next < boxes.length && boxes[next].top < one.bottom; next += 1) {
      const other = boxes[next];
      if (one.node === other.node || one.floating || other.floating) continue;
      if (one.left < other.right && other.left < one.right) tell("overlap", one.node, other.node);
    }
  });
  return [...told];
}
