// `sh scripts/node.sh sources/github/fake-api/main.ts`, which sources/github/integration_tests/ point at.
import {runFake} from 'headwater/fake-api';
import {openGithub} from './index.ts';

await runFake({name: 'github', port: 8701, open: openGithub});
