// The settings of one run of the suite, as read from acceptance-test-config.yml and the command line.

/** Placeholder for the full model: see config/ for how the file becomes this value. */
export interface Settings {
  /** The folder that the file's paths are relative to. */
  readonly folder: string;
  readonly strictness: 'low' | 'high';
}
