/**
 * Which strings in JSON a recording keeps, by the path of the address: the members that the protocol has there, in
 * requests, answers and socket messages. A member is written as the names that lead to it: `a|b` is either, `*` any
 * one, `**` all below, '' a string that stands alone. A list adds no name. Every other string loses its value
 * (`redactJson`); at an address that is not here, all of them do.
 *
 * Open on purpose, for every node pack has its own and a replay needs them: inputs of nodes (`inputs`,
 * `current_inputs`, in a complaint `input_config`), and what a class says about its inputs (`input`). Only known
 * secrets and known forms of secrets are taken out of these.
 */
export const keptMembers: ReadonlyArray<readonly [path: RegExp, members: readonly string[]]> = [
  [/./, ['error', 'error.type|message|details']],
  [
    /\/prompt$/,
    [
      'prompt_id|client_id|partial_execution_targets',
      ...graphs('prompt'),
      ...extraData('extra_data'),
      'node_errors.*.class_type|dependent_outputs',
      'node_errors.*.errors.type|message|details',
      'node_errors.*.errors.extra_info.input_name|received_value|linked_node|exception_message|exception_type|traceback',
      'node_errors.*.errors.extra_info.input_config.**',
    ],
  ],
  [/\/interrupt$/, ['prompt_id']],
  [
    /\/queue$/,
    [
      'delete|queue_running|queue_pending',
      ...extraData('queue_running|queue_pending'),
      ...graphs('queue_running|queue_pending'),
    ],
  ],
  [
    /\/history(?:\/[^/]+)?$/,
    [
      'delete',
      '*.prompt',
      ...extraData('*.prompt'),
      ...graphs('*.prompt'),
      ...outputs('*.outputs.*'),
      '*.status.status_str|messages',
      ...events('*.status.messages'),
      '*.meta.*.node_id|display_node|parent_node|real_node_id',
    ],
  ],
  [
    /\/object_info(?:\/[^/]+)?$/,
    [
      '*.input.**',
      '*.input_order.required|optional|hidden',
      '*.output|output_name|output_tooltips|output_matchtypes|name|display_name|description|python_module|category',
      '*.search_aliases|essentials_category',
    ],
  ],
  [
    /\/system_stats$/,
    [
      'system.os|comfyui_version|python_version|pytorch_version|argv|deploy_environment',
      'system.required_frontend_version|required_templates_version|installed_templates_version',
      'system.comfy_package_versions.name|installed|required',
      'devices.name|type',
    ],
  ],
  [/\/(?:models(?:\/[^/]+)?|embeddings|extensions)$/, ['']],
  [/\/experiment\/models(?:\/[^/]+)?$/, ['name|folders']],
  [
    /\/api\/jobs(?:\/[^/]+(?:\/cancel)?)?$/,
    [
      'job_ids|invalid_ids',
      ...jobs('jobs.'),
      ...jobs(''),
      ...outputs('outputs.*'),
      'execution_status.status_str|messages',
    ],
  ],
  [
    /\/api\/jobs\/[^/]+$/,
    [...events('execution_status.messages'), ...graphs('workflow.prompt'), ...extraData('workflow.extra_data')],
  ],
  [/\/node_replacements$/, ['*.new_node_id|old_node_id|old_widget_ids', '*.input_mapping.new_id|old_id|set_value']],
  [/\/global_subgraphs(?:\/[^/]+)?$/, ['*.source|name', '*.info.node_pack']],
  [/\/workflow_templates$/, ['*']],
  [/\/users$/, ['storage']],
  [/\/upload\/(?:image|mask)$/, ['name|filename|subfolder|type']],
  // The names without `data` are in the metadata of a preview.
  [/\/ws$/, ['type', ...events('data'), 'node_id|prompt_id|display_node_id|parent_node_id|real_node_id|image_type']],
  [
    /\/storage\/v1\//,
    [
      ...resources(''),
      ...resources('items.'),
      'prefixes|nextPageToken',
      'error.status',
      'error.errors.domain|reason|message|location|locationType',
    ],
  ],
  [/\/token$|\/computeMetadata\//, ['token_type|scope|scopes|error_description']],
  [/\/pods(?:\/[^/]+(?:\/\w+)?)?$/, [...pods(''), ...pods('pods.'), 'action|title|detail|type|errors|message']],
  [/\/catalog\/gpus(?:\/[^/]+)?$/, ['gpus.id|name|pool|manufacturer|availability', 'title|detail|type|errors']],
]

function graphs(at: string): string[] {
  return [`${at}.*.class_type`, `${at}.*.inputs.**`, `${at}.*._meta.title`]
}

/** With what this tool says about a job. */
function extraData(at: string): string[] {
  return [`${at}.client_id|preview_method`, `${at}.prompt_runner.run|type|job_id|video_name|modifications`]
}

function outputs(at: string): string[] {
  return [`${at}.text`, `${at}.*.filename|subfolder|type|format`]
}

/** One of a list, or what is told of one alone. */
function jobs(at: string): string[] {
  return [
    `${at}id|status|workflow_id`,
    `${at}preview_output.filename|subfolder|type|format|nodeId|mediaType|content`,
    ...events(`${at}execution_error`),
  ]
}

function events(at: string): string[] {
  return [
    `${at}.sid|prompt_id|node|display_node|node_id|node_type|nodes|executed`,
    `${at}.exception_message|exception_type|traceback|current_outputs`,
    `${at}.current_inputs.**`,
    `${at}.nodes.*.state|node_id|prompt_id|display_node_id|parent_node_id|real_node_id`,
    ...outputs(`${at}.output`),
  ]
}

/** Objects and buckets, and what this tool writes into the metadata of an object. */
function resources(at: string): string[] {
  return [
    `${at}kind|id|name|bucket|selfLink|mediaLink|generation|metageneration|contentType|contentEncoding|contentDisposition`,
    `${at}contentLanguage|cacheControl|storageClass|size|md5Hash|crc32c|etag|timeCreated|timeFinalized|timeStorageClassUpdated`,
    `${at}updated|customTime|timeDeleted|softDeleteTime|hardDeleteTime|projectNumber|location|locationType|rpo`,
    `${at}iamConfiguration.publicAccessPrevention`,
    `${at}softDeletePolicy.retentionDurationSeconds|effectiveTime`,
    `${at}metadata.run|video`,
  ]
}

/** Of REST v2 and v1; without its environment, arguments and registry. */
function pods(at: string): string[] {
  return [
    `${at}id|name|status|desiredStatus|actions|image|ports|cloud|dataCenterId|cudaVersion|createdAt|startedAt|template|templateId`,
    `${at}costPerHr|adjustedCostPerHr|machineId|lastStartedAt|lastStatusChange|volumeMountPath`,
    `${at}mounts.persistent|network.path|volumeId`,
    `${at}gpu|cpu.id|displayName`,
    `${at}machine.gpuTypeId|gpuDisplayName|dataCenterId|location`,
    `${at}ssh.proxy|direct.host|username|command`,
    `${at}runtime.ports.type|ip`,
    `${at}globalNetworking.ip|internalDns`,
  ]
}
