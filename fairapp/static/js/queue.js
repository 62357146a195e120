// The queue by keyboard: j and k, or the arrows, move; Enter opens; x chooses.
import { onKeys } from "./keys.js";

const rows = [...document.querySelectorAll("[data-queue] tbody tr")];
const link = (row) => row?.querySelector("th a");
const current = () => rows.findIndex((row) => row.contains(document.activeElement));

function move(step) {
  const at = current();
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  if (!next) return false;
  link(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

onKeys({
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => (current() < 0 ? false : move(1)),
  ArrowUp: () => (current() < 0 ? false : move(-1)),
  x: () => rows[current()]?.querySelector("[name=pick]").click() ?? undefined,
  "/": () => document.querySelector("#search [name=q]")?.focus(),
});
