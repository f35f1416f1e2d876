// The public API for tests of sources, `headwater/testing`: runs a source's commands in the test's process and reads their messages.

export {errorsIn, lastStates, recordsOf, warningsOf} from './testing/messages.ts';
export {checkSource, discoverSource, readSource} from './testing/run-source.ts';
export {secret} from './testing/secrets.ts';
export {virtualClock} from './testing/virtual-clock.ts';
