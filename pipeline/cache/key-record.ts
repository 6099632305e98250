/** `keys/<key>.json`: that a stage with this key is done, what made the key, and the digest of what it made. */
import { canonicalJson } from '../plan/canonical-json.ts';
import type { CanonicalValue } from '../plan/canonical-json.ts';
import { digestText, isDigest, staysInside } from '../plan/digest.ts';
import type { ListedFile } from '../plan/digest.ts';
import type { KeyManifest } from '../plan/key.ts';
import { digestManifest } from '../plan/manifest.ts';

const recordSchema = 1;

export interface KeyRecord {
  readonly key: string;
  readonly identity: string;
  /** The stage's name when it was made; other configs may call it otherwise. */
  readonly stage: string;
  /** The run that made it, by its folder's name; absent in older records. */
  readonly run?: string;
  readonly uses: string;
  readonly manifest: KeyManifest;
  /** Digest of the listing of its reproducible files; the listing is an object of that name. */
  readonly outputs: string;
  /** Its other files: times, hosts and paths may be in them. */
  readonly records: readonly ListedFile[];
  /** How long it took. */
  readonly seconds: number;
  /** What the stage last said of itself, empty where it said nothing; absent in older records. */
  readonly figures?: Readonly<Record<string, number>>;
  /** ISO 8601, by the clock of the machine that made it. */
  readonly created: string;
}

/** The record's text, with a digest of itself, so that a damaged one is known. */
export function writeKeyRecord(record: KeyRecord): string {
  const body = { schema: recordSchema, ...record };
  return `${JSON.stringify({ ...body, check: checkOf(body) }, undefined, 1)}\n`;
}

/** Undefined where the text is damaged, belongs to another key, or is of a form that this version does not know. */
export function readKeyRecord(text: string, key: string): KeyRecord | undefined {
  const parsed = parseObject(text);
  if (parsed === undefined) return undefined;
  const { check, ...body } = parsed;
  if (body['schema'] !== recordSchema || check !== checkOf(body)) return undefined;
  const { schema: _schema, ...rest } = body;
  const record = rest as unknown as KeyRecord; // its own digest says that writeKeyRecord wrote it
  return isSound(record, key) ? record : undefined;
}

function isSound(record: KeyRecord, key: string): boolean {
  return record.key === key && digestManifest(record.manifest) === key && isDigest(record.outputs)
    && record.records.every((file) => staysInside(file.path) && isDigest(file.digest));
}

function checkOf(body: object): string {
  return digestText(canonicalJson(body as CanonicalValue));
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
