/** Name and password of the queue UI, from files of a Secret: read at each look, so that a rotation needs no restart. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Longer than what anybody remembers: there is one password for all, and it is all that is asked. */
export const SHORTEST_PASSWORD = 16;

export interface LoginFiles {
  readonly usernameFile: string;
  readonly passwordFile: string;
}

export class Login {
  readonly #files: LoginFiles;

  constructor(files: LoginFiles) {
    this.#files = files;
  }

  /** Whether the header `Authorization` is right. Rejects where there is no login to hold it against: nobody gets in then. */
  async admits(authorization: string | undefined): Promise<boolean> {
    const { username, password } = await this.read();
    const [, encoded = ''] = /^basic +([a-z0-9+/=]{1,2048})$/i.exec(authorization ?? '') ?? [];
    return isSame(Buffer.from(encoded, 'base64'), Buffer.from(`${username}:${password}`));
  }

  /** Rejects with what is wrong and its remedy, without anything of what the files hold. */
  async read(): Promise<{ readonly username: string; readonly password: string }> {
    const [username, password] = await Promise.all([
      text('username', this.#files.usernameFile),
      text('password', this.#files.passwordFile),
    ]);
    // It ends the name in the header.
    if (username.includes(':')) throw new Error(`the username in ${this.#files.usernameFile} must not hold a colon`);
    if (password.length < SHORTEST_PASSWORD)
      throw new Error(
        `the password in ${this.#files.passwordFile} has less than ${SHORTEST_PASSWORD} characters: make one by openssl rand -hex 24`,
      );
    return { username, password };
  }
}

async function text(what: string, file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the ${what} is not to be had (${error.code}: ${file}): there is no way in without a login`);
  });
  const line = found.trimEnd();
  if (line === '') throw new Error(`the ${what} in ${file} is empty: there is no way in without a login`);
  return line;
}

const digest = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** In a time that tells neither how much of them is the same nor how long they are. */
const isSame = (one: Buffer, other: Buffer): boolean => timingSafeEqual(digest(one), digest(other));
