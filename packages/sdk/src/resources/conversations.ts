import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface Conversations {
  /** Shows the person that an answer is being written, where their phone can show it. */
  readonly typing: (conversationId: string, options?: CallOptions) => Promise<void>;
  /** Shows the person that what they wrote was read. */
  readonly read: (conversationId: string, options?: CallOptions) => Promise<void>;
}

export function createConversations({ request }: Transport): Conversations {
  const post = async (
    conversationId: string,
    what: "typing" | "read",
    options: CallOptions | undefined,
  ): Promise<void> => {
    const path = `/v1/conversations/${segment(conversationId)}/${what}`;
    await request({ ...options, method: "POST", path, repeatable: true });
  };
  return {
    typing: (conversationId, options) => post(conversationId, "typing", options),
    read: (conversationId, options) => post(conversationId, "read", options),
  };
}
