// How a run ended, and what it said of itself.
import type {Command} from '../connectors/connector.ts';
import type {Invariant, Told} from './invariant.ts';
import {isTraceError, nameOf, statusOf} from './message.ts';

/** What an end by SIGTERM looks like through a shell. */
const TERMINATED = 143;

/** What does not agree with the code. */
const disagreementOf = (
  code: number,
  incomplete: ReadonlySet<string>,
  complete: number,
  failed: boolean,
): Told | undefined => {
  if (code === 0 && incomplete.size > 0) {
    return {
      reason: `The exit code is 0, but INCOMPLETE: ${[...incomplete].join(', ')}.`,
      advice:
        'Exit with 1 where a stream failed: after a 0 the platform tells the destination that every stream is complete.',
    };
  }
  if (code === 0 && failed) {
    return {
      reason: 'The exit code is 0, but there was a TRACE ERROR.',
      advice:
        'Exit with 1 after an error, or tell as LOG what did not keep the work from being done.',
    };
  }
  if (code === 0 || complete === 0 || incomplete.size > 0 || failed) return undefined;
  return {
    reason: `The exit code is ${code}, but every stream said COMPLETE.`,
    advice: 'Exit with 0 where all went well; or say INCOMPLETE and a TRACE ERROR.',
  };
};

export const exitCode: Invariant = {
  name: 'exit-code',
  about: 'The exit code is 0 where all went well, and only then.',
  watch: ({command}, tell) => {
    const incomplete = new Set<string>();
    let [complete, failed, answered] = [0, false, false];
    return {
      message: (message) => {
        if (isTraceError(message)) failed = true;
        if (message.type === 'CONNECTION_STATUS') answered = true;
        const status = statusOf(message);
        if (status === undefined || message.stream === undefined) return;
        if (status === 'INCOMPLETE') incomplete.add(nameOf(message.stream));
        if (status === 'COMPLETE') complete += 1;
      },
      end: (exit) => {
        const code = exit?.code ?? undefined;
        if (code === undefined || code === TERMINATED) return;
        // A check may explain its FAILED with a TRACE, and has then done its work.
        if (command === 'check' && answered) failed = false;
        const disagreement = disagreementOf(code, incomplete, complete, failed);
        if (disagreement !== undefined) tell(disagreement);
      },
    };
  },
};

export const failuresAreTold: Invariant = {
  name: 'failures-are-told',
  about: 'A run that fails says why in a TRACE ERROR.',
  watch: (_about, tell) => {
    let [failed, messages, complete] = [false, 0, 0];
    const incomplete = new Set<string>();
    return {
      message: (message) => {
        messages += 1;
        if (isTraceError(message)) failed = true;
        const status = statusOf(message);
        if (status === 'COMPLETE') complete += 1;
        if (status === 'INCOMPLETE' && message.stream) incomplete.add(nameOf(message.stream));
      },
      end: (exit) => {
        if (failed || (exit !== undefined && (exit.signal !== null || exit.code === TERMINATED))) {
          return;
        }
        const advice =
          'Print a TRACE ERROR with a message that its reader can act on, and a failure_type.';
        if (incomplete.size > 0) {
          const streams = [...incomplete].join(', ');
          tell({reason: `INCOMPLETE without a TRACE ERROR that says why: ${streams}.`, advice});
          return;
        }
        const code = exit?.code ?? 0;
        // Wrong usage says nothing on stdout; and where all is COMPLETE, it is the code that is wrong.
        const usage = code === 2 && messages === 0;
        if (code === 0 || usage || complete > 0) return;
        tell({reason: `The exit code is ${code}, and no TRACE ERROR says why.`, advice});
      },
    };
  },
};

const ANSWERS: Readonly<Record<Command, readonly string[]>> = {
  spec: ['SPEC'],
  check: ['CONNECTION_STATUS', 'CONTROL'],
  discover: ['CATALOG', 'CONTROL'],
  read: ['RECORD', 'STATE', 'CONTROL'],
};

const ALWAYS = new Set(['LOG', 'TRACE']);

export const oneAnswer: Invariant = {
  name: 'one-answer',
  about:
    'spec, check and discover answer with one message of their kind, and each command only with its own.',
  watch: ({command}, tell) => {
    const answers = command === undefined ? undefined : new Set(ANSWERS[command]);
    let [count, failed] = [0, false];
    return {
      message: (message) => {
        const {type, payload} = message;
        if (isTraceError(message)) failed = true;
        if (type === 'CONNECTION_STATUS' && payload['status'] === 'FAILED' && !payload['message']) {
          tell({
            reason: 'The connection FAILED without a message.',
            advice: 'Say in `message` what is wrong with the config, and what to do.',
          });
        }
        if (answers === undefined || command === undefined || ALWAYS.has(type)) return;
        if (!answers.has(type)) {
          tell({
            reason: `${command} printed a ${type} message.`,
            advice: `Print ${ANSWERS[command].join(', ')}, LOG and TRACE only.`,
            of: type,
          });
          return;
        }
        count += type === 'CONTROL' ? 0 : 1;
        if (command === 'read' || count !== 2 || type === 'CONTROL') return;
        tell({reason: `${command} printed more than one ${type}.`, advice: 'Print it once.'});
      },
      end: (exit) => {
        if (command === undefined || command === 'read' || count > 0 || failed) return;
        if (exit !== undefined && (exit.code ?? 1) !== 0) return;
        tell({
          reason: `${command} printed no ${ANSWERS[command][0]}.`,
          advice: 'Print it, or say in a TRACE ERROR why it cannot be given, and exit with 1.',
        });
      },
    };
  },
};
