import { timingSafeEqual } from "node:crypto";

/** Compares two secrets in a time that does not tell where they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  // timingSafeEqual wants equal lengths; the length of a signature is no secret.
  return left.length === right.length && timingSafeEqual(left, right);
}
