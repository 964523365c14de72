"use strict";
// Elements of the page that speak of one net (rows of tables and of pictures), by their data-trial.
const chartLinks = (numbers) => {
  const indexOf = new Map(numbers.map((net, index) => [String(net), index]));
  const elements = new Map();
  // A row of pictures becomes a button; a row of a table gets one in its head, since a row can't be one.
  const reachable = (element) => {
    if (element.matches("a, button, details")) return;
    if (element.tagName !== "TR") {
      element.tabIndex = 0;
      if (!element.hasAttribute("role")) element.setAttribute("role", "button");
    } else if (!element.querySelector("a, button")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "pick";
      button.append(...element.cells[0].childNodes);
      element.cells[0].append(button);
    }
  };
  for (const element of document.querySelectorAll("[data-trial]")) {
    const net = element.dataset.trial;
    if (!indexOf.has(net)) continue;
    if (!elements.has(net)) elements.set(net, []);
    elements.get(net).push(element);
    reachable(element);
  }
  const mark = (index, name, on) => {
    for (const element of elements.get(String(numbers[index])) ?? []) element.classList.toggle(name, on);
  };
  const netOf = (target) => indexOf.get(target?.closest?.("[data-trial]")?.dataset.trial) ?? -1;
  // What a click in a linked element chooses with: links, buttons and folded parts within it keep their own meaning.
  const chooser = (event) => {
    const row = event.target.closest("[data-trial]");
    if (netOf(row) < 0 || row.matches("details") || event.ctrlKey || event.metaKey) return null;
    const control = event.target.closest("a, button, input, select, summary, label, details");
    const own = !control || control === row || !row.contains(control) || control.matches(".pick");
    return own ? (control?.matches(".pick") ? control : row) : null;
  };

  // Tells of the net that is pointed at or focused (-1: none any more; focused or not), and of one that is chosen.
  const listen = (pointed, chosen) => {
    const enter = (event) => { if (netOf(event.target) >= 0) pointed(netOf(event.target), event.type === "focusin"); };
    const leave = (event) => { if (netOf(event.target) >= 0 && netOf(event.relatedTarget) < 0) pointed(-1, false); };
    for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, enter);
    for (const kind of ["pointerout", "focusout"]) document.addEventListener(kind, leave);
    const choose = (event) => {
      const from = chooser(event);
      if (!from) return;
      event.preventDefault();
      chosen(netOf(from), from);
    };
    document.addEventListener("click", choose);
    document.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && event.target.matches("[data-trial][role=button]")) choose(event);
    });
  };
  return { mark, listen };
};
