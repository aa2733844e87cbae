/** Hides phone numbers in a provider's words: what providers say goes into timelines and logs, numbers do not. Two digits stay. */
export function maskNumbers(words: string): string {
  return words.replace(/\+?\d{5,}(\d\d)/g, "…$1");
}
