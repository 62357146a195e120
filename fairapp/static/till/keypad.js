// The till's comforts. Without this script the page is a plain form that does the same.
import { pressed } from "./amount.js";

const UNDO_MS = 10_000;
const amount = document.querySelector("[data-amount]");
const keypad = document.querySelector("[data-keypad]");

if (amount && keypad) {
  keypad.hidden = false;
  amount.inputMode = "none"; // the keys below are larger than those of the phone
  amount.readOnly = window.matchMedia("(pointer: coarse)").matches;
  keypad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key) return;
    const before = amount.dataset.typed || key.value === "back" ? amount.value : ""; // a usual price gives way
    amount.value = pressed(before, key.value);
    amount.dataset.typed = amount.value ? "yes" : "";
  });
  for (const choice of document.querySelectorAll("[data-usual]")) {
    choice.addEventListener("click", () => {
      if (!amount.dataset.typed) amount.value = choice.dataset.usual;
    });
  }
}

const toast = document.querySelector("[data-toast]");
if (toast) setTimeout(() => toast.remove(), UNDO_MS);

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
  });
}
