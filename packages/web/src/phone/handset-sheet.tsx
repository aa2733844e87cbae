import type { PersonSendsRequest } from "@richline/contract";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { ActionSheet } from "./action-sheet.tsx";
import { AgentSheet } from "./agent-sheet.tsx";
import { AttachSheet } from "./attach-sheet.tsx";
import type { Agent } from "./emulator-api.ts";
import { LocationSheet } from "./location-sheet.tsx";

/** What stands open over the thread. */
export type OpenSheet =
  | { readonly kind: "action"; readonly suggestion: SuggestionView }
  | { readonly kind: "attach" }
  | { readonly kind: "location" }
  | { readonly kind: "agent" };

interface HandsetSheetProps {
  readonly sheet: OpenSheet;
  readonly agent: Agent | undefined;
  readonly onSheet: (sheet: OpenSheet | undefined) => void;
  readonly onSend: (body: PersonSendsRequest) => Promise<boolean>;
  readonly onEvent: (event: "subscribe" | "unsubscribe") => Promise<boolean>;
}

/** The sheet that is open. Whatever is done in it closes it. */
export function HandsetSheet({ sheet, agent, onSheet, onSend, onEvent }: HandsetSheetProps) {
  const close = () => onSheet(undefined);
  const send = (body: PersonSendsRequest) => {
    close();
    void onSend(body);
  };
  switch (sheet.kind) {
    case "action":
      return (
        <ActionSheet
          suggestion={sheet.suggestion}
          onClose={close}
          onShareLocation={(location) => send({ location })}
        />
      );
    case "attach":
      return (
        <AttachSheet
          onClose={close}
          onLocation={() => onSheet({ kind: "location" })}
          onFile={(file) => send({ file })}
        />
      );
    case "location":
      return <LocationSheet onClose={close} onShare={(location) => send({ location })} />;
    case "agent":
      return agent === undefined ? null : (
        <AgentSheet
          agent={agent}
          onClose={close}
          onEvent={(event) => {
            close();
            void onEvent(event);
          }}
        />
      );
  }
}
