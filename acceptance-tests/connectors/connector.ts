// A connector as any client sees it: a command line that prints messages.
import type {Exit} from '../../process/child.ts';

export type Command = 'spec' | 'check' | 'discover' | 'read';

/** The inputs of a command, by value. They are written to files for each run. */
export interface Inputs {
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly state?: unknown;
}

/** One line of stdout, and its JSON value if it is JSON. */
export interface Line {
  readonly text: string;
  readonly json?: unknown;
}

/** The output and the end of one run of a command. */
export interface Run {
  readonly command: Command;
  /** The command line as it was run, for messages. */
  readonly commandLine: string;
  readonly inputs: Inputs;
  readonly lines: readonly Line[];
  readonly stderr: string;
  readonly exit: Exit;
  /** When it was started, in epoch milliseconds. */
  readonly startedAt: number;
  /** Wall time in milliseconds: of the whole run, and until the first line. */
  readonly took: number;
  readonly firstLineAfter: number | undefined;
  /** Peak resident memory in bytes; undefined if it can't be measured, or if the run ended before the first look at it. */
  readonly peakMemory: number | undefined;
  /** True if it was killed after its timeout. */
  readonly hung?: boolean;
  /** `more than 128 MiB of output`: it was killed for that, and only its first lines are kept. */
  readonly excess?: string;
  /** True if `onLine` ended it by a signal. */
  readonly cut?: boolean;
}

/** A client's way to call a connector, as far as it differs from the usual one. */
export interface CallStyle {
  /** File endings by input, e.g. `{catalog: 'txt'}`; by default `json`. */
  readonly endings?: Readonly<Record<string, string>>;
  /** By input: the content of its file, instead of its JSON. */
  readonly texts?: Readonly<Record<string, string>>;
  /** The order of the options after the command. */
  readonly order?: readonly ('config' | 'catalog' | 'state')[];
  /** Joins each option and its value into one word, `--config=file`. */
  readonly equals?: boolean;
  /** The permissions of the files; by default 0o644. */
  readonly mode?: number;
  /** Arguments that replace the command and its options. */
  readonly words?: readonly string[];
  /** Called with each line. `'terminate'` sends SIGTERM, `'kill'` SIGKILL; the rest of the output is still read. */
  readonly onLine?: (line: Line, index: number) => 'continue' | 'terminate' | 'kill';
  /** Pause after each chunk of stdout, in milliseconds. */
  readonly pause?: number;
  readonly stderr?: 'read' | 'merged' | 'undrained';
  readonly environment?: Readonly<Record<string, string>>;
  /** The characters that a run may print, plus 256 for each line, before it is killed; by default 128 Mi. */
  readonly maxOutput?: number;
  /** Milliseconds until the run is killed and counts as hung; by default 20 minutes. */
  readonly timeout?: number;
}

export interface Connector {
  /** The command or the image, for messages. */
  readonly label: string;
  /** Labels and environment of the image; undefined for an executable. */
  readonly image:
    | {
        readonly labels: Readonly<Record<string, string>>;
        readonly environment: Readonly<Record<string, string>>;
        readonly entrypoint: readonly string[];
      }
    | undefined;
  readonly run: (command: Command, inputs: Inputs, style?: CallStyle) => Promise<Run>;
}
