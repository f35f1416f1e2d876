// Undoes the `content-encoding` of a response: https://www.rfc-editor.org/rfc/rfc9110#section-8.4
// undici's `decompress` reads only the first frame of zstd, no raw deflate, and passes on what it can't read.
import type {Transform} from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import {SystemError, TransientError} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {describeUrl, type HttpResponse} from '../types.ts';
import type {Sink} from './body.ts';

type Engine = Transform & {readonly bytesWritten: number};

type Coding = {
  readonly name: string;
  /** @param first the first bytes of the body */
  readonly create: (first: Buffer) => Engine;
  /** Another frame may follow the end of one. Node's gunzip reads the members of gzip by itself. */
  readonly hasFrames?: true;
  /** Zeros may follow the end, as tools that write whole blocks add them. */
  readonly isPadded?: true;
};

const GZIP: Coding = {name: 'gzip', create: () => createGunzip(), isPadded: true};

/** The compression method in the first byte of zlib's header: https://www.rfc-editor.org/rfc/rfc1950#section-2.2 */
const ZLIB_METHOD = 8;
const GZIP_MAGIC = 0x1f;

/**
 * `deflate` means zlib, but some servers send raw deflate or gzip. The first byte distinguishes them: in raw deflate it would
 * begin a stored block whose padding is not zero, and a block of a type that does not exist.
 */
const createAnyInflate = (first: Buffer): Engine => {
  const byte = first[0] ?? 0;
  if (byte === GZIP_MAGIC) return createGunzip();
  return (byte & 0x0f) === ZLIB_METHOD ? createInflate() : createInflateRaw();
};

/** https://www.rfc-editor.org/rfc/rfc9659#section-3: a window of up to 8 MiB */
const zstdWindow = () => ({params: {[constants.ZSTD_d_windowLogMax]: 23}});

/** The error for a window that is too large; undefined for any other fault. */
export const windowFault = (
  fault: unknown,
  where: string,
  limit: string,
  advice: string,
): SystemError | undefined =>
  isObject(fault) && fault['code'] === 'ZSTD_error_frameParameter_windowTooLarge'
    ? new SystemError(
        `${where} answered with zstd that needs a window of more than ${limit}. ${advice}, or report this to the API's owner.`,
      )
    : undefined;

const CODINGS: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['gzip', GZIP],
  ['x-gzip', GZIP],
  ['deflate', {name: 'deflate', create: createAnyInflate}],
  ['br', {name: 'br', create: () => createBrotliDecompress()}],
  ['zstd', {name: 'zstd', create: () => createZstdDecompress(zstdWindow()), hasFrames: true}],
]);

/**
 * Registered codings that can't be undone here. Any other name is not a coding, and changes nothing: servers send
 * `identity`, `utf-8` and `aws-chunked`. https://www.iana.org/assignments/http-parameters
 */
const UNREADABLE = new Set([
  'aes128gcm',
  'compress',
  'dcb',
  'dcz',
  'exi',
  'pack200-gzip',
  'x-compress',
]);

const MOST_CODINGS = 5;

type Head = Pick<HttpResponse, 'status' | 'headers' | 'url'>;

const whereOf = ({url}: Head): string => describeUrl(url);

/** The codings in the order in which they were applied. */
const codingsOf = (head: Head): readonly Coding[] => {
  const encoding = head.headers['content-encoding'];
  if (encoding === undefined) return [];
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const readable = names.flatMap((name) => CODINGS.get(name) ?? []);
  const unreadable = names.find((name) => UNREADABLE.has(name));
  if (unreadable === undefined && readable.length <= MOST_CODINGS) return readable;
  // The status of a refusal says more than its body.
  if (head.status >= 300) return [];
  throw new SystemError(
    unreadable === undefined
      ? `${whereOf(head)} answered with a body that is compressed ${readable.length} times (content-encoding), which is more than ${MOST_CODINGS}. Report this to the API's owner.`
      : `${whereOf(head)} answered in the content-encoding "${unreadable}", which can't be read here, though the request accepts only gzip, deflate, br and zstd. Report this to the API's owner.`,
  );
};

/** A body of no bytes is not compressed, unless it was cut off by the end of its connection. */
const mayBeEmpty = ({status, headers}: Head): boolean =>
  status === 204 || status === 304 || 'content-length' in headers || 'transfer-encoding' in headers;

const assertNothingAfter = (rest: Buffer, head: Head, {name, isPadded}: Coding): void => {
  if (isPadded && rest.every((byte) => byte === 0)) return;
  throw new TransientError(
    `${whereOf(head)} answered with bytes after the end of its ${name} body, so it is not clear where the body ends. Try again later; if the error stays, report it to the API's owner.`,
  );
};

/** One engine, and the place of its output. */
const openEngine = (engine: Engine, head: Head, sink: Sink) => {
  const {promise: ended, resolve, reject} = Promise.withResolvers<void>();
  const stop = (error: unknown): void => {
    engine.destroy();
    const advice = 'Set the header `accept-encoding: gzip` in `connect`';
    reject(windowFault(error, whereOf(head), '8 MiB', advice) ?? error);
  };
  // Errors are reported by `write` and `end`.
  ended.catch(() => {});
  engine.once('end', () => resolve()).on('error', stop);
  engine.on('data', (chunk: Buffer) => {
    try {
      const taking = sink.take(chunk);
      if (taking === undefined) return;
      engine.pause();
      taking.then(() => engine.resume(), stop);
    } catch (error) {
      stop(error);
    }
  });
  return {
    /** Resolves with the bytes after the end of the engine's data. */
    write: async (chunk: Buffer): Promise<Buffer> => {
      const before = engine.bytesWritten;
      const taken = new Promise<void>((done) => {
        engine.write(chunk, (error) => {
          if (!error) done();
        });
      });
      await Promise.race([ended, taken]);
      const rest = chunk.subarray(engine.bytesWritten - before);
      // An engine leaves bytes only after its end. Its output comes before those of the next one.
      if (rest.length > 0) await ended;
      return rest;
    },
    /** Throws if the data are not complete. */
    end: async (): Promise<void> => {
      engine.end();
      await ended;
    },
  };
};

/** Undoes one coding. */
const undo = (head: Head, coding: Coding, sink: Sink): Sink => {
  const open = (first: Buffer) => openEngine(coding.create(first), head, sink);
  let engine: ReturnType<typeof openEngine> | undefined;
  let isOver = false;
  let last: Promise<void> | undefined;

  const feed = async (chunk: Buffer): Promise<void> => {
    let rest = chunk;
    while (rest.length > 0) {
      if (isOver) {
        assertNothingAfter(rest, head, coding);
        return;
      }
      engine ??= open(rest);
      rest = await engine.write(rest);
      if (rest.length === 0) return;
      engine = undefined;
      isOver = !coding.hasFrames;
    }
  };

  return {
    take: (chunk) => {
      last = last === undefined ? feed(chunk) : last.then(() => feed(chunk));
      return last;
    },
    end: async () => {
      await last;
      if (last === undefined && !mayBeEmpty(head)) engine = open(Buffer.alloc(0));
      await engine?.end();
      return sink.end();
    },
  };
};

const decodedHead = <H extends Head>(head: H): H => {
  const {'content-encoding': _, 'content-length': __, ...headers} = head.headers;
  return {...head, headers};
};

/** Opens a sink for the body as it is sent; `openSink` gets the head without the headers of the encoded body. */
export const decoding = <H extends Head>(
  head: H,
  openSink: (decoded: H) => Sink,
): {readonly head: H; readonly sink: Sink} => {
  const codings = codingsOf(head);
  const decoded = codings.length === 0 ? head : decodedHead(head);
  const sink = codings.reduce((next, coding) => undo(head, coding, next), openSink(decoded));
  return {head: decoded, sink};
};
