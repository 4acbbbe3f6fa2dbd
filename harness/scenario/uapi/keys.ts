/** keyctl(2), add_key(2) and request_key(2), as cases import them under the name `keys`. */
import { type Call, GuestBuffer } from '../agent/batch.ts';

/** Commands of keyctl(2) (linux/keyctl.h), without KEYCTL_. */
export const KEYCTL = {
  GET_KEYRING_ID: 0,
  JOIN_SESSION_KEYRING: 1,
  UPDATE: 2,
  REVOKE: 3,
  CHOWN: 4,
  SETPERM: 5,
  DESCRIBE: 6,
  CLEAR: 7,
  LINK: 8,
  UNLINK: 9,
  SEARCH: 10,
  READ: 11,
  INSTANTIATE: 12,
  NEGATE: 13,
  SET_REQKEY_KEYRING: 14,
  SET_TIMEOUT: 15,
  ASSUME_AUTHORITY: 16,
  GET_SECURITY: 17,
  SESSION_TO_PARENT: 18,
  REJECT: 19,
  INVALIDATE: 21,
  GET_PERSISTENT: 22,
  PKEY_QUERY: 24,
  RESTRICT_KEYRING: 29,
  MOVE: 30,
  CAPABILITIES: 31,
} as const;

/** Keyrings without a serial number (linux/keyctl.h), without KEY_SPEC_. */
export const KEY_SPEC = {
  THREAD_KEYRING: -1,
  PROCESS_KEYRING: -2,
  SESSION_KEYRING: -3,
  USER_KEYRING: -4,
  USER_SESSION_KEYRING: -5,
} as const;

/** add_key(2): the value is the serial number. The payload is text as UTF-8. */
export function addKey(type: string, description: string, payload: string | null, keyring: number): Call {
  const bytes = Buffer.from(payload ?? '');
  const buffer = payload === null ? null : new GuestBuffer(bytes);
  return { name: 'add_key', args: [type, description, buffer, bytes.length, keyring] };
}

/** keyctl(2) with a command of KEYCTL. */
export function keyctl(command: number, ...args: Call['args']): Call {
  return { name: 'keyctl', args: [command, ...args] };
}
