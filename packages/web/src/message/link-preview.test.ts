import { expect, it } from "vitest";
import { previewLink } from "./link-preview.ts";

it("a link anywhere in a text has a preview on Android, which keeps the text", () => {
  const text = "See https://www.example.com/order-tracking/42 for more";
  expect(previewLink(text, "android")).toEqual({
    url: "https://www.example.com/order-tracking/42",
    host: "example.com",
    title: "Order tracking",
    text,
  });
});

it("on iOS only a link at the end has one, and it takes the link's place", () => {
  expect(previewLink("See https://example.com/shop for more", "ios")).toBeUndefined();
  expect(previewLink("See it here: https://example.com/shop", "ios")).toMatchObject({
    title: "Shop",
    text: "See it here:",
  });
});

it("a text that is a link and nothing else is its card alone", () => {
  for (const platform of ["android", "ios"] as const) {
    expect(previewLink("https://example.com/", platform)).toEqual({
      url: "https://example.com/",
      host: "example.com",
      title: "Example.com",
      text: undefined,
    });
  }
});

it("a text without a link has none", () => {
  expect(previewLink("Your order has shipped", "android")).toBeUndefined();
  expect(previewLink("javascript:alert(1)", "ios")).toBeUndefined();
});
