import type { PatchEmulatorSettingsRequest } from "@richline/contract";
import type { Clock } from "../clock.ts";
import { MediaFetcher } from "../rbm/media-fetcher.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";
import type { Webhook } from "./model.ts";
import { SettingsBook } from "./settings.ts";
import { TesterBook } from "./testers.ts";

/** What the carrier knows of Google's wire besides agents, phones and messages. */
export interface RbmState {
  readonly settings: SettingsBook;
  /** The webhook of all agents that have none of their own. */
  readonly partner: Webhook;
  readonly testers: TesterBook;
  readonly media: MediaFetcher;
  /** What capability requests were answered, by agent and request id. */
  readonly capabilityAnswers: RecentMap<object>;
}

export interface RbmStateOptions {
  readonly clock: Clock;
  readonly settings: PatchEmulatorSettingsRequest;
  readonly partner: Partial<Webhook>;
  readonly allowedMediaHosts: readonly string[];
}

export function createRbmState(options: RbmStateOptions): RbmState {
  const { clock, settings, partner, allowedMediaHosts } = options;
  return {
    settings: new SettingsBook(settings),
    partner: { webhookUrl: partner.webhookUrl, clientToken: partner.clientToken },
    testers: new TesterBook(),
    media: new MediaFetcher(clock, allowedMediaHosts),
    capabilityAnswers: new RecentMap(retention.capabilityAnswersMax),
  };
}

/** Forgets what a reset forgets; the partner's webhook stays, as those of agents do. */
export function resetRbmState(state: RbmState): void {
  state.settings.reset();
  state.testers.clear();
  state.media.clear();
  state.capabilityAnswers.clear();
}
