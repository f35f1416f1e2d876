// The output must not hold secrets of the config.
import type {Invariant} from './invariant.ts';
import {encodingIn, searchFor, secretsOf} from './secret-forms.ts';

/** RECORD and STATE hold data, which must not be masked; CONTROL returns the config. */
const DATA = new Set(['RECORD', 'STATE', 'CONTROL']);

export const noSecrets: Invariant = {
  name: 'no-secrets',
  about: 'No message but RECORD, STATE and CONTROL holds a secret of the config, in any encoding.',
  watch: ({config, spec}, report) => {
    const secrets = secretsOf(config, spec).map(searchFor);
    if (secrets.length === 0) return {};
    const scan = (text: string): void => {
      for (const searched of secrets) {
        const encoding = encodingIn(text, searched);
        if (encoding === undefined) continue;
        report({
          reason: `A secret of the config is printed ${encoding}.`,
          advice:
            'Mask every value marked `airbyte_secret`, in every encoding, in LOG and TRACE; better, never put a request or a config into a message.',
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
