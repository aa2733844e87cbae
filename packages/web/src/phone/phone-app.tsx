import type { CreatePhoneRequest, Phone, UpdatePhoneRequest } from "@richline/contract";
import { lazy, Suspense, useState } from "react";
import { useTheme } from "../design/use-theme.ts";
import { Inspector } from "../inspector/inspector.tsx";
import { addPhone, resendWebhook, updatePhone } from "./emulator-api.ts";
import { NoPhone } from "./no-phone.tsx";
import { PageBar, type View } from "./page-bar.tsx";
import { PhoneOnDesk } from "./phone-on-desk.tsx";
import { PhonesPanel } from "./phones-panel.tsx";
import { type Emulator, useEmulator } from "./use-emulator.ts";
import { useFocusOfView } from "./use-focus-of-view.ts";
import { choosePhones, phonesOnDeskMax, useSelectedPhones } from "./use-selected-phones.ts";

/** The preview brings the whole message schema along: it is loaded when it is opened. */
const Preview = lazy(async () => ({ default: (await import("../preview/preview.tsx")).Preview }));

/** The page: one to three handsets, and beside them all phones and what happens on the wire. */
export function PhoneApp() {
  const emulator = useEmulator();
  const { asked, select, toggle } = useSelectedPhones();
  const { theme, choose } = useTheme();
  const [view, setView] = useState<View>("phone");
  useFocusOfView(view);
  const { error, change, attempt } = useChanges(emulator);
  const { locked, lock } = useLocks();
  const { phones } = emulator;
  const shown = phones === undefined ? [] : choosePhones(phones, asked);
  const show = (phoneNumber: string) => {
    select(phoneNumber);
    setView("phone");
  };
  const add = async (request: CreatePhoneRequest) => {
    if (await attempt(addPhone(request))) show(request.phoneNumber);
  };
  return (
    <div className="desk" data-view={view} data-phones={shown.length}>
      <PageBar
        view={view}
        connection={emulator.connection}
        theme={theme}
        onView={setView}
        onTheme={choose}
      />
      <PhonesPanel
        phones={phones ?? []}
        shown={shown}
        error={error}
        onSelect={show}
        onToggle={toggle}
        canShowMore={shown.length < phonesOnDeskMax}
        onAdd={(request) => void add(request)}
        onChange={change}
        locked={locked}
        onLock={(phoneNumber, isLocked) => {
          lock(phoneNumber, isLocked);
          setView("phone");
        }}
      />
      <main className="stage" aria-label="Phones on screen">
        {shown.map((phone) => (
          <PhoneOnDesk
            key={phone.phoneNumber}
            phone={phone}
            emulator={emulator}
            isAlone={shown.length === 1}
            onPhones={() => setView("phones")}
            onChange={change}
            isLocked={locked.has(phone.phoneNumber)}
            onLock={(isLocked) => lock(phone.phoneNumber, isLocked)}
            onRemove={() => toggle(phone.phoneNumber, shown)}
          />
        ))}
        {shown.length === 0 && (
          <NoPhone
            isLoading={phones === undefined}
            isLost={emulator.connection === "lost"}
            asked={asked[0]}
            onAdd={(phoneNumber) => void add({ phoneNumber })}
            onPhones={() => setView("phones")}
          />
        )}
      </main>
      <Traffic emulator={emulator} shown={shown} />
      {view === "preview" && <PreviewPlace emulator={emulator} />}
    </div>
  );
}

interface TrafficProps {
  readonly emulator: Emulator;
  readonly shown: readonly Phone[];
}

function Traffic({ emulator, shown }: TrafficProps) {
  return (
    <aside className="panel panel-inspector" aria-label="Traffic">
      <Inspector
        requests={emulator.requests}
        webhooks={emulator.webhooks}
        phoneNumbers={shown.map(({ phoneNumber }) => phoneNumber)}
        onResend={(id) => resend(id, emulator)}
      />
    </aside>
  );
}

function PreviewPlace({ emulator }: { readonly emulator: Emulator }) {
  return (
    <main className="preview-place" aria-label="Preview of a message">
      <Suspense fallback={<p role="status">Loading…</p>}>
        <Preview agents={emulator.agents} />
      </Suspense>
    </main>
  );
}

/** Which screens are locked: that is of this page only, the emulator knows nothing of it. */
function useLocks() {
  const [locked, setLocked] = useState<ReadonlySet<string>>(new Set());
  const lock = (phoneNumber: string, isLocked: boolean) =>
    setLocked((before) => {
      const next = new Set(before);
      if (isLocked) next.add(phoneNumber);
      else next.delete(phoneNumber);
      return next;
    });
  return { locked, lock };
}

/** Changes to phones, and what went wrong with the last one. */
function useChanges({ refreshPhones }: Pick<Emulator, "refreshPhones">) {
  const [error, setError] = useState<string>();
  const attempt = async (act: Promise<void>): Promise<boolean> => {
    setError(undefined);
    try {
      await act;
      refreshPhones();
      return true;
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
      return false;
    }
  };
  const change = (phone: Phone, update: UpdatePhoneRequest) =>
    void attempt(updatePhone(phone.phoneNumber, update));
  return { error, attempt, change };
}

async function resend(id: number, { refreshWebhooks }: Emulator): Promise<string | undefined> {
  try {
    await resendWebhook(id);
    refreshWebhooks();
    return undefined;
  } catch (reason) {
    return reason instanceof Error ? reason.message : String(reason);
  }
}
