/** A tracked link of a message: the code that stands in its address, and where it leads. It never leads elsewhere. */
export interface NewLink {
  readonly code: string;
  readonly url: string;
}

export interface LinkRow extends NewLink {
  readonly messageUid: string;
  /** How often people followed it. */
  readonly clicks: number;
  readonly lastClickedAtMs: number | null;
}
