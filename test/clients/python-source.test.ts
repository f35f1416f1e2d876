// `headwater test` on a connector by others: a source made with Airbyte's Python CDK, from PyPI.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {ROOT, runProgram, workspace} from '../e2e/run-program.ts';
import {type ApiServer, sendJson, serveApi} from '../http/api-server.ts';
import {besideClients, commandsOf, describeWithClients} from './installed-clients.ts';

const {file, folder} = workspace();
const SOURCE = besideClients('python-source');
const TOKEN = 'orders-token';

/** 25 orders, one a day. */
const ORDERS = Array.from({length: 25}, (_, at) => ({
  id: at + 1,
  updated_at: `2024-01-${String(at + 1).padStart(2, '0')}T00:00:00Z`,
  total: (at + 1) * 1.5,
}));

const serveOrders = (): Promise<ApiServer> =>
  serveApi((request, response, url) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      return sendJson(response, {message: 'Bad credentials'}, {status: 401});
    }
    const {searchParams} = new URL(request.url ?? '', url);
    const since = searchParams.get('since') ?? '';
    const [page, size] = [Number(searchParams.get('page') ?? 1), 10];
    const wanted = ORDERS.filter(({updated_at}) => updated_at >= since);
    return sendJson(response, wanted.slice((page - 1) * size, page * size));
  });

type Report = {
  readonly checks: readonly {
    readonly suite: string;
    readonly name: string;
    readonly status: string;
  }[];
};

/** The checks that did not pass: `suite.name status`. */
const complaints = ({checks}: Report): readonly string[] =>
  checks
    .filter(({status}) => status === 'failed' || status === 'warned')
    .map(({suite, name, status}) => `${suite}.${name} ${status}`);

describeWithClients('pyairbyte')("a source made with Airbyte's Python CDK", () => {
  test('fails only the checks for its own faults', async () => {
    const api = await serveOrders();
    try {
      const config = {api_url: api.url, token: TOKEN, start_date: '2024-01-01T00:00:00Z'};
      file('config.json', config);
      file('invalid_config.json', {...config, token: 'mistyped'});
      const settings = readFileSync(join(SOURCE, 'acceptance-test-config.yml'), 'utf8');
      const path = file('acceptance-test-config.yml', settings);
      const report = join(folder, 'report.json');
      const python = join(commandsOf('pyairbyte'), 'python');
      const {status, stdout} = await runProgram(
        join(ROOT, 'headwater/main.ts'),
        [
          ...['test', path, '--exec', `${python} ${join(SOURCE, 'source_orders.py')}`],
          // It takes seconds to start, so suites that start it dozens of times are left out.
          ...['--only', 'spec,connection,discovery,basic_read,invariants', '--json', report],
        ],
        {PYTHONDONTWRITEBYTECODE: '1'},
      );
      const result: Report = JSON.parse(readFileSync(report, 'utf8'));
      expect(complaints(result)).toEqual([
        'spec.test_date_pattern warned',
        'invariants.no-identical-states failed',
        'invariants.status-order failed',
      ]);
      expect(status).toBe(1);
      expect(stdout).toContain('A STATE of orders came after COMPLETE.');
    } finally {
      await api.close();
    }
  }, 400_000);
});
