import { messageContent } from "@richline/contract";
import { adviseOn } from "../inspector/explain-error.ts";
import { objectIn } from "../message/read-json.ts";
import { placeOf, readPlacedJson } from "./json-positions.ts";

/** Something wrong with what was pasted, and where it stands. */
export interface Fault {
  readonly field: string;
  readonly description: string;
  readonly limit?: string | undefined;
  readonly remedy?: string | undefined;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** What was pasted, as far as it can be drawn, and what a carrier or the gateway would refuse about it. */
export interface CheckedMessage {
  readonly content: Readonly<Record<string, unknown>> | undefined;
  readonly faults: readonly Fault[];
}

/** Where the content may stand: Google's body of `agentMessages`, Richline's body of `messages`, or bare. */
const wrappers = ["contentMessage", "message"] as const;

/** Reads JSON of an RBM or a Richline message, and checks it against every limit. */
export function checkMessage(text: string): CheckedMessage {
  const placed = readPlacedJson(text);
  if ("error" in placed) {
    const { error, offset } = placed;
    return {
      content: undefined,
      faults: [{ field: "", description: error, offset, ...placeOf(text, offset) }],
    };
  }
  const outer = objectIn(placed.value);
  const wrapper = wrappers.find((name) => objectIn(outer?.[name]) !== undefined);
  const content = wrapper === undefined ? outer : objectIn(outer?.[wrapper]);
  const checked = messageContent.safeParse(content ?? placed.value);
  const issues = checked.success ? [] : checked.error.issues.flatMap(spreadUnknownKeys);
  const faults = issues.map(({ path, message }) => {
    const field = pathText(wrapper === undefined ? path : [wrapper, ...path]);
    const offset = offsetOf(field, placed.offsets);
    return {
      field,
      description: message,
      ...adviseOn(field, message),
      offset,
      ...placeOf(text, offset),
    };
  });
  return { content, faults: faults.toSorted((a, b) => a.offset - b.offset) };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** An issue about unknown names is one of each name. */
function spreadUnknownKeys(
  issue: Issue & { readonly code?: string; readonly keys?: readonly string[] },
): readonly Issue[] {
  if (issue.code !== "unrecognized_keys" || issue.keys === undefined) return [issue];
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: `Unknown name "${key}": Cannot find field.`,
  }));
}

/** A field that is missing is shown where it would stand. */
function offsetOf(field: string, offsets: ReadonlyMap<string, number>): number {
  for (let path = field; path !== ""; path = path.replace(/(\.[^.[]+|\[\d+\]|^[^.[]+)$/, "")) {
    const offset = offsets.get(path);
    if (offset !== undefined) return offset;
  }
  return 0;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}
