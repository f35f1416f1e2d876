// No secret of the config in what is printed.
import type {Invariant} from './invariant.ts';
import {encodingIn, formsOf, secretsOf} from './secret-forms.ts';

/** Data, in which nothing may be masked; CONTROL hands the config back. */
const DATA = new Set(['RECORD', 'STATE', 'CONTROL']);

export const noSecrets: Invariant = {
  name: 'no-secrets',
  about: 'No message but RECORD, STATE and CONTROL holds a secret of the config, in any encoding.',
  watch: ({config, spec}, tell) => {
    const secrets = secretsOf(config, spec).map((secret) => formsOf(secret));
    if (secrets.length === 0) return {};
    const scan = (text: string): void => {
      for (const forms of secrets) {
        const encoding = encodingIn(text, forms);
        if (encoding === undefined) continue;
        tell({
          reason: `A secret of the config is printed, ${encoding}.`,
          advice:
            'Mask every value marked `airbyte_secret`, in every encoding, in LOG and TRACE; better still, never put a request or a config into a message.',
        });
        return;
      }
    };
    return {
      line: (text, problem) => {
        if (problem !== undefined) scan(text);
      },
      message: ({type, text}) => {
        if (!DATA.has(type)) scan(text);
      },
    };
  },
};
