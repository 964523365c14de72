// What the theme leaves out: blocks that scroll can be reached with the keyboard, headings of the
// list of pages have a level, and commands can be copied.
"use strict";

for (const caption of document.querySelectorAll(".caption[role=heading]")) {
  caption.setAttribute("aria-level", "2");
}

for (const block of document.querySelectorAll(".highlight pre, .table-wrapper")) {
  block.tabIndex = 0;
}

const COMMANDS = ".highlight-sh, .highlight-bash, .highlight-console, .highlight-yaml, .highlight-python";

function typed(block) {
  const text = block.querySelector("pre").innerText;
  if (!block.classList.contains("highlight-console")) return text;
  const lines = text.split("\n").filter((line) => line.startsWith("$ "));
  return lines.map((line) => `${line.slice(2)}\n`).join("");
}

for (const block of document.querySelectorAll(COMMANDS)) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(typed(block));
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  block.append(button);
}
