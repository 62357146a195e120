// Keys of a work page: one letter, one act; never while somebody types, never with Ctrl, Alt or Meta.
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export function onKeys(acts) {
  const help = document.getElementById("keys");
  const opener = document.querySelector("[data-keys]");
  if (help && opener) {
    opener.hidden = false;
    opener.querySelector("button").addEventListener("click", () => help.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (help?.open || event.target.closest?.(TYPING)) return;
    if (event.key === "?" || event.key === "؟") {
      event.preventDefault();
      help?.showModal();
      return;
    }
    // event.code names the place of the key, so that an Arabic keyboard works as a Latin one.
    const letter = /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key;
    const act = acts[event.key] ?? acts[letter];
    if (act && act(event) !== false) event.preventDefault();
  });
}
