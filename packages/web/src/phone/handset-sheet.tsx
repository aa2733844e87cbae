import type { PersonSendsRequest } from "@richline/contract";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { ActionSheet } from "./action-sheet.tsx";
import { AgentSheet } from "./agent-sheet.tsx";
import { AttachSheet } from "./attach-sheet.tsx";
import { CameraSheet } from "./camera-sheet.tsx";
import type { Agent } from "./emulator-api.ts";
import { LocationSheet } from "./location-sheet.tsx";

/** What stands open over the thread. */
export type OpenSheet =
  | { readonly kind: "action"; readonly suggestion: SuggestionView }
  | { readonly kind: "attach" }
  | { readonly kind: "camera" }
  | { readonly kind: "location" }
  | { readonly kind: "agent" };

interface HandsetSheetProps {
  readonly sheet: OpenSheet;
  readonly agent: Agent | undefined;
  readonly isOptedOut: boolean;
  readonly onSheet: (sheet: OpenSheet | undefined) => void;
  readonly onSend: (body: PersonSendsRequest) => Promise<boolean>;
  readonly onUpload: (file: File) => Promise<boolean>;
  readonly onEvent: (event: "subscribe" | "unsubscribe") => Promise<boolean>;
}

/** The sheet that is open. Whatever is done in it closes it. */
export function HandsetSheet({ sheet, agent, onSheet, ...props }: HandsetSheetProps) {
  const close = () => onSheet(undefined);
  const send = (body: PersonSendsRequest) => {
    close();
    void props.onSend(body);
  };
  const upload = (file: File) => {
    close();
    void props.onUpload(file);
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
          onCamera={() => onSheet({ kind: "camera" })}
          onLocation={() => onSheet({ kind: "location" })}
          onFile={(file) => send({ file })}
          onUpload={upload}
        />
      );
    case "camera":
      return <CameraSheet onClose={close} onPhoto={upload} />;
    case "location":
      return <LocationSheet onClose={close} onShare={(location) => send({ location })} />;
    case "agent":
      return agent === undefined ? null : (
        <AgentSheet
          agent={agent}
          isOptedOut={props.isOptedOut}
          onClose={close}
          onEvent={(event) => {
            close();
            void props.onEvent(event);
          }}
        />
      );
  }
}
