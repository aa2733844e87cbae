import type { Phone } from "@richline/contract";
import { useCallback, useEffect, useState } from "react";
import { phoneInUrl, withPhone } from "./phone-in-url.ts";

/** The phone on screen: the one in the page's address, else the first. */
export function useSelectedPhone() {
  const [asked, setAsked] = useState(() => phoneInUrl(new URL(location.href)));
  useEffect(() => {
    const onMove = () => setAsked(phoneInUrl(new URL(location.href)));
    addEventListener("popstate", onMove);
    addEventListener("hashchange", onMove);
    return () => {
      removeEventListener("popstate", onMove);
      removeEventListener("hashchange", onMove);
    };
  }, []);
  const select = useCallback((phoneNumber: string) => {
    history.pushState(null, "", withPhone(new URL(location.href), phoneNumber));
    setAsked(phoneNumber);
  }, []);
  return { asked, select };
}

/** The phone that is asked for, or the first if none is. Undefined: there is none such (yet). */
export function choosePhone(
  phones: readonly Phone[],
  asked: string | undefined,
): Phone | undefined {
  return asked === undefined ? phones[0] : phones.find((phone) => phone.phoneNumber === asked);
}
