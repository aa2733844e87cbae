/**
 * Named places where a test may kill or fail the process, to prove that nothing is lost there.
 * In production every one is an empty function call.
 */
export const failpointNames = [
  "intake:before-commit",
  "intake:after-commit",
  "dispatch:after-claim",
  "dispatch:after-begin",
  "dispatch:after-send",
  "dispatch:after-settle",
  "watch:after-claim",
  "watch:before-settle",
  "watch:after-settle",
  "receipts:before-commit",
  "receipts:after-commit",
  "webhooks:after-post",
  "erasure:after-piece",
] as const;
export type FailpointName = (typeof failpointNames)[number];

export interface Failpoints {
  reach(name: FailpointName): void;
}

export const noFailpoints: Failpoints = { reach: () => undefined };

/**
 * Failpoints that kill the process, `SIGKILL`, when one is reached for the nth time.
 * `text` is `name@n`, as in `dispatch:after-send@3`; an unknown name, or a number that is never reached, is an error.
 */
export function killingFailpoints(text: string): Failpoints {
  const [name = "", nth = "1"] = text.split("@");
  if (!failpointNames.some((known) => known === name)) {
    throw new Error(`Unknown failpoint ${name}; known: ${failpointNames.join(", ")}`);
  }
  if (!/^[1-9][0-9]*$/.test(nth)) {
    throw new Error(
      `A failpoint is reached for the nth time: ${nth} is not a whole number from 1.`,
    );
  }
  let left = Number(nth);
  return {
    reach: (reached) => {
      if (reached !== name) return;
      left -= 1;
      if (left === 0) process.kill(process.pid, "SIGKILL");
    },
  };
}
