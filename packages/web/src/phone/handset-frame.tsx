import type { Phone } from "@richline/contract";
import type { CSSProperties, ReactNode } from "react";
import { PlatformContext } from "../message/platform.ts";
import { type AgentPalette, paletteOf } from "./agent-palette.ts";

interface HandsetFrameProps {
  readonly phone: Phone;
  /** The colour of the agent on screen: Android draws buttons and chips in it, iOS does not. */
  readonly color: string | undefined;
  readonly children: ReactNode;
}

/** The case of the phone; on narrow screens it has none. */
export function HandsetFrame({ phone, color, children }: HandsetFrameProps) {
  const palette = phone.platform === "android" ? paletteOf(color) : undefined;
  return (
    <section
      className="handset"
      aria-label={`Phone ${phone.phoneNumber}`}
      data-testid="handset"
      data-platform={phone.platform}
      data-phone={phone.phoneNumber}
      style={palette && styleOf(palette)}
    >
      <div className="screen">
        <PlatformContext value={phone.platform}>{children}</PlatformContext>
      </div>
    </section>
  );
}

function styleOf(palette: AgentPalette): CSSProperties {
  const names = {
    "--primary": palette.accent,
    "--on-primary": palette.onAccent,
    "--primary-container": palette.container,
    "--on-primary-container": palette.onContainer,
  };
  return Object.fromEntries(
    Object.entries(names).map(([name, { light, dark }]) => [name, `light-dark(${light}, ${dark})`]),
  );
}
