import type { ProviderManifest } from "../provider.ts";

/** What `richline.yaml` says about a Google RBM provider. */
export const googleRbmManifest = {
  type: "google-rbm",
  title: "Google RCS Business Messaging",
  webhookSetup:
    "Enter it in the Business Communications Developer Console as the agent's or the partner's webhook, with the same client token.",
  fields: [
    {
      name: "agentId",
      label: "Agent ID",
      description: "The RBM agent, as the Business Communications console shows it.",
      required: true,
      secret: false,
    },
    {
      name: "serviceAccount",
      label: "Service account key",
      description: "The JSON key of the partner's service account. Its token_uri is honoured.",
      required: true,
      secret: true,
      pattern: "^\\s*\\{[\\s\\S]*\\}\\s*$",
    },
    {
      name: "clientToken",
      label: "Webhook client token",
      description: "The token with which Google signs webhooks and asks for the challenge.",
      required: true,
      secret: true,
    },
    {
      name: "region",
      label: "Region",
      description: "The agent's hosting region: us, europe or asia; empty for the global host.",
      required: false,
      secret: false,
      pattern: "^(us|europe|asia)?$",
    },
    {
      name: "revokeAnswer",
      label: "What 200 to a revocation means",
      description:
        "confirms: the message was removed, as Google's guide says. requests: it was asked for and nothing is known, as an older reference says.",
      required: false,
      secret: false,
      pattern: "^(confirms|requests)$",
      default: "confirms",
    },
    {
      name: "baseUrl",
      label: "Base URL",
      description: "Another address of the API, such as the emulator's.",
      required: false,
      secret: false,
      pattern: "^https?://.+[^/]$",
    },
  ],
} as const satisfies ProviderManifest;

/** Source: RBM reference, "Service endpoint" and regional endpoints. */
export function googleRbmBaseUrl(region: string | undefined, baseUrl: string | undefined): string {
  if (baseUrl !== undefined && baseUrl !== "") return baseUrl;
  const prefix = region === undefined || region === "" ? "" : `${region}-`;
  return `https://${prefix}rcsbusinessmessaging.googleapis.com`;
}
