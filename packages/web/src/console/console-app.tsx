import { useCallback, useMemo, useState } from "react";
import { keepApiKey, takeApiKey } from "./api-key.ts";
import { Dashboard } from "./dashboard.tsx";
import { openGateway } from "./gateway.ts";
import { KeyForm } from "./key-form.tsx";

/** The console: behind a key, all messages and events as they happen. */
export function ConsoleApp() {
  const [apiKey, setApiKey] = useState(takeApiKey);
  const [refusal, setRefusal] = useState<string>();
  const gateway = useMemo(() => (apiKey === undefined ? undefined : openGateway(apiKey)), [apiKey]);
  const change = useCallback((next: string | undefined, why?: string) => {
    keepApiKey(next);
    setApiKey(next);
    setRefusal(why);
  }, []);
  if (apiKey === undefined || gateway === undefined) {
    return <KeyForm refusal={refusal} onKey={(next) => change(next)} />;
  }
  return (
    <Dashboard
      key={apiKey}
      gateway={gateway}
      mode={apiKey.startsWith("rl_live_") ? "live" : "test"}
      onKeyRefused={(detail) => change(undefined, detail)}
      onSignOut={() => change(undefined)}
    />
  );
}
