// Converts options with times in milliseconds to the form that authors write.

/** `{total: {milliseconds: 150}}` for `{total: 150}`. */
export const inMilliseconds = <Name extends string>(
  times: Readonly<Partial<Record<Name, number>>>,
): {readonly [key in Name]?: {readonly milliseconds: number}} =>
  // Object.entries knows no names, only strings.
  Object.fromEntries(
    Object.entries<number | undefined>(times).flatMap(([name, milliseconds]) =>
      milliseconds === undefined ? [] : [[name, {milliseconds}]],
    ),
  ) as {readonly [key in Name]?: {readonly milliseconds: number}};
