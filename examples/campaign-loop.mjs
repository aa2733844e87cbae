// A campaign in its simplest form: one message each to a list of customers.
//
//   RICHLINE_API_KEY=rl_test_… node examples/campaign-loop.mjs
//
// There is no pause between sends: the gateway keeps the provider's limit, over all that is sent through it, and
// lets one-time codes overtake.
import { createClient, RichlineError } from "@richline/sdk";

const richline = createClient({
  baseUrl: process.env.RICHLINE_URL ?? "http://127.0.0.1:4400",
  apiKey: process.env.RICHLINE_API_KEY ?? "",
});

const campaign = { id: "autumn-sale", purpose: "news" };
const customers = [
  { id: "user_123", phoneNumber: "+12025550123", name: "Ana" },
  { id: "user_124", phoneNumber: "+12025550124", name: "Ben" },
  { id: "user_125", phoneNumber: "+12025550125", name: "Cleo" },
];

function buildCampaignMessage(customer) {
  return {
    text: `${customer.name}, everything for autumn is 20 % off until Sunday.`,
    suggestions: [
      {
        action: {
          text: "See it all",
          postbackData: "sale",
          openUrlAction: { url: "https://shop.example/sale" },
        },
      },
      { reply: { text: "Remind me on Saturday", postbackData: "sale_remind" } },
    ],
  };
}

async function sendPromotionalCampaign() {
  const counts = { accepted: 0, optedOut: 0, refused: 0 };
  for (const customer of customers) {
    try {
      await richline.messages.send({
        conversationId: customer.id,
        to: customer.phoneNumber,
        // Stopped halfway and run again, it sends to nobody twice.
        messageId: `${campaign.id}-${customer.id}`,
        trafficType: "PROMOTION",
        purpose: campaign.purpose,
        message: buildCampaignMessage(customer),
        // An offer that RCS did not bring within an hour is not worth an SMS.
        fallback: "never",
        ttl: "3600s",
      });
      counts.accepted += 1;
    } catch (error) {
      // One customer's trouble does not stop the campaign; a gateway that is away does.
      if (!(error instanceof RichlineError) || error.status >= 500) throw error;
      if (error.code === "recipient_opted_out") counts.optedOut += 1;
      else {
        counts.refused += 1;
        console.error(`${customer.id}: ${error.code}`);
      }
    }
  }
  return counts;
}

/** What became of those that were accepted; the last word on some takes as long as their phones are off. */
async function countOutcomes() {
  const outcomes = {};
  for (const { id } of customers) {
    try {
      const { status } = await richline.messages.get(`${campaign.id}-${id}`);
      outcomes[status] = (outcomes[status] ?? 0) + 1;
    } catch (error) {
      // Whoever opted out has no message.
      if (!(error instanceof RichlineError) || error.status !== 404) throw error;
    }
  }
  return outcomes;
}

console.log(await sendPromotionalCampaign());
console.log(await countOutcomes());
