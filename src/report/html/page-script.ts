/**
 * Draws jobs and traffic from the data of the page: a part of each list at a time, and the inside of a job when it is opened. Texts
 * only ever become text; the pictures are made, and escaped, where the page is.
 */
export const pageScript = `'use strict'
const data = JSON.parse(document.getElementById('data').textContent)
const text = (number) => data.strings[number]
const make = (tag, properties, ...inside) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...inside)
  return made
}
const two = (number) => String(number).padStart(2, '0')
const time = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000))
  const rest = two(Math.floor(s / 60) % 60) + ':' + two(s % 60)
  return s < 3600 ? rest : Math.floor(s / 3600) + ':' + rest
}

function list(id, rows, wordsOf, draw) {
  const place = document.getElementById(id)
  const filter = document.getElementById(id + '-filter')
  const count = document.getElementById(id + '-count')
  const more = document.getElementById(id + '-more')
  const words = rows.map((row) => wordsOf(row).toLowerCase())
  let found = rows
  let shown = 0
  const show = () => {
    place.append(...found.slice(shown, shown + 300).map(draw))
    shown = Math.min(found.length, shown + 300)
    count.textContent = shown + ' of ' + found.length + (found.length < rows.length ? ' found in ' + rows.length : '')
    more.hidden = shown === found.length
  }
  const search = () => {
    const wanted = filter.value.toLowerCase().split(/\\s+/)
    found = rows.filter((_, index) => wanted.every((word) => words[index].includes(word)))
    place.replaceChildren()
    shown = 0
    show()
  }
  filter.addEventListener('input', search)
  more.addEventListener('click', show)
  show()
}

const nameOf = (job) => 'job ' + job.n + ' ' + text(job.v) + ' ' + job.k + ' chunk ' + job.c
function track(job) {
  const made = make('span', { className: 'track', ariaHidden: 'true' })
  if (!job.t) return made
  const [from, to] = job.t
  const bar = make('span', {})
  bar.style.left = (100 * from) / data.total + '%'
  bar.style.width = (100 * (to - from)) / data.total + '%'
  const known = job.p.reduce((sum, ms) => sum + ms, 0)
  const parts = known > 0 ? job.p : data.phases.map((name) => (name === 'other' ? 1 : 0))
  parts.forEach((ms, index) => {
    if (ms === 0) return
    const part = make('span', { className: data.phases[index] })
    part.style.flexGrow = ms
    bar.append(part)
  })
  made.append(bar)
  return made
}

function scrolled(label, inside) {
  const made = make('div', { className: 'wide', tabIndex: 0, role: 'region', ariaLabel: label })
  if (typeof inside === 'string') made.innerHTML = inside
  else made.append(inside)
  return made
}

function lines(title, numbers) {
  const items = numbers.map((number) => make('li', { className: 'code', textContent: text(number) }))
  return make('details', {}, make('summary', { textContent: title + ' (' + numbers.length + ')' }), make('ul', {}, ...items))
}

function inside(job) {
  const made = make('div', { className: 'body' })
  const spent = job.p.flatMap((ms, index) => (ms >= 1000 ? [data.phases[index] + ' ' + time(ms)] : []))
  if (spent.length > 0) made.append(make('p', { textContent: spent.join(', ') }))
  if (job.f) made.append(make('p', { className: 'bad', textContent: job.f }))
  if (job.a > 1) made.append(make('p', { textContent: 'attempt ' + job.a }))
  if (!job.w) made.append(make('p', { className: 'soft', textContent: 'The files of the run have no workflow of this job.' }))
  else {
    const [picture, changes, inputs] = job.w
    const set = lines('What was set', changes)
    set.open = true
    if (changes.length > 0) made.append(set)
    made.append(scrolled('Graph of ' + nameOf(job), data.pictures[picture]), lines('All values', inputs))
  }
  return made
}

list(
  'jobs',
  data.jobs,
  (job) => [nameOf(job), job.s, job.f || ''].join(' '),
  (job) => {
    const took = job.t && job.s !== 'planned' ? time(job.t[1] - job.t[0]) : ''
    const state = make('span', { className: job.s === 'failed' ? 'bad' : 'soft', textContent: [job.s, took].join(' ') })
    const details = make('details', {}, make('summary', {}, make('span', { textContent: nameOf(job) }), state, track(job)))
    details.addEventListener('toggle', () => details.childElementCount === 1 && details.append(inside(job)), { once: true })
    return make('li', {}, details)
  },
)

list(
  'traffic',
  data.traffic,
  ([, service, method, origin, path, status, , , note]) => [text(service), text(method), text(origin) + path, status || 'no answer', text(note)].join(' '),
  ([at, service, method, origin, path, status, sent, received, note]) => {
    const cell = (value, className = '') => make('td', { className, textContent: value })
    const address = make('td', { className: 'code', textContent: path, title: text(origin) + path })
    return make('tr', {}, cell(time(at), 'number'), cell(text(service)), cell(text(method)), address,
      cell(status || 'no answer', status === 0 || status >= 400 ? 'number bad' : 'number'), cell(sent, 'number'), cell(received, 'number'), cell(text(note)))
  },
)
`
