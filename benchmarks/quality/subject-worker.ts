// Runs one subject on a thread of its own, so that a run uses both cores.
import { parentPort, workerData } from 'node:worker_threads'
import { measureAccuracy } from './accuracy.ts'
import { measureGuarantee } from './guarantee.ts'
import { measureRobustness } from './robustness.ts'
import { measureScope } from './scope.ts'
import { measureSmallSets } from './small-sets.ts'
import type { Subject, SubjectName } from './subject.ts'

const subjects: Readonly<Record<SubjectName, Subject>> = {
  accuracy: (context) => measureAccuracy(context, false),
  'names-hidden': (context) => measureAccuracy(context, true),
  scope: measureScope,
  guarantee: measureGuarantee,
  robustness: measureRobustness,
  'small-sets': measureSmallSets,
}

const { subject, isQuick } = workerData as { subject: SubjectName; isQuick: boolean }
const result = await subjects[subject]({
  isQuick,
  progress: (message) => parentPort!.postMessage({ progress: message }),
})
parentPort!.postMessage({ result })
