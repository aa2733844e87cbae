import type { Phone } from "@richline/contract";
import type { ReactNode } from "react";

interface HandsetFrameProps {
  readonly phone: Phone;
  readonly children: ReactNode;
}

/** The case of the phone; on narrow screens it has none. */
export function HandsetFrame({ phone, children }: HandsetFrameProps) {
  return (
    <section
      className="handset"
      aria-label={`Phone ${phone.phoneNumber}`}
      data-platform={phone.platform}
      data-phone={phone.phoneNumber}
    >
      <div className="screen">{children}</div>
    </section>
  );
}
