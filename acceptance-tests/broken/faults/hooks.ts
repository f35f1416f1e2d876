// The hooks by which a fault is put into the connector.

// biome-ignore lint/suspicious/noExplicitAny: broken on purpose: messages of any shape
export type Json = Record<string, any>;

export interface Hooks {
  readonly spec?: (spec: Json) => Json;
  readonly check?: (result: Json) => Json;
  readonly catalog?: (catalog: Json) => Json;
  /** The data of a record; undefined loses it. */
  readonly record?: (data: Json, stream: string) => Json | undefined;
  /** The blob of a stream's state. */
  readonly state?: (blob: Json, stream: string) => Json;
  /** The cursor to read from. */
  readonly since?: (cursor: string, stream: string) => string;
  /** Printed instead of a message. */
  readonly message?: (message: Json, command: string) => readonly Json[];
  /** Called first; `stop` ends the command. */
  readonly start?: (
    command: string,
    about: {readonly config: Json; readonly state: unknown; readonly fail: (text: string) => void},
  ) => 'stop' | undefined;
}

export interface BrokenConnector {
  /** `suite.name` of the check that must fail, or warn. */
  readonly caughtBy: string;
  /** Other checks that rightly see the same fault. */
  readonly also?: readonly string[];
  readonly hooks: Hooks;
  /** Also runs the suites `clients` and `beyond`, which start the connector some sixty times. */
  readonly everywhere?: boolean;
  /** The limits of `beyond`. */
  readonly limits?: {readonly memory?: number; readonly startUp?: number};
  /** Added to the first entries of the suites. */
  readonly entries?: Readonly<Record<string, Json>>;
}
