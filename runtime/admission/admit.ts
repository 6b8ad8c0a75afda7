/** What admission looks at. */
export interface AdmissionView {
  /** Whether new tasks are taken at all. */
  readonly open: boolean;
  /** Tasks accepted and not started, all lanes. */
  readonly waiting: number;
  /** How many of these there may be. */
  readonly maxQueue: number;
}

/** Whether a task is taken. A task that is not was never queued, and never runs. */
export function admit(view: AdmissionView): 'accepted' | 'full' | 'closed' {
  if (!view.open) return 'closed';
  return view.waiting < view.maxQueue ? 'accepted' : 'full';
}
