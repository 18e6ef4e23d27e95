/** Whether a template renders with VACE, by what its nodes are called and load. */
export function usesVace(
  graph: Readonly<Record<string, { readonly class_type?: string | undefined; readonly inputs: object }>>,
): boolean {
  return Object.values(graph).some(({ class_type: name, inputs }) => [name, ...Object.values(inputs)].some(isOfVace))
}

const isOfVace = (value: unknown) => typeof value === 'string' && /vace/i.test(value)
