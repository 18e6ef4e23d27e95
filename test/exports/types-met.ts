import {
  API,
  type Symbol as Declared,
  type Project,
  type Signature,
  SignatureKind,
  SymbolFlags,
  type Type,
} from 'typescript/unstable/sync'

/** A module of a package, as somebody sees it who uses its types. */
export interface SeenModule {
  readonly exports: readonly string[]
  /** Types of the package among what is exported, its members, parameters and results, and so on. */
  readonly met: readonly string[]
}

/** Reads declaration files in the program of a `tsconfig.json`, by the compiler itself. What lies in `within` is of the package. */
export function seenModules(config: string, files: readonly string[], within: string): SeenModule[] {
  const api = new API()
  try {
    const [project] = api.updateSnapshot({ openProjects: [config] }).getProjects()
    if (!project) throw new Error(`${config} is no project`)
    return files.map((file) => seenModule(project, file, within))
  } finally {
    api.close()
  }
}

const NAMED = SymbolFlags.Class | SymbolFlags.Interface | SymbolFlags.TypeAlias | SymbolFlags.Enum

function seenModule({ checker, program }: Project, file: string, within: string): SeenModule {
  const met = new Set<string>()
  const seen = new Set<number>()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${file} is no module of the project`)
  const isOwn = (symbol: Declared) => symbol.declarations.some(({ path }) => path.startsWith(within))
  const name = (symbol: Declared | undefined) => {
    if (symbol && symbol.flags & NAMED && isOwn(symbol)) met.add(symbol.name)
  }
  const visitSignature = (signature: Signature) => {
    for (const parameter of signature.getParameters()) visit(checker.getTypeOfSymbol(parameter))
    visit(checker.getReturnTypeOfSignature(signature))
  }
  const visit = (type: Type | undefined): void => {
    if (!type || seen.has(type.id)) return
    seen.add(type.id)
    name(type.getAliasSymbol())
    for (const each of type.getAliasTypeArguments()) visit(each)
    if (type.isUnionType() || type.isIntersectionType()) for (const each of type.getTypes()) visit(each)
    if (type.isObjectType()) visitObject(type)
  }
  const visitObject = (type: Type): void => {
    const symbol = type.getSymbol()
    name(symbol)
    if (type.isTypeReference()) for (const each of checker.getTypeArguments(type)) visit(each)
    // The types of other packages and of Node have names of their own.
    if (symbol && !isOwn(symbol) && symbol.flags & NAMED) return
    for (const property of checker.getPropertiesOfType(type)) visit(checker.getTypeOfSymbol(property))
    for (const { valueType } of checker.getIndexInfosOfType(type)) visit(valueType)
    for (const kind of [SignatureKind.Call, SignatureKind.Construct]) {
      for (const signature of checker.getSignaturesOfType(type, kind)) visitSignature(signature)
    }
  }
  const exported = checker.getExportsOfModule(module)
  for (const symbol of exported) {
    visit(checker.getTypeOfSymbol(symbol))
    visit(checker.getDeclaredTypeOfSymbol(symbol))
  }
  return { exports: exported.map((symbol) => symbol.name), met: [...met].toSorted() }
}
