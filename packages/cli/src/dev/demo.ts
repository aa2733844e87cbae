/** The agent that `richline dev` and `richline emulator` have from the start. */
export const demoAgent = {
  agentId: "demo",
  displayName: "Richline Demo",
  color: "#0B57D0",
} as const;

/** The number that SMS come from. */
export const demoSmsAddress = "+12025550101";

/** The phones that exist from the start: one of each kind. 555-01XX numbers belong to nobody. Source: NANPA, 555 line numbers. */
export const demoPhones = [
  {
    phoneNumber: "+12025550123",
    name: "Ana",
    platform: "android",
    rcs: "enabled",
    online: true,
    autoRead: false,
  },
  {
    phoneNumber: "+12025550124",
    name: "Ben",
    platform: "ios",
    rcs: "enabled",
    online: true,
    autoRead: false,
  },
  {
    phoneNumber: "+12025550125",
    name: "Cleo (no RCS)",
    platform: "android",
    rcs: "none",
    online: true,
    autoRead: false,
  },
] as const;

/** The contact that the examples write to. */
export const demoContact = { conversationId: "user_123", phoneNumber: "+12025550123" } as const;
