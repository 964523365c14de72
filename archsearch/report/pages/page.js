"use strict";
// Sort a table by a clicked column; numbers by data-sort, missing ones last.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const key = (row) => {
      const cell = row.cells[place];
      return "sort" in cell.dataset ? Number(cell.dataset.sort) : cell.textContent;
    };
    const compare = (a, b) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
      return up ? order : -order;
    };
    body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b))));
  }));
}
// Copy a spec; where the clipboard is closed to files, leave the text selected.
for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("pre");
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected";
    }
  });
}
// A link to an architecture opens it.
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") target.open = true;
};
addEventListener("hashchange", reveal);
reveal();
// Paper can't be opened: the study file is printed with the page.
addEventListener("beforeprint", () => document.querySelectorAll("#run details").forEach((one) => { one.open = true; }));
// A point under the pointer shows its architecture; a click opens it.
const box = document.getElementById("hover");
const place = (event) => {
  const room = 12;
  const left = Math.min(event.clientX + room, innerWidth - box.offsetWidth - room);
  const below = event.clientY + room + box.offsetHeight < innerHeight;
  box.style.left = `${Math.max(room, left)}px`;
  box.style.top = `${below ? event.clientY + room : Math.max(room, event.clientY - room - box.offsetHeight)}px`;
};
for (const group of document.querySelectorAll("[data-trials]")) {
  const numbers = group.dataset.trials.split(",");
  // Few points stand as paths of their own, many as uses of one.
  const points = [...group.querySelectorAll("use, path")].filter((shape) => !shape.closest("defs"));
  if (points.length !== numbers.length) continue;
  points.forEach((point, index) => {
    const details = document.getElementById(`trial-${numbers[index]}`);
    point.classList.add("point");
    point.addEventListener("pointerenter", (event) => {
      box.replaceChildren();
      const title = document.createElement("b");
      title.textContent = details ? details.querySelector("summary").textContent : `Trial ${numbers[index]}`;
      box.append(title);
      if (details) {
        const parts = [details.querySelector(".worth"), details.querySelector(".layers-of")];
        box.append(...parts.filter(Boolean).map((part) => part.cloneNode(true)));
      }
      box.hidden = false;
      place(event);
    });
    point.addEventListener("pointermove", place);
    point.addEventListener("pointerleave", () => { box.hidden = true; });
    if (details) point.addEventListener("click", () => { location.hash = details.id; });
  });
}
