// What an invariant is: something that holds for every output of every connector, watched line by line.
import type {JsonObject} from '../../cdk/json/values.ts';
import type {Exit} from '../../process/child.ts';
import type {Fault} from '../check-kit/check.ts';
import type {Command} from '../connectors/connector.ts';

/** What is known of the run whose output is watched; what is not given is not held against it. */
export interface About {
  readonly command?: Command | undefined;
  readonly config?: unknown;
  /** A SPEC message's `spec`, or the message: it says which values of the config are secrets. */
  readonly spec?: unknown;
  /** The configured catalog of a read. */
  readonly catalog?: unknown;
  readonly state?: unknown;
}

export interface Finding extends Fault {
  /** The invariant's name. */
  readonly invariant: string;
  /** Counted from 1; undefined where it is about the whole output. */
  readonly line?: number;
  readonly severity: 'error' | 'warning';
}

export interface Stream {
  readonly name: string;
  /** Absent, null and the empty string are one. */
  readonly namespace: string | undefined;
  /** One text for both. */
  readonly key: string;
}

/** One line that holds a JSON object with a `type`. */
export interface Message {
  readonly line: number;
  readonly text: string;
  readonly json: JsonObject;
  readonly type: string;
  /** What stands under the key of its type, where it is an object. */
  readonly payload: JsonObject;
  /** Of a RECORD, a STATE of one stream, and a status: as the catalog has it, where only the namespace differs. */
  readonly stream: Stream | undefined;
  /** As the message has it. */
  readonly named: Stream | undefined;
}

/** What an invariant tells; the line and its text are added, unless it names others. */
export interface Told {
  readonly reason: string;
  readonly advice: string;
  readonly offending?: string;
  readonly line?: number;
  /** `error`, unless said otherwise. */
  readonly severity?: 'error' | 'warning';
  /** Findings that are told of the same thing are counted after the first few; by default, of the same stream. */
  readonly of?: string;
}

export interface Watcher {
  /** `problem` says why the line is no message. */
  readonly line?: (text: string, problem: string | undefined) => void;
  readonly message?: (message: Message) => void;
  /** `exit` is undefined where nobody knows how the run ended. */
  readonly end?: (exit: Exit | undefined) => void;
}

export interface Invariant {
  /** Kebab-case, and never changed: people filter by it. */
  readonly name: string;
  /** One sentence: what holds. */
  readonly about: string;
  readonly watch: (about: About, tell: (told: Told) => void) => Watcher;
}
