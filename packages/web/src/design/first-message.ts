/** The command that sends a first message, ready to paste into a POSIX shell. */
export function firstMessageCommand(gatewayUrl: string, conversationId: string): string {
  return [
    `curl ${gatewayUrl}/v1/messages`,
    '  -H "Authorization: Bearer $RICHLINE_API_KEY"',
    '  -H "Content-Type: application/json"',
    `  -d '{"conversationId": ${JSON.stringify(conversationId)},\n       "message": {"text": "Your order has shipped"}}'`,
  ].join(" \\\n");
}

export interface FirstMessage {
  /** Where the emulator is. */
  readonly origin: string;
  readonly phoneNumber: string;
  readonly agentId: string;
}

/** The commands that send a first message to an emulated phone with RCS, without a gateway. */
export function firstRcsCommand({ origin, phoneNumber, agentId }: FirstMessage): string {
  const agent = encodeURIComponent(agentId);
  return [
    `TOKEN=$(curl -s -X POST ${origin}/_emulator/token | jq -r .access_token)`,
    `ID=$(node -p 'crypto.randomUUID()')`,
    [
      `curl -X POST "${origin}/v1/phones/${phoneNumber}/agentMessages?messageId=$ID&agentId=${agent}"`,
      '  -H "Authorization: Bearer $TOKEN"',
      '  -H "Content-Type: application/json"',
      `  -d '{"contentMessage": {"text": "Your order has shipped"}}'`,
    ].join(" \\\n"),
  ].join("\n");
}

/** The same to a phone that gets SMS only, by Twilio's API. Account, token and sender are those the emulator starts with. */
export function firstSmsCommand({
  origin,
  phoneNumber,
}: Pick<FirstMessage, "origin" | "phoneNumber">): string {
  return [
    `ACCOUNT=AC${"0".repeat(32)}`,
    [
      `curl -X POST "${origin}/2010-04-01/Accounts/$ACCOUNT/Messages.json" -u "$ACCOUNT:demo"`,
      '  --data-urlencode "From=+12025550101"',
      `  --data-urlencode "To=${phoneNumber}"`,
      '  --data-urlencode "Body=Your order has shipped"',
    ].join(" \\\n"),
  ].join("\n");
}
