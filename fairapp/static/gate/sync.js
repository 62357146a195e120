// Sends one scan and returns the verdict. The id is made once for each scan, so that a scan
// that is sent again counts once.

const TIMEOUT_MS = 10000;

/** Return a random UUID, version 4, also where crypto.randomUUID is missing (plain http). */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Post a form and return {verdict}, {page: true} when the page must be loaded again, or {lost: true}. */
export async function send(url, data) {
  try {
    const response = await fetch(url, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal: AbortSignal.timeout?.(TIMEOUT_MS),
    });
    if (response.ok && response.headers.get("Content-Type")?.startsWith("application/json")) {
      return { verdict: await response.json() };
    }
    return response.status >= 500 ? { lost: true } : { page: true };
  } catch {
    return { lost: true };
  }
}
