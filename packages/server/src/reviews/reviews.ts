import type { MessageRow, MessageStanding, Page, ReviewQuery } from "../store/store.ts";
import { cancelMessage } from "./cancel-message.ts";
import { decide } from "./decide.ts";
import type { Decider, Decision, DecisionResult, ReviewsContext } from "./reviews-context.ts";
import { revokeMessage } from "./revoke-message.ts";

/** What people decide about messages: to cancel, to revoke, and what is to become of those in review. */
export interface Reviews {
  list(query: ReviewQuery): Promise<Page<MessageStanding>>;
  /** Decides on these messages, each by itself; one result a message, in the order given. */
  decide(
    decider: Decider,
    ids: readonly string[],
    decision: Decision,
  ): Promise<readonly DecisionResult[]>;
  /** Answers the cancelled message, or throws why it cannot be cancelled. */
  cancel(decider: Decider, id: string): Promise<MessageRow>;
  /** Asks the provider, and answers the message that was taken back, or throws why it was not. */
  revoke(decider: Decider, id: string): Promise<MessageRow>;
}

export function createReviews(context: ReviewsContext): Reviews {
  return {
    list: (query) => context.store.listReviews(query),
    decide: (decider, ids, decision) => decide(context, decider, ids, decision),
    cancel: (decider, id) => cancelMessage(context, decider, id),
    revoke: (decider, id) => revokeMessage(context, decider, id),
  };
}
