/** Where the emulator serves a file that an agent uploaded. Names are `files/{uid}`; anything else has no address. */
export function uploadUrl(fileName: string): string | undefined {
  const uid = /^files\/([A-Za-z0-9._~-]+)$/.exec(fileName)?.[1];
  return uid === undefined || /^\.+$/.test(uid) ? undefined : `/_emulator/files/${uid}`;
}
