/**
 * The rule of a protocol buffer `oneof`: exactly one of `keys` is set.
 *
 * `when` lets the rule run although other fields are wrong too, so that one answer names every violation.
 */
export function exactlyOneOf(keys: readonly string[]): OneOfRule {
  return [
    (value) => keys.filter((key) => key in value && value[key] !== undefined).length === 1,
    {
      error: `Exactly one of ${keys.join(", ")} must be set.`,
      when: ({ value }) => typeof value === "object" && value !== null,
    },
  ];
}

type OneOfRule = [
  (value: Readonly<Record<string, unknown>>) => boolean,
  { error: string; when: (payload: { readonly value: unknown }) => boolean },
];
