import { displayPhoneNumber } from "./phone-in-url.ts";

interface NoPhoneProps {
  readonly isLoading: boolean;
  /** The emulator does not answer at present. */
  readonly isLost: boolean;
  readonly asked: string | undefined;
  readonly onAdd: (phoneNumber: string) => void;
  readonly onPhones: () => void;
}

/** The number that a new emulator's first phone gets when the address names none. Source: the 555-01XX numbers are reserved for fiction. */
const firstPhoneNumber = "+12025550123";

/** An empty handset: nothing loaded yet, or no such phone. */
export function NoPhone({ isLoading, isLost, asked, onAdd, onPhones }: NoPhoneProps) {
  const phoneNumber = asked ?? firstPhoneNumber;
  return (
    <section className="handset" aria-label="Phone" aria-busy={isLoading}>
      <div className="screen screen-off">
        {isLoading ? (
          <p role="status">
            {isLost ? "The emulator cannot be reached. Trying again…" : "Starting…"}
          </p>
        ) : (
          <>
            <h1>{asked === undefined ? "No phones yet" : "No such phone"}</h1>
            <p>
              {asked === undefined
                ? "The emulator holds no phones."
                : `The emulator holds no phone ${displayPhoneNumber(asked)}.`}
            </p>
            <button type="button" className="filled-button" onClick={() => onAdd(phoneNumber)}>
              Add {displayPhoneNumber(phoneNumber)}
            </button>
            <button type="button" className="text-button no-phone-others" onClick={onPhones}>
              Other phones
            </button>
          </>
        )}
      </div>
    </section>
  );
}
