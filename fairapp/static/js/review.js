// The review by keyboard: a, w, r, m choose; n and p go on and back.
import { onKeys } from "./keys.js";

const choose = (decision) => () => {
  const field = document.querySelector(`[name=decision][value=${decision}]`);
  if (!field) return false;
  field.checked = true;
  field.focus();
};
const follow = (rel) => () => {
  const link = document.querySelector(`a[rel=${rel}]`);
  if (!link) return false;
  link.click();
};

onKeys({
  a: choose("accept"),
  w: choose("waitlist"),
  r: choose("refuse"),
  m: choose("ask"),
  n: follow("next"),
  p: follow("prev"),
});
