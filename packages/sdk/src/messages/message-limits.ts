/**
 * The contract's limits that the builders check. They are copied, so that the published package needs no schema
 * library; `message-limits.test.ts` compares them with the contract.
 */
export const messageLimits = {
  textCharsMax: 3072,
  messageBytesMax: 250_000,
  suggestionsPerMessageMax: 11,
  suggestionsPerCardMax: 4,
  suggestionTextCharsMax: 25,
  postbackDataCharsMax: 2048,
  urlCharsMax: 2048,
  cardTitleCharsMax: 200,
  cardDescriptionCharsMax: 2000,
  carouselCardsMin: 2,
  carouselCardsMax: 10,
  calendarTitleCharsMax: 100,
  calendarDescriptionCharsMax: 500,
  contentDescriptionCharsMax: 2000,
  formFieldsMax: 30,
  formOptionsMax: 100,
  formLanguagesMax: 30,
  formOpenMsMin: 60_000,
  formOpenMsMax: 7_776_000_000,
} as const;
