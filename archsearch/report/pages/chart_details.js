"use strict";
// What the interactive chart says of one net: lines for the pointer's box, and a panel with its spec.
const chartDetails = (data) => {
  const { number, count, measured, known } = chartScales;
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
    const mid = measured(mean[index]);
    if (!(seeds[index] > 1) || !known(low[index]) || !known(high[index])) return mid;
    return `${mid} (${measured(low[index])} to ${measured(high[index])} over ${seeds[index]} seeds)`;
  };
  const latent = (index) => {
    const size = data.sizes.find((one) => one.key === "latent_size")?.values[index];
    return [data.shape[index], known(size) ? `${count(size)} numbers` : ""].filter(Boolean).join(", ") || "–";
  };
  const layers = (index) => data.layers[data.numbers[index]] ?? "";

  // Short lines: what the box and a screen reader say, by what the chart shows now
  const lines = (index, view) => {
    const [size, choice] = [data.sizes[view.x], data.choices[view.color]];
    const told = [`latent ${latent(index)}`];
    if (size.key !== "latent_size") told.push(`${size.label}: ${count(size.values[index])}`);
    told.push(`error ${error(index)}`);
    if (choice && known(choice.values[index])) told.push(`${choice.label}: ${level(choice, index)}`);
    if (data.hollow[index]) told.push(data.hollow[index]);
    return told;
  };

  const choices = (index) => data.choices
    .filter((choice) => known(choice.values[index]))
    .map((choice) => [choice.label, level(choice, index)]);
  const quantities = (index) => {
    const others = data.sizes.filter((size) => size.key !== "latent_size" && known(size.values[index]));
    const rows = [["latent", latent(index)], ...others.map((size) => [size.label, count(size.values[index])])];
    rows.push([data.error.label, error(index)]);
    if (known(data.test?.[index])) rows.push(["the same on test pictures", measured(data.test[index])]);
    return rows;
  };
  // A whole spec, or the family's under this net's choices as comments: one text to copy either way
  const spec = (index) => {
    const own = data.specs[data.numbers[index]];
    if (own || !data.family) return own ?? "";
    const values = choices(index).map(([label, value]) => `#   ${label}: ${value}`);
    return [`# ${name(index)} is this family with`, ...values, data.family].join("\n");
  };

  const list = (head, rows) => {
    const pairs = rows.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)]);
    return make("div", {}, make("h4", {}, head), make("dl", {}, ...pairs));
  };
  const code = (text, label) => {
    const copy = make("button", { type: "button", class: "copy" }, "Copy");
    return make("div", { class: "spec" }, copy, make("pre", { tabindex: "0", role: "region", "aria-label": label }, text));
  };
  const title = make("h3", { id: "net-title", tabindex: "-1" });
  const close = make("button", { type: "button", class: "close" }, "Close");
  const body = make("div", { class: "net-body" });
  const panel = make("section", { class: "net", id: "net", "aria-labelledby": "net-title" });
  panel.append(make("div", { class: "net-head" }, title, close), body);
  panel.hidden = true;

  const show = (index) => {
    title.textContent = name(index) + (data.numbers[index] === data.best ? ", the best" : "");
    const facts = make("div", { class: "net-facts" }, list("Measured", quantities(index)));
    if (choices(index).length) facts.append(list("Choices", choices(index)));
    body.replaceChildren();
    if (layers(index)) body.append(make("p", { class: "layers" }, layers(index)));
    if (data.hollow[index]) body.append(make("p", {}, `Drawn hollow: ${data.hollow[index]}.`));
    body.append(facts);
    if (spec(index)) body.append(code(spec(index), `Spec of ${name(index)}`));
    panel.hidden = false;
  };
  return { panel, title, close, name, layers, lines, show, make };
};
