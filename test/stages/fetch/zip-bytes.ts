/** Zips written byte by byte, also such as no honest program would write. */
import { deflateRawSync } from 'node:zlib';
import crc32 from 'crc-32';

export interface ZipMember {
  readonly path: string;
  readonly content?: Uint8Array;
  readonly deflate?: boolean;
  /** Unix mode with the file type: 0o120777 is a symbolic link. */
  readonly mode?: number;
  readonly encrypted?: boolean;
  /** A checksum that is not the content's. */
  readonly wrongSum?: boolean;
  /** The path in bytes, where it is not to be UTF-8 of `path`. */
  readonly rawPath?: Uint8Array;
}

/** One zip of these members, in this order. */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, directory } = encode(member, offset);
    locals.push(local);
    central.push(directory);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function encode(member: ZipMember, offset: number): { local: Buffer; directory: Buffer } {
  const name = Buffer.from(member.rawPath ?? Buffer.from(member.path));
  const content = Buffer.from(member.content ?? []);
  const packed = member.deflate ? deflateRawSync(content) : content;
  const data = member.encrypted ? Buffer.concat([Buffer.alloc(12), packed]) : packed;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x0800 | (member.encrypted ? 1 : 0), 2);
  common.writeUInt16LE(member.deflate ? 8 : 0, 4);
  common.writeUInt32LE(((crc32.buf(content) ^ (member.wrongSum ? 1 : 0)) >>> 0), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, data]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((((member.mode ?? 0o100644) << 16) >>> 0), 6);
  tail.writeUInt32LE(offset, 10);
  const directory = Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 3]), common, tail, name]);
  return { local, directory };
}
