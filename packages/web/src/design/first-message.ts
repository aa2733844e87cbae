/** The gateway's address when nothing else is configured. Source: the defaults in the project's README. */
const gatewayPort = 4400;

/** Where the gateway of a page's host is by default. */
export function defaultGatewayUrl(page: { readonly hostname: string }): string {
  return `http://${page.hostname}:${gatewayPort}`;
}

/** The command that sends a first message, ready to paste into a POSIX shell. */
export function firstMessageCommand(gatewayUrl: string, conversationId: string): string {
  return [
    `curl ${gatewayUrl}/v1/messages`,
    '  -H "Authorization: Bearer $RICHLINE_API_KEY"',
    '  -H "Content-Type: application/json"',
    `  -d '{"conversationId": ${JSON.stringify(conversationId)},\n       "message": {"text": "Your order has shipped"}}'`,
  ].join(" \\\n");
}
