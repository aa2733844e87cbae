import type { ProviderManifest } from "../provider.ts";

/** What `richline.yaml` says about a Twilio provider. */
export const twilioManifest = {
  type: "twilio",
  title: "Twilio SMS",
  fields: [
    {
      name: "accountSid",
      label: "Account SID",
      description: "The account that sends, as the Twilio console shows it.",
      required: true,
      secret: false,
      pattern: "^AC[0-9a-fA-F]{32}$",
    },
    {
      name: "authToken",
      label: "Auth token",
      description:
        "The account's primary auth token. Twilio signs webhooks with it, also where an API key sends.",
      required: true,
      secret: true,
    },
    {
      name: "apiKey",
      label: "API key SID",
      description: "An API key to send with instead of the auth token; needs its secret.",
      required: false,
      secret: false,
      pattern: "^(SK[0-9a-fA-F]{32})?$",
    },
    {
      name: "apiSecret",
      label: "API key secret",
      description: "The secret of the API key, shown once when the key was made.",
      required: false,
      secret: true,
    },
    {
      name: "from",
      label: "Sender",
      description:
        "A number of the account in E.164, a short code or an alphanumeric sender. Give this or a messaging service.",
      required: false,
      secret: false,
      pattern: "^(\\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})?$",
    },
    {
      name: "messagingServiceSid",
      label: "Messaging service SID",
      description: "A messaging service that chooses the sender. Give this or a sender.",
      required: false,
      secret: false,
      pattern: "^(MG[0-9a-fA-F]{32})?$",
    },
    {
      name: "baseUrl",
      label: "Base URL",
      description: "Another address of the API, such as a region's or the emulator's.",
      required: false,
      secret: false,
      pattern: "^https?://.+[^/]$",
      default: "https://api.twilio.com",
    },
  ],
} as const satisfies ProviderManifest;
