import type { NoiseRule } from '../../runtime/logs/noise-rules.js';

/** A log of somebody else's, the form of its lines, and what is asked of the gate. */
export interface Corpus {
  readonly name: string;
  readonly file: string;
  /** Groups `date`, `time`, `level`, `logger` and `text`. */
  readonly form: RegExp;
  /** How many percent fewer bytes there have to be. */
  readonly goal: number;
  /** What somebody who runs this system would name as routine, beside the default rules. */
  readonly rules: readonly NoiseRule[];
}

const HADOOP = 'org.apache.hadoop.mapreduce.v2.app';

export const CORPORA: readonly Corpus[] = [
  {
    name: 'Spark',
    file: 'Spark_2k.log',
    form: /^(?<date>\S+) (?<time>\S+) (?<level>[A-Z]+) (?<logger>\S+): (?<text>.*)$/,
    goal: 90,
    rules: [],
  },
  {
    name: 'Hadoop',
    file: 'Hadoop_2k.log',
    form: /^(?<date>\S+) (?<time>\S+) (?<level>[A-Z]+) \[.*?\] (?<logger>\S+): (?<text>.*)$/,
    goal: 60,
    rules: [
      { name: 'progress', pattern: /^Progress of TaskAttempt / },
      { name: 'transitions', pattern: / Transitioned from / },
      { name: 'scheduling', pattern: /./, logger: `${HADOOP}.rm.RMContainerAllocator` },
      { name: 'requests', pattern: /./, logger: `${HADOOP}.rm.RMContainerRequestor` },
      { name: 'launching', pattern: /./, logger: `${HADOOP}.launcher.ContainerLauncherImpl` },
      { name: 'racks', pattern: /./, logger: 'org.apache.hadoop.yarn.util.RackResolver' },
      { name: 'proxies', pattern: /^Opening proxy : / },
      { name: 'jvm', pattern: /^JVM with ID/ },
      { name: 'reconnect', pattern: /^Retrying connect to server: / },
      { name: 'address', pattern: /^Address change detected\./, level: 'warn' },
    ],
  },
  {
    name: 'OpenStack',
    file: 'OpenStack_2k.log',
    form: /^\S+ (?<date>\S+) (?<time>\S+) \d+ (?<level>[A-Z]+) (?<logger>\S+) (?<text>.*)$/,
    goal: 50,
    rules: [
      { name: 'requests', pattern: /" status: 2\d\d / },
      { name: 'image-cache', pattern: /./, logger: 'nova.virt.libvirt.imagecache' },
      { name: 'audit', pattern: /./, logger: 'nova.compute.resource_tracker' },
      { name: 'claims', pattern: /./, logger: 'nova.compute.claims' },
      { name: 'power', pattern: /sync_power_state|\(Lifecycle Event\)/ },
    ],
  },
];
