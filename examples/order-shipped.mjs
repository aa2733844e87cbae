// Transactional messages: something happens in a shop, and the customer hears of it, once.
//
//   RICHLINE_API_KEY=rl_test_… node examples/order-shipped.mjs
import { createClient, RichlineError } from "@richline/sdk";

const richline = createClient({
  baseUrl: process.env.RICHLINE_URL ?? "http://127.0.0.1:4400",
  apiKey: process.env.RICHLINE_API_KEY ?? "",
});

/** What the shop's own code calls when a parcel leaves. */
async function onOrderShipped(order) {
  const sent = await richline.messages.send({
    conversationId: order.customerId,
    to: order.phoneNumber,
    // The id is made of the order: called twice, by a retry of ours or of the shop's, it is still one message.
    messageId: `shipped-${order.id}`,
    trafficType: "TRANSACTION",
    message: buildOrderShippedMessage(order),
    // What a phone without RCS gets. Left out, it is made of the card.
    fallbackText: `Your order ${order.id} has shipped. Track it: ${order.trackingUrl}`,
    metadata: { order: order.id },
  });
  console.log(`${order.id}: ${sent.replayed ? "was sent before" : sent.state}`);
}

function buildOrderShippedMessage(order) {
  return {
    richCard: {
      standaloneCard: {
        cardContent: {
          title: "Your order has shipped",
          description: `${order.items.join(", ")}. It arrives on ${order.arrivesOn}.`,
          suggestions: [
            {
              action: {
                text: "Track it",
                postbackData: `track_${order.id}`,
                openUrlAction: { url: order.trackingUrl },
              },
            },
            { reply: { text: "I have a question", postbackData: `help_${order.id}` } },
          ],
        },
      },
    },
  };
}

const order = {
  id: "A-1042",
  customerId: "user_123",
  phoneNumber: "+12025550123",
  items: ["Trail runner, size 42"],
  arrivesOn: "Friday",
  trackingUrl: "https://shop.example/orders/A-1042",
};

try {
  await onOrderShipped(order);
  // The shop's queue delivers the same event once more, as queues do.
  await onOrderShipped(order);
} catch (error) {
  if (!(error instanceof RichlineError)) throw error;
  console.error(`${error.code}: ${error.message}`, error.errors ?? "");
  process.exitCode = 1;
}
