import type {
  EmulatorQuotas,
  EmulatorSettings,
  PatchEmulatorSettingsRequest,
} from "@richline/contract";

/** Google's published numbers; see `EmulatorQuotas`. */
const publishedQuotas: EmulatorQuotas = {
  messagesPerSecondMax: null,
  batchGetsPerMinuteMax: 600,
  testerInvitesPerDayMax: 20,
  testerInvitesMax: 200,
};

const defaults: EmulatorSettings = {
  revokeBehaviour: "current",
  testersRequired: false,
  webhookTimeLapse: 1,
  quotas: publishedQuotas,
};

/** How the carrier behaves now, and how it was started. */
export class SettingsBook {
  readonly #initial: EmulatorSettings;
  #current: EmulatorSettings;

  constructor(initial: PatchEmulatorSettingsRequest) {
    this.#initial = merge(defaults, initial);
    this.#current = this.#initial;
  }

  get current(): EmulatorSettings {
    return this.#current;
  }

  /** Changes what is given. */
  change(changes: PatchEmulatorSettingsRequest): EmulatorSettings {
    this.#current = merge(this.#current, changes);
    return this.#current;
  }

  /** Back to how it was started. */
  reset(): void {
    this.#current = this.#initial;
  }
}

function merge(before: EmulatorSettings, changes: PatchEmulatorSettingsRequest): EmulatorSettings {
  const { quotas } = changes;
  return {
    revokeBehaviour: changes.revokeBehaviour ?? before.revokeBehaviour,
    testersRequired: changes.testersRequired ?? before.testersRequired,
    webhookTimeLapse: changes.webhookTimeLapse ?? before.webhookTimeLapse,
    quotas: {
      messagesPerSecondMax:
        quotas?.messagesPerSecondMax === undefined
          ? before.quotas.messagesPerSecondMax
          : quotas.messagesPerSecondMax,
      batchGetsPerMinuteMax: quotas?.batchGetsPerMinuteMax ?? before.quotas.batchGetsPerMinuteMax,
      testerInvitesPerDayMax:
        quotas?.testerInvitesPerDayMax ?? before.quotas.testerInvitesPerDayMax,
      testerInvitesMax: quotas?.testerInvitesMax ?? before.quotas.testerInvitesMax,
    },
  };
}
