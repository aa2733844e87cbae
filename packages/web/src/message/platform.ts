import { createContext, useContext } from "react";

/** Whose messaging app draws a message: Google Messages, or Apple's. */
export type Platform = "android" | "ios";

/** What stands inside is drawn as this platform draws it. */
export const PlatformContext = createContext<Platform>("android");

export function usePlatform(): Platform {
  return useContext(PlatformContext);
}
