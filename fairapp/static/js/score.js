// Scoring by keyboard: a digit gives points to the criterion that is open, n goes on.
import { onKeys } from "./keys.js";

const sets = [...document.querySelectorAll("fieldset:not([disabled]) .points")];
const open = () =>
  sets.find((set) => set.contains(document.activeElement)) ?? sets.find((set) => !set.querySelector(":checked")) ?? sets[0];
const give = (digit) => () => {
  const set = open();
  const field = set?.querySelector(`[value="${digit}"]`);
  if (!field) return false;
  field.checked = true;
  const next = sets[sets.indexOf(set) + 1];
  (next ? (next.querySelector(":checked") ?? next.querySelector("input")) : field).focus();
};

onKeys({
  ...Object.fromEntries([...Array(10).keys()].map((digit) => [String(digit), give(digit)])),
  n: () => {
    const link = document.querySelector("a[rel=next]");
    if (!link) return false;
    link.click();
  },
});
