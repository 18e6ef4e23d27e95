import type { Section } from './section.ts'

/** A list that the script fills, a part at a time, with a field to look for words in it. */
export function listSection(id: string, title: string, place: string): Section {
  const filter = `<p><label for="${id}-filter">Filter</label> <input type="search" id="${id}-filter" autocomplete="off"> <span id="${id}-count" role="status" class="soft"></span></p>`
  const more = `<p><button type="button" id="${id}-more" hidden>Show 300 more</button></p>`
  return { id, title, html: filter + place + more }
}
