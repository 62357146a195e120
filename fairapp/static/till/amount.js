// What the keys of a till make of an amount. Pure: text in, text out.
const MOST_WHOLE = 7;
const MOST_CENTS = 2;

/** Return the amount after a key: a digit, "," or "back". A comma starts the centimes. */
export function pressed(amount, key) {
  const text = amount.replace(".", ",");
  if (key === "back") return text.slice(0, -1);
  const [whole, cents] = text.split(",");
  if (key === ",") return text.includes(",") ? text : `${whole || "0"},`;
  if (cents !== undefined) return cents.length < MOST_CENTS ? text + key : text;
  if (whole === "0") return key;
  return whole.length < MOST_WHOLE ? text + key : text;
}
