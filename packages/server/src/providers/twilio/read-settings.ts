/** The settings of one Twilio provider, with what follows from them. */
export interface TwilioSettings {
  readonly accountUrl: string;
  readonly authorization: string;
  readonly authToken: string;
  /** Who sends, as a parameter of the Messages API. */
  readonly sender: Readonly<Record<string, string>>;
}

/** Throws for what no pattern of a single field can judge; the start stops with the sentence. */
export function readSettings(settings: Readonly<Record<string, string>>): TwilioSettings {
  const { accountSid = "", authToken = "", apiKey = "", apiSecret = "" } = settings;
  if ((apiKey === "") !== (apiSecret === "")) {
    throw new Error("apiKey and apiSecret belong together; give both or neither");
  }
  const [user, password] = apiKey === "" ? [accountSid, authToken] : [apiKey, apiSecret];
  const baseUrl = settings["baseUrl"] ?? "";
  return {
    accountUrl: `${baseUrl === "" ? "https://api.twilio.com" : baseUrl}/2010-04-01/Accounts/${accountSid}`,
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
    authToken,
    sender: readSender(settings),
  };
}

function readSender({
  from = "",
  messagingServiceSid = "",
}: Readonly<Record<string, string>>): TwilioSettings["sender"] {
  if ((from === "") === (messagingServiceSid === "")) {
    throw new Error("give either from or messagingServiceSid");
  }
  return from === "" ? { MessagingServiceSid: messagingServiceSid } : { From: from };
}
