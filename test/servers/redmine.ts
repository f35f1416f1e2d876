// Debian's Redmine with 3,000 issues, on its own database. Three issues each were changed in the same second,
// an hour apart from the three before: the last ones, 2998 to 3000, at 2024-02-11T15:00:00Z.
import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {ROOT} from '../e2e/run-program.ts';
import {freePort, responds, type Server, startServer} from './servers.ts';

export const API_KEY = '0123456789abcdef0123456789abcdef01234567';
export const PASSWORD = 'admin of plenty';
export const LAST_CHANGE = '2024-02-11T15:00:00Z';

/** The package's database, with tables, trackers and priorities, but without projects. */
const PRISTINE = '/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default';

export type Redmine = Pick<Server, 'close'> & {
  readonly port: number;
  readonly ids: () => readonly number[];
  /** Adds an issue as if it had been filed then. */
  readonly insert: (updatedOn: string) => number;
  readonly remove: (id: number) => void;
};

export const startRedmine = async (folder: string): Promise<Redmine> => {
  const port = await freePort();
  const path = join(folder, 'redmine.sqlite');
  copyFileSync(PRISTINE, path);
  const server = await startServer({
    command: 'puma',
    args: [
      ...['--environment', 'production', '--dir', '/usr/share/redmine', '--threads', '1:4'],
      ...['--bind', `tcp://127.0.0.1:${port}`, join(ROOT, 'test/servers/redmine.ru')],
    ],
    env: {
      RAILS_ENV: 'production',
      DATABASE_URL: `sqlite3:${path}`,
      FOLDER: folder,
      API_KEY,
      PASSWORD,
    },
    isReady: responds(`http://127.0.0.1:${port}/issues.json?limit=1`),
  });
  const database = new DatabaseSync(path);
  const column = (sql: string): readonly number[] =>
    database
      .prepare(sql)
      .all()
      .map((row) => Number(Object.values(row)[0]));
  return {
    port,
    ids: () => column('SELECT id FROM issues ORDER BY id'),
    insert: (updatedOn) => {
      const [id = 0] = column('SELECT max(id) + 1 FROM issues');
      const copied =
        'tracker_id, project_id, subject, status_id, priority_id, author_id, start_date, created_on, lft, rgt';
      database
        .prepare(
          `INSERT INTO issues (id, root_id, updated_on, ${copied}) SELECT ?, ?, ?, ${copied} FROM issues LIMIT 1`,
        )
        .run(id, id, updatedOn.replace('T', ' ').replace('Z', ''));
      return id;
    },
    remove: (id) => {
      database.prepare('DELETE FROM issues WHERE id = ?').run(id);
    },
    close: async () => {
      database.close();
      await server.close();
    },
  };
};
