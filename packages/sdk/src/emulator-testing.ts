export type {
  EmulatorClock,
  EmulatorState,
  FaultEffect,
  FaultRule,
  FaultRules,
  Phone,
  PhoneScreen,
  PutEmulatorAgentRequest,
  RecordedRequest,
  RecordedWebhook,
  ScreenCard,
  ScreenLine,
  ScreenSuggestion,
  ThreadMessage,
} from "@richline/contract";
export { EmulatorError } from "./emulator/call.ts";
export type { ClockControl } from "./emulator/clock-control.ts";
export {
  type ConnectEmulatorOptions,
  connectEmulator,
  type EmulatorControl,
} from "./emulator/connect-emulator.ts";
export type { PhoneControl, PhoneSettings, Tap, WaitForMessage } from "./emulator/phone-control.ts";
