import type { Phone, UpdatePhoneRequest } from "@richline/contract";
import { Icon } from "../design/icon.tsx";
import { Choice } from "./choice.tsx";
import { Handset } from "./handset.tsx";
import { displayPhoneNumber } from "./phone-in-url.ts";
import type { Emulator } from "./use-emulator.ts";
import { useThread } from "./use-thread.ts";

interface PhoneOnDeskProps {
  readonly phone: Phone;
  readonly emulator: Emulator;
  readonly isAlone: boolean;
  readonly isLocked: boolean;
  readonly onPhones: () => void;
  readonly onChange: (phone: Phone, change: UpdatePhoneRequest) => void;
  readonly onLock: (isLocked: boolean) => void;
  readonly onRemove: () => void;
}

/** A handset and, over it, whose it is and how it looks. */
export function PhoneOnDesk(props: PhoneOnDeskProps) {
  const { phone, emulator, isLocked, onChange, onLock } = props;
  const { thread, refresh } = useThread(phone.phoneNumber, emulator.changes);
  const name = phone.name ?? displayPhoneNumber(phone.phoneNumber);
  return (
    <div className="place">
      <div className="place-bar" role="toolbar" aria-label={`Phone of ${name}`}>
        <span className="place-name">{name}</span>
        <Choice
          label="Look"
          value={phone.platform}
          options={[
            ["android", "Android"],
            ["ios", "iOS"],
          ]}
          onChange={(platform) => onChange(phone, { platform })}
        />
        <button
          type="button"
          className="icon-button place-button"
          data-testid="lock"
          aria-label="Lock screen"
          aria-pressed={isLocked}
          title="Lock screen"
          onClick={() => onLock(!isLocked)}
        >
          <Icon name="lock" size={18} />
        </button>
        {!props.isAlone && (
          <button
            type="button"
            className="icon-button place-button"
            aria-label={`Put ${name} away`}
            title="Put away"
            onClick={props.onRemove}
          >
            <Icon name="close" size={18} />
          </button>
        )}
      </div>
      <Handset
        phone={phone}
        agents={emulator.agents}
        thread={thread}
        isLocked={isLocked}
        onUnlock={() => onLock(false)}
        onPhones={props.onPhones}
        onGoOnline={() => onChange(phone, { online: true })}
        onActed={refresh}
      />
    </div>
  );
}
