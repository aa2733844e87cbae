import type { FaultRule } from "@richline/contract";

/** The rules for what goes wrong on purpose. */
export class FaultPlan {
  #rules: FaultRule[] = [];

  /** Takes the first rule that matches and uses it up by one; a rule with nothing left is gone. */
  take(on: FaultRule["on"], phoneNumber?: string): FaultRule | undefined {
    if (this.#rules.length === 0) return undefined;
    const index = this.#rules.findIndex(
      (rule) =>
        rule.on === on && (rule.phoneNumber === undefined || rule.phoneNumber === phoneNumber),
    );
    const rule = this.#rules[index];
    if (rule?.count === undefined) return rule;
    if (rule.count === 1) this.#rules.splice(index, 1);
    else this.#rules[index] = { ...rule, count: rule.count - 1 };
    return rule;
  }

  replace(rules: readonly FaultRule[]): void {
    this.#rules = [...rules];
  }

  /** The rules that still apply, with the counts that are left. */
  list(): readonly FaultRule[] {
    return this.#rules;
  }
}
