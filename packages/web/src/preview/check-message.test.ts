import { expect, it } from "vitest";
import { checkMessage } from "./check-message.ts";

it("a bare content, Google's body and Richline's body are all read", () => {
  const content = { text: "Your order has shipped" };
  for (const body of [
    content,
    { contentMessage: content },
    { conversationId: "u", message: content },
  ]) {
    expect(checkMessage(JSON.stringify(body))).toEqual({ content, faults: [] });
  }
});

it("each fault is at its field, with the limit and a remedy", () => {
  const text = `{"contentMessage": {
  "text": "Yes?",
  "suggestions": [
    {"reply": {
      "text": "A label that is longer than handsets show",
      "postbackData": "y"}}
  ],
  "color": "red"
}}`;
  const { content, faults } = checkMessage(text);
  expect(content?.["text"]).toBe("Yes?");
  expect(faults.map(({ field, line }) => [field, line])).toEqual([
    ["contentMessage.suggestions[0].reply.text", 5],
    ["contentMessage.color", 8],
  ]);
  expect(faults[0]?.limit).toBe("25 characters");
  expect(faults[1]?.remedy).toContain("Remove the field");
});

it("a missing field is shown where it would stand", () => {
  const { faults } = checkMessage('{"richCard":\n {"standaloneCard": {}}}');
  expect(faults[0]?.line).toBe(2);
});

it("text that is no JSON is refused at the place where it goes wrong", () => {
  expect(checkMessage('{"text": \n nope}')).toMatchObject({
    content: undefined,
    faults: [{ line: 2, column: 2 }],
  });
});
