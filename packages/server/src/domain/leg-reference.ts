/** A leg by what we call it outside: in a receipt that echoes it, when the provider's own name for the message is not known. */
export interface ReferredLeg {
  readonly messageUid: string;
  readonly index: number;
}

/**
 * What we call a leg outside: the message's uid and the leg's index. It needs no column, since the leg is
 * written before its first attempt, and all attempts share it. Unreserved characters only (RFC 3986, 2.3), so
 * that no proxy writes it in another way.
 */
export function toLegReference({ messageUid, index }: ReferredLeg): string {
  return `${messageUid}.${index}`;
}

/** Undefined for what we never wrote. */
export function parseLegReference(reference: string): ReferredLeg | undefined {
  const [, messageUid, index] = /^([0-9A-Za-z-]{1,64})\.(\d{1,4})$/.exec(reference) ?? [];
  return messageUid === undefined ? undefined : { messageUid, index: Number(index) };
}
