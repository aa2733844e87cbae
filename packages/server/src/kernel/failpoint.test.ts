import { describe, expect, it, onTestFinished, vi } from "vitest";
import { killingFailpoints, noFailpoints } from "./failpoint.ts";

/** What would have been killed; nothing is. */
function watchKills() {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  onTestFinished(() => kill.mockRestore());
  return kill;
}

describe("a failpoint", () => {
  it("kills the process when it is reached for the nth time, and only then", () => {
    const kill = watchKills();
    const failpoints = killingFailpoints("dispatch:after-send@3");
    failpoints.reach("dispatch:after-send");
    failpoints.reach("dispatch:after-claim");
    failpoints.reach("dispatch:after-send");
    expect(kill).not.toHaveBeenCalled();
    failpoints.reach("dispatch:after-send");
    expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, "SIGKILL");
    failpoints.reach("dispatch:after-send");
    expect(kill).toHaveBeenCalledTimes(1);
  });

  it("without a number kills the first time", () => {
    const kill = watchKills();
    killingFailpoints("intake:before-commit").reach("intake:before-commit");
    expect(kill).toHaveBeenCalledTimes(1);
  });

  it("that nobody knows is an error that names those there are", () => {
    expect(() => killingFailpoints("dispatch:sometimes")).toThrow(
      /Unknown failpoint dispatch:sometimes; known: .*dispatch:after-send/,
    );
    expect(() => killingFailpoints("")).toThrow("Unknown failpoint");
  });

  it.each(["@0", "@-1", "@x", "@1.5", "@"])(
    "whose number can never be reached is an error: %s",
    (nth) => {
      expect(() => killingFailpoints(`dispatch:after-send${nth}`)).toThrow(
        "not a whole number from 1",
      );
    },
  );

  it("does nothing in production", () => {
    const kill = watchKills();
    noFailpoints.reach("dispatch:after-send");
    expect(kill).not.toHaveBeenCalled();
  });
});
