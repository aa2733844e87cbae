import type { Message, MessageListItem, Mode } from "@richline/contract";
import { toLinkUrl } from "../domain/track-links.ts";
import { toTimestamp } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { MessageRow } from "../store/store.ts";
import type { HttpContext } from "./http-context.ts";

/** The message of this mode under this id; throws when there is none. */
export async function findMessage(
  context: HttpContext,
  mode: Mode,
  id: string,
): Promise<MessageRow> {
  const row = await context.store.getMessage(mode, id);
  if (row === undefined) throw new PlatformError("not_found");
  return row;
}

/** A message with what the person did with it. */
export async function toMessage(
  { store, publicUrl }: HttpContext,
  row: MessageRow,
): Promise<Message> {
  const [interactions, links] = await Promise.all([
    store.listInteractions(row.uid),
    store.listLinks(row.uid),
  ]);
  return {
    ...toListItem(row),
    interactions: interactions.map((one) => ({
      id: one.id,
      interactionType: one.interactionType,
      ...(one.postbackData === null ? {} : { postbackData: one.postbackData }),
      createdAt: toTimestamp(one.createdAtMs),
    })),
    ...(links.length === 0
      ? {}
      : {
          links: links.map(({ url, code, clicks, lastClickedAtMs }) => ({
            url,
            trackedUrl: toLinkUrl(publicUrl, code),
            clicks,
            ...optionalTime("lastClickedAt", lastClickedAtMs),
          })),
        }),
  };
}

/** A message as lists show it. */
export function toListItem(row: MessageRow): MessageListItem {
  return {
    name: `conversations/${row.conversationId}/messages/${row.id}`,
    id: row.id,
    mode: row.mode,
    agentId: row.agentId,
    conversationId: row.conversationId,
    ...(row.userId === null ? {} : { userId: row.userId }),
    phoneNumber: row.phoneNumber,
    messageType: row.messageType,
    content: row.erasedAtMs === null ? row.content : null,
    ...(row.fallbackText === null ? {} : { fallbackText: row.fallbackText }),
    trafficType: row.trafficType,
    ...(row.purpose === null ? {} : { purpose: row.purpose }),
    status: row.status,
    deviceSupport: row.deviceSupport,
    ...(row.reason === null ? {} : { reason: row.reason }),
    createTime: toTimestamp(row.createdAtMs),
    ...optionalTime("sendAt", row.sendAtMs),
    ...optionalTime("sentAt", row.sentAtMs),
    ...optionalTime("deliveredAt", row.deliveredAtMs),
    ...optionalTime("readAt", row.readAtMs),
    ...optionalTime("erasedAt", row.erasedAtMs),
    ...(row.metadata === null ? {} : { metadata: { ...row.metadata } }),
  };
}

function optionalTime<Key extends string>(
  key: Key,
  atMs: number | null,
): Partial<Record<Key, string>> {
  // SAFETY: one computed key of the type that the signature names.
  return (atMs === null ? {} : { [key]: toTimestamp(atMs) }) as Partial<Record<Key, string>>;
}
