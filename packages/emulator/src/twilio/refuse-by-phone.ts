import type { Carrier } from "../carrier/carrier.ts";
import type { Phone, SmsSender } from "../carrier/model.ts";
import { refusalOf } from "../sms/refusal.ts";
import { bodyTooLong, invalidTo, twilioError } from "./twilio-error.ts";

interface Attempt {
  readonly phone: Phone;
  readonly sender: SmsSender;
  readonly text: string;
}

/** Refuses an SMS in Twilio's words. Source of the codes: Twilio, "Error and Warning Dictionary". */
export function refuseByPhone(carrier: Carrier, attempt: Attempt): void {
  switch (refusalOf(carrier, attempt)) {
    case undefined:
      return;
    case "invalid_number":
      throw invalidTo(attempt.phone.settings.phoneNumber);
    case "opted_out":
      throw twilioError(21610, "Attempt to send to unsubscribed recipient");
    case "auth_failed":
      throw twilioError(20003, "Authenticate");
    case "too_long":
      throw bodyTooLong();
    case "unavailable":
      throw twilioError(20503, "Service unavailable");
    case "throttled":
      throw twilioError(20429, "Too Many Requests");
  }
}
