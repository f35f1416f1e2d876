// Gives the fake API of a new source a free port, because another run on this machine may have the default one.
import {once} from 'node:events';
import {globSync, readFileSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {join} from 'node:path';

type Shell = (commands: string) => Promise<string>;

const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  return String(port);
};

/** The same shell, after whose `headwater new` the fake API and the configs of the new source have a free port. */
export const onFreePort = ({
  folder,
  shell,
}: {
  readonly folder: string;
  readonly shell: Shell;
}): Shell => {
  return async (commands) => {
    const printed = await shell(commands);
    const [, name] = /headwater new (\S+)/.exec(commands) ?? [];
    if (name === undefined) return printed;
    const port = await freePort();
    const source = join(folder, 'sources', name);
    for (const file of globSync(['fake-api/main.ts', 'integration_tests/*.json'], {cwd: source})) {
      const text = readFileSync(join(source, file), 'utf8');
      writeFileSync(join(source, file), text.replaceAll(/(port: |127\.0\.0\.1:)\d+/g, `$1${port}`));
    }
    return printed;
  };
};
