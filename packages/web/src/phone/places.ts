import type { Point } from "../message/suggestion-view.ts";

/** Places that a person can pretend to be at. */
export const places: readonly { readonly name: string; readonly point: Point }[] = [
  { name: "Times Square, New York", point: { latitude: 40.758, longitude: -73.9855 } },
  { name: "Brandenburg Gate, Berlin", point: { latitude: 52.5163, longitude: 13.3777 } },
  { name: "Gateway of India, Mumbai", point: { latitude: 18.922, longitude: 72.8347 } },
  { name: "Shibuya Crossing, Tokyo", point: { latitude: 35.6595, longitude: 139.7005 } },
];

/** Degrees with four decimals, about ten metres. */
export function formatPoint(point: Point): string {
  return `${point.latitude.toFixed(4)}, ${point.longitude.toFixed(4)}`;
}

/** A point out of what was typed; undefined unless both are numbers within range. */
export function parsePoint(latitude: string, longitude: string): Point | undefined {
  const point = { latitude: parseDegrees(latitude, 90), longitude: parseDegrees(longitude, 180) };
  return Number.isNaN(point.latitude) || Number.isNaN(point.longitude) ? undefined : point;
}

function parseDegrees(text: string, most: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
  return Math.abs(value) <= most ? value : Number.NaN;
}
