import type { Phone } from "@richline/contract";
import { useEffect, useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { displayPhoneNumber } from "./phone-in-url.ts";

/** Phones from which on there is a field to search them. Ours: more than fit on the panel. */
const searchFrom = 8;
/** Phones drawn at most; the search finds the others. */
const shownMax = 100;

interface PhonePickerProps {
  readonly phones: readonly Phone[];
  readonly selected: string | undefined;
  readonly onSelect: (phoneNumber: string) => void;
}

/** All phones that the emulator holds, to switch between. */
export function PhonePicker({ phones, selected, onSelect }: PhonePickerProps) {
  const [search, setSearch] = useState("");
  const list = useRef<HTMLUListElement>(null);
  // The address may name a phone far down the list.
  useEffect(() => {
    list.current
      ?.querySelector(`[data-phone="${CSS.escape(selected ?? "")}"]`)
      ?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const shown = phones.filter((phone) => matches(phone, search)).slice(0, shownMax);
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
      <ul className="picker-list" ref={list}>
        {shown.map((phone) => (
          <li key={phone.phoneNumber}>
            <button
              type="button"
              className="picker-item"
              data-phone={phone.phoneNumber}
              aria-current={phone.phoneNumber === selected ? "true" : undefined}
              onClick={() => onSelect(phone.phoneNumber)}
            >
              <span className="picker-icon" data-online={phone.online}>
                <Icon name="phone" size={20} />
              </span>
              <span className="picker-words">
                <span className="picker-name">
                  {phone.name ?? displayPhoneNumber(phone.phoneNumber)}
                </span>
                <span className="picker-detail">{describe(phone)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
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
