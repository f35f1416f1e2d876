// `headwater check`: says whether a config works.
import {stringAt} from '../../cdk/json/at.ts';
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {SyncError} from '../../sync/report/errors.ts';
import {type SourceFlags, withSource} from './session.ts';

type Status = {readonly status: string; readonly message: string};

const statusIn = (text: string): Status | undefined => {
  const json: unknown = JSON.parse(text);
  const status = stringAt(json, 'connectionStatus', 'status');
  const message = stringAt(json, 'connectionStatus', 'message') ?? '';
  return status === undefined ? undefined : {status, message};
};

export const check = (given: string | undefined, flags: SourceFlags): Promise<number> =>
  withSource(given, flags, async ({source, config, run, log}) => {
    let found: Status | undefined;
    await run(['check', '--config', config()], ({text, message}) => {
      if (message !== undefined) found = statusIn(text) ?? found;
      return undefined;
    });
    if (found === undefined) throw new SyncError(`check of ${source.name} printed no result.`);
    if (found.status === 'SUCCEEDED') {
      process.stdout.write(`${source.name} works with this config.\n`);
      return 0;
    }
    log(`error: ${source.name} does not work with this config: ${found.message}`);
    return EXIT_FAILURE;
  });
