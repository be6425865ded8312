import type { WaitingFile } from '#connector-kit';

/** A message as IMAP knows it: its UID means something together with its folder's UIDVALIDITY alone (RFC 3501, 2.3.1.1). */
export interface MessageName {
  readonly uidValidity: bigint;
  readonly uid: number;
}

export function versionOf({ uidValidity, uid }: MessageName): string {
  return `${uidValidity}:${uid}`;
}

/** Folder and name that no two messages of a mailbox share. */
export function pathOf(folder: string, { uidValidity, uid }: MessageName): string {
  return `${folder}/${uidValidity}-${uid}.eml`;
}

/** @throws RangeError for a version that is none of ours. */
export function messageNamed({ version }: Pick<WaitingFile, 'version'>): MessageName {
  const [, validity, uid] = /^(\d{1,20}):(\d{1,10})$/.exec(version) ?? [];
  if (validity === undefined || uid === undefined) throw new RangeError(`"${version}" names no message: UIDVALIDITY and UID with a colon between`);
  return { uidValidity: BigInt(validity), uid: Number(uid) };
}
