import { reportPage } from '../report/html/page.ts'
import { type RunPlace, readRunFiles } from '../report/html/read-run-files.ts'

/** The page of a run, made from the files that lie in its place. */
export function writtenReport(place: RunPlace): string {
  return reportPage(readRunFiles(place))
}
