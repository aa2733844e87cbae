import type {
  CardContent,
  CardMedia,
  MessageContent,
  SuggestedAction,
  Suggestion,
} from "@richline/contract";
import { actionKinds } from "@richline/contract";
import type { SendRequest } from "../provider.ts";

/** Our message as Google's AgentMessage. Source: RBM reference, phones.agentMessages. */
export function convertToAgentMessage(request: SendRequest): object {
  return {
    contentMessage: convertContent(request.content),
    messageTrafficType: request.trafficType,
    ...(request.ttlMs === undefined ? {} : { ttl: `${(request.ttlMs / 1000).toFixed(3)}s` }),
  };
}

function convertContent(content: MessageContent): object {
  return {
    ...convertBody(content),
    ...(content.suggestions === undefined
      ? {}
      : { suggestions: content.suggestions.map(convertSuggestion) }),
  };
}

/** Google takes exactly one body; `text` beside a rich one is ours for the fallback and is not sent. */
function convertBody(content: MessageContent): object {
  const { richCard, contentInfo, uploadedRbmFile, text } = content;
  if (richCard?.standaloneCard !== undefined) {
    const { cardContent, ...layout } = richCard.standaloneCard;
    return {
      richCard: {
        standaloneCard: {
          cardOrientation: "VERTICAL",
          ...layout,
          cardContent: convertCard(cardContent),
        },
      },
    };
  }
  if (richCard?.carouselCard !== undefined) {
    const { cardContents, cardWidth } = richCard.carouselCard;
    return {
      richCard: {
        carouselCard: {
          cardWidth: cardWidth ?? "MEDIUM",
          cardContents: cardContents.map(convertCard),
        },
      },
    };
  }
  if (contentInfo !== undefined) return { contentInfo };
  if (uploadedRbmFile !== undefined) return { uploadedRbmFile };
  return { text };
}

function convertCard(card: CardContent): object {
  return {
    ...card,
    ...(card.media === undefined ? {} : { media: convertMedia(card.media) }),
    ...(card.suggestions === undefined
      ? {}
      : { suggestions: card.suggestions.map(convertSuggestion) }),
  };
}

/** Google wants a height; MEDIUM is what its own samples use. */
function convertMedia(media: CardMedia): object {
  return { height: "MEDIUM", ...media };
}

/** Google has no action without a kind: a plain postback travels as a reply with the same data. */
function convertSuggestion(suggestion: Suggestion): object {
  const { action } = suggestion;
  if (action === undefined || hasKind(action)) return suggestion;
  return { reply: { text: action.text, postbackData: action.postbackData } };
}

function hasKind(action: SuggestedAction): boolean {
  return actionKinds.some((kind) => action[kind] !== undefined);
}
