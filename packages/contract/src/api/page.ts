import { z } from "zod";
import { limits } from "../limits.ts";

/** Query of every list: how many rows, and where the page before ended. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(limits.pageSizeMax).default(limits.pageSizeDefault),
  cursor: z.string().min(1).max(512).optional(),
};

/** One page of a list. No `nextCursor`: this is the last. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}
