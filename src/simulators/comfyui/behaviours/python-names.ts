/** FUNCTION of V1 classes (ComfyUI 0.3.64, ComfyUI-GGUF, ComfyUI-VideoHelperSuite): class → function. object_info has it not. */
export const FUNCTIONS: ReadonlyMap<string, string> = grouped(`
addWeighted: ConditioningAverage
add_noise: AddNoise
append: ConditioningSetArea ConditioningSetAreaPercentage ConditioningSetAreaStrength ConditioningSetMask
  GLIGENTextBoxApply ConditioningSetAreaPercentageVideo
apply_adm: unCLIPConditioning
apply_controlnet: ControlNetApply ControlNetApplyAdvanced
apply_hooks: SetClipHooks
apply_inpaint_controlnet: ControlNetInpaintingAliMamaApply
apply_patch: USOStyleReference
apply_stylemodel: StyleModelApply
batch: ImageBatch
blend: LatentBlend
combine: ConditioningCombine MaskComposite PairConditioningCombine
combine_hooks: CombineHooks2 CombineHooks4 CombineHooks8
combine_video: VHS_VideoCombine
composite: LatentComposite LatentCompositeMasked ImageCompositeMasked
concat: ConditioningConcat
convert_audio: VHS_AudioToVHSAudio VHS_VHSAudioToAudio
count_input: VHS_GetLatentCount VHS_GetImageCount VHS_GetMaskCount
create_hook: CreateHookLora CreateHookModelAsLora
create_hook_keyframe: CreateHookKeyframe
create_hook_keyframes: CreateHookKeyframesInterpolated CreateHookKeyframesFromFloats
create_hook_model_only: CreateHookLoraModelOnly CreateHookModelAsLoraModelOnly
create_range: ConditioningTimestepsRange
crop: LatentCrop CropMask ImageCrop
decode: VAEDecode VAEDecodeTiled VAEDecodeHunyuan3D VoxelToMeshBasic VoxelToMesh VHS_VAEDecodeBatched
diffsynth_controlnet: QwenImageDiffsynthControlnet
duplicate_input: VHS_DuplicateLatents VHS_DuplicateImages VHS_DuplicateMasks
encode: CLIPTextEncode VAEEncode VAEEncodeForInpaint CLIPVisionEncode VAEEncodeTiled InpaintModelConditioning
  SVD_img2vid_Conditioning CLIPTextEncodeHunyuanDiT TextEncodeHunyuanVideo_ImageToVideo HunyuanImageToVideo
  Hunyuan3Dv2Conditioning Hunyuan3Dv2ConditioningMultiView VHS_VAEEncodeBatched
execute: MaskPreview HunyuanRefinerLatent
expand_image: ImagePadForOutpaint
expand_mask: GrowMask
extend: ExtendIntermediateSigmas
feather: FeatherMask
flip: LatentFlip ImageFlip
frombatch: LatentFromBatch ImageFromBatch
generate: EmptyLatentImage EmptyImage EmptyHunyuanLatentVideo EmptyHunyuanImageLatent EmptyLatentHunyuan3Dv2
get_guider: CFGGuider DualCFGGuider BasicGuider
get_noise: RandomNoise DisableNoise
get_sampler: KSamplerSelect SamplerEulerAncestral SamplerEulerAncestralCFGPP SamplerLMS SamplerDPMPP_3M_SDE
  SamplerDPMPP_2M_SDE SamplerDPMPP_SDE SamplerDPMPP_2S_Ancestral SamplerDPMAdaptative SamplerER_SDE SamplerSASolver
get_sigma: SamplingPercentToSigma
get_sigmas: BasicScheduler KarrasScheduler ExponentialScheduler PolyexponentialScheduler LaplaceScheduler VPScheduler
  BetaSamplingScheduler SDTurboScheduler SplitSigmas SplitSigmasDenoise FlipSigmas
get_size: GetImageSize
get_video_info: VHS_VideoInfo VHS_VideoInfoSource VHS_VideoInfoLoaded
image_to_mask: ImageToMask ImageColorToMask ThresholdMask
invert: ImageInvert InvertMask
load: LoadLatent
load_audio: VHS_LoadAudio VHS_LoadAudioUpload
load_capture: WebcamCapture
load_checkpoint: CheckpointLoaderSimple unCLIPCheckpointLoader CheckpointLoader DiffusersLoader
  ImageOnlyCheckpointLoader
load_clip: CLIPLoader DualCLIPLoader CLIPVisionLoader CLIPLoaderGGUF DualCLIPLoaderGGUF TripleCLIPLoaderGGUF
  QuadrupleCLIPLoaderGGUF
load_controlnet: ControlNetLoader DiffControlNetLoader
load_gligen: GLIGENLoader
load_hypernetwork: HypernetworkLoader
load_image: LoadImage LoadImageMask LoadImageOutput VHS_LoadImagePath
load_images: LoadImageSetFromFolderNode LoadImageTextSetFromFolderNode VHS_LoadImages VHS_LoadImagesPath
load_lora: LoraLoader
load_lora_model: LoraModelLoader
load_lora_model_only: LoraLoaderModelOnly
load_model_patch: ModelPatchLoader
load_style_model: StyleModelLoader
load_unet: UNETLoader UnetLoaderGGUF UnetLoaderGGUFAdvanced
load_vae: VAELoader
load_video: VHS_LoadVideo VHS_LoadVideoPath VHS_LoadVideoFFmpeg VHS_LoadVideoFFmpegPath
main: PreviewAny
mask_to_image: MaskToImage
merge: ModelMergeSimple ModelMergeBlocks ModelMergeSubtract ModelMergeAdd CLIPMergeSimple CLIPMergeSubtract
  CLIPMergeAdd ModelMergeSD1 ModelMergeSD2 ModelMergeSDXL ModelMergeSD3_2B ModelMergeAuraflow ModelMergeFlux1
  ModelMergeSD35_Large ModelMergeMochiPreview ModelMergeLTXV ModelMergeCosmos7B ModelMergeCosmos14B ModelMergeWAN2_1
  ModelMergeCosmosPredict2_2B ModelMergeCosmosPredict2_14B ModelMergeQwenImage VHS_MergeLatents VHS_MergeImages
  VHS_MergeMasks
patch: FreeU FreeU_V2 ModelSamplingDiscrete ModelSamplingContinuousEDM ModelSamplingContinuousV
  ModelSamplingStableCascade ModelSamplingSD3 ModelSamplingFlux RescaleCFG ModelComputeDtype VideoLinearCFGGuidance
  VideoTriangleCFGGuidance
patch_aura: ModelSamplingAuraFlow
plot_loss: LossGraphNode
process: Load3D Load3DAnimation Preview3D Preview3DAnimation
prune_outputs: VHS_PruneOutputs
repeat: RepeatLatentBatch RepeatImageBatch ImageAddNoise
resize_and_pad: ResizeAndPadImage
rotate: LatentRotate ImageRotate
sample: KSampler KSamplerAdvanced SamplerCustom SamplerCustomAdvanced
save: SaveLatent CheckpointSave CLIPSave VAESave ModelSave ImageOnlyCheckpointSave SaveLoRANode SaveGLB
save_images: SaveImage PreviewImage SaveAnimatedWEBP SaveAnimatedPNG SaveImageWebsocket
save_svg: SaveSVGNode
select: VHS_SelectLatents VHS_SelectImages VHS_SelectMasks
select_filename: VHS_SelectFilename
select_images: VHS_SelectEveryNthImage
select_latents: VHS_SelectEveryNthLatent
select_latest: VHS_SelectLatest
select_masks: VHS_SelectEveryNthMask
set_controlnet_type: SetUnionControlNetType
set_default_and_combine: PairConditioningSetDefaultCombine ConditioningSetDefaultCombine
set_first_sigma: SetFirstSigma
set_hook_keyframes: SetHookKeyframes
set_last_layer: CLIPSetLastLayer
set_mask: SetLatentNoiseMask
set_properties: PairConditioningSetProperties PairConditioningSetPropertiesAndCombine ConditioningSetProperties
  ConditioningSetPropertiesAndCombine
set_range: ConditioningSetTimestepRange
solid: SolidMask
split_images: VHS_SplitImages
split_latents: VHS_SplitLatents
split_masks: VHS_SplitMasks
stitch: ImageStitch
train: TrainLoraNode
unbatch: VHS_Unbatch
update_batch: VHS_BatchManager
upscale: LatentUpscale LatentUpscaleBy ImageScale ImageScaleBy ImageScaleToMaxDimension
zero_out: ConditioningZeroOut
`)

/** Class → what Python calls the class that has its function, where that is not the node's name without `VHS_`. */
export const OWNERS: ReadonlyMap<string, string> = grouped(`
Blend: ImageBlend
Blur: ImageBlur
Boolean: PrimitiveBoolean
CLIPAdd: CLIPMergeAdd
CLIPSubtract: CLIPMergeSubtract
CombineHooks: CombineHooks2
CombineHooksEight: CombineHooks8
CombineHooksFour: CombineHooks4
ConditioningSetDefaultAndCombine: ConditioningSetDefaultCombine
ContextWindowsManualNode: ContextWindowsManual
EasyCacheNode: EasyCache
EpsilonScaling: Epsilon~Scaling
Float: PrimitiveFloat
ImageRebatch: RebatchImages
Int: PrimitiveInt
LatentRebatch: RebatchLatents
LazyCacheNode: LazyCache
LoadImage: LoadImageOutput
LoadImagesFromDirectoryPath: VHS_LoadImagesPath
LoadImagesFromDirectoryUpload: VHS_LoadImages
LoadVideoFFmpegUpload: VHS_LoadVideoFFmpeg
LoadVideoUpload: VHS_LoadVideo
ModelAdd: ModelMergeAdd
ModelMergeBlocks: ModelMergeSD1 ModelMergeSD2 ModelMergeSDXL ModelMergeSD3_2B ModelMergeAuraflow ModelMergeFlux1
  ModelMergeSD35_Large ModelMergeMochiPreview ModelMergeLTXV ModelMergeCosmos7B ModelMergeCosmos14B ModelMergeWAN2_1
  ModelMergeCosmosPredict2_2B ModelMergeCosmosPredict2_14B ModelMergeQwenImage
ModelSubtract: ModelMergeSubtract
PairConditioningSetDefaultAndCombine: PairConditioningSetDefaultCombine
Quantize: ImageQuantize
RepeatImages: VHS_DuplicateImages
RepeatLatents: VHS_DuplicateLatents
RepeatMasks: VHS_DuplicateMasks
SaveImage: PreviewImage
SaveLoRA: SaveLoRANode
Sharpen: ImageSharpen
String: PrimitiveString
StringMultiline: PrimitiveStringMultiline
UnetLoaderGGUF: UnetLoaderGGUFAdvanced
`)

/** A line a name with all that have it; `~` is a blank. */
function grouped(lines: string): Map<string, string> {
  const entries = lines
    .trim()
    .split(/\n(?! )/)
    .flatMap((line) => {
      const [name = '', ...classes] = line.split(/:?\s+/)
      return classes.map((classType) => [classType.replaceAll('~', ' '), name] as const)
    })
  return new Map(entries)
}
