import { expect, it } from 'vitest'
import { addressOf, authorityOf, hostTable } from '../../../src/network/safety/host-table.ts'

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
  ['Host.TEST.:80', { host: 'host.test', port: '80' }, 'host.test:80'],
  ['[::1]:8188', { host: '::1', port: '8188' }, '[::1]:8188'],
  ['::1', { host: '::1', port: '443' }, '[::1]:443'],
  ['host', { host: 'host', port: '443' }, 'host:443'],
])('takes %s apart', (authority, address, whole) => {
  expect(addressOf(authority, '443')).toEqual(address)
  expect(authorityOf(address)).toBe(whole)
})
