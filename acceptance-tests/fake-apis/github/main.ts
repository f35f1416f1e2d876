// `node acceptance-tests/fake-apis/github/main.ts`, which sources/github/integration_tests/ point at.
import {runFake} from '../program.ts';
import {openGithub} from './index.ts';

await runFake({name: 'github', port: 8701, open: openGithub});
