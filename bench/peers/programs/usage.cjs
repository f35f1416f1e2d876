// Loaded into a Node program before its own code: writes the resource usage of the process to the file in BENCH_USAGE.
const {readFileSync, writeFileSync} = require('node:fs');

/**
 * The peak of this program's own memory, in kilobytes. The figure of getrusage includes the process that it was forked
 * from, which is the benchmark.
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
