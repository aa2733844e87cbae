import type { Agent } from "./emulator-api.ts";

interface OptOutBannerProps {
  readonly agent: Agent;
  readonly onResubscribe: () => void;
}

/** Says that the person has unsubscribed, and offers to take it back. */
export function OptOutBanner({ agent, onResubscribe }: OptOutBannerProps) {
  return (
    <div className="opt-out" data-testid="opted-out">
      <p>You unsubscribed from {agent.displayName}.</p>
      <button type="button" className="text-button" onClick={onResubscribe}>
        Resubscribe
      </button>
    </div>
  );
}
