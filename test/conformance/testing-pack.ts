import { defineBehaviour, type NodeBehaviour } from '../../src/index.ts'
import { checks } from './testing-pack-checks.ts'
import { computing } from './testing-pack-compute.ts'
import { expanding } from './testing-pack-expand.ts'
import { lists } from './testing-pack-lists.ts'

/** The testing pack's classes and their functions, which object_info does not tell; `**` marks those that take any argument. */
const FUNCTIONS = `
TestLazyMixImages mix
TestVariadicAverage variadic_average **
TestCustomIsChanged custom_is_changed
TestIsChangedWithConstants custom_is_changed
TestCustomValidation1 custom_validation1
TestCustomValidation2 custom_validation2
TestCustomValidation3 custom_validation3
TestCustomValidation4 custom_validation4
TestCustomValidation5 custom_validation5
TestDynamicDependencyCycle dynamic_dependency_cycle
TestMixedExpansionReturns mixed_expansion_returns
TestSamplingInExpansion sampling_in_expansion
TestSleep sleep
TestParallelSleep parallel_sleep
TestOutputNodeWithSocketOutput process
TestWhileLoopOpen while_loop_open **
TestWhileLoopClose while_loop_close **
TestExecutionBlocker TestExecutionBlockerNode.execution_blocker
TestAccumulateNode accumulate
TestAccumulationHeadNode accumulation_head
TestAccumulationTailNode accumulation_tail
TestAccumulationToListNode accumulation_to_list
TestListToAccumulationNode list_to_accumulation
TestAccumulationGetLengthNode accumlength
TestAccumulationGetItemNode get_item
TestAccumulationSetItemNode set_item
TestForLoopOpen for_loop_open **
TestForLoopClose for_loop_close **
TestIntMathOperation int_math_operation
TestMakeListNode make_list **
TestIntConditions int_condition
TestFloatConditions float_condition
TestStringConditions string_condition
TestToBoolNode to_bool
TestBoolOperationNode bool_operation
StubImage stub_image
StubConstantImage stub_constant_image
StubMask stub_mask
StubInt stub_int
StubFloat stub_float
TestAsyncValidation process
TestAsyncError error_execution
TestAsyncValidationError process
TestAsyncTimeout timeout_execution
TestSyncError sync_error
TestAsyncLazyCheck process
TestDynamicAsyncGeneration generate_async_workflow
TestAsyncResourceUser use_resource
TestAsyncBatchProcessing process_batch
TestAsyncConcurrentLimit limited_execution
TestAsyncProgressUpdate execute
TestSyncProgressUpdate execute
`

/** Parameters without a default that are not just the required inputs. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  TestLazyMixImages: ['mask', 'image1', 'image2'],
  TestMakeListNode: [],
}

/** ComfyUI's own testing pack, taught by code (tests/inference/testing_nodes, 0.3.64). */
export const testingPack: readonly NodeBehaviour[] = FUNCTIONS.trim()
  .split('\n')
  .map((line) => {
    const [classType = '', name = '', kwargs] = line.split(' ')
    const parameters = PARAMETERS[classType]
    return defineBehaviour({
      classType,
      functionName: name.includes('.') ? name : `${classType}.${name}`,
      kwargs: kwargs === '**',
      ...(parameters && { parameters }),
      ...checks[classType],
      ...(computing[classType] ?? lists[classType] ?? expanding[classType]),
    })
  })
