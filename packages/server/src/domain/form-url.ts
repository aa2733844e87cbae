/** The address of a form's page, on the gateway's own domain. */
export function toFormUrl(publicUrl: string, token: string): string {
  return new URL(`/f/${token}`, publicUrl).href;
}
