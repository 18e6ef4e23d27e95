import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { expect, it } from 'vitest'
import {
  addressOf,
  authorityOf,
  connectionTarget,
  hostTable,
  isLoopback,
  socketUrl,
} from '../../../src/network/safety/host-table.ts'

it.each([
  ['storage.googleapis.com:443', 'gcs'],
  ['STORAGE.googleapis.com', 'gcs'],
  ['films.storage.googleapis.com:443', 'gcs'],
  ['oauth2.googleapis.com:443', 'google-auth'],
  ['www.googleapis.com', 'google-auth'],
  ['metadata.google.internal.:80', 'metadata'],
  ['metadata.google.internal', 'metadata'],
  ['169.254.169.254:80', 'metadata'],
  ['api.runpod.io', 'runpod'],
  ['127.0.0.1:8188', 'comfyui'],
  ['127.0.0.1:8189', null],
  ['evilstorage.googleapis.com', null],
  ['storage.googleapis.com.evil.test', null],
  ['rest.runpod.io', null],
])('%s is %s', (authority, service) => {
  expect(hostTable(new URL('http://127.0.0.1:8188')).serviceAt(authority)).toBe(service)
})

it.each([
  ['https://pod-8188.proxy.runpod.net', 'pod-8188.proxy.runpod.net:443', 'comfyui'],
  ['https://pod-8188.proxy.runpod.net', 'POD-8188.proxy.runpod.net', 'comfyui'],
  ['http://[::1]:8188/comfy/', '[::1]:8188', 'comfyui'],
  ['http://gpu.lan', 'gpu.lan:80', 'comfyui'],
  ['http://gpu.lan', 'gpu.lan:8188', null],
])('with ComfyUI at %s, %s is %s', (url, authority, service) => {
  expect(hostTable(new URL(url)).serviceAt(authority)).toBe(service)
})

it.each([
  ['http://gpu.lan', 'gpu.lan'],
  ['https://gpu.lan', 'gpu.lan'],
  ['http://gpu.lan:443', 'gpu.lan'],
  ['https://gpu.lan:8443', 'gpu.lan:8443'],
  ['http://[::1]:8188', '[::1]:8188'],
])('names ComfyUI at %s as %s, before what is always there', (url, name) => {
  expect(hostTable(new URL(url), [new URL('http://127.0.0.1:8189')]).known).toEqual([
    name,
    '127.0.0.1:8189',
    'storage.googleapis.com',
    '*.storage.googleapis.com',
    'oauth2.googleapis.com',
    'www.googleapis.com',
    'metadata.google.internal',
    '169.254.169.254',
    'api.runpod.io',
  ])
})

it.each([
  ['localhost', true],
  ['::1', true],
  ['127.0.0.1', true],
  ['127.255.10.99', true],
  ['::2', false],
  ['10.127.0.0.1', false],
  ['127.0.0.1.evil.test', false],
  ['127.a.0.1', false],
  ['localhost.test', false],
])('takes %s for this machine: %s', (host, isHere) => {
  expect(isLoopback(host)).toBe(isHere)
})

it.each([
  ['Host.TEST.:80', { host: 'host.test', port: '80' }, 'host.test:80'],
  ['[::1]:8188', { host: '::1', port: '8188' }, '[::1]:8188'],
  ['::1', { host: '::1', port: '443' }, '[::1]:443'],
  ['host', { host: 'host', port: '443' }, 'host:443'],
  ['host:', { host: 'host:', port: '443' }, '[host:]:443'],
  ['host:80x', { host: 'host:80x', port: '443' }, '[host:80x]:443'],
  ['x[::1]:80', { host: 'x[::1]:80', port: '443' }, '[x[::1]:80]:443'],
  ['[::1]:80x', { host: '[::1]:80x', port: '443' }, '[[::1]:80x]:443'],
  ['', { host: '', port: '443' }, ':443'],
])('takes %s apart', (authority, address, whole) => {
  expect(addressOf(authority, '443')).toEqual(address)
  expect(authorityOf(address)).toBe(whole)
})

it.each([
  ['http://127.0.0.1:8188/', 'ws://127.0.0.1:8188/ws'],
  ['https://gpu.lan/comfy/', 'wss://gpu.lan/comfy/ws'],
  ['http://gpu.lan/comfy', 'ws://gpu.lan/comfy/ws'],
])('finds the socket of %s at %s', (url, socket) => {
  expect(socketUrl(new URL(url))).toBe(socket)
})

it('says where a connection goes', () => {
  const [plain, secure] = [new Socket(), new TLSSocket(new Socket())]
  const target = (options: Parameters<typeof connectionTarget>[1], socket = plain) => connectionTarget(socket, options)
  expect(target({ path: '/run/x.sock' })).toEqual({ path: '/run/x.sock' })
  expect(target({ path: '/x', host: 'a.test' })).toEqual({ path: null, authority: 'a.test:80', encrypted: false })
  expect(target({ path: '/x', port: 81 })).toEqual({ path: null, authority: 'localhost:81', encrypted: false })
  expect(target({ host: '::1', port: '8188' })).toEqual({ path: null, authority: '[::1]:8188', encrypted: false })
  expect(target({ host: '[::1]', port: 80 })).toMatchObject({ authority: '[::1]:80' })
  expect(target({ host: 'a.test', port: 80 })).toMatchObject({ authority: 'a.test:80' })
  expect(target({}, secure)).toEqual({ path: null, authority: 'localhost:443', encrypted: true })
  expect(target({ path: null, host: null, port: null })).toMatchObject({ authority: 'localhost:80' })
})
