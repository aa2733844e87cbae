/** The GSM 7-bit default alphabet. Source: 3GPP TS 23.038, section 6.2.1. */
const basicCharacters = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Its extension table, whose characters cost two. Source: 3GPP TS 23.038, section 6.2.1.1. */
const extendedCharacters = new Set("\f^{}\\[~]|€");

/** How much one part holds: alone, and as one of several, with six octets of header. Source: 3GPP TS 23.040, section 9.2.3.24.1. */
const capacities = {
  gsm7: { alone: 160, joined: 153 },
  ucs2: { alone: 70, joined: 67 },
} as const;

export type SmsEncoding = keyof typeof capacities;

/** In which alphabet a text goes out: one character outside GSM turns all of it into UCS-2. */
export function encodingOf(text: string): SmsEncoding {
  for (const character of text) {
    if (!basicCharacters.has(character) && !extendedCharacters.has(character)) return "ucs2";
  }
  return "gsm7";
}

/** Splits a text as handsets and carriers do: no escape sequence and no surrogate pair is torn apart. */
export function splitSms(text: string): readonly string[] {
  const encoding = encodingOf(text);
  const { alone, joined } = capacities[encoding];
  if (lengthOf(text, encoding) <= alone) return [text];
  const parts: string[] = [];
  let part = "";
  let used = 0;
  for (const character of text) {
    const cost = costOf(character, encoding);
    if (used + cost > joined) {
      parts.push(part);
      part = "";
      used = 0;
    }
    part += character;
    used += cost;
  }
  return [...parts, part];
}

function lengthOf(text: string, encoding: SmsEncoding): number {
  if (encoding === "ucs2") return text.length;
  let length = 0;
  for (const character of text) length += costOf(character, encoding);
  return length;
}

function costOf(character: string, encoding: SmsEncoding): number {
  if (encoding === "ucs2") return character.length;
  return extendedCharacters.has(character) ? 2 : 1;
}
