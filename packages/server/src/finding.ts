/** One thing that `richline doctor` found. */
export interface Finding {
  readonly level: "ok" | "warning" | "error";
  readonly subject: string;
  readonly detail: string;
  readonly remedy?: string;
}
