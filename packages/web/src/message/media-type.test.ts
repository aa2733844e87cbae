import { expect, it } from "vitest";
import { fileNameOf, hasEnding, mediaTypeOf } from "./media-type.ts";

it("mediaTypeOf goes by the ending of the path, whatever its case and query", () => {
  expect(mediaTypeOf("https://a.example/clip.MP4?x=.png")).toBe("video");
  expect(mediaTypeOf("https://a.example/menu.pdf#page=2")).toBe("document");
  expect(mediaTypeOf("https://a.example/song.mp3")).toBe("audio");
  expect(mediaTypeOf("https://a.example/photo.jpg")).toBe("image");
  expect(mediaTypeOf("https://a.example/no-ending")).toBe("image");
});

it("fileNameOf reads what is encoded and survives what is encoded badly", () => {
  expect(fileNameOf("https://a.example/my%20menu.pdf?x=1")).toBe("my menu.pdf");
  expect(fileNameOf("https://a.example/%E0%A4%A.pdf")).toBe("%E0%A4%A.pdf");
  expect(fileNameOf("https://a.example/")).toBe("https://a.example/");
});

it("hasEnding tells a file's name from an id", () => {
  expect(hasEnding("https://a.example/photo.jpg?x=1")).toBe(true);
  expect(hasEnding("/_emulator/files/7c2f0a")).toBe(false);
});
