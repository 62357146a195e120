// Draws the state of the gate: scanner, verdict, trouble.

const byId = (id) => document.getElementById(id);
const scannerClass = document.body.className;

/** Show a verdict over the whole screen; its words come from the server, in the page's language. */
export function showVerdict(verdict) {
  byId("trouble").hidden = true;
  byId("scanner").hidden = true;
  byId("verdict").innerHTML = verdict.html;
  byId("verdict").hidden = false;
  document.body.className = `gate ${verdict.kind}`;
  byId("verdict").querySelector("[data-next]")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Go back to the scanner, with the number of people who are in. */
export function showScanner(people) {
  byId("verdict").hidden = true;
  byId("verdict").replaceChildren();
  byId("scanner").hidden = false;
  document.body.className = scannerClass;
  if (people) byId("people").textContent = people;
}

/** Say that a scan could not be sent; it is kept until it is. */
export function showTrouble(shown) {
  byId("trouble").hidden = !shown;
  byId("online").hidden = shown;
}

/** Show or hide the parts of the camera. */
export function showCamera({ running, possible, torch }) {
  byId("finder").hidden = !running;
  byId("camera-row").hidden = !possible || (running && !torch);
  byId("camera").hidden = running;
  byId("torch").hidden = !torch;
  byId("camera-off").hidden = possible;
}
