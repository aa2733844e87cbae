import { useState } from "react";
import { Brand } from "../design/brand.tsx";
import { CopyCommand } from "../design/copy-command.tsx";
import { firstMessageCommand } from "../design/first-message.ts";
import { EventList } from "./event-list.tsx";
import type { Gateway } from "./gateway.ts";
import { MessageDrawer } from "./message-drawer.tsx";
import { MessageTable } from "./message-table.tsx";
import { useFeed } from "./use-feed.ts";

const connectionWords = {
  connecting: "Connecting…",
  live: "Live",
  lost: "Connection lost. Trying again…",
} as const;

/** The contact that the development gateway knows from its start. Source: the README's first steps. */
const firstConversationId = "user_123";

interface DashboardProps {
  readonly gateway: Gateway;
  readonly mode: "test" | "live";
  readonly onKeyRefused: (detail: string) => void;
  readonly onSignOut: () => void;
}

/** Messages on one side, events on the other, one message in a drawer. */
export function Dashboard({ gateway, mode, onKeyRefused, onSignOut }: DashboardProps) {
  const feed = useFeed(gateway, onKeyRefused);
  const [openId, setOpenId] = useState<string>();
  const newestOfOpen = feed.events.find((event) => event.messageId === openId)?.id;
  return (
    <div className="console">
      <header className="console-head">
        <Brand name="console" />
        <span className="badge" data-tone={mode === "live" ? "warn" : "plain"}>
          {mode === "live" ? "LIVE" : "TEST"}
        </span>
        <p className="connection" role="status" data-state={feed.connection}>
          {connectionWords[feed.connection]}
        </p>
        <button type="button" className="text-button" onClick={onSignOut}>
          Change key
        </button>
      </header>
      {feed.error && (
        <p className="alert console-alert" role="alert">
          {feed.error}
        </p>
      )}
      <main className="columns">
        <section className="column" aria-label="Messages">
          <h1 className="column-title">Messages</h1>
          {feed.messages?.length === 0 ? (
            <FirstMessage />
          ) : (
            <MessageTable
              messages={feed.messages}
              hasOlder={feed.hasOlder}
              onOlder={feed.loadOlder}
              onOpen={setOpenId}
            />
          )}
        </section>
        <section className="column" aria-label="Live events">
          <h2 className="column-title">Live events</h2>
          <EventList events={feed.events} onOpen={setOpenId} />
        </section>
      </main>
      {openId !== undefined && (
        <MessageDrawer
          key={openId}
          gateway={gateway}
          messageId={openId}
          newestEventId={newestOfOpen}
          onClose={() => setOpenId(undefined)}
        />
      )}
    </div>
  );
}

function FirstMessage() {
  return (
    <div className="empty">
      <h2>No messages yet</h2>
      <p className="soft">Send the first one; it appears here, and its events beside it.</p>
      <CopyCommand command={firstMessageCommand(location.origin, firstConversationId)} />
    </div>
  );
}
