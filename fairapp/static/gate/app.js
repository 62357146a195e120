// Wires the gate: camera, typed code and hardware scanner lead to one form, its answer to one screen.

import { startCamera } from "./camera.js";
import { makeDecoder } from "./decode.js";
import { signal, unlockSound } from "./sound.js";
import { newId, send } from "./sync.js";
import { showCamera, showScanner, showTrouble, showVerdict } from "./view.js";

const BACK_AFTER_MS = 4000;
const READY_AFTER_MS = 1000;
const SAME_BADGE_MS = 3000;
const SCANNER_PAUSE_MS = 1000; // longer, and it is another code

const byId = (id) => document.getElementById(id);
const form = byId("scan");
const code = byId("code");
const main = byId("main");

let camera = null;
let busy = false;
let waiting = null; // what could not be sent: [url, data]
let back = 0;
let last = { text: "", at: 0 };
let peopleText = "";

function next() {
  clearTimeout(back);
  showScanner(peopleText);
  code.value = "";
  camera?.resume();
  if (matchMedia("(pointer: fine)").matches) code.focus();
}

async function judge(url, data) {
  if (busy) return;
  busy = true;
  camera?.pause();
  const answer = await send(url, data);
  busy = false;
  if (answer.verdict) {
    waiting = null;
    showTrouble(false);
    showVerdict(answer.verdict);
    signal(answer.verdict.kind);
    peopleText = document.querySelector("#verdict [data-people]")?.textContent ?? "";
    if (answer.verdict.kind === "yes") {
      back = setTimeout(next, BACK_AFTER_MS);
      setTimeout(() => camera?.resume(), READY_AFTER_MS); // the next badge needs no tap
    }
  } else if (answer.lost) {
    waiting = [url, data];
    showTrouble(true);
    signal("deny");
  } else {
    // Signed out, or a mistake in the form: the page itself says which.
    form.submit();
  }
}

/** Scan what the camera sees; a badge that stays in view is one scan. */
function seen(text) {
  const now = performance.now();
  const same = text === last.text && now - last.at < SAME_BADGE_MS;
  last = { text, at: now };
  if (!same) scan(text);
}

function scan(text) {
  if (busy || waiting) return;
  clearTimeout(back);
  code.value = text;
  const data = new FormData(form);
  data.set("id", newId());
  judge(form.action, data);
}

async function openCamera() {
  try {
    const decode = await makeDecoder(main.dataset.jsqr);
    if (!decode) throw new Error("no decoder");
    showCamera({ running: true, possible: true, torch: false });
    camera = await startCamera(byId("video"), decode, seen);
    showCamera({ running: true, possible: true, torch: camera.hasTorch });
  } catch {
    showCamera({ running: false, possible: false, torch: false });
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  unlockSound();
  const text = code.value.trim();
  if (text) scan(text);
  else code.focus();
});

byId("photo-scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  data.set("id", newId());
  if (data.get("photo")?.size) send(event.target.action, data).then((answer) => {
    if (answer.verdict) { showVerdict(answer.verdict); signal(answer.verdict.kind); }
    else event.target.submit();
  });
});

byId("verdict").addEventListener("click", (event) => {
  if (event.target.closest("[data-next]")) {
    event.preventDefault();
    next();
  } else {
    clearTimeout(back); // someone is reading or deciding
  }
});

byId("verdict").addEventListener("submit", (event) => {
  event.preventDefault();
  judge(event.target.action, new FormData(event.target));
});

byId("retry").addEventListener("click", () => {
  if (waiting) judge(...waiting);
});
addEventListener("online", () => {
  if (waiting) judge(...waiting);
});

let torch = false;
byId("torch").addEventListener("click", () => {
  torch = !torch;
  camera?.torch(torch).catch(() => {});
});
byId("camera").addEventListener("click", () => {
  unlockSound();
  openCamera();
});

// A hardware scanner types wherever the focus is, and ends with Enter.
let typed = "";
let typedAt = 0;
addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea, summary") || event.ctrlKey || event.metaKey) return;
  const now = performance.now();
  if (now - typedAt > SCANNER_PAUSE_MS) typed = "";
  typedAt = now;
  if (event.key.length === 1) {
    typed += event.key;
    if (event.key === " ") event.preventDefault(); // it would scroll
  } else if (event.key === "Enter" && typed.length >= 8) {
    event.preventDefault();
    if (byId("scanner").hidden) next();
    scan(typed);
    typed = "";
  }
});

const canScan = Boolean(navigator.mediaDevices?.getUserMedia);
showCamera({ running: false, possible: canScan, torch: false });
if (canScan) {
  const state = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
  if (state?.state === "granted") openCamera();
}
