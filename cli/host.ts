/** The parts of the process that the command uses. */
export type Host = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env' | 'cwd' | 'exit' | 'cpuUsage'>;
