import type { CreatePhoneRequest, Phone, UpdatePhoneRequest } from "@richline/contract";
import { AddPhone } from "./add-phone.tsx";
import { PhonePicker } from "./phone-picker.tsx";
import { PhoneSettings } from "./phone-settings.tsx";

interface PhonesPanelProps {
  readonly phones: readonly Phone[];
  /** Those on screen. */
  readonly shown: readonly Phone[];
  readonly canShowMore: boolean;
  readonly error: string | undefined;
  readonly onSelect: (phoneNumber: string) => void;
  readonly onToggle: (phoneNumber: string, shown: readonly Phone[]) => void;
  readonly onAdd: (request: CreatePhoneRequest) => void;
  readonly onChange: (phone: Phone, change: UpdatePhoneRequest) => void;
  /** Numbers of the phones whose screen is locked. */
  readonly locked: ReadonlySet<string>;
  readonly onLock: (phoneNumber: string, isLocked: boolean) => void;
}

/** All phones, and the settings of those on screen. */
export function PhonesPanel(props: PhonesPanelProps) {
  const { shown, error, onChange } = props;
  return (
    <aside className="panel panel-phones" aria-label="Phones and their settings">
      <PhonePicker
        phones={props.phones}
        selected={shown.map(({ phoneNumber }) => phoneNumber)}
        canShowMore={props.canShowMore}
        onSelect={props.onSelect}
        onToggle={(phoneNumber) => props.onToggle(phoneNumber, shown)}
      />
      <AddPhone onAdd={props.onAdd} />
      {error && (
        <p className="panel-error" role="alert">
          {error}
        </p>
      )}
      {shown.map((phone) => (
        <PhoneSettings
          key={phone.phoneNumber}
          phone={phone}
          isLocked={props.locked.has(phone.phoneNumber)}
          onChange={(change) => onChange(phone, change)}
          onLock={(isLocked) => props.onLock(phone.phoneNumber, isLocked)}
        />
      ))}
    </aside>
  );
}
