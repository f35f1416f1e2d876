// An invariant holds for every output of every connector. It watches a run line by line.
import type {JsonObject} from '../../cdk/json/values.ts';
import type {Exit} from '../../process/child.ts';
import type {Fault} from '../check-kit/check.ts';
import type {Command} from '../connectors/connector.ts';

/** The known facts of the watched run. What is missing is not checked. */
export interface About {
  readonly command?: Command | undefined;
  readonly config?: unknown;
  /** A SPEC message's `spec`, or the message: it marks the secrets of the config. */
  readonly spec?: unknown;
  /** The configured catalog of a read. */
  readonly catalog?: unknown;
  readonly state?: unknown;
}

export interface Finding extends Fault {
  /** The invariant's name. */
  readonly invariant: string;
  /** Counted from 1; undefined if the finding is about the whole output. */
  readonly line?: number;
  readonly severity: 'error' | 'warning';
}

export interface Stream {
  readonly name: string;
  /** Undefined also for null and the empty string. */
  readonly namespace: string | undefined;
  /** One string for both. */
  readonly key: string;
}

/** One line that holds a JSON object with a `type`. */
export interface Message {
  readonly line: number;
  readonly text: string;
  readonly json: JsonObject;
  readonly type: string;
  /** The value under the key of its type, if it is an object. */
  readonly payload: JsonObject;
  /** The stream of a RECORD, of a STATE of one stream, or of a status: the catalog's, if only the namespace differs. */
  readonly stream: Stream | undefined;
  /** The stream as named in the message. */
  readonly named: Stream | undefined;
}

/** A violation of an invariant. The current line and its text are added, unless it names others. */
export interface Violation {
  readonly reason: string;
  readonly advice: string;
  readonly offending?: string;
  readonly line?: number;
  /** By default `error`. */
  readonly severity?: 'error' | 'warning';
  /** After the first few, violations by the same subject are only counted. By default the subject is the stream. */
  readonly subject?: string;
}

export interface Watcher {
  /** `problem` is the reason why the line is not a message. */
  readonly line?: (text: string, problem: string | undefined) => void;
  readonly message?: (message: Message) => void;
  /** `exit` is undefined if it is not known how the run ended. */
  readonly end?: (exit: Exit | undefined) => void;
}

export interface Invariant {
  /** Kebab-case, and never changed: people filter by it. */
  readonly name: string;
  /** One sentence that is true of every correct output. */
  readonly about: string;
  readonly watch: (about: About, report: (violation: Violation) => void) => Watcher;
}
