// Sends the files of <input type=file data-upload="…"> at once, in pieces, and goes on after a lost
// connection where it stopped. Without this script the form posts the same files whole.
const PIECE_BYTES = 128 * 1024;
const LONGEST_SIDE_PX = 1600;
const SMALL_ENOUGH_BYTES = 400 * 1024;
const LONGEST_WAIT_MS = 20_000;

const token = document.querySelector("input[name=csrf_token]")?.value ?? "";

// Files go by themselves here: the button that sends them is for browsers without this script.
document.querySelector("button[name=stay]")?.remove();

class Refused extends Error {}

// A phone's photo is made smaller where the browser can read it; else it goes as it is.
async function shrunk(file) {
  if (!file.type.startsWith("image/") || file.size <= SMALL_ENOUGH_BYTES) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const smaller = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    return smaller && smaller.size < file.size ? smaller : file;
  } catch {
    return file;
  }
}

// Asks once; a refusal in words ends the file, anything else is tried again by the caller.
async function ask(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { "X-CSRFToken": token, Accept: "application/json", ...options.headers } });
  const answer = await response.json();
  if (response.ok) return answer;
  if (response.status === 409 && Number.isInteger(answer.received)) return answer;
  if (response.status < 500 && response.status !== 429) throw new Refused(answer.error ?? "");
  throw new Error(String(response.status));
}

// Tries until it is answered: the network of a market comes and goes.
async function lasting(act, waiting) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Refused) throw error;
      waiting();
      await new Promise((done) => {
        const clock = setTimeout(done, wait + Math.random() * 500);
        addEventListener("online", () => (clearTimeout(clock), done()), { once: true });
      });
    }
  }
}

async function send(url, file, name, told) {
  const start = new FormData();
  start.set("csrf_token", token);
  start.set("name", name);
  start.set("size", String(file.size));
  const begun = await lasting(() => ask(url, { method: "POST", body: start }), told.waits);
  const here = `${url}?upload=${encodeURIComponent(begun.upload)}`;
  for (let received = begun.received; received < file.size; ) {
    told.sent(received / file.size);
    const piece = file.slice(received, received + PIECE_BYTES);
    const offset = received;
    const answer = await lasting(
      () => ask(`${here}&offset=${offset}`, { method: "POST", body: piece, headers: { "Content-Type": "application/octet-stream" } }),
      told.waits,
    );
    received = answer.received;
  }
  told.checks();
  return lasting(() => ask(`${here}&finish=1`, { method: "POST" }), told.waits);
}

// One line of the page for a file on its way: words, and a bar.
function line(input, name) {
  const row = document.createElement("li");
  row.className = "upload info";
  const words = document.createElement("span");
  const title = document.createElement("b");
  title.textContent = name;
  title.dir = "auto";
  const state = document.createElement("span");
  state.className = "small muted";
  words.append(title, document.createElement("br"), state);
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-hidden", "true");
  row.append(document.createElement("span"), words, bar);
  const say = (text, kind = "info") => ((state.textContent = text), (row.className = `upload ${kind}`));
  return {
    row,
    sent: (share) => ((bar.value = share), say(input.dataset.sending.replace("{percent}", String(Math.floor(share * 100))))),
    waits: () => say(input.dataset.waiting, "wait"),
    checks: () => ((bar.value = 1), say(input.dataset.checking)),
    refused: (text) => (bar.remove(), say(text || input.dataset.failed, "no"), state.classList.replace("muted", "error")),
  };
}

async function take(input, file) {
  const list = input.closest("fieldset").querySelector("[data-files]");
  const told = line(input, file.name);
  list.append(told.row);
  told.sent(0);
  try {
    const kept = await send(input.dataset.upload, await shrunk(file), file.name, told);
    told.row.insertAdjacentHTML("afterend", kept.html);
    told.row.remove();
    const chosen = input.closest("fieldset").querySelector("input[type=radio]:checked");
    if (!chosen || chosen.value === "missing") {
      const has = input.closest("fieldset").querySelector("input[type=radio][value=has]");
      if (has) has.checked = true;
    }
  } catch (error) {
    told.refused(error instanceof Refused ? error.message : "");
  }
}

let underWay = 0;
for (const input of document.querySelectorAll("input[type=file][data-upload]")) {
  input.closest("label").classList.remove("plain");
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = ""; // else the form would send them once more
    underWay += 1;
    for (const file of files) await take(input, file);
    underWay -= 1;
  });
}
// Leaving while a photo is on its way would lose it: the browser asks first.
addEventListener("beforeunload", (event) => {
  if (underWay > 0) event.preventDefault();
});
