import type { Phone, UpdatePhoneRequest } from "@richline/contract";
import { Choice } from "./choice.tsx";
import { displayPhoneNumber } from "./phone-in-url.ts";

interface PhoneSettingsProps {
  readonly phone: Phone;
  readonly isLocked: boolean;
  readonly onChange: (change: UpdatePhoneRequest) => void;
  readonly onLock: (isLocked: boolean) => void;
}

/** What can be changed about the phone on screen. */
export function PhoneSettings({ phone, isLocked, onChange, onLock }: PhoneSettingsProps) {
  return (
    <section className="settings" aria-label="This phone">
      <h2 className="panel-title">{phone.name ?? displayPhoneNumber(phone.phoneNumber)}</h2>
      <Switch
        label="Online"
        detail="Off: messages wait until it is back"
        isOn={phone.online}
        onChange={(online) => onChange({ online })}
      />
      <Switch
        label="Reads by itself"
        detail="Off: reading takes an open thread"
        isOn={phone.autoRead}
        onChange={(autoRead) => onChange({ autoRead })}
      />
      <Choice
        label="RCS"
        value={phone.rcs}
        options={[
          ["enabled", "On"],
          ["disabled", "Off"],
          ["none", "None"],
        ]}
        onChange={(rcs) => onChange({ rcs })}
      />
      <Choice
        label="Platform"
        value={phone.platform}
        options={[
          ["android", "Android"],
          ["ios", "iOS"],
        ]}
        onChange={(platform) => onChange({ platform })}
      />
      <Switch
        label="Locked"
        detail="On: messages are notifications"
        isOn={isLocked}
        onChange={onLock}
      />
    </section>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly detail: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Switch({ label, detail, isOn, onChange }: SwitchProps) {
  return (
    <label className="switch-row">
      <span>
        {label}
        <small>{detail}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        className="switch"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}
