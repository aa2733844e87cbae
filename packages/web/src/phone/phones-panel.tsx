import type { CreatePhoneRequest, Phone, UpdatePhoneRequest } from "@richline/contract";
import { Brand } from "../design/brand.tsx";
import { Icon } from "../design/icon.tsx";
import { AddPhone } from "./add-phone.tsx";
import { PhonePicker } from "./phone-picker.tsx";
import { PhoneSettings } from "./phone-settings.tsx";

const connectionWords = {
  connecting: "Connecting…",
  live: "Live",
  lost: "Connection lost. Trying again…",
} as const;

interface PhonesPanelProps {
  readonly phones: readonly Phone[];
  readonly phone: Phone | undefined;
  readonly connection: keyof typeof connectionWords;
  readonly error: string | undefined;
  readonly onSelect: (phoneNumber: string) => void;
  readonly onAdd: (request: CreatePhoneRequest) => void;
  readonly onChange: (phone: Phone, change: UpdatePhoneRequest) => void;
  readonly onClose: () => void;
}

/** All phones, and the settings of the one on screen. */
export function PhonesPanel(props: PhonesPanelProps) {
  const { phone, error, onChange } = props;
  return (
    <aside className="panel panel-phones" aria-label="Phones and their settings">
      <div className="panel-head">
        <Brand name="emulator" />
        <button
          type="button"
          className="icon-button panel-close"
          aria-label="Back to the phone"
          onClick={props.onClose}
        >
          <Icon name="close" size={24} />
        </button>
      </div>
      <p className="connection" role="status" data-state={props.connection}>
        {connectionWords[props.connection]}
      </p>
      <PhonePicker phones={props.phones} selected={phone?.phoneNumber} onSelect={props.onSelect} />
      <AddPhone onAdd={props.onAdd} />
      {error && (
        <p className="panel-error" role="alert">
          {error}
        </p>
      )}
      {phone && <PhoneSettings phone={phone} onChange={(change) => onChange(phone, change)} />}
    </aside>
  );
}
