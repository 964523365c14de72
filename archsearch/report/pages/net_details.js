"use strict";
// What the chart says of one net: lines for the pointer's box, and a panel with its spec.
const chartDetails = (data) => {
  const { number, count } = chartScales;
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const name = (index) => data.names?.[index] ?? `${data.noun} ${data.numbers[index]}`;
  const level = ({ levels, values }, index) => (levels ? levels[values[index]] : number(values[index]));
  const error = (index) => {
    const { mean, low, high, seeds } = data.error;
    const spread = seeds[index] > 1 && low[index] !== null && high[index] !== null;
    return number(mean[index]) + (spread ? ` (${number(low[index])} to ${number(high[index])} over ${seeds[index]} seeds)` : "");
  };
  const latent = (index) => {
    const size = data.sizes.find((one) => one.key === "latent_size")?.values[index] ?? null;
    return [data.shape[index], size === null ? "" : `${count(size)} numbers`].filter(Boolean).join(", ");
  };

  // Short lines: what the box and a screen reader say, by what the chart shows now.
  const lines = (index, view) => {
    const [size, choice] = [data.sizes[view.x], data.choices[view.color]];
    const told = [`latent ${latent(index)}`];
    if (size.key !== "latent_size") told.push(`${size.label}: ${count(size.values[index])}`);
    told.push(`error ${error(index)}`);
    if (choice && choice.values[index] !== null) told.push(`${choice.label}: ${level(choice, index)}`);
    if (data.hollow[index]) told.push(data.hollow[index]);
    return told;
  };

  const chosen = (index) => data.choices.filter((choice) => choice.values[index] !== null).map((choice) => [choice.label, level(choice, index)]);
  const measured = (index) => {
    const rows = [["latent", latent(index)]];
    for (const size of data.sizes) if (size.key !== "latent_size" && size.values[index] !== null) rows.push([size.label, count(size.values[index])]);
    rows.push([data.error.label, error(index)]);
    if (data.test && data.test[index] !== null) rows.push(["the same on test pictures", number(data.test[index])]);
    return rows;
  };
  // A whole spec, or the family's under this net's values, as comments: one text to copy either way.
  const spec = (index) => {
    const own = data.specs[data.numbers[index]];
    if (own || !data.family) return own ?? "";
    return [`# ${name(index)} is this family with`, ...chosen(index).map(([label, value]) => `#   ${label}: ${value}`), data.family].join("\n");
  };
  const list = (title, rows) => make("div", {}, make("h4", {}, title), make("dl", {}, ...rows.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)])));

  const title = make("h3", { id: "net-title", tabindex: "-1" });
  const close = make("button", { type: "button", class: "close" }, "Close");
  const body = make("div", { class: "net-body" });
  const panel = make("section", { class: "net", id: "net", "aria-labelledby": "net-title" }, make("div", { class: "net-head" }, title, close), body);
  panel.hidden = true;

  const show = (index) => {
    title.textContent = name(index) + (data.numbers[index] === data.best ? ", the best" : "");
    const layers = data.layers[data.numbers[index]];
    const facts = make("div", { class: "net-facts" }, list("Measured", measured(index)));
    if (chosen(index).length) facts.append(list("Choices", chosen(index)));
    const text = spec(index);
    body.replaceChildren();
    if (layers) body.append(make("p", { class: "layers" }, layers));
    if (data.hollow[index]) body.append(make("p", { class: "hollow-reason" }, `Drawn hollow: ${data.hollow[index]}.`));
    body.append(facts);
    if (text) body.append(make("div", { class: "spec" }, make("button", { type: "button", class: "copy" }, "Copy"), make("pre", { tabindex: "0", role: "region", "aria-label": `Spec of ${name(index)}` }, text)));
    panel.hidden = false;
  };
  return { panel, title, close, name, lines, show, make };
};
