"use strict";
// What the page does without its chart: tables are sorted, specs copied, links open what they lead to.
(() => {
  // Sort a table by a clicked column; numbers by data-sort, missing ones last.
  const value = (cell) => {
    if ("sort" in cell.dataset) return Number(cell.dataset.sort);
    return ["", "–"].includes(cell.textContent) ? null : cell.textContent;
  };
  const compared = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
  const sort = (table, head, place) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const compare = ([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return up ? compared(a, b) : -compared(a, b);
    };
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row) => [value(row.cells[place]), row]);
    body.append(...keyed.sort(compare).map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      head.querySelector("button")?.addEventListener("click", () => sort(table, head, place));
    });
  }

  // Copy a spec; where the clipboard is closed to files, leave the text selected.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const text = button.parentElement.querySelector("pre");
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected";
    }
  });

  // A link opens the folded part that holds what it leads to.
  const reveal = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", () => reveal(location.hash));
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash && !event.defaultPrevented) reveal(link.hash);
  });
  reveal(location.hash);

  // Paper can't be opened: all is printed, and folded again afterwards.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });
})();
