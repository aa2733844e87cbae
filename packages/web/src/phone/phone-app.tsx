import type { CreatePhoneRequest, Phone, UpdatePhoneRequest } from "@richline/contract";
import { useState } from "react";
import { ActivityList } from "./activity-list.tsx";
import { addPhone, updatePhone } from "./emulator-api.ts";
import { Handset } from "./handset.tsx";
import { NoPhone } from "./no-phone.tsx";
import { PhonesPanel } from "./phones-panel.tsx";
import { useEmulator } from "./use-emulator.ts";
import { choosePhone, useSelectedPhone } from "./use-selected-phone.ts";

/** The page: a handset, and beside it the other phones and what happens on the wire. */
export function PhoneApp() {
  const { asked, select } = useSelectedPhone();
  const [firstNumber, setFirstNumber] = useState<string>();
  const emulator = useEmulator(asked ?? firstNumber);
  const [isPanelOpen, setIsPanelOpen] = useState(false);
  const [error, setError] = useState<string>();
  const { phones } = emulator;
  const phone = phones && choosePhone(phones, asked);
  if (phone !== undefined && asked === undefined && firstNumber !== phone.phoneNumber) {
    setFirstNumber(phone.phoneNumber);
  }

  const attempt = async (act: Promise<void>): Promise<boolean> => {
    setError(undefined);
    try {
      await act;
      emulator.refreshPhones();
      return true;
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
      return false;
    }
  };
  const change = (one: Phone, update: UpdatePhoneRequest) =>
    void attempt(updatePhone(one.phoneNumber, update));
  const add = async (request: CreatePhoneRequest) => {
    if (await attempt(addPhone(request))) show(request.phoneNumber);
  };
  const show = (phoneNumber: string) => {
    select(phoneNumber);
    setIsPanelOpen(false);
  };

  return (
    <div className="desk" data-panel-open={isPanelOpen}>
      <PhonesPanel
        phones={phones ?? []}
        phone={phone}
        connection={emulator.connection}
        error={error}
        onSelect={show}
        onAdd={(request) => void add(request)}
        onChange={change}
        onClose={() => setIsPanelOpen(false)}
      />
      <main className="stage">
        {phone ? (
          <Handset
            key={phone.phoneNumber}
            phone={phone}
            agents={emulator.agents}
            thread={emulator.thread}
            onPhones={() => setIsPanelOpen(true)}
            onGoOnline={() => change(phone, { online: true })}
            onActed={emulator.refreshThread}
          />
        ) : (
          <NoPhone
            isLoading={phones === undefined}
            isLost={emulator.connection === "lost"}
            asked={asked}
            onAdd={(phoneNumber) => void add({ phoneNumber })}
            onPhones={() => setIsPanelOpen(true)}
          />
        )}
      </main>
      <aside className="panel panel-activity" aria-label="Traffic">
        <ActivityList lines={emulator.activity} />
      </aside>
    </div>
  );
}
