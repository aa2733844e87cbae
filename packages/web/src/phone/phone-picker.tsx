import type { Phone } from "@richline/contract";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { useFixedRows } from "../live/use-fixed-rows.ts";
import { displayPhoneNumber } from "./phone-in-url.ts";

/** Phones from which on there is a field to search them. Ours: more than fit on the panel. */
const searchFrom = 8;
/** Height of a phone in the list, in pixels, as in phone.css. */
const itemHeightPx = 54;

interface PhonePickerProps {
  readonly phones: readonly Phone[];
  /** Those on screen. */
  readonly selected: readonly string[];
  readonly canShowMore: boolean;
  readonly onSelect: (phoneNumber: string) => void;
  /** Puts a phone beside those on screen, or away. */
  readonly onToggle: (phoneNumber: string) => void;
}

/** All phones that the emulator holds, to switch between, or to put beside each other. */
export function PhonePicker({ phones, selected, ...props }: PhonePickerProps) {
  const [search, setSearch] = useState("");
  const shown = useMemo(() => phones.filter((phone) => matches(phone, search)), [phones, search]);
  const list = useRef<HTMLDivElement>(null);
  const rows = useFixedRows(list, shown.length, itemHeightPx);
  const [first] = selected;
  // The address may name a phone far down the list.
  const reveal = useEffectEvent(() => {
    const at = shown.findIndex(({ phoneNumber }) => phoneNumber === first);
    if (at !== -1) rows.scrollTo(at);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another first phone is what it is about.
  useEffect(() => reveal(), [first]);
  return (
    <nav className="picker" aria-label="Phones" data-testid="phone-picker">
      {phones.length >= searchFrom && (
        <input
          type="search"
          className="picker-search"
          placeholder="Search phones"
          aria-label="Search phones"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <div className="picker-scroller" ref={list}>
        <ul className="picker-list" style={{ height: rows.totalPx }}>
          {rows.items.map(({ index, topPx }) => {
            const phone = shown[index];
            if (phone === undefined) return null;
            const { phoneNumber } = phone;
            return (
              <li
                key={phoneNumber}
                className="picker-row"
                style={{ transform: `translateY(${topPx}px)` }}
                aria-posinset={index + 1}
                aria-setsize={shown.length}
              >
                <PickerItem
                  phone={phone}
                  isShown={selected.includes(phoneNumber)}
                  isAlone={selected.length === 1}
                  {...props}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </nav>
  );
}

interface PickerItemProps extends Pick<PhonePickerProps, "canShowMore" | "onSelect" | "onToggle"> {
  readonly phone: Phone;
  readonly isShown: boolean;
  readonly isAlone: boolean;
}

function PickerItem({ phone, isShown, isAlone, ...props }: PickerItemProps) {
  const { phoneNumber } = phone;
  const name = phone.name ?? displayPhoneNumber(phoneNumber);
  return (
    <>
      <button
        type="button"
        className="picker-item"
        data-phone={phoneNumber}
        aria-current={isShown ? "true" : undefined}
        onClick={() => props.onSelect(phoneNumber)}
      >
        <span className="picker-icon" data-online={phone.online}>
          <Icon name="phone" size={20} />
        </span>
        <span className="picker-words">
          <span className="picker-name">{name}</span>
          <span className="picker-detail">{describe(phone)}</span>
        </span>
      </button>
      {(isShown ? !isAlone : props.canShowMore) && (
        <button
          type="button"
          className="icon-button picker-beside"
          aria-label={isShown ? `Put ${name} away` : `Show ${name} beside`}
          title={isShown ? "Put away" : "Show beside"}
          onClick={() => props.onToggle(phoneNumber)}
        >
          <Icon name={isShown ? "close" : "add"} size={18} />
        </button>
      )}
    </>
  );
}

function matches(phone: Phone, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  const digits = wanted.replace(/[^0-9]/g, "");
  return (
    phone.name?.toLowerCase().includes(wanted) === true ||
    wanted === "" ||
    (digits !== "" && phone.phoneNumber.includes(digits))
  );
}

const rcsWords = { enabled: "RCS", disabled: "RCS off", none: "SMS only" } as const;

function describe(phone: Phone): string {
  return [
    phone.name === undefined ? undefined : displayPhoneNumber(phone.phoneNumber),
    phone.platform === "ios" ? "iOS" : "Android",
    rcsWords[phone.rcs],
    phone.online ? undefined : "offline",
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
}
