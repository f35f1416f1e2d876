// Writes zip archives like those of servers. No dependency can write them.
import {crc32, deflateRawSync} from 'node:zlib';

type Entry = {readonly name: string; readonly content: string | Buffer; readonly encrypted?: true};

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7 and 4.3.12: the common part of a file's two headers. */
const commonOf = ({content, encrypted}: Entry, deflated: Buffer): Buffer => {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(encrypted ? 0x801 : 0x800, 2); // names are UTF-8
  common.writeUInt16LE(8, 4); // deflate
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(deflated.length, 14);
  common.writeUInt32LE(Buffer.byteLength(content), 18);
  return common;
};

const withName = (common: Buffer, name: string): Buffer => {
  common.writeUInt16LE(Buffer.byteLength(name), 22);
  return common;
};

/** A zip archive with these files, deflated. */
export const zipOf = (entries: readonly Entry[]): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const deflated = deflateRawSync(entry.content);
    const common = withName(commonOf(entry, deflated), entry.name);
    const name = Buffer.from(entry.name);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, deflated]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, tail, name);
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]);
};
