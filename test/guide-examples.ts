import { createHmac, timingSafeEqual } from "node:crypto";

/** The guide's request, "Sending Messages", word for word. */
export const guideTextRequest = `{
"conversationId": "user_123",
"messageId": "msg_456",
"message": {
"text": "Your order has shipped"
}
}`;

/** The guide's product card, "Core RCS Message Types", word for word: what stands in a request beside the ids. */
export const guideProductCard = `{
"message": {
"text": "Check out our latest products",
"richCard": {
"standaloneCard": {
"cardContent": {
"media": {
"height": "MEDIUM",
"contentUrl": "https://example.com/image.jpg",
"forceRefresh": false
},
"title": "Product Title",
"description": "Product description",
"suggestions": [
{
"action": {
"text": "See details",
"postbackData": "product_123"
}
}
]
}
}
}
}
}`;

/** The guide's interaction webhook, "Handling Webhooks", word for word. */
export const guideInteraction = `{
"conversationId": "user_123",
"messageId": "msg_456",
"messageStatus": "INTERACTED",
"interactionType": "ACTION_TAPPED",
"action": {
"postbackData": "product_123",
"uri": "https://example.com/product/123"
},
"timestamp": "2024-12-27T10:35:00Z"
}`;

/**
 * The guide's `verify_webhook_signature`, "Authentication and Security", line by line from Python:
 * `hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()` and `hmac.compare_digest`.
 */
export function guideAccepts(signature: string, body: string, secret: string): boolean {
  const expected = createHmac("sha256", Buffer.from(secret, "utf8"))
    .update(Buffer.from(body, "utf8"))
    .digest("hex");
  return (
    signature.length === expected.length &&
    timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
  );
}
