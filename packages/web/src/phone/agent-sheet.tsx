import type { ReactNode } from "react";
import { Icon, type IconName } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";
import { displayUrl } from "../message/safe-url.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";
import { displayPhoneNumber } from "./phone-in-url.ts";
import { Sheet } from "./sheet.tsx";

interface AgentSheetProps {
  readonly agent: Agent;
  readonly isOptedOut: boolean;
  readonly onClose: () => void;
  readonly onEvent: (event: "subscribe" | "unsubscribe") => void;
}

/** The agent's profile: who it is, how to reach it, and whether the person wants to hear from it. */
export function AgentSheet({ agent, isOptedOut, onClose, onEvent }: AgentSheetProps) {
  // Apple's app shows neither the banner nor the policies. Source: Infobip, "RCS platform behavior differences".
  const isIos = usePlatform() === "ios";
  return (
    <Sheet title={agent.displayName} isTitleHidden height="full" onClose={onClose}>
      <ProfileHead agent={agent} showsHero={!isIos} />
      <ul className="sheet-list profile-links">
        {agent.phoneNumber && (
          <Contact icon="call" href={`tel:${agent.phoneNumber}`} label="Call">
            {displayPhoneNumber(agent.phoneNumber)}
          </Contact>
        )}
        {agent.email && (
          <Contact icon="mail" href={`mailto:${agent.email}`} label="Email">
            {agent.email}
          </Contact>
        )}
        {agent.website && (
          <Contact icon="web" href={agent.website} label="Website">
            {displayUrl(agent.website)}
          </Contact>
        )}
        {!isIos && agent.privacyUri && (
          <Contact icon="policy" href={agent.privacyUri} label="Privacy policy">
            {displayUrl(agent.privacyUri)}
          </Contact>
        )}
        {!isIos && agent.termsUri && (
          <Contact icon="terms" href={agent.termsUri} label="Terms of service">
            {displayUrl(agent.termsUri)}
          </Contact>
        )}
      </ul>
      <ul className="sheet-list profile-options" aria-label="Options">
        <li>
          <OptButton isOptedOut={isOptedOut} onEvent={onEvent} />
        </li>
      </ul>
      <p className="agent-id">{agent.agentId}</p>
    </Sheet>
  );
}

function ProfileHead({ agent, showsHero }: { readonly agent: Agent; readonly showsHero: boolean }) {
  return (
    <div className="profile-head" data-hero={showsHero}>
      {showsHero && (
        <div className="profile-hero">
          {agent.heroUri && <img src={agent.heroUri} alt="" referrerPolicy="no-referrer" />}
        </div>
      )}
      <Avatar agent={agent} size={88} />
      <p className="profile-name">
        {agent.displayName}
        <span className="verified">
          <Icon name="verified" size={20} />
          <span className="visually-hidden">Verified business</span>
        </span>
      </p>
      <p className="profile-verified">
        {agent.verifiedBy === undefined ? "Verified business" : `Verified by ${agent.verifiedBy}`}
      </p>
      {agent.description && <p className="thread-head-description">{agent.description}</p>}
    </div>
  );
}

interface ContactProps {
  readonly icon: IconName;
  readonly href: string;
  readonly label: string;
  readonly children: ReactNode;
}

function Contact({ icon, href, label, children }: ContactProps) {
  const isWeb = href.startsWith("http");
  return (
    <li>
      <a
        className="sheet-item"
        href={href}
        {...(isWeb && { target: "_blank", rel: "noopener noreferrer" })}
      >
        <Icon name={icon} size={22} />
        <span>
          {label}
          <small>{children}</small>
        </span>
      </a>
    </li>
  );
}

interface OptButtonProps {
  readonly isOptedOut: boolean;
  readonly onEvent: (event: "subscribe" | "unsubscribe") => void;
}

function OptButton({ isOptedOut, onEvent }: OptButtonProps) {
  return isOptedOut ? (
    <button type="button" className="sheet-item" onClick={() => onEvent("subscribe")}>
      <Icon name="check" size={22} />
      <span>
        Resubscribe
        <small>Sends START and the subscribe event</small>
      </span>
    </button>
  ) : (
    <button
      type="button"
      className="sheet-item sheet-danger"
      onClick={() => onEvent("unsubscribe")}
    >
      <Icon name="block" size={22} />
      <span>
        Unsubscribe
        <small>Sends STOP and the unsubscribe event</small>
      </span>
    </button>
  );
}
