import { gzipSync } from 'node:zlib'
import {
  answer,
  c,
  chunked,
  chunks,
  clientEnds,
  film,
  get,
  head,
  JSON_TEXT,
  json,
  large,
  latin1,
  noMore,
  plain,
  post,
  type Step,
  s,
  serverEnds,
} from './steps.ts'

/** Kinds of request, and of what a server says about them. */
export const requestKinds: Readonly<Record<string, readonly Step[]>> = {
  HEAD: [c('HEAD /s HTTP/1.1\r\nHost: {{host}}\r\n\r\n'), s(head('HTTP/1.1 200 OK', 'Content-Length: 5000'))],
  'HEAD of chunks': [
    c('HEAD /t HTTP/1.1\r\nHost: {{host}}\r\n\r\n'),
    s(head('HTTP/1.1 200 OK', chunked)),
    get('/t'),
    noMore,
  ],
  'GET with a body': [c('GET /u HTTP/1.1\r\nHost: {{host}}\r\nContent-Length: 5\r\n\r\notter'), noMore],
  'DELETE with a body': [
    c('DELETE /v HTTP/1.1\r\nHost: {{host}}\r\nContent-Length: 2\r\n\r\n{}'),
    s(head('HTTP/1.1 204 No Content')),
  ],
  'POST of JSON': [post('/prompt', JSON_TEXT, 'Content-Type: application/json'), answer('{"prompt_id": "p"}', json)],
  'POST without a body': [
    c('POST /interrupt HTTP/1.1\r\nHost: {{host}}\r\nContent-Length: 0\r\n\r\n'),
    s(head('HTTP/1.1 200 OK', 'Content-Length: 0')),
  ],
  'POST in chunks with trailers': [
    c(head('POST /w HTTP/1.1', 'Host: {{host}}', chunked)),
    c(chunks('otter')),
    c('0\r\nX-Sum: 1\r\n\r\n'),
    noMore,
  ],
  'a form': [post('/form', 'a=1&b=%20', 'Content-Type: application/x-www-form-urlencoded'), noMore],
  'a multipart form': [
    post(
      '/upload/image',
      '--b\r\nContent-Disposition: form-data; name="image"; filename="o.png"\r\n\r\nPNG\r\n--b--\r\n',
      'Content-Type: multipart/form-data; boundary=b',
    ),
    answer('{"name": "o.png"}', json),
  ],
  '100 before the body': [
    c(head('POST /x HTTP/1.1', 'Host: {{host}}', 'Expect: 100-continue', 'Content-Length: 5')),
    s('HTTP/1.1 100 Continue\r\n\r\n'),
    c('otter'),
    noMore,
  ],
  'a body that is not wanted': [
    c(head('POST /y HTTP/1.1', 'Host: {{host}}', 'Expect: 100-continue', 'Content-Length: 5')),
    s(head('HTTP/1.1 417 Expectation Failed', 'Content-Length: 0')),
  ],
  'early hints': [
    get('/z'),
    s('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'),
    answer('otter', plain),
  ],
  'patience, twice': [
    get('/aa'),
    s('HTTP/1.1 102 Processing\r\n\r\n'),
    s('HTTP/1.1 102 Processing\r\n\r\n'),
    answer('otter', plain),
  ],
  'an answer before the body has come': [
    c(head('POST /ab HTTP/1.1', 'Host: {{host}}', 'Content-Length: 10'), 'otter'),
    s(head('HTTP/1.1 413 Too Large', 'Content-Length: 3'), 'no\n'),
    c('glade'),
  ],
  gzip: [get('/ac', 'Accept-Encoding: gzip'), answer(gzipSync('otter'), 'Content-Encoding: gzip', plain)],
  'gzip in chunks': [
    get('/ad', 'Accept-Encoding: gzip'),
    s(head('HTTP/1.1 200 OK', 'Content-Encoding: gzip', json, chunked), chunks(gzipSync(JSON_TEXT)), '0\r\n\r\n'),
  ],
  'a coding that nobody knows': [get('/ae'), answer(film, 'Content-Encoding: otter', plain)],
  'text in Shift JIS': [
    get('/af'),
    answer(Buffer.from('834a838f83458350', 'hex'), 'Content-Type: text/plain; charset=shift_jis'),
  ],
  'header bytes in UTF-8': [
    get('/ag', 'X-Name: café'),
    answer('otter', 'Content-Disposition: attachment; filename="ü.png"', 'X-Title: 川'),
  ],
  'header bytes in Latin-1': [
    get('/ah', latin1('X-Name: caf\xe9')),
    s(latin1('HTTP/1.1 200 caf\xe9\r\nX-Title: \xfc\r\nContent-Length: 0\r\n\r\n')),
  ],
  'headers in any case, repeated': [
    get('/ai', 'x-ONE: 1', 'X-one: 2', 'Cookie: a=b'),
    answer('', 'SET-Cookie: a=1', 'Set-cookie: b=2', 'x-lower: 1', 'VARY: a', 'Vary: b'),
  ],
  'a folded header': [get('/aj'), s('HTTP/1.1 200 OK\r\nX-Long: one\r\n  two\r\nContent-Length: 0\r\n\r\n')],
  'empty headers, and without a space': [
    get('/ak', 'X-Empty:', 'X-Tight:1'),
    s('HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Tight:1\r\nContent-Length:0\r\n\r\n'),
  ],
  'a line that is no header': [get('/al'), s('HTTP/1.1 200 OK\r\nnot a header\r\nContent-Length: 0\r\n\r\n')],
  'a long header': [get('/am'), answer('', `X-Long: ${'o'.repeat(40_000)}`)],
  'no reason': [get('/an'), s('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n')],
  'a status of its own': [get('/ao'), s('HTTP/1.1 299 Otter & Glade\r\nContent-Length: 0\r\n\r\n')],
  'line ends without returns': [get('/ap'), s('HTTP/1.1 200 OK\nContent-Length: 5\n\notter')],
  'a length that is said twice': [
    get('/aq'),
    s('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\notter'),
  ],
  'a redirect': [
    get('/ar'),
    s(head('HTTP/1.1 302 Found', 'Location: https://elsewhere.test/a?b=c', 'Content-Length: 0')),
  ],
  'requests one after the other': [
    get('/as'),
    answer('one', plain),
    get('/at'),
    answer('two', plain),
    get('/as'),
    answer('three', plain),
  ],
  'requests ahead of their answers': [
    c(head('GET /au HTTP/1.1', 'Host: {{host}}'), head('GET /av HTTP/1.1', 'Host: {{host}}')),
    s(head('HTTP/1.1 200 OK', 'Content-Length: 3'), 'one'),
    answer('two', plain),
  ],
  'a connection that the answer closes': [
    get('/aw', 'Connection: close'),
    s(head('HTTP/1.1 200 OK', 'Connection: close', 'Content-Length: 3'), 'one'),
    serverEnds,
  ],
  'a client that has nothing more to say': [
    get('/ax'),
    clientEnds,
    s(head('HTTP/1.1 200 OK', plain)),
    s('otter'),
    serverEnds,
  ],
  'OPTIONS of everything': [
    c('OPTIONS * HTTP/1.1\r\nHost: {{host}}\r\n\r\n'),
    s(head('HTTP/1.1 200 OK', 'Allow: GET', 'Content-Length: 0')),
  ],
  'a method of its own': [
    c('PROPFIND /ay HTTP/1.1\r\nHost: {{host}}\r\n\r\n'),
    s(head('HTTP/1.1 405 Method Not Allowed', 'Allow: GET', 'Content-Length: 0')),
  ],
  'an odd address': [get('/%zz//a/../b?x=|"<&y=%'), noMore],
  'an address with two slashes': [get('//elsewhere.test/bc'), noMore],
  'raw UTF-8 in an address': [get('/ü?q=川'), noMore],
  'a large body both ways': [
    post('/upload', large, 'Content-Type: video/mp4'),
    answer(large, 'Content-Type: video/mp4'),
  ],
  'what is not HTTP': [get('/az'), s('220 otter.test ESMTP\r\n'), serverEnds],
}
