import { type CSSProperties, useState } from "react";
import type { Agent } from "./emulator-api.ts";

/** Colours for agents that have none. Ours: dark enough for white letters. */
const fallbackColors = ["#3f5f90", "#7b4e7f", "#8f4c38", "#316b5c", "#6a5f11", "#5b5891"];

interface AvatarProps {
  readonly agent: Agent;
  readonly size: number;
}

/** Behind what stands for an SMS sender, which has no colour of its own. Ours: a grey dark enough for white letters. */
const smsColor = "#5f6368";

/** The agent's logo, or its first letter on its colour; of an SMS sender's number, a mere sign. */
export function Avatar({ agent, size }: AvatarProps) {
  const [failedUrl, setFailedUrl] = useState<string>();
  const style: CSSProperties = {
    width: size,
    height: size,
    fontSize: size * 0.45,
    background: colorOf(agent),
  };
  const showsLogo = agent.logoUri !== undefined && agent.logoUri !== failedUrl;
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {showsLogo ? (
        <img
          src={agent.logoUri}
          alt=""
          referrerPolicy="no-referrer"
          onError={() => setFailedUrl(agent.logoUri)}
        />
      ) : (
        letterOf(agent)
      )}
    </span>
  );
}

function letterOf({ channel, displayName }: Agent): string {
  if (channel === "sms" && /^[+0-9]/.test(displayName)) return "#";
  return ([...displayName][0] ?? "?").toUpperCase();
}

function colorOf(agent: Agent): string {
  if (agent.channel === "sms") return smsColor;
  if (agent.color !== undefined && /^#[0-9a-f]{6}$/i.test(agent.color)) return agent.color;
  const sum = [...agent.agentId].reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  return fallbackColors[sum % fallbackColors.length] ?? "#3f5f90";
}
