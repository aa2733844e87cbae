import type { Behaviour, MagicNumber } from "./magic-numbers/define.ts";
import { rcsNumbers } from "./magic-numbers/rcs.ts";
import { smsNumbers } from "./magic-numbers/sms.ts";

export type { Behaviour, MagicNumber } from "./magic-numbers/define.ts";

/**
 * Numbers with a behaviour of their own, so that a test needs no set-up, in the order of their digits.
 * What they say is seen of a message is held against a real gateway by the workspace's `test/magic-numbers.test.ts`.
 */
export const magicNumbers: readonly MagicNumber[] = [...smsNumbers, ...rcsNumbers].sort(
  (one, other) => (one.phoneNumber < other.phoneNumber ? -1 : 1),
);

const behaviours: ReadonlyMap<string, Behaviour> = new Map(
  magicNumbers.map(({ phoneNumber, behaviour }) => [phoneNumber, behaviour]),
);

/** The behaviour of a magic number; none for all others. */
export function behaviourOf(phoneNumber: string): Behaviour | undefined {
  return behaviours.get(phoneNumber);
}

/** Whether this is about SMS: such a phone has no RCS, so that a fallback reaches what the number is for. */
export function isSmsOnly(behaviour: Behaviour | undefined): boolean {
  return behaviour?.startsWith("sms_") === true;
}
