import { Icon, type IconName } from "../design/icon.tsx";
import type { ActionView } from "./suggestion-view.ts";

const names: Readonly<Record<ActionView["kind"], IconName | undefined>> = {
  reply: undefined,
  postback: undefined,
  unknown: undefined,
  "open-url": "open",
  dial: "call",
  "view-location": "place",
  calendar: "event",
  "share-location": "my-location",
};

/** The picture that a handset puts before the label of an action; replies have none. */
export function SuggestionIcon({ action }: { readonly action: ActionView }) {
  const name = names[action.kind];
  return name === undefined ? null : <Icon name={name} size={18} />;
}
