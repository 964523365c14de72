// Words of prose that stand open, and all; what is in folded parts counts but isn't open.
([prose, others]) => {
  const texts = [...document.querySelectorAll(prose)].filter(
    (one) => !one.closest(others) && !one.parentElement.closest(prose));
  const folded = (one) => {
    for (let part = one; part; part = part.parentElement) {
      const holder = part.parentElement?.closest("details:not([open])");
      if (holder && part.parentElement === holder && part.tagName !== "SUMMARY") return true;
    }
    return false;
  };
  const spoken = (one) => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll(others).forEach((part) => part.remove());
    return copy.textContent.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  };
  const sum = (some) => some.reduce((total, one) => total + spoken(one), 0);
  return [sum(texts.filter((one) => !folded(one) && one.checkVisibility())), sum(texts)];
}
