/**
 * The part of the Standard Schema interface that we call; Zod, Valibot and ArkType have it.
 * Source: standardschema.dev, version 1.
 */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

type Result<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** The value that the schema makes of `value`, in an object; nothing when it does not fit. */
export async function fitToSchema<Output>(
  schema: StandardSchema<Output>,
  value: unknown,
): Promise<{ readonly value: Output } | undefined> {
  const result = await schema["~standard"].validate(value);
  return result.issues === undefined ? { value: result.value } : undefined;
}
