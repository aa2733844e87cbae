import type { ThreadMessage } from "@richline/contract";
import { describe, expect, it } from "vitest";
import {
  agentFinder,
  agentOfThread,
  isOptedOut,
  newlyRead,
  replyChannel,
  rowOf,
  smsLabel,
  visibleChips,
} from "./thread-view.ts";

const chips = [{ reply: { text: "Yes", postbackData: "yes" } }];

function aMessage(change: Partial<ThreadMessage> = {}): ThreadMessage {
  return {
    direction: "outbound",
    channel: "rcs",
    agentId: "bistro",
    messageId: "m1",
    content: { text: "Hello", suggestions: chips },
    sentAt: "2026-11-23T12:00:00Z",
    ...change,
  };
}

describe("visibleChips", () => {
  it("are those of the newest message", () => {
    const messages = [aMessage({ messageId: "old" }), aMessage({ messageId: "new" })];
    expect(visibleChips(messages)?.messageId).toBe("new");
    expect(visibleChips(messages)?.chips.map((chip) => chip.text)).toEqual(["Yes"]);
  });

  it("vanish once the person answers", () => {
    const answer = aMessage({ direction: "inbound", content: { text: "Yes" } });
    expect(visibleChips([aMessage(), answer])).toBeUndefined();
  });

  it("vanish once the agent writes again, even without chips", () => {
    const next = aMessage({ messageId: "m2", content: { text: "Still there?" } });
    expect(visibleChips([aMessage(), next])).toBeUndefined();
  });

  it("vanish behind an SMS, which has none", () => {
    expect(
      visibleChips([aMessage(), aMessage({ messageId: "s", channel: "sms" })]),
    ).toBeUndefined();
  });

  it("vanish once one of them is tapped, also an action, which writes nothing into the thread", () => {
    const suggestionResponse = { type: "ACTION", text: "Yes", postbackData: "yes" };
    const tap = aMessage({ direction: "inbound", content: { suggestionResponse } });
    expect(visibleChips([aMessage(), tap])).toBeUndefined();
  });

  it("stay after a tap on something else, such as a card's button", () => {
    const suggestionResponse = { type: "ACTION", text: "Map", postbackData: "map" };
    const tap = aMessage({ direction: "inbound", content: { suggestionResponse } });
    expect(visibleChips([aMessage(), tap])?.messageId).toBe("m1");
  });

  it("are none in an empty thread", () => {
    expect(visibleChips([])).toBeUndefined();
  });
});

describe("newlyRead", () => {
  it("names each unread RCS message of an agent once", () => {
    const messages = [
      aMessage({ messageId: "read", readAt: "2026-11-23T12:00:01Z" }),
      aMessage({ messageId: "reported" }),
      aMessage({ messageId: "new" }),
      aMessage({ messageId: "other", agentId: "airline" }),
      aMessage({ messageId: "sms", channel: "sms" }),
      aMessage({ messageId: "mine", direction: "inbound" }),
    ];
    const ids = newlyRead(messages, new Set(["reported"])).map((message) => message.messageId);
    expect(ids).toEqual(["new", "other"]);
  });
});

const arrangeThread = (messages: readonly ThreadMessage[]) =>
  messages.map((_, index) => rowOf(messages, index));

describe("rowOf", () => {
  it("groups by sender, and shows the time first and after an hour", () => {
    const rows = arrangeThread([
      aMessage({ messageId: "a" }),
      aMessage({ messageId: "b", sentAt: "2026-11-23T12:00:30Z" }),
      aMessage({ messageId: "c", sentAt: "2026-11-23T12:00:40Z", direction: "inbound" }),
      aMessage({ messageId: "d", sentAt: "2026-11-23T13:30:00Z", direction: "inbound" }),
    ]);
    const flags = rows.map((row) => [row.showsTimeAbove, row.startsGroup, row.endsGroup]);
    expect(flags).toEqual([
      [true, true, false],
      [false, false, true],
      [false, true, true],
      [true, true, true],
    ]);
  });
});

describe("isOptedOut", () => {
  const wrote = (text: string) => aMessage({ direction: "inbound", content: { text } });

  it("follows the last keyword, in any language and case", () => {
    expect(isOptedOut([wrote("Hello")], "bistro")).toBe(false);
    expect(isOptedOut([wrote("STOP"), wrote("Hello")], "bistro")).toBe(true);
    expect(isOptedOut([wrote("Baja"), wrote("START")], "bistro")).toBe(false);
  });

  it("is of one agent only", () => {
    expect(isOptedOut([wrote("STOP")], "airline")).toBe(false);
  });
});

describe("an SMS", () => {
  const { agentId: _agentId, ...rest } = aMessage();
  const sms = (change: Partial<ThreadMessage> = {}): ThreadMessage => ({
    ...rest,
    channel: "sms",
    sender: "+13035550001",
    ...change,
  });
  const bistro = {
    channel: "rcs" as const,
    agentId: "bistro",
    displayName: "Bistro",
    color: undefined,
    logoUri: undefined,
    description: undefined,
  };

  it("makes the thread one with its sender, not with an agent", () => {
    expect(agentOfThread([bistro], [aMessage(), sms()])).toMatchObject({
      channel: "sms",
      displayName: "+1 303 555 0001",
    });
    expect(agentOfThread([bistro], [sms(), aMessage()])).toBe(bistro);
    expect(agentOfThread([bistro], [sms({ sender: "bistro" })])).toMatchObject({ channel: "sms" });
  });

  it("is with the same object as the one before it, so that its row is not drawn again", () => {
    const agentOf = agentFinder([bistro]);
    expect(agentOf(sms())).toBe(agentOf(sms({ messageId: "m2" })));
    expect(agentOf(aMessage())).toBe(bistro);
  });

  it("of several parts ends its group, so that its parts are said of it", () => {
    const rows = arrangeThread([sms({ parts: 2 }), sms({ messageId: "m2" })]);
    expect(rows.map((row) => row.endsGroup)).toEqual([true, true]);
    const single = arrangeThread([sms(), sms({ messageId: "m2" })]);
    expect(single.map((row) => row.endsGroup)).toEqual([false, true]);
  });

  it("stands apart from one of another sender", () => {
    const rows = arrangeThread([sms(), sms({ messageId: "m2", sender: "BISTRO" })]);
    expect(rows.map((row) => row.endsGroup)).toEqual([true, true]);
  });

  it("is answered by SMS, as is whatever came to a phone without RCS", () => {
    expect(replyChannel({ rcs: "enabled" }, [aMessage(), sms()])).toBe("sms");
    expect(replyChannel({ rcs: "enabled" }, [sms(), aMessage()])).toBe("rcs");
    expect(replyChannel({ rcs: "enabled" }, [])).toBe("rcs");
    expect(replyChannel({ rcs: "none" }, [aMessage()])).toBe("sms");
  });

  it("says in how many parts it came, if in several", () => {
    expect(smsLabel({ parts: 1 })).toBe("Text message");
    expect(smsLabel({ parts: 3 })).toBe("Text message · 3 parts");
  });
});
