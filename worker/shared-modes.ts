/**
 * Who may touch what worker and renderer share in the scratch folder. Their own user alone, unless the umask leaves a group
 * all that its user has, as 0007 does: then the two are two users that share it by a group. Others never.
 */
export interface SharedModes {
  readonly folder: number;
  readonly file: number;
}

export function sharedModes(umask: number = process.umask()): SharedModes {
  return (umask & 0o070) === 0 ? { folder: 0o770, file: 0o660 } : { folder: 0o700, file: 0o600 };
}
