import { expect, it } from 'vitest'
import { readProfiles } from '../../../src/config/read-profiles.ts'
import { isSameGpu, nearestNames } from '../../../src/domain/estimate/gpu-name.ts'
import { gpuNames } from '../../../src/domain/estimate/profile.ts'

it.each([
  ['RTX 4090', 'cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync', true],
  ['4090', 'NVIDIA GeForce RTX 4090', true],
  ['cpu', 'cpu', true],
  ['RTX 4090', 'RTX 4090 Ti', false],
  ['NVIDIA GeForce RTX 4090', 'NVIDIA GeForce RTX 4090 D', false],
  ['NVIDIA GeForce RTX 4090', 'NVIDIA GeForce RTX 4090 Laptop GPU', false],
  ['A100', 'NVIDIA A100-SXM4-80GB', true],
  ['NVIDIA A100-PCIE-40GB', 'NVIDIA A100-SXM4-80GB', false],
  ['A100 80GB', 'NVIDIA A100 80GB PCIe', true],
])('%s and %s are one GPU: %s', (one, other, isOne) => {
  expect([isSameGpu(one, other), isSameGpu(other, one)]).toEqual([isOne, isOne])
})

it.each([
  ['RTX 4090 Ti', ['RTX 4090 D', 'RTX 5070 Ti', 'RTX 4090']],
  ['cuda:0 NVIDIA GeForce RTX 5080 : native', ['RTX 5090', 'RTX 4090']],
  ['H1000', ['H100', 'A100', 'H200']],
  ['a toaster', []],
])('the names nearest to %s are told', (said, names) => {
  expect(nearestNames(said, gpuNames(readProfiles().profiles))).toEqual(names)
})
