// The same streams with faros-airbyte-cdk, which bench/peers/install.js installs into `.bench/faros`.
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {makePool, SINCE, timeOf} from './records.js';

const requirePeer = createRequire(join(import.meta.dirname, '../../../.bench/faros/package.json'));
const {
  AirbyteSourceBase,
  AirbyteSourceLogger,
  AirbyteSourceRunner,
  AirbyteSpec,
  AirbyteStreamBase,
} = requirePeer('faros-airbyte-cdk');

const schema = {
  type: 'object',
  properties: {id: {type: 'integer'}, updated_at: {type: 'string'}, note: {type: 'string'}},
};

class Items extends AirbyteStreamBase {
  constructor(logger, config) {
    super(logger);
    this.config = config;
  }
  getJsonSchema() {
    return schema;
  }
  get primaryKey() {
    return 'id';
  }
}

class Memory extends Items {
  async *readRecords() {
    const {records, bytes} = this.config;
    const pool = makePool(bytes);
    for (let n = 0; n < records; n += 1) yield pool[n % pool.length];
  }
}

const latest = (current, {updated_at}) =>
  current.updated_at === undefined || updated_at > current.updated_at ? {updated_at} : current;

class Changes extends Items {
  get cursorField() {
    return 'updated_at';
  }
  get stateCheckpointInterval() {
    return 1_000;
  }
  getUpdatedState(current, record) {
    return latest(current, record);
  }
  async *readRecords() {
    const {records, bytes} = this.config;
    const pool = makePool(bytes);
    for (let n = 0; n < records; n += pool.length) {
      const updated_at = timeOf(n);
      for (const record of pool.slice(0, records - n)) yield {...record, updated_at};
    }
  }
}

class Untouched extends Items {
  async *readRecords() {
    const {url, pages} = this.config;
    for (let cursor = 0; cursor !== null; ) {
      const response = await fetch(`${url}/items?pages=${pages}&cursor=${cursor}`);
      const {data, next_cursor} = await response.json();
      yield* data;
      cursor = next_cursor;
    }
  }
}

class Filtered extends Untouched {
  get cursorField() {
    return 'updated_at';
  }
  getUpdatedState(current, record) {
    return latest(current, record);
  }
  async *readRecords() {
    for await (const record of super.readRecords()) if (record.updated_at >= SINCE) yield record;
  }
}

/** A stream is named after its class. */
class Mapped extends Untouched {}

class Bench extends AirbyteSourceBase {
  get type() {
    return 'bench';
  }
  async spec() {
    return new AirbyteSpec({
      connectionSpecification: {
        type: 'object',
        properties: {url: {type: 'string'}, token: {type: 'string', airbyte_secret: true}},
      },
    });
  }
  async checkConnection() {
    return [true, undefined];
  }
  streams(config) {
    return [Memory, Changes, Untouched, Filtered, Mapped].map(
      (Stream) => new Stream(this.logger, config),
    );
  }
}

const logger = new AirbyteSourceLogger();
await new AirbyteSourceRunner(logger, new Bench(logger)).mainCommand().parseAsync(process.argv);
