import type { Phone, ThreadMessage } from "@richline/contract";
import { useMemo } from "react";
import { ChipList } from "../message/chip-list.tsx";
import type { Platform } from "../message/platform.ts";
import { AppBar } from "../phone/app-bar.tsx";
import type { Agent } from "../phone/emulator-api.ts";
import { HandsetFrame } from "../phone/handset-frame.tsx";
import { MessageRow } from "../phone/message-row.tsx";
import { StatusBar } from "../phone/status-bar.tsx";
import { visibleChips } from "../phone/thread-view.ts";

interface PreviewHandsetProps {
  readonly platform: Platform;
  readonly agent: Agent;
  readonly content: Readonly<Record<string, unknown>> | undefined;
}

const nothing = () => {};

/** One message on a handset that does nothing else. */
export function PreviewHandset({ platform, agent, content }: PreviewHandsetProps) {
  const message = useMemo(() => messageOf(agent, content), [agent, content]);
  const chips = useMemo(() => visibleChips(message === undefined ? [] : [message]), [message]);
  const name = platform === "ios" ? "iOS" : "Android";
  return (
    <figure className="preview-handset" data-testid={`preview-${platform}`}>
      <figcaption>{name}</figcaption>
      <HandsetFrame phone={phoneOf(platform)} color={agent.color}>
        <div className="screen-page">
          <StatusBar online />
          <AppBar agent={agent} onBack={nothing} onDetails={nothing} />
          <div className="thread-frame">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
            <section className="thread" aria-label={`Message on ${name}`} tabIndex={0}>
              <ol className="rows">
                {message && (
                  <MessageRow
                    message={message}
                    index={0}
                    count={1}
                    top={0}
                    showsTimeAbove
                    startsGroup
                    endsGroup
                    agent={agent}
                    isNewestInbound={false}
                    measure={null}
                    onTap={nothing}
                    tail={
                      chips && (
                        <div className="thread-chips">
                          <ChipList chips={chips.chips} onTap={nothing} />
                        </div>
                      )
                    }
                  />
                )}
              </ol>
            </section>
          </div>
        </div>
      </HandsetFrame>
    </figure>
  );
}

function messageOf(
  agent: Agent,
  content: PreviewHandsetProps["content"],
): ThreadMessage | undefined {
  if (content === undefined) return undefined;
  const sentAt = new Date().toISOString();
  const { agentId } = agent;
  return { direction: "outbound", channel: "rcs", agentId, messageId: "preview", content, sentAt };
}

function phoneOf(platform: Platform): Phone {
  return { phoneNumber: platform, platform, rcs: "enabled", online: true, autoRead: false };
}
