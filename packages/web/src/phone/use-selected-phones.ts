import type { Phone } from "@richline/contract";
import { useCallback, useEffect, useState } from "react";
import { phonesInUrl, withPhones } from "./phone-in-url.ts";

/** Phones that may stand beside each other. Ours: as many as fit on a desk. */
export const phonesOnDeskMax = 3;

/** The phones on screen: those in the page's address, else the first. */
export function useSelectedPhones() {
  const [asked, setAsked] = useState(() => phonesInUrl(new URL(location.href)));
  useEffect(() => {
    const onMove = () => setAsked(phonesInUrl(new URL(location.href)));
    addEventListener("popstate", onMove);
    addEventListener("hashchange", onMove);
    return () => {
      removeEventListener("popstate", onMove);
      removeEventListener("hashchange", onMove);
    };
  }, []);
  const show = useCallback((phoneNumbers: readonly string[]) => {
    history.pushState(null, "", withPhones(new URL(location.href), phoneNumbers));
    setAsked(phoneNumbers);
  }, []);
  const select = useCallback((phoneNumber: string) => show([phoneNumber]), [show]);
  /** Puts a phone beside those on screen, or away. The last one stays. */
  const toggle = useCallback(
    (phoneNumber: string, shown: readonly Phone[]) => {
      const numbers = shown.map((phone) => phone.phoneNumber);
      if (!numbers.includes(phoneNumber)) show([...numbers, phoneNumber].slice(-phonesOnDeskMax));
      else if (numbers.length > 1) show(numbers.filter((one) => one !== phoneNumber));
    },
    [show],
  );
  return { asked, select, toggle };
}

/** The phones that are asked for and exist; the first where none is asked for. */
export function choosePhones(phones: readonly Phone[], asked: readonly string[]): readonly Phone[] {
  if (asked.length === 0) return phones.slice(0, 1);
  return asked.flatMap(
    (phoneNumber) => phones.find((one) => one.phoneNumber === phoneNumber) ?? [],
  );
}
