// A connector as any client sees it: a command line that prints messages.
import type {Exit} from '../../process/child.ts';

export type Command = 'spec' | 'check' | 'discover' | 'read';

/** What a command is given, by value: whoever runs it writes the files. */
export interface Inputs {
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly state?: unknown;
}

/** One line of stdout: its text, and the JSON in it where there is any. */
export interface Line {
  readonly text: string;
  readonly json?: unknown;
}

/** All that one run of a command gave. */
export interface Run {
  readonly command: Command;
  /** The command line as it was run, for messages. */
  readonly commandLine: string;
  readonly inputs: Inputs;
  readonly lines: readonly Line[];
  readonly stderr: string;
  readonly exit: Exit;
  /** Wall time in milliseconds, and until the first line. */
  readonly took: number;
  readonly firstLineAfter: number | undefined;
  /** Peak resident memory in bytes, where it can be measured. */
  readonly peakMemory: number | undefined;
  /** Whether it was killed because its time was up. */
  readonly hung?: boolean;
  /** Whether whoever ran it ended it by a signal before its own end. */
  readonly cut?: boolean;
}

/** How a client calls a connector and treats it, where that differs from the plain way. */
export interface CallStyle {
  /** File endings by input, e.g. `{catalog: 'txt'}`; by default `json`. */
  readonly endings?: Readonly<Record<string, string>>;
  /** The text of a file instead of the input's JSON. */
  readonly texts?: Readonly<Record<string, string>>;
  /** The order of the options after the command. */
  readonly order?: readonly ('config' | 'catalog' | 'state')[];
  /** Whether each option and its value are one word, `--config=file`. */
  readonly equals?: boolean;
  /** The permissions of the files, such as 0o444; by default its owner may write. */
  readonly mode?: number;
  /** What stands after the program's own words, instead of the command and its options. */
  readonly words?: readonly string[];
  /** Called with each line as it comes; `'terminate'` sends SIGTERM, `'kill'` SIGKILL, and the rest of the output is read to its end. */
  readonly onLine?: (line: Line, index: number) => 'go on' | 'terminate' | 'kill';
  /** Pause after each chunk of stdout, in milliseconds. */
  readonly pause?: number;
  readonly stderr?: 'read' | 'merged' | 'undrained';
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds until the run is killed and counts as hung. */
  readonly timeout?: number;
}

export interface Connector {
  /** As a person names it: the executable or the image. */
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
