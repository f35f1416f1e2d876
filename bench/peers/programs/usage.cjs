// Loaded into a Node program before its own code: writes what the process took to the file that BENCH_USAGE names.
const {readFileSync, writeFileSync} = require('node:fs');

/**
 * The peak of this program's own memory, in kilobytes. What getrusage tells is no less than what the process had that
 * it was forked from, which is the benchmark.
 */
const peak = () => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};

process.on('exit', (code) => {
  const {userCPUTime, systemCPUTime} = process.resourceUsage();
  writeFileSync(
    process.env.BENCH_USAGE,
    JSON.stringify({code, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: peak() / 1024}),
  );
});
