import type { Carrier } from "../carrier/carrier.ts";
import { countryOf } from "../carrier/country.ts";
import type { Phone } from "../carrier/model.ts";
import type { RbmContent } from "./agent-message.ts";
import { cardMediaTypesOf } from "./content-media.ts";
import { invalidArgument } from "./rpc-error.ts";

/** What an Android handset can do. Source: RBM guide, "Check capabilities". */
const androidFeatures = [
  "RICHCARD_STANDALONE",
  "RICHCARD_CAROUSEL",
  "ACTION_CREATE_CALENDAR_EVENT",
  "ACTION_DIAL",
  "ACTION_OPEN_URL",
  "ACTION_OPEN_URL_IN_WEBVIEW",
  "ACTION_SHARE_LOCATION",
  "ACTION_VIEW_LOCATION",
];
/** India's Android handsets show PDF in cards too. Source: RBM guide, "Rich cards", media types. */
const indianFeatures = [...androidFeatures, "PDF_IN_RICH_CARDS"];
/** What an iPhone can do. Ours: Google publishes no list; a webview over the conversation is what iPhones lack. */
const iosFeatures = androidFeatures.filter((feature) => feature !== "ACTION_OPEN_URL_IN_WEBVIEW");

/** What a handset can do: what was set for it, or what its platform can. */
export function featuresOf({ behaviour, settings }: Phone): readonly string[] {
  if (behaviour === "text_only") return [];
  if (settings.features !== undefined) return settings.features;
  if (settings.platform === "ios") return iosFeatures;
  return countryOf(settings.phoneNumber) === "IN" ? indianFeatures : androidFeatures;
}

/**
 * Refuses a message that the handset cannot show. An action that it lacks is no reason: there is `fallbackUrl`.
 * Source: RBM guide, "Send messages": 400 when the device does not support a feature that the message uses.
 */
export function requireFeatures(carrier: Carrier, phone: Phone, content: RbmContent): void {
  if (content.text !== undefined) return;
  const features = featuresOf(phone);
  const needed = neededBy(carrier, content);
  if (features.length > 0 && needed.every((feature) => features.includes(feature))) return;
  const missing = needed.filter((feature) => !features.includes(feature));
  const which = missing.length === 0 ? "" : `: ${missing.join(", ")}`;
  const description = `The device does not support the features that the message uses${which}.`;
  throw invalidArgument({ field: "contentMessage", description });
}

function neededBy(carrier: Carrier, content: RbmContent): string[] {
  const { standaloneCard, carouselCard } = content.richCard ?? {};
  return [
    ...(standaloneCard === undefined ? [] : ["RICHCARD_STANDALONE"]),
    ...(carouselCard === undefined ? [] : ["RICHCARD_CAROUSEL"]),
    ...(cardMediaTypesOf(carrier, content).includes("application/pdf")
      ? ["PDF_IN_RICH_CARDS"]
      : []),
  ];
}
