import type {
  BulkReviewRequest,
  BulkReviewResponse,
  Message,
  Review,
  ReviewPage,
} from "@richline/contract";
import { eachItem, type PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface ReviewFilter {
  readonly agentId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** The code of the message's `reason`. */
  readonly code?: string | undefined;
}

export interface ListReviewsOptions extends PageOptions, ReviewFilter {}

export interface DismissReview {
  /** Why, for the audit log. */
  readonly note?: string | undefined;
}

export interface DecideReview extends DismissReview {
  /** Go on although the person may then get the message twice. */
  readonly force?: boolean | undefined;
}

export interface Reviews {
  /** One page of the messages that wait for a person's decision, oldest first. */
  readonly list: (query?: ListReviewsOptions, options?: CallOptions) => Promise<ReviewPage>;
  /** All pages, fetched as they are read. */
  readonly listAll: (query?: ListReviewsOptions, options?: CallOptions) => AsyncIterable<Review>;
  /** Tries the message again over the same route. */
  readonly retry: (
    messageId: string,
    decision?: DecideReview,
    options?: CallOptions,
  ) => Promise<Message>;
  /** Sends the message's fallback text over the agent's next SMS route. */
  readonly sendAsSms: (
    messageId: string,
    decision?: DecideReview,
    options?: CallOptions,
  ) => Promise<Message>;
  /** Gives the message up. */
  readonly dismiss: (
    messageId: string,
    decision?: DismissReview,
    options?: CallOptions,
  ) => Promise<Message>;
  /** Decides on up to 1,000 messages; each gets its own result. */
  readonly decideAll: (
    request: BulkReviewRequest,
    options?: CallOptions,
  ) => Promise<BulkReviewResponse>;
}

const root = "/v1/reviews";

export function createReviews({ request }: Transport): Reviews {
  const list: Reviews["list"] = async (query, options) => {
    const call = { ...options, method: "GET", path: root, query: { ...query } } as const;
    return (await request<ReviewPage>(call)).body;
  };
  const decide =
    (verb: string) =>
    async (messageId: string, body: DecideReview = {}, options?: CallOptions): Promise<Message> => {
      const path = `${root}/${segment(messageId)}:${verb}`;
      return (await request<Message>({ ...options, method: "POST", path, body })).body;
    };
  return {
    list,
    listAll: (query, options) =>
      eachItem((cursor) => list({ ...query, cursor }, options), query?.cursor),
    retry: decide("retry"),
    sendAsSms: decide("send-as-sms"),
    dismiss: decide("dismiss"),
    decideAll: async (body, options) => {
      const call = { ...options, method: "POST", path: `${root}:bulk`, body } as const;
      return (await request<BulkReviewResponse>(call)).body;
    },
  };
}
