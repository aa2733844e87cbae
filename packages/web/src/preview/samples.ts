/** A picture of the page's own: an example asks nothing of anybody else. */
const picture = new URL("./sample.svg", document.baseURI).href;

const json = (content: object) => JSON.stringify({ contentMessage: content }, null, 2);

const card = (title: string, description: string, button: string) => ({
  title,
  description,
  media: { height: "MEDIUM", contentInfo: { fileUrl: picture } },
  suggestions: [{ action: { text: button, postbackData: button.toLowerCase() } }],
});

/** One message of each type, to begin with. */
export const samples: readonly { readonly name: string; readonly text: string }[] = [
  { name: "Text", text: json({ text: "Your order has shipped" }) },
  {
    name: "Card",
    text: json({
      richCard: {
        standaloneCard: {
          cardOrientation: "VERTICAL",
          cardContent: card("Product Title", "Product description", "See details"),
        },
      },
    }),
  },
  {
    name: "Carousel",
    text: json({
      richCard: {
        carouselCard: {
          cardWidth: "MEDIUM",
          cardContents: [
            card("Stoneware mug", "Glazed by hand, 0.3 l", "See the mug"),
            card("Reading lamp", "Warm light, linen shade", "See the lamp"),
          ],
        },
      },
    }),
  },
  {
    name: "Replies",
    text: json({
      text: "Shall we deliver today?",
      suggestions: [
        { reply: { text: "Yes, please", postbackData: "yes" } },
        { reply: { text: "Tomorrow", postbackData: "tomorrow" } },
      ],
    }),
  },
  {
    name: "Actions",
    text: json({
      text: "Your table is booked for eight.",
      suggestions: [
        {
          action: {
            text: "Call us",
            postbackData: "call",
            dialAction: { phoneNumber: "+12025550100" },
          },
        },
        {
          action: {
            text: "Find us",
            postbackData: "map",
            viewLocationAction: { latLong: { latitude: 52.52, longitude: 13.4 }, label: "Bistro" },
          },
        },
        {
          action: {
            text: "See the menu",
            postbackData: "menu",
            openUrlAction: { url: "https://example.com/menu" },
          },
        },
      ],
    }),
  },
  {
    name: "Form",
    text: JSON.stringify(
      {
        message: {
          form: {
            title: "Your appointment",
            submitLabel: "Book",
            fields: [
              { type: "text", name: "name", label: "Name", required: true },
              { type: "date", name: "day", label: "Day", required: true },
            ],
          },
        },
      },
      null,
      2,
    ),
  },
];
