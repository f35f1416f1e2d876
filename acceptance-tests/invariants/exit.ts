// The end of a run must agree with its messages.
import type {Command} from '../connectors/connector.ts';
import type {Invariant, Violation} from './invariant.ts';
import {isTraceError, nameOf, statusOf} from './message.ts';

/** The exit code of an end by SIGTERM, through a shell. */
const TERMINATED = 143;

/** The violation of a run whose messages do not agree with its exit code. */
const disagreementOf = (
  code: number,
  incomplete: ReadonlySet<string>,
  complete: number,
  failed: boolean,
): Violation | undefined => {
  if (code === 0 && incomplete.size > 0) {
    return {
      reason: `The exit code is 0, but these streams are INCOMPLETE: ${[...incomplete].join(', ')}.`,
      advice:
        'Exit with 1 if a stream failed: after a 0, the platform tells the destination that every stream is complete.',
    };
  }
  if (code === 0 && failed) {
    return {
      reason: 'The exit code is 0, but there was a TRACE ERROR.',
      advice: 'Exit with 1 after an error, or print a LOG instead if the work was done anyway.',
    };
  }
  if (code === 0 || complete === 0 || incomplete.size > 0 || failed) return undefined;
  return {
    reason: `The exit code is ${code}, but every stream is COMPLETE.`,
    advice: 'Exit with 0 after success, or print INCOMPLETE and a TRACE ERROR.',
  };
};

export const exitCode: Invariant = {
  name: 'exit-code',
  about: 'The exit code is 0 after success, and only then.',
  watch: ({command}, report) => {
    const incomplete = new Set<string>();
    let [complete, failed, hasResult] = [0, false, false];
    return {
      message: (message) => {
        if (isTraceError(message)) failed = true;
        if (message.type === 'CONNECTION_STATUS') hasResult = true;
        const status = statusOf(message);
        if (status === undefined || message.stream === undefined) return;
        if (status === 'INCOMPLETE') incomplete.add(nameOf(message.stream));
        if (status === 'COMPLETE') complete += 1;
      },
      end: (exit) => {
        const code = exit?.code ?? undefined;
        if (code === undefined || code === TERMINATED) return;
        // A check may explain its FAILED with a TRACE ERROR, and has still succeeded.
        if (command === 'check' && hasResult) failed = false;
        const disagreement = disagreementOf(code, incomplete, complete, failed);
        if (disagreement !== undefined) report(disagreement);
      },
    };
  },
};

export const failuresAreReported: Invariant = {
  name: 'failures-are-reported',
  about: 'A run that fails reports the reason in a TRACE ERROR.',
  watch: (_about, report) => {
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
          'Print a TRACE ERROR with a failure_type, and a message that users can act on.';
        if (incomplete.size > 0) {
          const streams = [...incomplete].join(', ');
          report({
            reason: `These streams are INCOMPLETE without a TRACE ERROR: ${streams}.`,
            advice,
          });
          return;
        }
        const code = exit?.code ?? 0;
        // Wrong usage prints nothing on stdout. If every stream is COMPLETE, the exit code itself is wrong.
        const usage = code === 2 && messages === 0;
        if (code === 0 || usage || complete > 0) return;
        report({reason: `The exit code is ${code}, but there is no TRACE ERROR.`, advice});
      },
    };
  },
};

const RESULTS: Readonly<Record<Command, readonly string[]>> = {
  spec: ['SPEC'],
  check: ['CONNECTION_STATUS', 'CONTROL'],
  discover: ['CATALOG', 'CONTROL'],
  read: ['RECORD', 'STATE', 'CONTROL'],
};

const ALWAYS = new Set(['LOG', 'TRACE']);

export const oneResponse: Invariant = {
  name: 'one-response',
  about:
    'spec, check and discover print one result each, and no command prints messages of another.',
  watch: ({command}, report) => {
    const results = command === undefined ? undefined : new Set(RESULTS[command]);
    let [count, failed] = [0, false];
    return {
      message: (message) => {
        const {type, payload} = message;
        if (isTraceError(message)) failed = true;
        if (type === 'CONNECTION_STATUS' && payload['status'] === 'FAILED' && !payload['message']) {
          report({
            reason: 'The CONNECTION_STATUS is FAILED without a message.',
            advice: 'Explain in `message` what is wrong with the config, and what to do.',
          });
        }
        if (results === undefined || command === undefined || ALWAYS.has(type)) return;
        if (!results.has(type)) {
          report({
            reason: `${command} printed a ${type} message.`,
            advice: `Print only ${RESULTS[command].join(', ')}, LOG and TRACE.`,
            subject: type,
          });
          return;
        }
        count += type === 'CONTROL' ? 0 : 1;
        if (command === 'read' || count !== 2 || type === 'CONTROL') return;
        report({reason: `${command} printed more than one ${type}.`, advice: 'Print it once.'});
      },
      end: (exit) => {
        if (command === undefined || command === 'read' || count > 0 || failed) return;
        if (exit !== undefined && (exit.code ?? 1) !== 0) return;
        report({
          reason: `${command} printed no ${RESULTS[command][0]}.`,
          advice: 'Print it; or print a TRACE ERROR with the reason, and exit with 1.',
        });
      },
    };
  },
};
