// Where a fault can be put into the connector.

// biome-ignore lint/suspicious/noExplicitAny: broken on purpose: messages of any shape
export type Json = Record<string, any>;

export interface Hooks {
  readonly spec?: (spec: Json) => Json;
  readonly check?: (answer: Json) => Json;
  readonly catalog?: (catalog: Json) => Json;
  /** The data of a record; undefined where it is lost. */
  readonly record?: (data: Json, stream: string) => Json | undefined;
  /** The blob of a stream's state. */
  readonly state?: (blob: Json, stream: string) => Json;
  /** The cursor to read from. */
  readonly since?: (cursor: string, stream: string) => string;
  /** What is printed in the place of a message. */
  readonly message?: (message: Json, command: string) => readonly Json[];
  /** Called first; `stop` where the command does no more. */
  readonly start?: (
    command: string,
    about: {readonly config: Json; readonly state: unknown; readonly fail: (text: string) => void},
  ) => 'stop' | undefined;
}

export interface BrokenConnector {
  /** `suite.name` of the check that must fail, or warn. */
  readonly caughtBy: string;
  /** Other checks that see the same fault, each rightly. */
  readonly also?: readonly string[];
  readonly hooks: Hooks;
  /** Whether the suites `clients` and `beyond` run, too, which run the connector some sixty times. */
  readonly everywhere?: boolean;
  /** What `beyond` allows. */
  readonly limits?: {readonly memory?: number; readonly startUp?: number};
  /** What the first entries of suites say besides. */
  readonly entries?: Readonly<Record<string, Json>>;
}
