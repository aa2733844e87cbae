import type { PersonEventRequest, PersonSendsRequest } from "@richline/contract";
import { useMemo } from "react";
import { reportPersonEvent, sendFromPerson, tapSuggestion, uploadFile } from "./emulator-api.ts";

/** What the phone's owner can do. What fails is told in a note; the answer is whether it worked. */
export interface Person {
  readonly send: (body: PersonSendsRequest) => Promise<boolean>;
  /** Uploads a file of this computer and sends it. */
  readonly sendFile: (
    file: File,
    to: Pick<PersonSendsRequest, "channel"> & { readonly agentId: string },
  ) => Promise<boolean>;
  readonly tap: (messageId: string, index: number) => Promise<boolean>;
  readonly report: (body: PersonEventRequest) => Promise<boolean>;
  /** Typing that cannot be reported is no reason to disturb whoever types: nothing is told. */
  readonly reportTyping: () => void;
}

interface PersonOptions {
  readonly phoneNumber: string;
  /** Something was done: the thread is worth reading again. */
  readonly onActed: () => void;
  readonly onFailed: (detail: string) => void;
}

/** The person behind one phone. */
export function usePerson({ phoneNumber, onActed, onFailed }: PersonOptions): Person {
  return useMemo(() => {
    const attempt = async (act: Promise<void>): Promise<boolean> => {
      try {
        await act;
        onActed();
        return true;
      } catch (error) {
        onFailed(error instanceof Error ? error.message : String(error));
        return false;
      }
    };
    return {
      send: (body) => attempt(sendFromPerson(phoneNumber, body)),
      sendFile: (file, to) => attempt(uploadAndSend(phoneNumber, file, to)),
      tap: (messageId, index) => attempt(tapSuggestion(phoneNumber, { messageId, index })),
      report: (body) => attempt(reportPersonEvent(phoneNumber, body)),
      reportTyping: () => {
        reportPersonEvent(phoneNumber, { event: "typing" }).catch(() => {});
      },
    };
  }, [phoneNumber, onActed, onFailed]);
}

async function uploadAndSend(
  phoneNumber: string,
  file: File,
  to: Pick<PersonSendsRequest, "channel"> & { readonly agentId: string },
): Promise<void> {
  const fileUri = await uploadFile(file, to.agentId);
  await sendFromPerson(phoneNumber, {
    file: { fileUri, mimeType: file.type, fileName: file.name, fileSizeBytes: file.size },
    ...to,
  });
}
